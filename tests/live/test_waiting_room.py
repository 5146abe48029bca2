# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import secrets
from collections import Counter

import pytest

from chat.live import keys
from chat.live.deadlines import DueKind
from chat.live.live import Live
from chat.live.resp import Store
from chat.live.subscriber import Subscriber
from chat.live.waiting_room import CLAIM_LEASE_MS, Lapse
from chat.protocol.types import About
from chat.rules.state import Urgency
from chat.rules.waiting_room import Entry
from tests.support.valkey import WatchedStore

NOW = 1_700_000_000_000
ENTRY = Entry(NOW, "nl", Urgency.ACUTE, present=True, first=False)

pytestmark = pytest.mark.anyio


async def test_who_enters_is_seen_and_who_leaves_is_not(live: Live) -> None:
    room, sid = live.waiting_room, secrets.token_bytes(16)

    assert await room.enter(sid, ENTRY, 1)
    assert await room.snapshot() == {sid: ENTRY}
    assert await room.size() == 1

    await room.leave(sid)
    await room.leave(sid)

    assert await room.snapshot() == {}


async def test_an_absent_person_keeps_the_place_and_cannot_be_claimed(live: Live) -> None:
    room, sid = live.waiting_room, secrets.token_bytes(16)
    await room.enter(sid, ENTRY, 1)

    assert await room.mark(sid, False, 2)
    assert (await room.snapshot())[sid].present is False
    assert await room.claim(sid, "w1", NOW) is None

    assert await room.mark(sid, True, 3)
    assert await room.claim(sid, "w1", NOW) == ENTRY


async def test_a_worker_that_is_late_cannot_overwrite_what_is_newer(live: Live) -> None:
    room, sid = live.waiting_room, secrets.token_bytes(16)
    await room.enter(sid, ENTRY, 5)

    assert not await room.mark(sid, False, 4)
    assert not await room.enter(sid, Entry(0, "fr"), 4)
    assert await room.snapshot() == {sid: ENTRY}


async def test_who_goes_away_while_claimed_is_away_when_the_claim_comes_back(live: Live) -> None:
    room, sid = live.waiting_room, secrets.token_bytes(16)
    await room.enter(sid, ENTRY, 1)
    await room.claim(sid, "w1", NOW)

    assert await room.mark(sid, False, 2)
    assert await room.release(sid, "w1")
    assert (await room.snapshot())[sid].present is False


async def test_nobody_who_is_not_there_can_be_marked_claimed_or_settled(live: Live) -> None:
    room, sid = live.waiting_room, secrets.token_bytes(16)

    assert not await room.mark(sid, True, 1)
    assert await room.claim(sid, "w1", NOW) is None
    assert not await room.release(sid, "w1")
    assert not await room.settle(sid, "w1")
    assert await room.lapsed(sid, NOW) is Lapse.NONE


async def test_a_claim_is_given_back_or_settled_by_its_owner_only(live: Live) -> None:
    room, sid = live.waiting_room, secrets.token_bytes(16)
    await room.enter(sid, ENTRY, 1)
    await room.claim(sid, "w1", NOW)

    assert await room.snapshot() == {}
    assert not await room.release(sid, "w2")
    assert not await room.settle(sid, "w2")
    assert await room.release(sid, "w1")
    assert await room.snapshot() == {sid: ENTRY}

    await room.claim(sid, "w1", NOW)

    assert await room.settle(sid, "w1")
    assert not await room.settle(sid, "w1")
    assert await room.snapshot() == {}


async def test_a_claim_whose_owner_died_comes_back_by_its_deadline(live: Live) -> None:
    room, sid = live.waiting_room, secrets.token_bytes(16)
    await room.enter(sid, ENTRY, 1)
    await room.claim(sid, "w1", NOW)

    assert await live.deadlines.claim(NOW + CLAIM_LEASE_MS - 2) == []
    (due,) = await live.deadlines.claim(NOW + CLAIM_LEASE_MS)
    assert (due.kind, due.sid) == (DueKind.CLAIM, sid)
    assert await room.lapsed(sid, NOW + CLAIM_LEASE_MS) is Lapse.BACK
    assert await live.deadlines.done(due)
    assert await room.snapshot() == {sid: ENTRY}
    assert await live.deadlines.next_due() is None


async def test_a_deadline_of_a_claim_that_came_early_is_set_again(live: Live) -> None:
    room, sid = live.waiting_room, secrets.token_bytes(16)
    await room.enter(sid, ENTRY, 1)
    await room.claim(sid, "w1", NOW)  # writes the deadline
    await room.release(sid, "w1")
    await room.claim(sid, "w2", NOW + 9_000)  # the deadline stays the earlier one

    (due,) = await live.deadlines.claim(NOW + CLAIM_LEASE_MS)

    assert await room.lapsed(sid, NOW + CLAIM_LEASE_MS) is Lapse.NOT_YET
    assert not await live.deadlines.done(due)
    assert await live.deadlines.next_due() == NOW + 9_000 + CLAIM_LEASE_MS


