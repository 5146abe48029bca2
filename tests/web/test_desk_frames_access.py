# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every frame of the desk as nobody, with each role, as another counsellor, beside and before the seat.

The frames are asked of the protocol's own union: a new one fails here until it stands in the table. A refusal
has its typed code, changes nothing that is stored, and neither side of the conversation hears of it.
"""

from __future__ import annotations

import contextlib
import os
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from typing import get_args

import pytest

from chat.live import keys
from chat.protocol import frames
from chat.protocol.types import VERSION, DutyStatus, EndHow, ErrorCode, Risk
from chat.records import Records
from chat.rules.roles import Role
from chat.web.desk_sessions import token_hash
from tests.faults.line import refused
from tests.faults.raw import status_of, upgrade
from tests.faults.waiting import until
from tests.support.clients import LANGUAGES, Desk, envelope
from tests.support.company import Colleague, colleague_on, comes, delivered, helped, let_in
from tests.support.desk_http import api
from tests.support.people import Talk, offer
from tests.support.service import Service, running

pytestmark = pytest.mark.anyio

HALF = bytes(32)
E = ErrorCode
MAY = None
"""Carried out; that nobody waits is no refusal of the one who asks."""


@dataclass
class Scene:
    """One open conversation with its counsellor, who calls supervisors about it."""

    talk: Talk
    counsellor: Colleague
    alarm: bytes
    count: int = 0

    @property
    def sid(self) -> bytes:
        return self.talk.person.sid

    async def heard(self) -> list[object]:
        """What both sides heard since last asked. They write to each other: that comes after all the rest."""
        self.count += 1
        await self.talk.say(self.count)
        await delivered(self.talk.desk)
        await self.talk.answer(self.count)
        await self.talk.person.expect(frames.Delivery)
        found = [frame for client in (self.talk.person, self.talk.desk) for frame in client.seen]
        self.talk.person.seen.clear()
        self.talk.desk.seen.clear()
        return [frame for frame in found if not isinstance(frame, OF_NO_CONVERSATION)]


OF_NO_CONVERSATION = (frames.Room, frames.Board, frames.Duty, frames.Alarm, frames.AlarmAnswered)
"""What every desk hears, whatever becomes of its conversations."""

Expected = tuple[ErrorCode, ...] | None


@dataclass(frozen=True)
class Row:
    """One frame about a conversation of somebody else, and what each standing is answered."""

    make: Callable[[Scene], frames.FromDesk]
    operator: Expected
    manager: Expected
    counsellor: Expected
    supervisor: Expected
    beside: Expected
    """A supervisor who has joined: slot 1 is theirs, and slot 0 is not."""
    coming: Expected
    """A colleague who accepted a handover: offers slot 0, which somebody else still holds."""


STANDINGS = tuple(field.name for field in fields(Row))[1:]
NO = (E.NOT_ALLOWED,)
NOT_THEIRS = (E.NOT_A_MEMBER,)
TAKEN = (E.TAKEN,)
TOO_EARLY = (E.OUT_OF_STATE,)
OFF_DUTY = (E.OFF_DUTY,)
NOTHING: Expected = ()
"""No refusal, and no effect."""
STRANGERS = (NOT_THEIRS,) * 5

ROWS = (  # operator, manager, counsellor, supervisor, beside, coming
    Row(lambda _: frames.OpenDesk(VERSION, take_over=True), *(TOO_EARLY,) * 6),
    Row(lambda at: frames.Take(at.sid, HALF), NO, NO, NO, TAKEN, TAKEN, NO),
    Row(lambda at: frames.DeskOffer(at.sid, 0, offer(at.sid, 9), bytes(160), bytes(160)), *STRANGERS, MAY),
    Row(lambda at: frames.DeskReply(at.sid, 0, bytes(1168), envelope(1, 9, 0)), *STRANGERS, TOO_EARLY),
    Row(lambda at: frames.DeskPut(at.sid, envelope(1, 1, 9)), *STRANGERS, NOT_THEIRS),
    Row(lambda at: frames.DeskTook(at.sid, 0, 1, 9), *STRANGERS, NOTHING),
    Row(lambda at: frames.DeskEnd(at.sid, 0, EndHow.USUAL), *STRANGERS, MAY),
    Row(lambda at: frames.Rejoin(at.sid, 0), *STRANGERS, TAKEN),
    Row(lambda _: frames.SetDuty(DutyStatus.ON, ["en"]), NO, NO, MAY, MAY, MAY, MAY),
    Row(lambda _: frames.HelpNext(HALF), OFF_DUTY, OFF_DUTY, MAY, MAY, MAY, MAY),
    Row(lambda at: frames.GiveBack(at.sid), *STRANGERS, NOT_THEIRS),
    Row(lambda at: frames.HandOver(at.sid, at.counsellor.staff), *STRANGERS, NOT_THEIRS),
    Row(lambda at: frames.AnswerHandover(at.sid, accept=True, half=HALF), *(TAKEN,) * 6),
    Row(lambda at: frames.AnswerHandover(at.sid, accept=False, half=HALF), *(NOTHING,) * 6),
    Row(lambda at: frames.Supervise(at.sid, HALF), NO, NO, NO, MAY, TAKEN, NO),
    Row(lambda at: frames.TakeOver(at.sid, HALF), NO, NO, NO, MAY, MAY, TAKEN),
    Row(lambda _: frames.AskHelp(None), NO, NO, MAY, MAY, MAY, MAY),
    Row(lambda at: frames.AskHelp(at.sid), *(NOT_THEIRS,) * 4, MAY, MAY),
    Row(lambda at: frames.SetRisk(at.sid, Risk.IMMINENT), *STRANGERS, NOT_THEIRS),
    Row(lambda at: frames.AnswerAlarm(at.alarm), NO, NO, NO, MAY, MAY, NO),
    Row(lambda at: frames.PeerSend(at.counsellor.device, b"sealed"), NO, NO, MAY, MAY, MAY, MAY),
    Row(lambda at: frames.Withdraw(at.sid, 0), *STRANGERS, MAY),
    Row(lambda _: frames.WatchBoard(watch=False), *(NOTHING,) * 6),
)
OF_SLOT_1: tuple[Callable[[Scene], frames.FromDesk], ...] = (
    lambda at: frames.DeskOffer(at.sid, 1, offer(at.sid, 9, 3, 1), bytes(160), bytes(160)),
    lambda at: frames.DeskReply(at.sid, 1, bytes(1168), envelope(1, 9, 0, slot=1)),
    lambda at: frames.DeskPut(at.sid, envelope(1, 1, 1, slot=1)),
    lambda at: frames.DeskTook(at.sid, 1, 1, 9),
    lambda at: frames.DeskEnd(at.sid, 1, EndHow.USUAL),
    lambda at: frames.Rejoin(at.sid, 1),
    lambda at: frames.Withdraw(at.sid, 1),
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Nobody sends so many refused frames at once; this test does."""
    pace = {"KENTERING_MESSAGES_BURST": "100000", "KENTERING_MESSAGES_PER_SECOND": "100000"}
    with running(tmp_path_factory.mktemp("service"), **pace) as started:
        yield started


