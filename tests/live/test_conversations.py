# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import secrets

import pytest

from chat.live import keys
from chat.live.conversations import Seats
from chat.live.live import Live
from chat.live.steps import Sit
from chat.rules.state import Member
from tests.support.seats import sit
from tests.support.valkey import WatchedStore

H, C = Member.HELP_SEEKER, Member.COUNSELLOR
TICKET, HALF = bytes(range(32)), bytes(range(32, 64))

pytestmark = pytest.mark.anyio


async def test_a_conversation_is_created_once(live: Live) -> None:
    sid = secrets.token_bytes(16)

    assert await live.conversations.create(sid, b"one", TICKET, HALF, "w1") is True
    assert await live.conversations.create(sid, b"two", bytes(32), bytes(32), "w2") is False
    assert await live.conversations.load(sid) == (1, b"one")
    assert await live.conversations.seats(sid) == Seats(TICKET, {H: HALF}, {}, {})
    assert await live.conversations.generation(sid, H) == 1


async def test_saving_needs_the_version_that_was_loaded(live: Live) -> None:
    sid = secrets.token_bytes(16)
    await live.conversations.create(sid, b"one", TICKET, HALF, "w1")

    assert await live.conversations.save(sid, 1, b"two") == 2
    assert await live.conversations.save(sid, 1, b"late") == 0
    assert await live.conversations.save(sid, 0, b"anew") == 0
    assert await live.conversations.load(sid) == (2, b"two")


async def test_of_many_savers_of_one_version_one_wins(live: Live) -> None:
    sid = secrets.token_bytes(16)
    await live.conversations.create(sid, b"one", TICKET, HALF, "w1")

    results = await asyncio.gather(*(live.conversations.save(sid, 1, b"%d" % i) for i in range(50)))

    assert sorted(results) == [0] * 49 + [2]


async def test_nothing_can_be_saved_or_attached_after_the_end(
    live: Live, embedded_store: WatchedStore
) -> None:
    sid = secrets.token_bytes(16)
    await live.conversations.create(sid, b"one", TICKET, HALF, "w1")
    await live.conversations.forget(sid)
    await live.conversations.forget(sid)

    assert await live.conversations.load(sid) is None
    assert await live.conversations.save(sid, 1, b"ghost") == 0
    assert await live.conversations.attach(sid, H, "w1") is None
    assert await live.conversations.save(sid, 1, b"ghost", (Sit(C, 1, "w1", HALF, "device", "staff"),)) == 0
    assert await live.conversations.seats(sid) is None
    assert await live.conversations.activity(sid) is None
    assert await embedded_store.keys_and_clocks() == {}


async def test_every_attachment_raises_the_generation_of_its_member_only(live: Live) -> None:
    sid = secrets.token_bytes(16)
    await live.conversations.create(sid, b"one", TICKET, HALF, "w1")

    assert await live.conversations.attach(sid, H, "w2") == 2
    assert await live.conversations.attach(sid, C, "w2") == 1
    assert await live.conversations.attach(sid, H, "w1") == 3
    assert await live.conversations.generation(sid, H) == 3
    assert await live.conversations.generation(sid, C) == 1


async def test_the_holder_of_a_seat_is_known_and_can_change(live: Live) -> None:
    sid = secrets.token_bytes(16)
    await live.conversations.create(sid, b"one", TICKET, HALF, "w1")
    await sit(live, sid, C, "device-1", "anna", b"1" * 32)
    await sit(live, sid, C, "device-2", "ben", b"2" * 32)

    seats = await live.conversations.seats(sid)

    assert seats == Seats(TICKET, {H: HALF, C: b"2" * 32}, {C: "device-2"}, {C: "ben"})
    assert "ticket" not in repr(seats)
    assert "2222" not in repr(seats)


async def test_activity_begins_with_the_conversation(embedded_store: WatchedStore) -> None:
    live = await Live.open(embedded_store.url, clock=lambda: 1_700_000_000.5)
    sid = secrets.token_bytes(16)
    await live.conversations.create(sid, b"one", TICKET, HALF, "w1")

    assert await live.conversations.activity(sid) == 1_700_000_000_500
    assert await live.conversations.epoch_hint(sid, 0) == 0
    await live.close()


async def test_keys_of_one_conversation_share_a_tag() -> None:
    sid = bytes(range(16))

    assert all(key.startswith(b"k:{000102030405060708090a0b0c0d0e0f}:") for key in keys.conversation(sid))
    assert len(set(keys.conversation(sid))) == 11
