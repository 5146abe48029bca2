# SPDX-License-Identifier: AGPL-3.0-or-later
"""Nobody waits at a desk where nobody sits: the last desk is really lost, and what then happens in time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time

import pytest

from chat.live import keys
from chat.protocol import frames
from chat.protocol.types import DutyStatus, ErrorCode
from chat.rules.presence import GRACE_MS, LEASE_MS
from chat.rules.roles import Role
from tests.faults.ageing import now_ms
from tests.faults.line import refused
from tests.faults.waiting import dropped, until
from tests.support.clients import Desk, HelpSeeker
from tests.support.desk_http import api
from tests.support.people import counsellor_on, help_seeker_on
from tests.support.service import Service

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def nobody_else(service: Service) -> None:
    """No desk of another test is on duty still."""
    with contextlib.closing(service.look()) as store:
        store.delete(keys.DUTY, keys.STANDING)


def lease_left_ms(service: Service, device: bytes) -> float:
    """How long the desk of this device still counts, if it gives no further sign of life."""
    with contextlib.closing(service.look()) as store:
        return float(store.zscore(keys.DUTY, device.hex()) or 0) - now_ms()


def time_passes(service: Service, device: bytes, ms: int) -> None:
    """The last sign of life of this desk was so much longer ago."""
    with contextlib.closing(service.look()) as store:
        store.zincrby(keys.DUTY, -ms, device.hex())


async def grace_is_over(service: Service, device: bytes) -> None:
    """The connection of this desk was lost, and what it still counted for has passed."""
    await until("its grace", lambda: lease_left_ms(service, device) <= GRACE_MS)
    time_passes(service, device, GRACE_MS)


async def knock(service: Service, language: str) -> frames.Welcome | ErrorCode:
    """Somebody new tries to start; who gets in leaves again."""
    person = await HelpSeeker.open(service)
    try:
        try:
            welcome = await person.start(language)
        except AssertionError as refusal:
            (refused_,) = refusal.args
            assert isinstance(refused_, frames.Refused)
            return refused_.code
        await person.send(frames.Leave())
        await person.expect(frames.Closed)
        return welcome
    finally:
        await person.close()


async def desk_of(service: Service, *languages: str) -> tuple[Desk, bytes, str]:
    """A counsellor's desk with its device and its cookie."""
    device = os.urandom(16)
    token = await service.sign_in(os.urandom(16), device, Role.COUNSELLOR)
    desk = await Desk.open(service, token)
    await desk.begin(languages=languages)
    return desk, device, token


async def attended(person: HelpSeeker, *, anybody: bool) -> None:
    assert await person.expect(frames.Attended) == frames.Attended(anybody)


async def test_intake_follows_who_is_on_duty_in_which_language(service: Service) -> None:
    desk = await counsellor_on(service, "nl")
    assert await knock(service, "en") is ErrorCode.CLOSED_INTAKE
    assert isinstance(await knock(service, "nl"), frames.Welcome)

    one, two = service.workers()
    people = [await help_seeker_on(service, worker, "nl") for worker in (one, two)]
    await desk.stand(DutyStatus.BREAK, "nl")
    assert await knock(service, "nl") is ErrorCode.CLOSED_INTAKE
    for person in people:
        await attended(person, anybody=False)

    late = await HelpSeeker.open(service)
    late.same_browser(people[0])
    assert isinstance(await late.attach(), frames.Welcome)  # the place is kept, and the truth is told again
    await attended(late, anybody=False)
    await desk.stand(DutyStatus.ON, "nl", "en")
    for person in (late, people[1]):
        await attended(person, anybody=True)

    for person in (late, people[1]):
        await person.send(frames.Leave())
        await person.expect(frames.Closed)
        await person.close()
    await people[0].close()
    await desk.close()


async def test_a_killed_desk_keeps_intake_open_for_its_lease_and_no_longer(service: Service) -> None:
    desk, device, _ = await desk_of(service, "en")
    person = await help_seeker_on(service, None, "en")
    await until("the lease", lambda: lease_left_ms(service, device) > 0)

    assert lease_left_ms(service, device) <= LEASE_MS
    desk.connection.transport.pause_reading()  # the computer is gone: no answer to pings, and no close
    assert isinstance(await knock(service, "en"), frames.Welcome)
    time_passes(service, device, LEASE_MS)

    assert await knock(service, "en") is ErrorCode.CLOSED_INTAKE
    await attended(person, anybody=False)
    await person.send(frames.Leave())
    await person.expect(frames.Closed)
    await person.close()
    await dropped(desk)


@pytest.mark.long
@pytest.mark.alone
async def test_within_thirty_five_seconds_of_the_last_desk_being_killed_nobody_enters(
    service: Service,
) -> None:
    desk, _, _ = await desk_of(service, "en")
    killed = time.monotonic()
    desk.connection.transport.pause_reading()
    while isinstance(await knock(service, "en"), frames.Welcome):
        assert time.monotonic() - killed < 35
        await asyncio.sleep(0.5)

    assert await knock(service, "en") is ErrorCode.CLOSED_INTAKE
    await dropped(desk)


async def test_a_reconnect_is_on_duty_still_and_after_two_minutes_it_is_not(service: Service) -> None:
    desk, device, token = await desk_of(service, "en", "nl")
    await dropped(desk)
    back = await Desk.open(service, token)
    await back.send(frames.OpenDesk(1, take_over=True))
    assert (await back.expect(frames.Duty)).status is DutyStatus.ON
    assert isinstance(await knock(service, "en"), frames.Welcome)

    await dropped(back)
    await grace_is_over(service, device)
    assert await knock(service, "en") is ErrorCode.CLOSED_INTAKE
    time_passes(service, device, 110_000)
    again = await Desk.open(service, token)
    await again.send(frames.OpenDesk(1, take_over=True))
    assert await again.expect(frames.Duty) == frames.Duty(DutyStatus.ON, ["en", "nl"], 100, 0)

    await dropped(again)
    await grace_is_over(service, device)
    time_passes(service, device, 121_000)
    later = await Desk.open(service, token)
    await later.send(frames.OpenDesk(1, take_over=True))
    assert await later.expect(frames.Duty) == frames.Duty(DutyStatus.OFF, [], 100, 0)
    assert await knock(service, "en") is ErrorCode.CLOSED_INTAKE
    await later.close()


async def test_a_desk_that_slept_hears_that_it_is_off_duty(service: Service) -> None:
    desk, device, _ = await desk_of(service, "en")
    said: list[object] = []
    while frames.DeskRefused(ErrorCode.OFF_DUTY, None, None) not in said:  # a sign of life may come between
        time_passes(service, device, 200_000)
        await desk.send(frames.HelpNext(os.urandom(32)))
        while not isinstance(frame := await desk.next(), frames.DeskRefused):
            said.append(frame)
        said.append(frame)
    assert frames.Duty(DutyStatus.OFF, [], 100, 0) in said
    await desk.stand(DutyStatus.ON, "en")
    assert isinstance(await knock(service, "en"), frames.Welcome)
    await desk.close()


async def test_signing_out_is_off_duty_at_once(service: Service) -> None:
    desk, device, token = await desk_of(service, "en")
    assert (await api(service, token, "POST", "/sign-out", {}))[0] == 204

    assert await refused(desk) is ErrorCode.NOT_SIGNED_IN
    await until("off duty", lambda: lease_left_ms(service, device) < 0)
    assert await knock(service, "en") is ErrorCode.CLOSED_INTAKE
    await dropped(desk)
