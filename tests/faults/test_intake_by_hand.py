# SPDX-License-Identifier: AGPL-3.0-or-later
"""Intake closed by hand over the real API: on every worker, in one language or all; who waits is served."""

from __future__ import annotations

import hashlib
import json
import os

import pytest

from chat.protocol import frames
from chat.protocol.types import VERSION, About, ErrorCode, Urgency
from chat.rules.roles import Role
from tests.support.clients import HelpSeeker
from tests.support.company import colleague_on, opened
from tests.support.desk_http import api
from tests.support.people import help_seeker_on
from tests.support.service import Service

pytestmark = pytest.mark.anyio


async def begins(service: Service, language: str) -> bool:
    """Whether somebody gets into the waiting room, tried often enough to meet both workers."""
    found = set()
    for _ in range(8):
        person = await HelpSeeker.open(service)
        hashed = hashlib.sha256(person.ticket).digest()
        usual = (About.UNSAID, Urgency.USUAL)
        await person.send(frames.Start(VERSION, person.sid, hashed, person.half, language, *usual))
        answer = await person.next()
        found.add(isinstance(answer, frames.Welcome))
        if isinstance(answer, frames.Welcome):
            await person.send(frames.Leave())
            await person.expect(frames.Closed)
        else:
            assert answer == frames.Refused(ErrorCode.CLOSED_INTAKE)
        await person.close()
    assert len(found) == 1
    return found.pop()


async def test_a_supervisor_closes_intake_and_opens_it_again(service: Service) -> None:
    counsellor = await colleague_on(service)
    sara = await service.sign_in(os.urandom(16), os.urandom(16), Role.SUPERVISOR)
    waits = await help_seeker_on(service)

    async def close(language: str | None, closed: bool) -> dict[str, str]:
        body = {"language": language, "closed": closed}
        status, answer = await api(service, sara, "PUT", "/intake", body)
        assert status == 200, answer
        assert (await api(service, counsellor.token, "GET", "/intake")) == (200, answer)
        return {one["language"]: one["stands"] for one in json.loads(answer)["languages"]}

    stands = await close("en", closed=True)
    assert (stands["en"], stands["nl"]) == ("by_hand", "open")
    assert (await begins(service, "en"), await begins(service, "nl")) == (False, True)

    await counsellor.desk.send(frames.HelpNext(counsellor.half))
    taken = await counsellor.desk.expect(frames.Taken)
    assert taken.sid == waits.sid
    talk = await opened(waits, counsellor, taken)
    await talk.answer(1)

    assert set((await close(None, closed=True)).values()) <= {"by_hand", "out_of_hours"}
    assert not await begins(service, "nl")
    assert (await close(None, closed=False))["en"] == "open"
    assert await begins(service, "en")
    assert (await api(service, counsellor.token, "PUT", "/intake", {"language": None, "closed": True}))[
        0
    ] == 403
    await talk.end()
    for client in (waits, counsellor.desk):
        await client.close()
