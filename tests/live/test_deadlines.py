# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import secrets

import pytest

from chat.live import keys
from chat.live.deadlines import LEASE_MS, Due, DueKind
from chat.live.live import Live
from chat.rules.state import Member
from tests.support.valkey import WatchedStore

NOW = 1_700_000_000_000
H, C = Member.HELP_SEEKER, Member.COUNSELLOR

pytestmark = pytest.mark.anyio


async def test_a_deadline_fires_when_due_and_not_before(live: Live) -> None:
    sid = secrets.token_bytes(16)
    await live.deadlines.set_due(sid, NOW)

    assert await live.deadlines.claim(NOW - 1) == []
    (due,) = await live.deadlines.claim(NOW)
    assert (due.kind, due.sid, due.member) == (DueKind.CONVERSATION, sid, None)


async def test_setting_a_deadline_only_lowers_it(live: Live) -> None:
    sid = secrets.token_bytes(16)
    await live.deadlines.set_due(sid, NOW)
    await live.deadlines.set_due(sid, NOW + 60_000)

    assert NOW - 10 < (await live.deadlines.next_due() or 0) <= NOW

    await live.deadlines.set_due(sid, NOW - 5_000)

    assert await live.deadlines.next_due() == NOW - 5_000


async def test_what_is_claimed_comes_back_when_its_worker_dies(live: Live) -> None:
    sid = secrets.token_bytes(16)
    await live.deadlines.set_due(sid, NOW)
    await live.deadlines.claim(NOW)

    assert await live.deadlines.claim(NOW + LEASE_MS - 1) == []
    assert [due.sid for due in await live.deadlines.claim(NOW + LEASE_MS)] == [sid]


async def test_done_removes_or_sets_the_next(live: Live) -> None:
    sid = secrets.token_bytes(16)
    await live.deadlines.set_due(sid, NOW)
    (due,) = await live.deadlines.claim(NOW)

    assert await live.deadlines.done(due, NOW + 60_000)
    assert await live.deadlines.next_due() == NOW + 60_000

    (due,) = await live.deadlines.claim(NOW + 60_000)

    assert await live.deadlines.done(due)
    assert not await live.deadlines.done(due)
    assert await live.deadlines.next_due() is None


@pytest.mark.parametrize("later", [1, LEASE_MS - 1, LEASE_MS, LEASE_MS + 1, 60_000])
async def test_a_deadline_written_during_a_claim_is_never_lost(live: Live, later: int) -> None:
    """A has claimed and computes from the older state, while B writes what the newer state needs."""
    sid = secrets.token_bytes(16)
    await live.deadlines.set_due(sid, NOW)
    (due,) = await live.deadlines.claim(NOW)

    await live.deadlines.set_due(sid, NOW + later)

    assert not await live.deadlines.done(due)
    assert not await live.deadlines.done(due, NOW + 3_600_000)
    assert (await live.deadlines.next_due() or 0) <= NOW + later


async def test_a_slow_worker_cannot_undo_the_claim_of_the_next(live: Live) -> None:
    sid = secrets.token_bytes(16)
    await live.deadlines.set_due(sid, NOW)
    (slow,) = await live.deadlines.claim(NOW)
    (_,) = await live.deadlines.claim(NOW + LEASE_MS)

    assert not await live.deadlines.done(slow)


async def test_of_many_workers_one_gets_each_deadline(live: Live, embedded_store: WatchedStore) -> None:
    sids = [secrets.token_bytes(16) for _ in range(60)]
    await asyncio.gather(*(live.deadlines.set_due(sid, NOW) for sid in sids))
    workers = [await Live.open(embedded_store.url) for _ in range(5)]

    claims = await asyncio.gather(*(w.deadlines.claim(NOW, limit=7) for w in workers for _ in range(3)))

    assert sorted(due.sid for claim in claims for due in claim) == sorted(sids)
    for worker in workers:
        await worker.close()


async def test_presence_lasts_as_long_as_it_is_renewed(live: Live) -> None:
    sid, other = secrets.token_bytes(16), secrets.token_bytes(16)
    live.deadlines.renew([(sid, H, 3), (other, C, 1)], NOW + 25_000)
    live.deadlines.renew([(sid, H, 3)], NOW + 35_000)
    live.deadlines.renew([], NOW)

    assert await live.deadlines.claim(NOW + 25_000) == [
        Due(DueKind.PRESENCE, other, NOW + 25_000 + LEASE_MS, keys.due_presence(other, C, 1), C, 1)
    ]
    (due,) = await live.deadlines.claim(NOW + 34_999 + 1, limit=1)
    assert (due.sid, due.member, due.generation) in {(sid, H, 3), (other, C, 1)}


async def test_a_clean_close_only_brings_the_end_nearer(live: Live) -> None:
    sid = secrets.token_bytes(16)
    live.deadlines.renew([(sid, H, 1)], NOW + 25_000)
    live.deadlines.ends(sid, H, 1, NOW + 5_000)
    assert await live.deadlines.next_due() == NOW + 5_000

    live.deadlines.ends(sid, H, 1, NOW + 90_000)

    assert await live.deadlines.next_due() == NOW + 5_000


async def test_a_pong_during_a_claim_keeps_the_presence(live: Live) -> None:
    sid = secrets.token_bytes(16)
    live.deadlines.renew([(sid, H, 1)], NOW)
    (due,) = await live.deadlines.claim(NOW)
    live.deadlines.renew([(sid, H, 1)], NOW + 25_000)

    assert not await live.deadlines.done(due)
    assert await live.deadlines.next_due() == NOW + 25_000
