# SPDX-License-Identifier: AGPL-3.0-or-later
"""One change of a conversation, with somebody else writing at the worst moment."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chat.actions.house import House
from chat.actions.transition import Sitter, apply, begin, sit
from chat.live.deadlines import Deadlines
from chat.live.live import Live
from chat.protocol.types import EndedBy, ErrorCode, Phase
from chat.rules import state
from chat.rules.conversation import NotAllowed
from chat.rules.effects import ClosedBy
from chat.rules.events import Attached, Claimed, Ended, Gone, ReplyPosted, Started
from chat.rules.intake import PROOF
from chat.rules.state import Member, Presence
from tests.actions.building import Clock, house, standing, started
from tests.support.valkey import WatchedStore

pytestmark = pytest.mark.anyio

H, C = Member.HELP_SEEKER, Member.COUNSELLOR


class Meddled(Deadlines):
    """Between the load and the save, when the deadline is written, somebody else comes."""

    def __init__(self, live: Live, meddle: Callable[[], Awaitable[None]]) -> None:
        super().__init__(live.store)
        self._meddle = meddle

    def set_due(self, sid: bytes, at_ms: int) -> asyncio.Future[Any]:
        async def both() -> None:
            await self._meddle()
            await Deadlines.set_due(self, sid, at_ms)

        return asyncio.ensure_future(both())


async def two_houses(live: Live, store: WatchedStore, clock: Clock) -> tuple[House, House, Live]:
    other_live = await Live.open(store.url)
    return await house(live, clock, "w1"), await house(other_live, clock, "w2"), other_live


async def test_both_of_two_changes_at_once_are_there(live: Live, embedded_store: WatchedStore) -> None:
    ours, theirs, other_live = await two_houses(live, embedded_store, Clock())
    sid = await started(ours)
    came = []

    async def meddle() -> None:
        if not came:
            came.append(True)
            await apply(theirs, sid, lambda _: Gone(H, 1, theirs.now()))

    ours.deadlines = Meddled(live, meddle)
    moved = await apply(ours, sid, lambda _: Claimed(b"staff", b"device", 1, ours.now()))
    version, now = await standing(ours, sid)

    assert came
    assert version == 3
    assert now == moved.state
    assert (now.phase, now.help_seeker.presence) == (Phase.MATCHED, Presence.AWAY)
    await other_live.close()


async def test_who_never_gets_a_turn_is_told_so_and_changes_nothing(
    live: Live, embedded_store: WatchedStore
) -> None:
    ours, theirs, other_live = await two_houses(live, embedded_store, Clock())
    sid = await started(ours)

    async def meddle() -> None:
        version, now = await standing(theirs, sid)
        assert await theirs.conversations.save(sid, version, state.dump(now))

    ours.deadlines = Meddled(live, meddle)
    with pytest.raises(NotAllowed) as refused:
        await apply(ours, sid, lambda _: Gone(H, 1, ours.now()))

    assert refused.value.code is ErrorCode.STORE_LOST
    assert (await standing(ours, sid))[1].help_seeker.presence is Presence.PRESENT
    await other_live.close()


async def test_of_many_who_claim_at_once_one_is_seated(live: Live, embedded_store: WatchedStore) -> None:
    ours, theirs, other_live = await two_houses(live, embedded_store, Clock())
    sid = await started(ours)

    async def claim(at: House, device: bytes) -> ErrorCode | None:
        try:
            await apply(at, sid, lambda _: Claimed(b"staff", device, 1, at.now()))
        except NotAllowed as refused:
            return refused.code
        return None

    devices = [bytes([number]) * 16 for number in range(8)]
    answers = await asyncio.gather(*(claim((ours, theirs)[d[0] % 2], d) for d in devices))

    assert Counter(answers) == {None: 1, ErrorCode.TAKEN: 7}
    _, now = await standing(ours, sid)
    assert now.counsellor.device_id == devices[answers.index(None)]
    await other_live.close()


async def test_what_the_rules_refuse_changes_nothing(live: Live) -> None:
    ours = await house(live, Clock())
    sid = await started(ours)
    before = await standing(ours, sid)
    for event in (ReplyPosted(1, ours.now()), Attached(C, 1, ours.now(), b"device"), Ended(H, 9, ours.now())):
        with pytest.raises(NotAllowed):
            await apply(ours, sid, lambda _, event=event: event)

    assert await standing(ours, sid) == before


async def test_the_same_conversation_begins_once(live: Live) -> None:
    ours = await house(live, Clock())
    sid = os.urandom(16)
    event = Started("en", 1, ours.now())
    moved = await asyncio.gather(*(begin(ours, sid, event, bytes(32), bytes(32)) for _ in range(5)))

    assert sum(one is not None for one in moved) == 1
    assert (await standing(ours, sid))[0] == 1


async def test_who_asks_for_what_is_not_there_is_told_so(live: Live) -> None:
    ours = await house(live, Clock())
    for event in (Attached(H, 1, ours.now()), Ended(H, 1, ours.now())):
        moved = await apply(ours, os.urandom(16), lambda _, event=event: event)
        assert (moved.state, moved.notes) == (None, (ClosedBy(EndedBy.UNKNOWN),))


async def test_after_the_end_everything_is_gone_and_it_may_be_said_again(
    live: Live, embedded_store: WatchedStore
) -> None:
    ours = await house(live, Clock())
    sid = await started(ours)
    moved = await apply(ours, sid, lambda _: Ended(H, 1, ours.now()))

    assert moved.notes == (ClosedBy(EndedBy.HELP_SEEKER),)
    left = {
        key for key in await embedded_store.keys_and_clocks() if b"tally" not in key and b"store" not in key
    }
    assert left == {b"k:{desk}:duty", b"k:{desk}:standing"}
    again = await apply(ours, sid, lambda _: Ended(H, 1, ours.now()))
    assert again.notes == (ClosedBy(EndedBy.UNKNOWN),)


async def test_a_wait_that_ends_is_remembered_for_the_next_but_not_that_of_a_proof(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    for language, waits in ((PROOF, []), ("en", ["en"])):
        sid = os.urandom(16)
        await begin(ours, sid, Started(language, 1, clock.now), bytes(32), bytes(32))
        sitter = Sitter(b"staff", os.urandom(16), bytes(32))
        sat = await sit(ours, sid, C, sitter, lambda at: Claimed(b"staff", b"device", at, clock.now))
        await apply(ours, sid, lambda _, at=sat.generation: ReplyPosted(at, clock.now))

        assert (await standing(ours, sid))[1].phase is Phase.OPEN
        assert [take.language for take in await ours.takes.all(clock.now)] == waits


async def test_a_conversation_that_goes_back_leaves_its_first_desk_altogether(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    sid, device = await started(ours), os.urandom(16)
    await ours.desk.add_mine(device.hex(), sid)
    sitter = Sitter(b"staff", device, bytes(32))
    sat = await sit(ours, sid, C, sitter, lambda at: Claimed(b"staff", device, at, clock.now))

    moved = await apply(ours, sid, lambda _: Gone(C, sat.generation, clock.now))

    assert moved.state is not None
    assert moved.state.phase is Phase.WAITING
    assert await ours.desk.mine(device.hex()) == set()
    seats = await ours.conversations.seats(sid)
    assert seats is not None
    assert (seats.devices, seats.staff, set(seats.halves)) == ({}, {}, {H})