def kind(make: Callable[[Scene], frames.FromDesk]) -> type:
    """Which frame a row is about."""
    nothing = Colleague(None, None, "", bytes(16), bytes(16))  # type: ignore[arg-type]  # two names are used
    person = type("Person", (), {"sid": bytes(16)})()
    return type(make(Scene(Talk(person, None), nothing, HALF)))  # type: ignore[arg-type]  # only the sid


def test_the_table_names_every_frame() -> None:
    assert {kind(row.make) for row in ROWS} == set(get_args(frames.FromDesk))


def test_every_frame_that_names_a_slot_is_tried_for_both() -> None:
    with_slot = {one for one in get_args(frames.FromDesk) if "slot" in one.__struct_fields__}

    assert {kind(make) for make in OF_SLOT_1} == with_slot | {frames.DeskPut}


def stored(service: Service, sid: bytes) -> dict[bytes, bytes]:
    """Everything the store has of a conversation and of alarms, byte for byte."""
    with contextlib.closing(service.look()) as store:
        names = [*keys.conversation(sid), keys.ALARMS, keys.ROOM_ENTRIES]
        return {name: store.dump(name) or b"" for name in names}


def listed(service: Service, device: bytes) -> set[bytes]:
    """The conversations that count as a device's own."""
    with contextlib.closing(service.look()) as store:
        return set(store.smembers(keys.desk_mine(device.hex())))


