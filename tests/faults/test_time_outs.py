# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every time-out fires, exactly once, also after every worker was killed: deadlines are data."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from chat.live import keys
from chat.live.live import Live
from chat.protocol import codec, frames
from chat.protocol.types import VERSION, About, EndedBy, EndHow, Phase, Urgency
from chat.rules.deadlines import AWAY_MS, IDLE_MS, LONGEST_MS, LOST_MS, OPENING_MS, PLACE_KEPT_MS
from chat.rules.state import Member, Presence
from tests.faults.ageing import age, counted, fire, lease_ends, now_ms, stored, traces
from tests.faults.raw import PING, PONG, RawSocket
from tests.faults.waiting import dropped, kill_workers, until
from tests.support.clients import Desk, HelpSeeker
from tests.support.people import desk_on, help_seeker_on, talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio

H, C = Member.HELP_SEEKER, Member.COUNSELLOR
_LONG = 10 * 60_000


async def waiting(service: Service, _desk: Desk) -> HelpSeeker:
    return await help_seeker_on(service)


async def matched(service: Service, desk: Desk) -> HelpSeeker:
    person = await help_seeker_on(service)
    assert isinstance(await desk.take(person.sid), frames.Taken)
    return person


async def opened(service: Service, desk: Desk) -> HelpSeeker:
    return (await talk(await help_seeker_on(service), desk)).person


@dataclass(frozen=True)
class Case:
    begin: Callable[[Service, Desk], Awaitable[HelpSeeker]]
    away: Member | None
    """Whose connection is gone for good; the other's comes back, so its lease goes on."""
    passes_ms: int
    counts: str
    silent: bool = True
    """Nobody wrote in that time."""


CASES = (
    Case(waiting, H, PLACE_KEPT_MS, "left:away"),
    Case(matched, H, AWAY_MS, "left:away"),
    Case(opened, H, AWAY_MS, "ended:away"),
    Case(opened, None, IDLE_MS, "ended:idle"),
    Case(waiting, None, LONGEST_MS, "left:too_long"),
    Case(opened, None, LONGEST_MS, "ended:too_long", silent=False),
)


def away(service: Service, sid: bytes, member: Member) -> bool:
    conversation = stored(service, sid)
    return conversation is not None and conversation.place(member).presence is Presence.AWAY


async def every_time_out(service: Service) -> None:
    desk = await desk_on(service)
    people = [await case.begin(service, desk) for case in CASES]
    sids = [person.sid for person in people]
    before = counted(service)

    await kill_workers(service)
    for case, sid in zip(CASES, sids, strict=True):
        for member in {H, C if case.begin is not waiting else H} - {case.away}:
            lease_ends(service, sid, member, _LONG)
        if case.away is not None:
            lease_ends(service, sid, case.away)
            await until(f"{case.away} away", lambda sid=sid, member=case.away: away(service, sid, member))
    for case, sid in zip(CASES, sids, strict=True):
        age(service, sid, case.passes_ms, silent=case.silent)
    for case, sid in zip(CASES, sids, strict=True):
        await until(f"{case.counts}, and all is gone", lambda sid=sid: not traces(service, sid))
    for sid in sids:  # once more, and nothing comes of it
        fire(service, sid)
        await until("the deadline is looked at", lambda sid=sid: not traces(service, sid))

    rose = counted(service) - before
    endings = {name: count for name, count in rose.items() if name.startswith(("left:", "ended:"))}
    assert endings == Counter(case.counts for case in CASES)

    await dropped(desk, *people)


async def test_every_time_out_fires_once_though_every_worker_was_killed(service: Service) -> None:
    await every_time_out(service)


@pytest.mark.long
async def test_every_time_out_fires_once_five_times_over(service: Service) -> None:
    for _ in range(5):
        await every_time_out(service)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.begin.__name__}-{case.away}-{case.counts}")
async def test_a_moment_before_its_time_nothing_happens(service: Service, case: Case) -> None:
    desk = await desk_on(service)
    person = await case.begin(service, desk)
    before = counted(service)
    if case.away is H:
        await dropped(person)
    elif case.away is C:
        await dropped(desk)
    if case.away is not None:
        lease_ends(service, person.sid, case.away)
        await until("away", lambda: away(service, person.sid, case.away or H))

    age(service, person.sid, case.passes_ms - 60_000, silent=case.silent)
    with contextlib.closing(service.look()) as store:
        name = keys.due_conversation(person.sid)
        await until("the deadline is set anew", lambda: store.zscore(keys.DUE, name) > now_ms() + 20_000)

    conversation = stored(service, person.sid)
    assert conversation is not None
    assert conversation.phase is not Phase.CLOSED
    assert not {name for name in counted(service) - before if name.startswith(("left:", "ended:"))}

    age(service, person.sid, 60_000, silent=case.silent)
    await until("all is gone", lambda: not traces(service, person.sid))
    await dropped(person, desk)


async def test_matched_and_not_opened_goes_back_to_the_head_of_the_room(service: Service) -> None:
    desk = await desk_on(service)
    person = await matched(service, desk)
    before = counted(service)
    await kill_workers(service)
    for member in (H, C):
        lease_ends(service, person.sid, member, _LONG)

    age(service, person.sid, OPENING_MS)
    rescuer = await desk_on(service)
    while person.sid not in {entry.sid for entry in (await rescuer.expect(frames.Room)).entries}:
        pass

    conversation = stored(service, person.sid)
    assert conversation is not None
    assert (conversation.phase, conversation.first) == (Phase.WAITING, True)
    assert conversation.counsellor.presence is Presence.VACANT
    assert not {name for name in counted(service) - before if name.startswith(("left:", "ended:"))}

    fire(service, person.sid)
    assert isinstance(await rescuer.take(person.sid), frames.Taken)
    await rescuer.send(frames.DeskEnd(person.sid, 0, EndHow.USUAL))
    await rescuer.expect(frames.DeskClosed)
    await until("all is gone", lambda: not traces(service, person.sid))
    await dropped(person, desk)
    await rescuer.close()


