# SPDX-License-Identifier: AGPL-3.0-or-later
"""Starting and coming back: who may, and what is told to whom."""

from __future__ import annotations

import hashlib
import os

import msgspec
import pytest

from chat.actions import help_seeker
from chat.actions.help_seeker import Entered
from chat.actions.house import House
from chat.live import keys
from chat.live.live import Live
from chat.protocol import frames
from chat.protocol.types import VERSION, About, EndedBy, ErrorCode, Phase, Urgency
from chat.rules.conversation import NotAllowed
from tests.actions.building import Clock, house, on_duty, standing, started

pytestmark = pytest.mark.anyio

TICKET, HALF = os.urandom(32), os.urandom(32)


def start(sid: bytes, ticket: bytes = TICKET) -> frames.Start:
    return frames.Start(
        VERSION, sid, hashlib.sha256(ticket).digest(), HALF, "en", About.UNSAID, Urgency.USUAL
    )


def attach(at: House, sid: bytes, ticket: bytes = TICKET, *, take_over: bool = True) -> frames.Attach:
    return frames.Attach(VERSION, sid, ticket, at.era, take_over)


async def refusal(at: House, frame: frames.Start | frames.Attach) -> ErrorCode:
    asked = help_seeker.start(at, frame) if isinstance(frame, frames.Start) else help_seeker.attach(at, frame)
    with pytest.raises(NotAllowed) as refused:
        await asked
    return refused.value.code


async def test_nobody_waits_at_a_desk_where_nobody_sits(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    sid = os.urandom(16)

    assert await refusal(ours, start(sid)) is ErrorCode.CLOSED_INTAKE
    assert await ours.conversations.load(sid) is None
    await on_duty(ours, until_ms=clock.now + 1000)
    assert isinstance(await help_seeker.start(ours, start(sid)), Entered)

    clock.now += 1000  # the last desk is gone
    assert await refusal(ours, start(os.urandom(16))) is ErrorCode.CLOSED_INTAKE
    again = await help_seeker.start(ours, start(sid))  # whoever waits already may say it again
    assert isinstance(again, Entered)
    assert again.welcome.half == HALF


async def test_a_start_that_is_sent_again_continues(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    await on_duty(ours, until_ms=clock.now + 1000)
    sid = os.urandom(16)
    first = await help_seeker.start(ours, start(sid))
    second = await help_seeker.start(ours, start(sid))
    assert isinstance(first, Entered)
    assert isinstance(second, Entered)

    assert (first.generation, second.generation) == (1, 2)
    assert await refusal(ours, start(sid, os.urandom(32))) is ErrorCode.NOT_A_MEMBER
    assert (await ours.room.snapshot()).keys() == {sid}


async def test_only_the_ticket_opens_it(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    await on_duty(ours, until_ms=clock.now + 1000)
    sid = os.urandom(16)
    await help_seeker.start(ours, start(sid))

    assert await refusal(ours, attach(ours, sid, os.urandom(32))) is ErrorCode.NOT_A_MEMBER
    assert await refusal(ours, attach(ours, sid, take_over=False)) is ErrorCode.HELD_ELSEWHERE
    entered = await help_seeker.attach(ours, attach(ours, sid))
    assert isinstance(entered, Entered)
    assert (entered.welcome.phase, entered.welcome.generation) == (Phase.WAITING, 2)


async def test_ended_is_told_from_lost_by_the_era(live: Live) -> None:
    ours = await house(live, Clock())
    sid = os.urandom(16)

    assert await help_seeker.attach(ours, attach(ours, sid)) is EndedBy.UNKNOWN
    ours.era = os.urandom(32)
    other = frames.Attach(VERSION, sid, TICKET, os.urandom(32), take_over=True)
    assert await help_seeker.attach(ours, other) is EndedBy.LOST


async def test_who_comes_before_the_worker_knows_that_the_store_forgot_is_told_so(live: Live) -> None:
    ours = await house(live, Clock())
    await live.store.call(b"DEL", keys.ERA)  # all is gone; `ours.era` is what it was before

    assert await help_seeker.attach(ours, attach(ours, os.urandom(16))) is EndedBy.LOST


async def test_an_older_connection_cannot_end_it(live: Live) -> None:
    ours = await house(live, Clock())
    sid = await started(ours)
    with pytest.raises(NotAllowed) as refused:
        await help_seeker.leave(ours, sid, 0)
    assert refused.value.code is ErrorCode.SUPERSEDED
    assert (await standing(ours, sid))[1].phase is Phase.WAITING

    assert await help_seeker.leave(ours, sid, 1) is EndedBy.HELP_SEEKER
    assert await ours.conversations.load(sid) is None
    assert await ours.room.size() == 0


async def test_a_lost_entry_of_the_waiting_room_is_written_again(live: Live) -> None:
    """A worker died between the save and the entry."""
    clock = Clock()
    ours = await house(live, clock)
    await on_duty(ours, until_ms=clock.now + 1000)
    sid = os.urandom(16)
    await help_seeker.start(ours, start(sid))
    await ours.room.leave(sid)

    assert isinstance(await help_seeker.attach(ours, attach(ours, sid)), Entered)
    assert (await ours.room.snapshot())[sid].present


async def test_nobody_more_waits_than_the_room_holds(live: Live) -> None:
    ours = await house(live, Clock())
    ours.content.limits = msgspec.structs.replace(ours.content.limits, waiting=1)
    first, second = os.urandom(16), os.urandom(16)
    await on_duty(ours)
    assert isinstance(await help_seeker.start(ours, start(first)), Entered)

    with pytest.raises(NotAllowed) as refused:
        await help_seeker.start(ours, start(second))

    assert refused.value.code is ErrorCode.ROOM_FULL
    assert isinstance(
        await help_seeker.start(ours, start(first)), Entered
    )  # who waits already may say so again
