# SPDX-License-Identifier: AGPL-3.0-or-later
"""Taking and coming back, also by somebody who stood still in the middle of it."""

from __future__ import annotations

import asyncio
import os

import pytest

from chat.actions import counsellor
from chat.actions.clock import fire_due
from chat.actions.counsellor import Seated
from chat.actions.house import House
from chat.live.conversations import Conversations
from chat.live.live import Live
from chat.live.waiting_room import CLAIM_LEASE_MS
from chat.protocol import frames
from chat.protocol.types import EndedBy, EndHow, ErrorCode, Phase
from chat.rules.conversation import NotAllowed
from chat.rules.state import Member
from tests.actions.building import Clock, house, standing, started
from tests.support.valkey import WatchedStore

pytestmark = pytest.mark.anyio

C = Member.COUNSELLOR


class Slow(Conversations):
    """The process stands still right after this many of its questions about the conversation."""

    def __init__(self, live: Live, after: int) -> None:
        super().__init__(live.store)
        self._left = after
        self.stands = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def _step(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.stands.set()
            await self.goes_on.wait()

    async def load(self, sid: bytes) -> tuple[int, bytes] | None:
        found = await super().load(sid)
        await self._step()
        return found

    async def generation(self, sid: bytes, member: Member) -> int:
        found = await super().generation(sid, member)
        await self._step()
        return found


async def take(at: House, device: bytes, sid: bytes) -> Seated | ErrorCode:
    try:
        return await counsellor.take(at, b"staff" + device[:1], device, frames.Take(sid, device * 2))
    except NotAllowed as refused:
        return refused.code


@pytest.mark.parametrize("after", [1, 2], ids=["after its look", "before it sits down"])
async def test_who_stood_still_takes_nothing_from_who_has_it_now(
    live: Live, embedded_store: WatchedStore, after: int
) -> None:
    """A computer sleeps in the middle of a take; the claim lapses; another desk takes it. Then it wakes."""
    clock = Clock()
    slow_live = await Live.open(embedded_store.url)
    sleeper, awake = await house(slow_live, clock, "w1"), await house(live, clock, "w2")
    slow = Slow(slow_live, after)
    sleeper.conversations = slow
    sid = await started(awake)
    first, second = os.urandom(16), os.urandom(16)

    sleeping = asyncio.create_task(take(sleeper, first, sid))
    await slow.stands.wait()
    clock.now += CLAIM_LEASE_MS + 1
    while await fire_due(awake):
        pass
    seated = await take(awake, second, sid)
    assert isinstance(seated, Seated)
    slow.goes_on.set()

    assert await sleeping is ErrorCode.TAKEN
    assert await awake.conversations.generation(sid, C) == seated.generation
    seats = await awake.conversations.seats(sid)
    assert seats is not None
    assert (seats.devices[C], seats.halves[C]) == (second.hex(), second * 2)
    assert (await standing(awake, sid))[1].counsellor.device_id == second
    assert await awake.desk.mine(first.hex()) == set()
    assert await awake.desk.mine(second.hex()) == {sid}
    assert isinstance(await counsellor.rejoin(awake, second, frames.Rejoin(sid, 0)), Seated)
    await slow_live.close()


async def test_a_presence_that_changes_meanwhile_costs_nobody_the_take(
    live: Live, embedded_store: WatchedStore
) -> None:
    clock = Clock()
    slow_live = await Live.open(embedded_store.url)
    taker, beside = await house(slow_live, clock, "w1"), await house(live, clock, "w2")
    slow = Slow(slow_live, 1)
    taker.conversations = slow
    sid = await started(beside)
    taking = asyncio.create_task(take(taker, os.urandom(16), sid))
    await slow.stands.wait()
    version, now = await standing(beside, sid)
    assert await beside.conversations.save(
        sid, version, (await beside.conversations.load(sid) or (0, b""))[1]
    )
    slow.goes_on.set()

    seated = await taking
    assert isinstance(seated, Seated)
    assert (await standing(beside, sid))[1].phase is Phase.MATCHED
    assert now.phase is Phase.WAITING
    await slow_live.close()


async def test_a_seat_is_rejoined_by_its_device_alone(live: Live) -> None:
    ours = await house(live, Clock())
    sid, device, other = await started(ours), os.urandom(16), os.urandom(16)
    first = await take(ours, device, sid)
    assert isinstance(first, Seated)
    with pytest.raises(NotAllowed) as refused:
        await counsellor.rejoin(ours, other, frames.Rejoin(sid, 0))
    assert refused.value.code is ErrorCode.NOT_A_MEMBER

    again = await counsellor.rejoin(ours, device, frames.Rejoin(sid, 0))
    assert isinstance(again, Seated)
    assert again.generation > first.generation
    assert isinstance(again.answer, frames.Rejoined)
    assert again.answer.half == device * 2

    assert await counsellor.end(ours, device, sid, C, again.generation, EndHow.USUAL) is EndedBy.COUNSELLOR
    assert await counsellor.rejoin(ours, device, frames.Rejoin(sid, 0)) is EndedBy.UNKNOWN
    assert await ours.desk.mine(device.hex()) == set()


async def test_one_desk_a_device_until_it_is_taken_over(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    device = os.urandom(16)
    first = (await counsellor.open_desk(ours, device, take_over=False)).generation
    ours.duty.renew([device.hex()], clock.now + 1000)
    with pytest.raises(NotAllowed) as refused:
        await counsellor.open_desk(ours, device, take_over=False)
    assert refused.value.code is ErrorCode.HELD_ELSEWHERE

    second = (await counsellor.open_desk(ours, device, take_over=True)).generation
    clock.now += 1000
    third = (await counsellor.open_desk(ours, device, take_over=False)).generation
    assert first < second < third


@pytest.mark.parametrize("broken", ["slot", "offer's slot", "offer's sid"])
async def test_an_offer_for_another_seat_goes_nowhere(live: Live, broken: str) -> None:
    ours = await house(live, Clock())
    sid, device = await started(ours), os.urandom(16)
    seated = await take(ours, device, sid)
    assert isinstance(seated, Seated)
    offer = (
        bytes([1, 1, 1, broken == "offer's slot"])
        + (bytes(16) if broken == "offer's sid" else sid)
        + bytes(1316)
    )
    frame = frames.DeskOffer(sid, int(broken == "slot"), offer, bytes(160), bytes(160))
    with pytest.raises(NotAllowed) as refused:
        await counsellor.offer(ours, C, seated.generation, frame)

    assert refused.value.code is ErrorCode.MALFORMED
    assert await ours.relay.handshake(sid, C) == {}