async def test_a_lost_counsellors_conversation_goes_back_to_the_head_of_the_room(service: Service) -> None:
    desk = await desk_on(service)
    person = await opened(service, desk)
    before = counted(service)
    await kill_workers(service)
    lease_ends(service, person.sid, H, _LONG)
    lease_ends(service, person.sid, C)
    await until("the counsellor is away", lambda: away(service, person.sid, C))
    was = stored(service, person.sid)
    assert was is not None

    age(service, person.sid, LOST_MS)
    rescuer = await desk_on(service)
    while not {entry.sid for entry in (await rescuer.expect(frames.Room)).entries if entry.first} >= {
        person.sid
    }:
        pass

    conversation = stored(service, person.sid)
    assert conversation is not None
    assert (conversation.phase, conversation.before) == (Phase.WAITING, was.counsellor.staff_id)
    assert conversation.counsellor.presence is Presence.VACANT
    assert not {name for name in counted(service) - before if name.startswith(("left:", "ended:"))}

    fire(service, person.sid)
    taken = await rescuer.take(person.sid)
    assert isinstance(taken, frames.Taken)
    assert taken.purpose == 2
    await rescuer.send(frames.DeskEnd(person.sid, 0, EndHow.USUAL))
    await rescuer.expect(frames.DeskClosed)
    await until("all is gone", lambda: not traces(service, person.sid))
    assert (counted(service) - before)["ended:counsellor"] == 1
    await dropped(person, desk)
    await rescuer.close()


async def test_a_claim_whose_owner_died_comes_back_once(service: Service) -> None:
    person = await help_seeker_on(service)
    live = await Live.open(service.live_url)
    assert await live.waiting_room.claim(person.sid, "a desk that dies", now_ms(), lease=1) is not None
    await live.close()
    await kill_workers(service)

    rescuer = await desk_on(service)
    while person.sid not in {entry.sid for entry in (await rescuer.expect(frames.Room)).entries}:
        pass

    assert isinstance(await rescuer.take(person.sid), frames.Taken)
    assert isinstance(await rescuer.take(person.sid), frames.DeskRefused)
    await rescuer.send(frames.DeskEnd(person.sid, 0, EndHow.USUAL))
    await rescuer.expect(frames.DeskClosed)
    await until("all is gone", lambda: not traces(service, person.sid))
    await dropped(person)
    await rescuer.close()


@pytest.mark.parametrize(
    ("passes_ms", "silent", "by"),
    [(IDLE_MS, True, EndedBy.IDLE), (LONGEST_MS, False, EndedBy.TOO_LONG)],
    ids=["idle", "six hours"],
)
async def test_both_sides_are_told_why(service: Service, passes_ms: int, silent: bool, by: EndedBy) -> None:
    desk = await desk_on(service)
    opened_talk = await talk(await help_seeker_on(service), desk)
    age(service, opened_talk.person.sid, passes_ms, silent=silent)

    assert (await opened_talk.person.expect(frames.Closed)).by is by
    assert await desk.expect(frames.DeskClosed) == frames.DeskClosed(opened_talk.person.sid, by)

    await opened_talk.person.close()
    await desk.close()


async def test_writing_keeps_a_conversation_from_being_idle(service: Service) -> None:
    desk = await desk_on(service)
    opened_talk = await talk(await help_seeker_on(service), desk)
    age(service, opened_talk.person.sid, IDLE_MS - 30_000)
    await opened_talk.say(1)
    age(service, opened_talk.person.sid, 40_000)

    with contextlib.closing(service.look()) as store:
        name = keys.due_conversation(opened_talk.person.sid)
        await until("the deadline is set anew", lambda: store.zscore(keys.DUE, name) > now_ms() + 60_000)
    await opened_talk.answer(1)

    assert await opened_talk.end() is EndedBy.HELP_SEEKER

    await opened_talk.person.close()
    await desk.close()


async def test_a_lease_that_ended_is_taken_again_by_a_sign_of_life_alone(service: Service) -> None:
    """A phone that left the network leaves a connection that looks open: it must not count as present."""
    desk = await desk_on(service)
    phone = await RawSocket.help_seeker(service)
    person = HelpSeeker.__new__(HelpSeeker)
    person.sid = b"\x07" * 16
    await phone.send(
        codec.encode(
            frames.Start(VERSION, person.sid, bytes(32), bytes(32), "en", About.UNSAID, Urgency.USUAL)
        )
    )
    assert isinstance(codec.decode_to_help_seeker(await phone.receive_kind(2)), frames.Welcome)
    assert isinstance(await desk.take(person.sid), frames.Taken)

    lease_ends(service, person.sid, H)
    assert not (await desk.expect(frames.DeskPresence)).present
    asked = await phone.receive_kind(PING)
    await asyncio.sleep(0)
    assert away(service, person.sid, H)

    await phone.send(asked, PONG)
    assert (await desk.expect(frames.DeskPresence)).present

    await desk.send(frames.DeskEnd(person.sid, 0, EndHow.USUAL))
    await desk.expect(frames.DeskClosed)
    await phone.abort()
    await desk.close()
