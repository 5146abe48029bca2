# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody is removed, or their device revoked, while they talk: at once nobody; who talked waits first."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode

import pytest

from chat.protocol import frames
from chat.protocol.types import VERSION, ErrorCode, Left
from chat.rules.roles import Role
from tests.faults.line import close_code, refused
from tests.support.clients import Desk
from tests.support.desk_http import api
from tests.support.people import help_seeker_on, talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio

POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1


@pytest.mark.parametrize("route", ["staff", "devices"])
async def test_whoever_is_removed_loses_their_conversations_and_their_connection_at_once(
    service: Service, route: str
) -> None:
    staff, device = os.urandom(16), os.urandom(16)
    manager = await service.sign_in(os.urandom(16), os.urandom(16), Role.MANAGER)
    token = await service.sign_in(staff, device)
    desk = await Desk.open(service, token)
    await desk.begin()
    people = [(await talk(await help_seeker_on(service), desk)).person for _ in range(2)]

    named = {"staff": staff, "devices": device}[route]
    path = f"/{route}/{urlsafe_b64encode(named).rstrip(b'=').decode()}"
    assert (await api(service, manager, "DELETE", path))[0] == 204

    left = [await desk.expect(frames.SeatLeft) for _ in people]
    assert {(one.sid, one.slot, one.why) for one in left} == {(one.sid, 0, Left.REMOVED) for one in people}
    for person in people:
        assert await person.expect(frames.BackToWaiting) == frames.BackToWaiting(Left.LOST)
    assert await refused(desk) is ErrorCode.NOT_SIGNED_IN
    assert await close_code(desk) == POLICY_VIOLATION

    again = await Desk.open(service, token)
    await again.send(frames.OpenDesk(VERSION, take_over=True))
    assert await refused(again) is ErrorCode.NOT_SIGNED_IN

    other = await Desk.open(service, await service.sign_in(os.urandom(16), os.urandom(16)))
    await other.begin()
    newer = await help_seeker_on(service)
    for sid in (*(person.sid for person in people), newer.sid):  # who talked already waits before all others
        await other.send(frames.HelpNext(os.urandom(32)))
        taken = await other.expect(frames.Taken)
        assert (taken.sid, taken.purpose) == (sid, 1 if sid == newer.sid else 2)
    for person in (*people, newer):
        await person.send(frames.Leave())
        await person.expect(frames.Closed)
        await person.close()
    for client in (desk, again, other):
        await client.close()


async def test_signing_out_ends_the_connection_and_keeps_the_conversation(service: Service) -> None:
    """Who signs out by mistake has two minutes to come back, as after a lost network."""
    staff, device = os.urandom(16), os.urandom(16)
    token = await service.sign_in(staff, device)
    desk = await Desk.open(service, token)
    await desk.begin()
    opened = await talk(await help_seeker_on(service), desk)

    assert (await api(service, token, "POST", "/sign-out", {}))[0] == 204
    assert await refused(desk) is ErrorCode.NOT_SIGNED_IN
    assert await close_code(desk) == POLICY_VIOLATION

    back = await Desk.open(service, await service.sign_in(staff, device))
    assert (await back.begin(take_over=True)).mine == [frames.MySeat(opened.person.sid, 0)]
    await opened.end()
    for client in (desk, back, opened.person):
        await client.close()
