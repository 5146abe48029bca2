# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who sits at a desk, as the records say; and what a desk may still do while they are away."""

from __future__ import annotations

from typing import cast

import msgspec
import pytest

from chat.actions.house import House, Who
from chat.live.live import Live
from chat.protocol import frames
from chat.protocol.types import DutyStatus, ErrorCode
from chat.records import RecordsUnreachable
from chat.rules import pace
from chat.rules.conversation import NotAllowed
from chat.rules.presence import LEASE_MS
from chat.rules.roles import Permission, Role
from chat.sessions.desk import DeskSession
from chat.web.desk_duty import DeskDuty
from chat.web.hub import Hub
from tests.actions.building import Clock, house
from tests.support.valkey import *  # noqa: F403 - fixtures are used by name

pytestmark = pytest.mark.anyio

STAFF, DEVICE = b"a" * 16, b"d" * 16
SUPERVISOR = Who(STAFF, "Anna", frozenset({Role.SUPERVISOR}))


class OnlyHouse:
    """What of a hub a desk's duty uses."""

    def __init__(self, at: House) -> None:
        self.house = at


def desk(at: House, sent: list[msgspec.Struct]) -> DeskDuty:
    session = DeskSession(pace.bucket(10, 1, at.now()), pace.bucket(10, 1, at.now()))
    session.identify(STAFF, DEVICE)

    async def no_seat(_frame: frames.Take) -> None:
        raise NotAllowed(ErrorCode.TAKEN)

    return DeskDuty(cast("Hub", OnlyHouse(at)), session, sent.append, lambda _: None, no_seat)


def records_say(at: House, who: Who | RecordsUnreachable | None) -> None:
    async def answer(device: bytes) -> Who | None:
        assert device == DEVICE
        if isinstance(who, RecordsUnreachable):
            raise who
        return who

    at.who = answer


async def test_a_revoked_device_and_one_of_somebody_else_open_no_desk(live: Live) -> None:
    at = await house(live, Clock())
    for who in (None, Who(b"b" * 16, "Ben", frozenset({Role.SUPERVISOR}))):
        records_say(at, who)
        with pytest.raises(NotAllowed) as refused:
            await desk(at, []).who()
        assert refused.value.code is ErrorCode.NOT_SIGNED_IN
    assert await at.duty.all(at.now()) == []


async def test_another_look_follows_the_records_and_says_so(live: Live) -> None:
    at, sent = await house(live, Clock()), list[msgspec.Struct]()
    records_say(at, SUPERVISOR)
    here = desk(at, sent)
    await here.open(await here.who())
    await here.carry_out(frames.SetDuty(DutyStatus.ON, ["nl"]))
    assert sent == [frames.Duty(DutyStatus.ON, ["nl"], 3, 0)]
    await here.look_again()
    assert len(sent) == 1

    records_say(at, Who(STAFF, "Anna", frozenset({Role.MANAGER})))
    await here.look_again()

    assert sent[1:] == [frames.Duty(DutyStatus.OFF, [], 3, 0)]
    assert not here.may(Permission.SUPERVISE)
    records_say(at, None)
    with pytest.raises(NotAllowed):
        await here.look_again()


async def test_with_the_records_away_a_desk_is_what_it_was_just_now(live: Live) -> None:
    clock = Clock()
    at, sent = await house(live, clock), list[msgspec.Struct]()
    records_say(at, SUPERVISOR)
    before = desk(at, [])
    await before.open(await before.who())
    await before.carry_out(frames.SetDuty(DutyStatus.ON, ["nl"]))
    records_say(at, RecordsUnreachable("the records do not answer"))

    clock.now += LEASE_MS + 60_000
    back = desk(at, sent)
    await back.open(await back.who())
    await back.greet()
    assert sent == [frames.Duty(DutyStatus.ON, ["nl"], 3, 0)]
    assert back.may(Permission.SUPERVISE)

    clock.now += LEASE_MS + 180_000
    late = desk(at, [])
    await late.open(await late.who())  # it may go on with the conversations it holds, and no more
    assert late.stands is not None
    assert late.stands.roles == ()
    with pytest.raises(NotAllowed) as refused:
        await late.carry_out(frames.SetDuty(DutyStatus.ON, ["nl"]))
    assert refused.value.code is ErrorCode.NOT_ALLOWED