@asynccontextmanager
async def a_conversation(service: Service) -> AsyncIterator[Scene]:
    """One open conversation; supervisors are called about it."""
    counsellor = await colleague_on(service)
    talk = await helped(service, counsellor)
    await counsellor.desk.send(frames.AskHelp(talk.person.sid))
    standing: list[bytes] = []

    def called() -> list[bytes]:
        with contextlib.closing(service.look()) as store:
            alarms = store.hgetall(keys.ALARMS)
        standing[:] = [key for key, alarm in alarms.items() if talk.person.sid in alarm]
        return standing

    await until("supervisors are called", called)
    scene = Scene(talk, counsellor, standing[0])
    await scene.heard()
    yield scene
    await talk.end()
    for client in (talk.person, counsellor.desk):
        await client.close()


async def somebody(service: Service, role: Role) -> Colleague:
    """Somebody whose desk is open: on duty if they may be."""
    if role in {Role.COUNSELLOR, Role.SUPERVISOR}:
        return await colleague_on(service, role=role)
    staff, device = os.urandom(16), os.urandom(16)
    token = await service.sign_in(staff, device, role)
    desk = await Desk.open(service, token)
    await desk.begin(languages=())
    return Colleague(service, desk, token, staff, device)


async def standing(service: Service, scene: Scene, name: str) -> Colleague:
    """Somebody who stands like this to the conversation."""
    if name == "beside":
        other = await somebody(service, Role.SUPERVISOR)
        await other.desk.send(frames.Supervise(scene.sid, other.half))
        await let_in(scene.talk.person, other, await other.desk.expect(frames.Taken))
    elif name == "coming":
        other = await somebody(service, Role.COUNSELLOR)
        await comes(scene.sid, scene.counsellor, other)
    else:
        other = await somebody(service, Role(name))
    await scene.heard()
    return other


async def answer(
    desk: Desk, frame: frames.FromDesk, status: DutyStatus = DutyStatus.ON
) -> tuple[ErrorCode, ...]:
    """The refusals that this frame is answered with. By the answer to another, it is worked off.

    status: how the desk stands; it stays so.
    """
    await desk.send(frame)
    await desk.send(frames.SetDuty(status, list(LANGUAGES)))
    refused: list[ErrorCode] = []
    while not (isinstance(got := await desk.next(), frames.Duty) and got.status is status):
        if isinstance(got, frames.DeskRefused):
            refused.append(got.code)
            assert got.sid == getattr(frame, "sid", None)
    return tuple(refused)


def usual(name: str) -> DutyStatus:
    """How somebody who stands like this stands at the desk."""
    return DutyStatus.OFF if name in {"operator", "manager"} else DutyStatus.ON


@pytest.mark.parametrize("name", STANDINGS)
async def test_what_is_not_theirs_is_refused_and_changes_nothing(service: Service, name: str) -> None:
    async with a_conversation(service) as scene:
        other = await standing(service, scene, name)
        before, own = stored(service, scene.sid), listed(service, other.device)
        for row in ROWS:
            expected = getattr(row, name)
            if expected is not MAY:
                frame = row.make(scene)
                assert await answer(other.desk, frame, usual(name)) == expected, frame
                assert stored(service, scene.sid) == before, frame
                assert listed(service, other.device) == own, frame
        if name != "beside":
            for make in OF_SLOT_1:
                assert await answer(other.desk, make(scene), usual(name)) == NOT_THEIRS, make(scene)
                assert stored(service, scene.sid) == before, make(scene)

        assert await scene.heard() == []
        await other.desk.close()


@pytest.mark.parametrize("name", STANDINGS)
async def test_what_is_theirs_is_not_refused(service: Service, name: str) -> None:
    for row in ROWS:
        if getattr(row, name) is MAY:
            async with a_conversation(service) as scene:
                other = await standing(service, scene, name)
                frame = row.make(scene)
                assert set(await answer(other.desk, frame, usual(name))) <= {E.NOBODY_WAITS}, frame
                await other.desk.close()


