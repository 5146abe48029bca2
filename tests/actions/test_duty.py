# SPDX-License-Identifier: AGPL-3.0-or-later
"""Duty as the actions see it: coming back, the cap, intake."""

from __future__ import annotations

import datetime as dt
import os
import time

import pytest
from msgspec.structs import replace

from chat.actions import care, duty
from chat.actions.duty import Stands
from chat.actions.house import House, Who
from chat.live.live import Live
from chat.protocol.types import DutyStatus, ErrorCode
from chat.rules import state
from chat.rules.conversation import NotAllowed
from chat.rules.duty import KEPT_MS
from chat.rules.intake import Intake
from chat.rules.presence import LEASE_MS
from chat.rules.roles import Role
from chat.rules.state import Member, Question
from tests.actions.building import Clock, house, on_duty, signed_in, standing, started
from tests.support.seats import sit

pytestmark = pytest.mark.anyio

STAFF, DEVICE, SECOND = b"a" * 16, b"d" * 16, b"e" * 16
ANNA = Who(STAFF, "Anna", frozenset({Role.COUNSELLOR}))
SUPERVISOR = Who(STAFF, "Anna", frozenset({Role.COUNSELLOR, Role.SUPERVISOR}))
MANAGER = Who(STAFF, "Anna", frozenset({Role.MANAGER}))