async def test_settling_removes_an_entry_that_came_back_meanwhile(live: Live) -> None:
    room, sid = live.waiting_room, secrets.token_bytes(16)
    await room.enter(sid, ENTRY, 1)
    await room.claim(sid, "w1", NOW)
    await room.lapsed(sid, NOW + CLAIM_LEASE_MS)

    assert not await room.settle(sid, "w1")
    assert await room.snapshot() == {}


async def test_an_owner_with_a_bar_is_refused(live: Live) -> None:
    with pytest.raises(ValueError):
        await live.waiting_room.claim(bytes(16), "a|b", NOW)


async def _race(url: str, sids: list[bytes], claimants: int) -> Counter[bytes]:
    """Everybody claims everything at once, on connections of their own."""
    lives = [await Live.open(url) for _ in range(claimants)]
    start = asyncio.Event()

    async def claimant(number: int) -> list[bytes]:
        order = sids[number:] + sids[:number]
        await start.wait()
        room = lives[number].waiting_room
        claims = await asyncio.gather(*(room.claim(sid, f"w{number}", NOW) for sid in order))
        return [sid for sid, claim in zip(order, claims, strict=True) if claim is not None]

    tasks = [asyncio.create_task(claimant(number)) for number in range(claimants)]
    start.set()
    won = Counter(sid for claimed in await asyncio.gather(*tasks) for sid in claimed)
    for one in lives:
        await one.close()
    return won


async def _check_race(live: Live, store: WatchedStore, conversations: int, claimants: int) -> None:
    sids = [secrets.token_bytes(16) for _ in range(conversations)]
    await asyncio.gather(*(live.waiting_room.enter(sid, ENTRY, 1) for sid in sids))

    won = await _race(store.url, sids, claimants)

    assert won == Counter(sids)
    assert await live.waiting_room.snapshot() == {}
    assert await live.store.call(b"HLEN", keys.ROOM_CLAIMS) == conversations


async def test_of_many_claimants_exactly_one_wins(live: Live, embedded_store: WatchedStore) -> None:
    await _check_race(live, embedded_store, 50, 20)


@pytest.mark.long
async def test_of_20_claimants_exactly_one_wins_each_of_1000(
    live: Live, embedded_store: WatchedStore
) -> None:
    await _check_race(live, embedded_store, 1000, 20)


async def test_every_change_is_announced(live: Live, embedded_store: WatchedStore) -> None:
    nudges: asyncio.Queue[bytes] = asyncio.Queue()
    subscriber = await Subscriber.open(embedded_store.url, lambda channel, _: nudges.put_nowait(channel))
    await subscriber.subscribe(keys.ROOM_CHANNEL)
    room, sid = live.waiting_room, secrets.token_bytes(16)

    for change in (
        lambda: room.enter(sid, ENTRY, 1),
        lambda: room.mark(sid, True, 2),
        lambda: room.claim(sid, "w1", NOW),
        lambda: room.release(sid, "w1"),
        lambda: room.leave(sid),
    ):
        await change()
        assert await nudges.get() == keys.ROOM_CHANNEL
    await subscriber.close()


async def test_an_answer_that_is_lost_does_not_lose_the_place(
    live: Live, embedded_store: WatchedStore
) -> None:
    sid = secrets.token_bytes(16)
    await live.waiting_room.enter(sid, ENTRY, 1)
    dying = Live.on(await Store.open(embedded_store.url))
    claim = asyncio.create_task(dying.waiting_room.claim(sid, "w1", NOW))
    await asyncio.sleep(0)  # it is written
    await asyncio.sleep(0)
    await dying.close()
    await asyncio.gather(claim, return_exceptions=True)

    for due in await live.deadlines.claim(NOW + CLAIM_LEASE_MS):
        await live.waiting_room.lapsed(due.sid, NOW + CLAIM_LEASE_MS)

    assert await live.waiting_room.snapshot() == {sid: ENTRY}


async def test_what_is_said_of_the_matter_changes_the_entry_where_it_is(live: Live) -> None:
    room, sid = live.waiting_room, secrets.token_bytes(16)
    said = Entry(NOW, "nl", Urgency.CAN_WAIT, about=About.ME)
    await room.enter(sid, ENTRY, 1)

    assert await room.describe(sid, said, 2)
    assert await room.snapshot() == {sid: said}

    await room.claim(sid, "w1", NOW)

    assert await room.describe(sid, ENTRY, 3)
    assert await room.snapshot() == {}
    assert await room.release(sid, "w1")
    assert await room.snapshot() == {sid: ENTRY}


async def test_what_is_said_too_late_changes_nothing(live: Live) -> None:
    room, sid = live.waiting_room, secrets.token_bytes(16)
    said = Entry(NOW, "nl", Urgency.CAN_WAIT, about=About.ME)

    assert not await room.describe(sid, said, 9)
    assert await room.snapshot() == {}

    await room.enter(sid, ENTRY, 5)

    assert not await room.describe(sid, said, 4)
    assert await room.snapshot() == {sid: ENTRY}