async def test_the_counsellor_has_slot_0_and_not_slot_1(service: Service) -> None:
    async with a_conversation(service) as scene:
        sara = await standing(service, scene, "beside")
        before = stored(service, scene.sid)
        for make in OF_SLOT_1:
            assert await answer(scene.counsellor.desk, make(scene)) == NOT_THEIRS, make(scene)
            assert stored(service, scene.sid) == before, make(scene)

        await sara.desk.send(frames.DeskPut(scene.sid, envelope(1, 1, 1, slot=1)))
        assert (await sara.desk.expect(frames.DeskStored)).slot == 1
        await sara.desk.close()


async def no_cookie_that_counts(service: Service, scene: Scene, why: str) -> str:
    """A cookie that lets nobody in (any longer)."""
    staff, device = os.urandom(16), os.urandom(16)
    if why == "of another person's device":
        return await service.sign_in(staff, scene.counsellor.device)
    if why == "made up":
        return urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()
    token = await service.sign_in(staff, device, Role.SUPERVISOR, Role.MANAGER)
    if why == "expired":
        name = keys.desk_session(token_hash(token))
        with contextlib.closing(service.look()) as store:
            assert store.pexpire(name, 1)
            await until("the session is over", lambda: not store.exists(name))
    elif why == "signed out":
        assert (await api(service, token, "POST", "/sign-out", {}))[0] == 204
    else:
        records = await Records.open(service.records_url)
        if why == "of a revoked device":
            await records.devices.revoke(device, by=None, now=int(time.time()))
        else:
            await records.staff.remove(staff, by=None, now=int(time.time()))
        await records.close()
    return token


WHY_NOT = (
    "made up",
    "expired",
    "signed out",
    "of a revoked device",
    "of somebody removed",
    "of another person's device",
)


@pytest.mark.parametrize("why", WHY_NOT)
async def test_a_session_that_does_not_count_opens_nothing(service: Service, why: str) -> None:
    async with a_conversation(service) as scene:
        desk = await Desk.open(service, await no_cookie_that_counts(service, scene, why))
        before = stored(service, scene.sid)
        for make in [row.make for row in ROWS] + list(OF_SLOT_1):
            frame = make(scene)
            code = E.NOT_SIGNED_IN if isinstance(frame, frames.OpenDesk) else E.OUT_OF_STATE
            await desk.send(frame)
            got = await desk.next()
            assert isinstance(got, frames.DeskRefused)
            assert got.code is code, frame
            assert stored(service, scene.sid) == before, frame

        assert await scene.heard() == []
        await desk.close()


async def test_a_session_says_nothing_before_it_opens_its_desk(service: Service) -> None:
    """Also the counsellor's own device, in another tab."""
    async with a_conversation(service) as scene:
        desk = await Desk.open(service, scene.counsellor.token)
        before = stored(service, scene.sid)
        for make in [row.make for row in ROWS] + list(OF_SLOT_1):
            frame = make(scene)
            if not isinstance(frame, frames.OpenDesk):
                await desk.send(frame)
                assert await refused(desk) is E.OUT_OF_STATE, frame
        await desk.send(frames.OpenDesk(VERSION, take_over=False))
        assert await refused(desk) is E.HELD_ELSEWHERE

        assert stored(service, scene.sid) == before
        assert await scene.heard() == []
        await desk.close()


async def test_nobody_gets_a_socket(service: Service) -> None:
    token = await service.sign_in(os.urandom(16), os.urandom(16))
    host, cookie = service.desk.removeprefix("http://"), f"Cookie: kentering_desk={token}"

    assert await status_of(service, upgrade(host, service.desk, cookie)) == 101
    assert await status_of(service, upgrade(host, service.desk)) == 403
    assert await status_of(service, upgrade(host, service.desk, "Cookie: other=1")) == 403
    for origin in (None, "null", service.help_seeker, "https://elsewhere.example"):
        assert await status_of(service, upgrade(host, origin, cookie)) == 403
