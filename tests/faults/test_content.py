# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a manager sets, over the real API, holds on every worker; a wrap-up becomes counts alone."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import sqlite3
import time
from base64 import urlsafe_b64encode

import pytest

from chat.protocol import frames
from chat.protocol.types import VERSION, About, DutyStatus, ErrorCode, Urgency
from chat.rules.roles import Role
from tests.faults.line import refused
from tests.faults.waiting import until
from tests.support.clients import PATIENCE, Desk, HelpSeeker
from tests.support.desk_http import api
from tests.support.people import counsellor_on
from tests.support.service import Service

pytestmark = pytest.mark.anyio

CLOSED = {"weekly": {"en": [[]] * 7}}


async def begins(service: Service) -> bool:
    """Whether somebody gets into the waiting room, in English."""
    person = await HelpSeeker.open(service)
    try:
        hashed = hashlib.sha256(person.ticket).digest()
        await person.send(
            frames.Start(VERSION, person.sid, hashed, person.half, "en", About.UNSAID, Urgency.USUAL)
        )
        answer = await person.next()
        if isinstance(answer, frames.Welcome):
            await person.send(frames.Leave())
            await person.expect(frames.Closed)
            return True
        assert isinstance(answer, frames.Refused)
        assert answer.code is ErrorCode.CLOSED_INTAKE
        return False
    finally:
        await person.close()


async def everywhere(service: Service, wanted: bool) -> None:
    """Come back when ten in a row, on whichever worker, are let in, or none of them is."""
    end = time.monotonic() + PATIENCE
    while [await begins(service) for _ in range(10)] != [wanted] * 10:
        assert time.monotonic() < end


async def test_hours_that_a_manager_sets_hold_on_every_worker(service: Service) -> None:
    token = await service.sign_in(os.urandom(16), os.urandom(16), Role.MANAGER)
    desk = await counsellor_on(service, "en")
    await everywhere(service, True)

    status, answer = await api(service, token, "PUT", "/manage/hours", {"version": 0, "value": CLOSED})
    assert status == 200, answer
    await everywhere(service, False)

    restored = await api(service, token, "POST", "/manage/hours/restore", {"version": 1, "restore": 0})
    assert restored[0] == 200
    await everywhere(service, True)
    await desk.close()


async def test_a_wrap_up_becomes_counts_of_the_day_and_nothing_in_the_records(service: Service) -> None:
    token = await service.sign_in(os.urandom(16), os.urandom(16), Role.COUNSELLOR)
    before = records(service)
    once = urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode()
    said = {
        "once": once, "matter": "online", "risk": "concern", "outcome": "steps", "referred": ["care"],
        "boundary": True, "heavy": True,
    }  # fmt: skip

    assert [(await api(service, token, "POST", "/wrap-up", said))[0] for _ in range(4)] == [204] * 4

    counted = running_day(service)
    wrapped = (b"matter", b"risk", b"outcome", b"referred", b"boundary", b"heavy")
    assert {name: count for name, count in counted.items() if name.startswith(wrapped)} == {
        b"matter:online": b"1", b"risk:concern": b"1", b"outcome:steps": b"1", b"referred:care": b"1",
        b"boundary:yes": b"1", b"heavy:yes": b"1",
    }  # fmt: skip
    assert records(service) == before


async def test_an_operator_sees_no_waiting_room_and_is_never_on_duty(service: Service) -> None:
    token = await service.sign_in(os.urandom(16), os.urandom(16), Role.OPERATOR)
    desk = await Desk.open(service, token)
    await desk.begin(languages=())

    await desk.send(frames.SetDuty(DutyStatus.ON, ["en"]))
    assert await refused(desk) is ErrorCode.NOT_ALLOWED
    await desk.send(frames.HelpNext(bytes(32)))
    assert await refused(desk) in {ErrorCode.NOT_ALLOWED, ErrorCode.OFF_DUTY}
    assert not [frame for frame in desk.seen if isinstance(frame, frames.Room | frames.Board)]
    await desk.close()


async def test_a_store_that_is_killed_marks_the_running_day(service: Service) -> None:
    store = service.store
    assert store is not None
    assert store.pid is not None
    token = await service.sign_in(os.urandom(16), os.urandom(16), Role.COUNSELLOR)
    once = urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode()
    said = {"once": once, "matter": "online", "risk": "none", "outcome": "steps", "referred": []}
    await api(service, token, "POST", "/wrap-up", said | {"boundary": False, "heavy": False})
    assert b"risk:none" in running_day(service)

    os.kill(store.pid, signal.SIGKILL)
    store.join()
    store.start()

    await until("the day is marked", lambda: running_day(service).get(b"lost") == b"1")
    assert b"risk:none" not in running_day(service)


def running_day(service: Service) -> dict[bytes, bytes]:
    """The counts of today."""
    with contextlib.closing(service.look()) as store:
        found = [key for key in store.keys("k:{tally}:20*") if not key.endswith((b":closed", b":lease"))]
        return dict(store.hgetall(found[0])) if found else {}


def records(service: Service) -> list[str]:
    """Everything that stands in the records."""
    (file,) = (service.data / "records").glob("*.sqlite3")
    with contextlib.closing(sqlite3.connect(file)) as database:
        return list(database.iterdump())
