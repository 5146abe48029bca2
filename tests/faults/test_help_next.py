# SPDX-License-Identifier: AGPL-3.0-or-later
"""Duty and *help next* over real sockets and two workers: who is offered whom, and never one person twice."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator

import pytest

from chat.protocol import frames
from chat.protocol.types import About, DutyStatus, EndHow, ErrorCode, Urgency
from chat.rules.roles import Role
from tests.faults.line import refused
from tests.faults.waiting import until
from tests.support.clients import Desk, HelpSeeker
from tests.support.people import counsellor_on, help_seeker_on
from tests.support.service import Service, running

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def capped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Two conversations a person, and no pace: a test presses faster than people do."""
    free = {"KENTERING_MESSAGES_BURST": "100000", "KENTERING_MESSAGES_PER_SECOND": "100000"}
    with running(tmp_path_factory.mktemp("capped"), KENTERING_CONVERSATIONS_CAP="2", **free) as started:
        yield started


async def next_of(desk: Desk) -> frames.Taken | ErrorCode:
    await desk.send(frames.HelpNext(os.urandom(32)))
    while True:
        frame = await desk.next()
        if isinstance(frame, frames.Taken):
            return frame
        if isinstance(frame, frames.DeskRefused):
            assert (frame.sid, frame.slot) == (None, None)
            return frame.code


async def taken(desk: Desk) -> bytes:
    answer = await next_of(desk)
    assert isinstance(answer, frames.Taken), answer
    return answer.sid


async def waiting(
    service: Service, language: str = "en", about: About = About.UNSAID, urgency: Urgency = Urgency.USUAL
) -> HelpSeeker:
    person = await HelpSeeker.open(service)
    await person.start(language, about, urgency)
    return person


async def gone(*people: HelpSeeker) -> None:
    for person in people:
        await person.send(frames.Leave())
        await person.expect(frames.Closed)
        await person.close()


async def test_one_by_one_in_the_rooms_order_up_to_the_cap(capped: Service) -> None:
    desk = await counsellor_on(capped, "en", "nl")
    late = await waiting(capped, "en", About.SOMEBODY_ELSE, Urgency.CAN_WAIT)
    usual = await waiting(capped, "nl")
    acute = await waiting(capped, "en", About.ME, Urgency.ACUTE)
    while len((room := await desk.expect(frames.Room)).entries) < 3:
        pass
    assert [(one.sid, one.about, one.urgency, one.first) for one in room.entries] == [
        (acute.sid, About.ME, Urgency.ACUTE, False),
        (usual.sid, About.UNSAID, Urgency.USUAL, False),
        (late.sid, About.SOMEBODY_ELSE, Urgency.CAN_WAIT, False),
    ]

    assert await taken(desk) == acute.sid
    assert await taken(desk) == usual.sid
    assert await next_of(desk) is ErrorCode.CAP_REACHED

    await desk.send(frames.DeskEnd(acute.sid, 0, EndHow.USUAL))
    await acute.expect(frames.Closed)
    assert await taken(desk) == late.sid

    await gone(usual, late)
    await acute.close()
    await desk.close()


async def test_the_cap_holds_over_the_devices_of_a_person(capped: Service) -> None:
    staff = os.urandom(16)
    one = await counsellor_on(capped, "en", staff=staff)
    other = await counsellor_on(capped, "en", staff=staff)
    people = [await waiting(capped) for _ in range(4)]

    answers = await asyncio.gather(*(next_of(desk) for desk in (one, other, one, other)[:2]))
    assert all(isinstance(answer, frames.Taken) for answer in answers)
    assert await next_of(one) is ErrorCode.CAP_REACHED
    assert await next_of(other) is ErrorCode.CAP_REACHED

    await gone(*people)
    await one.close()
    await other.close()


async def test_only_in_ones_own_languages_and_only_on_duty(capped: Service) -> None:
    desk, other = await counsellor_on(capped, "en"), await counsellor_on(capped, "nl")
    person = await waiting(capped, "nl")

    assert await next_of(desk) is ErrorCode.NOBODY_WAITS
    assert await desk.stand(DutyStatus.BREAK, "en") == frames.Duty(DutyStatus.BREAK, ["en"], 2, 0)
    assert await next_of(desk) is ErrorCode.OFF_DUTY
    assert await desk.stand(DutyStatus.OFF) == frames.Duty(DutyStatus.OFF, [], 2, 0)
    assert await next_of(desk) is ErrorCode.OFF_DUTY

    await desk.stand(DutyStatus.ON, "nl", "en")
    assert await taken(desk) == person.sid

    await gone(person)
    await desk.close()
    await other.close()


async def test_only_a_supervisor_chooses_by_hand(capped: Service) -> None:
    counsellor = await counsellor_on(capped, "en")
    supervisor = await counsellor_on(capped, "en", role=Role.SUPERVISOR)
    manager = await counsellor_on(capped, role=Role.MANAGER)
    person = await waiting(capped)

    for desk in (counsellor, manager):
        answer = await desk.take(person.sid)
        assert answer == frames.DeskRefused(ErrorCode.NOT_ALLOWED, person.sid, None)
    await manager.send(frames.SetDuty(DutyStatus.ON, ["en"]))
    assert await refused(manager) is ErrorCode.NOT_ALLOWED
    assert isinstance(await supervisor.take(person.sid), frames.Taken)

    await gone(person)
    for desk in (counsellor, supervisor, manager):
        await desk.close()


async def press_together(service: Service, rounds: int) -> None:
    workers = list(service.workers())
    desks = [await counsellor_on(service, "en", worker=workers[place % 2]) for place in range(20)]
    for _ in range(rounds):
        people = [await help_seeker_on(service) for _ in range(3)]
        answers = await asyncio.gather(*(next_of(desk) for desk in desks))
        got = Counter(answer.sid for answer in answers if isinstance(answer, frames.Taken))

        assert got == {person.sid: 1 for person in people}
        assert set(answers) - {a for a in answers if isinstance(a, frames.Taken)} == {ErrorCode.NOBODY_WAITS}
        await gone(*people)
        # Closed is said a moment before everything is forgotten, and until then it counts for the cap.
        await until("nothing is left", lambda: not service.conversation_keys())
    many = [await help_seeker_on(service) for _ in range(45)]
    for pressed in range(3):
        answers = await asyncio.gather(*(next_of(desk) for desk in desks))
        full = pressed == 2
        assert {isinstance(answer, frames.Taken) for answer in answers} == {not full}
        if full:
            assert set(answers) == {ErrorCode.CAP_REACHED}
    await gone(*many)
    for desk in desks:
        await desk.close()


async def test_twenty_counsellors_press_together_over_few_who_wait(capped: Service) -> None:
    await press_together(capped, 5)


@pytest.mark.long
async def test_twenty_counsellors_press_together_two_hundred_times(capped: Service) -> None:
    await press_together(capped, 200)
