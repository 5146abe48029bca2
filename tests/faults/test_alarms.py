# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calling a supervisor, and the staff's side channel, over real sockets and two workers."""

from __future__ import annotations

import asyncio
import contextlib
import os

import pytest

from chat.protocol import frames
from chat.protocol.types import AlarmKind, DutyStatus, ErrorCode, Risk
from chat.rules.roles import Role
from tests.faults.ageing import traces
from tests.faults.line import refused
from tests.faults.waiting import dropped, until
from tests.support.clients import Desk
from tests.support.people import counsellor_on, help_seeker_on
from tests.support.service import Service

pytestmark = pytest.mark.anyio


async def supervisor_on(service: Service, worker: str, *languages: str) -> Desk:
    return await counsellor_on(service, *languages, worker=worker, role=Role.SUPERVISOR)


async def test_every_supervisor_on_duty_is_called_and_one_is_on_it(service: Service) -> None:
    one, two = service.workers()
    staff = os.urandom(16)
    counsellor = await counsellor_on(service, "en", staff=staff, worker=one)
    first = await supervisor_on(service, one, "en")
    second = await supervisor_on(service, two, "en")
    await second.stand(DutyStatus.BREAK, "en")
    off_duty = await supervisor_on(service, two)
    colleague = await counsellor_on(service, "en", worker=two)

    await counsellor.send(frames.AskHelp(None))
    called = await first.expect(frames.Alarm)
    assert (called.kind, called.sid, called.staff) == (AlarmKind.HELP, None, staff)
    assert (await second.expect(frames.Alarm)).alarm == called.alarm

    later = await supervisor_on(service, one, "en")  # comes later, and sees who called
    assert (await later.expect(frames.Alarm)).alarm == called.alarm
    await off_duty.stand(DutyStatus.ON, "en")
    assert (await off_duty.expect(frames.Alarm)).alarm == called.alarm

    await colleague.send(frames.AnswerAlarm(called.alarm))
    assert await refused(colleague) is ErrorCode.NOT_ALLOWED
    await second.send(frames.AnswerAlarm(called.alarm))
    answers = [await desk.expect(frames.AlarmAnswered) for desk in (counsellor, first, second, later)]
    assert {answer.alarm for answer in answers} == {called.alarm}
    assert len({(answer.by, answer.device) for answer in answers}) == 1
    await first.send(frames.AnswerAlarm(called.alarm))
    assert await refused(first) is ErrorCode.TAKEN
    assert [one for one in colleague.seen if isinstance(one, frames.Alarm | frames.AlarmAnswered)] == []

    for desk in (counsellor, first, second, off_duty, colleague, later):
        await desk.close()


async def test_imminent_danger_calls_about_the_conversation_and_leaves_nothing(service: Service) -> None:
    one, two = service.workers()
    supervisor = await supervisor_on(service, two, "en")
    counsellor = await counsellor_on(service, "en", worker=one)
    person = await help_seeker_on(service)
    await counsellor.send(frames.HelpNext(os.urandom(32)))
    await counsellor.expect(frames.Taken)

    await supervisor.send(frames.SetRisk(person.sid, Risk.IMMINENT))
    assert await refused(supervisor) is ErrorCode.NOT_A_MEMBER
    await supervisor.send(frames.AskHelp(person.sid))
    assert await refused(supervisor) is ErrorCode.NOT_A_MEMBER

    await counsellor.send(frames.AskHelp(person.sid))
    called = await supervisor.expect(frames.Alarm)
    assert (called.kind, called.sid) == (AlarmKind.HELP, person.sid)

    await person.send(frames.Leave())
    await person.expect(frames.Closed)
    await counsellor.expect(frames.DeskClosed)
    await until("nothing names it", lambda: traces(service, person.sid) == [])
    await supervisor.send(frames.AnswerAlarm(called.alarm))
    assert (await counsellor.expect(frames.AlarmAnswered)).alarm == called.alarm
    for client in (person, counsellor, supervisor):
        await client.close()


async def with_device(service: Service, worker: str) -> tuple[Desk, bytes]:
    """A counsellor's desk on this worker, and its device."""
    while True:
        device = os.urandom(16)
        token = await service.sign_in(os.urandom(16), device, Role.COUNSELLOR)
        desk = await Desk.open(service, token)
        if (await desk.begin(languages=())).worker == worker:
            return desk, device
        await desk.close()


async def told_away(desk: Desk, device: bytes) -> None:
    """What is written to somebody who left just now may be lost; from a moment later on we hear so."""
    while True:
        await desk.send(frames.PeerSend(device, b"to somebody who left"))
        with contextlib.suppress(TimeoutError):
            assert await asyncio.wait_for(desk.expect(frames.PeerAway), 1) == frames.PeerAway(device)
            return


async def test_sealed_messages_pass_between_desks_and_are_not_kept(service: Service) -> None:
    one, two = service.workers()
    anna, annas = await with_device(service, one)
    ben, bens = await with_device(service, two)
    secret = os.urandom(4608)

    await anna.send(frames.PeerSend(bens, secret))
    assert await ben.expect(frames.PeerReceived) == frames.PeerReceived(annas, secret)
    await ben.send(frames.PeerSend(annas, b"the weather is mild"))
    assert await anna.expect(frames.PeerReceived) == frames.PeerReceived(bens, b"the weather is mild")

    await anna.send(frames.PeerSend(os.urandom(16), b"to nobody"))
    await anna.expect(frames.PeerAway)
    await dropped(ben)
    await told_away(anna, bens)
    with service.look() as store:
        kept = [store.dump(key) or b"" for key in store.keys("*")]
    assert not any(secret[:64] in value for value in kept)
    await anna.close()


async def test_a_desk_cannot_flood_another(service: Service) -> None:
    one, two = service.workers()
    anna, _ = await with_device(service, one)
    ben, bens = await with_device(service, two)
    for number in range(60):
        await anna.send(frames.PeerSend(bens, bytes([number])))

    assert await refused(anna) is ErrorCode.TOO_FAST
    await anna.send(frames.SetDuty(DutyStatus.ON, ["en"]))  # the rest of the desk is not slowed
    while (await anna.next()).__class__ is not frames.Duty:
        pass
    await anna.close()
    await ben.close()