async def test_a_reconnect_within_two_minutes_is_still_on_duty(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    await duty.came(ours, DEVICE, ANNA)
    on = await duty.set_duty(ours, DEVICE, DutyStatus.ON, ["nl"])

    clock.now += LEASE_MS + KEPT_MS - 1
    assert await duty.intake_of(ours, "nl") is Intake.NOBODY
    assert await duty.came(ours, DEVICE, ANNA) == on
    assert await duty.intake_of(ours, "nl") is Intake.OPEN

    clock.now += LEASE_MS + KEPT_MS
    assert (await duty.came(ours, DEVICE, ANNA)).status is DutyStatus.OFF


async def test_an_hour_behind_other_windows_is_an_hour_on_duty(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    await duty.came(ours, DEVICE, ANNA)
    on = await duty.set_duty(ours, DEVICE, DutyStatus.ON, ["nl"])
    for _ in range(360):  # every ten seconds the browser answers a ping, and nothing else happens
        clock.now += 10_000
        ours.duty.renew([DEVICE.hex()], clock.now + LEASE_MS)

    assert await duty.standing(ours, DEVICE) == on
    assert await duty.intake_of(ours, "nl") is Intake.OPEN


async def test_roles_are_todays(live: Live) -> None:
    ours = await house(live, Clock())
    await duty.came(ours, DEVICE, ANNA)
    await duty.set_duty(ours, DEVICE, DutyStatus.ON, ["nl"])

    assert (await duty.seen_again(ours, DEVICE, SUPERVISOR)).status is DutyStatus.ON
    now_a_manager = await duty.seen_again(ours, DEVICE, MANAGER)

    assert (now_a_manager.status, now_a_manager.roles) == (DutyStatus.OFF, (Role.MANAGER,))
    assert await duty.intake_of(ours, "nl") is Intake.NOBODY


async def test_another_person_at_the_device_does_not_inherit_the_status(live: Live) -> None:
    ours = await house(live, Clock())
    await duty.came(ours, DEVICE, ANNA)
    await duty.set_duty(ours, DEVICE, DutyStatus.ON, ["nl"])

    ben = await duty.came(ours, DEVICE, Who(b"b" * 16, "Ben", frozenset({Role.COUNSELLOR})))

    assert (ben.alias, ben.status) == ("Ben", DutyStatus.OFF)


async def test_intake_needs_hours_and_a_hand_that_did_not_close_it(live: Live) -> None:
    ours = await house(live, Clock())
    await on_duty(ours, "desk", "nl")
    assert await duty.intake_of(ours, "nl") is Intake.OPEN
    assert await duty.intake_of(ours, "en") is Intake.NOBODY

    with pytest.raises(NotAllowed, match="NOT_ALLOWED"):
        await duty.close_intake(ours, ANNA, None, closed=True)
    await duty.close_intake(ours, SUPERVISOR, None, closed=True)
    assert await duty.intake_of(ours, "nl") is Intake.BY_HAND
    await duty.close_intake(ours, MANAGER, None, closed=False)
    assert await duty.intake_of(ours, "nl") is Intake.OPEN

    await on_duty(ours, "other", "en")
    await duty.close_intake(ours, SUPERVISOR, "nl", closed=True)
    found = await duty.intake_now(ours)
    assert list(found) == ours.content.limits.languages
    assert (found["nl"], found["en"]) == (Stands(Intake.BY_HAND, True), Stands(Intake.OPEN, False))
    with pytest.raises(NotAllowed, match="MALFORMED"):
        await duty.close_intake(ours, SUPERVISOR, "fy", closed=True)

    await on_duty(ours, "desk", "fy")  # which the line does not offer
    assert await duty.intake_of(ours, "fy") is Intake.OUT_OF_HOURS


async def reserved(ours: House, device: bytes, sid: bytes) -> bool:
    try:
        await duty.reserve(ours, device, sid)
    except NotAllowed as refused:
        return refused.code is not ErrorCode.CAP_REACHED
    return True


async def test_the_cap_is_the_persons_and_what_was_left_behind_does_not_count(live: Live) -> None:
    ours = await house(live, Clock())
    ours.fixed_cap = 2
    await signed_in(ours, STAFF, DEVICE, SECOND)
    for device in (DEVICE, SECOND):
        await duty.came(ours, device, ANNA)
    first, second, third = [await started(ours) for _ in range(3)]

    assert await reserved(ours, DEVICE, first)
    assert await reserved(ours, SECOND, second)
    assert not await reserved(ours, DEVICE, third)
    assert await duty.free_desks(ours, STAFF) == []

    await duty.release(ours, SECOND, second)
    assert await reserved(ours, DEVICE, third)
    await live.desk.drop_mine(DEVICE.hex(), third)
    await live.desk.add_mine(SECOND.hex(), os.urandom(16))  # a worker died, and the conversation is over
    assert await reserved(ours, DEVICE, third)


async def test_what_is_just_being_taken_counts(live: Live) -> None:
    """Between the reservation and the seat the conversation is somebody else's, or has only a supervisor."""
    ours = await house(live, Clock())
    ours.fixed_cap = 2
    await duty.came(ours, DEVICE, ANNA)
    asked, waits, third = [await started(ours) for _ in range(3)]
    await sit(live, asked, Member.COUNSELLOR, "another")
    await sit(live, waits, Member.SUPERVISOR, "another")
    await with_question(ours, asked, Question(STAFF, (DEVICE,), ours.now()))

    assert await reserved(ours, DEVICE, asked)
    assert await reserved(ours, DEVICE, waits)
    assert not await reserved(ours, DEVICE, third)

    await with_question(ours, asked, None)  # somebody else was faster
    assert await reserved(ours, DEVICE, third)


async def with_question(ours: House, sid: bytes, asked: Question | None) -> None:
    version, found = await standing(ours, sid)
    assert await ours.conversations.save(sid, version, state.dump(replace(found, asked=asked)), ())


async def test_who_may_be_asked_to_take_one_over(live: Live) -> None:
    ours = await house(live, Clock())
    await signed_in(ours, STAFF, DEVICE, SECOND)
    for device in (DEVICE, SECOND):
        await duty.came(ours, device, ANNA)
    assert await duty.free_desks(ours, STAFF) == []

    await duty.set_duty(ours, DEVICE, DutyStatus.ON, ["nl"])
    await duty.set_duty(ours, SECOND, DutyStatus.BREAK, ["nl"])

    assert await duty.free_desks(ours, STAFF) == [DEVICE.hex()]
    assert await duty.free_desks(ours, b"b" * 16) == []


async def test_on_duty_in_what_the_line_offers(live: Live) -> None:
    ours = await house(live, Clock())
    await duty.came(ours, DEVICE, ANNA)

    assert (await duty.set_duty(ours, DEVICE, DutyStatus.ON, ["fy", "nl"])).languages == ("nl",)
    with pytest.raises(NotAllowed, match="MALFORMED"):
        await duty.set_duty(ours, DEVICE, DutyStatus.ON, ["fy"])


async def test_the_day_ends_at_midnight_where_the_service_is(live: Live) -> None:
    ours = await house(live, Clock())
    in_brussels = [
        ("2026-03-28 22:59", "2026-03-28 23:00"),  # UTC; the next day there has 23 hours
        ("2026-03-28 23:00", "2026-03-29 22:00"),
        ("2026-10-24 22:00", "2026-10-25 23:00"),  # and this one 25
    ]
    for now, midnight in in_brussels:
        at, end = (dt.datetime.fromisoformat(f"{one}+00:00").timestamp() for one in (now, midnight))
        assert ours.midnight(int(at * 1000)) == end


async def test_heavy_contacts_and_boundaries_are_counted_for_a_while(live: Live) -> None:
    clock = Clock(int(time.time() * 1000))  # the store has its own clock, which ends the day
    ours = await house(live, clock)
    for _ in range(2):
        await care.heavy_contact(ours, STAFF)
        await care.boundary_ended(ours)

    assert await ours.heavy.all() == {STAFF: 2}
    assert await ours.boundary_ends() == 2
    clock.now += 10 * 60_000
    assert await ours.boundary_ends() == 0
