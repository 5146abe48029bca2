# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody is removed, or their device revoked, while they talk: at once nobody; who talked waits first."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode

import pytest

from chat.protocol import frames
from chat.protocol.types import ErrorCode, Left
from chat.rules.roles import Role
from tests.faults.line import refused
from tests.support.clients import Desk
from tests.support.desk_http import api
from tests.support.people import help_seeker_on, talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("route", ["staff", "devices"])
async def test_whoever_is_removed_loses_their_conversations_at_once(service: Service, route: str) -> None:
    staff, device = os.urandom(16), os.urandom(16)
    manager = await service.sign_in(os.urandom(16), os.urandom(16), Role.MANAGER)
    desk = await Desk.open(service, await service.sign_in(staff, device))
    await desk.begin()
    opened = await talk(await help_seeker_on(service), desk)

    named = {"staff": staff, "devices": device}[route]
    path = f"/{route}/{urlsafe_b64encode(named).rstrip(b'=').decode()}"
    assert (await api(service, manager, "DELETE", path))[0] == 204

    left = await desk.expect(frames.SeatLeft)
    assert (left.sid, left.slot, left.why) == (opened.person.sid, 0, Left.REMOVED)
    await opened.person.expect(frames.BackToWaiting)
    assert await refused(desk) is ErrorCode.NOT_SIGNED_IN

    other = await Desk.open(service, await service.sign_in(os.urandom(16), os.urandom(16)))
    await other.begin()
    await other.send(frames.HelpNext(os.urandom(32)))
    taken = await other.expect(frames.Taken)
    assert (taken.sid, taken.purpose) == (opened.person.sid, 2)
    await opened.person.send(frames.Leave())
    await opened.person.expect(frames.Closed)
    for client in (desk, other, opened.person):
        await client.close()
