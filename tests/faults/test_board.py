# SPDX-License-Identifier: AGPL-3.0-or-later
"""The board over real sockets and two workers: who sees whom, and that it follows what happens."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from chat.live.live import Live
from chat.protocol import frames
from chat.protocol.types import DutyStatus, Risk
from chat.rules.roles import Role
from tests.support.clients import Desk, HelpSeeker
from tests.support.people import counsellor_on, help_seeker_on, talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio


async def board(desk: Desk, fits: Callable[[frames.Board], bool]) -> frames.Board:
    """Look at the board until this is true of it."""
    await desk.send(frames.WatchBoard(watch=True))
    while not fits(found := await desk.expect(frames.Board)):
        pass
    return found


def person(shown: frames.Board, staff: bytes) -> frames.BoardPerson | None:
    return next((one for one in shown.people if one.staff == staff), None)


async def test_colleagues_see_people_and_supervisors_conversations(service: Service) -> None:
    one, two = service.workers()
    anna, ben, sue = (os.urandom(16) for _ in range(3))
    counsellor = await counsellor_on(service, "nl", "en", staff=anna, worker=one)
    colleague = await counsellor_on(service, staff=ben, worker=two)
    supervisor = await counsellor_on(service, "en", staff=sue, worker=two, role=Role.SUPERVISOR)

    seen = await board(colleague, lambda it: bool(person(it, anna) and person(it, sue)))
    assert seen.conversations == []
    shown = person(seen, anna)
    assert shown is not None
    assert (shown.status, shown.languages, shown.conversations, shown.supervisor) == (
        DutyStatus.ON, ["nl", "en"], 0, False,
    )  # fmt: skip
    assert shown.since % 60 == 0
    assert (me := person(seen, ben)) is not None
    assert me.status is DutyStatus.OFF
    assert (boss := person(seen, sue)) is not None
    assert boss.supervisor

    someone = await help_seeker_on(service)
    await counsellor.send(frames.HelpNext(os.urandom(32)))
    await counsellor.expect(frames.Taken)
    with_one = await board(supervisor, lambda it: bool(it.conversations))
    assert with_one.conversations == [frames.BoardConversation(someone.sid, anna, "en", 0, Risk.NONE, None)]
    assert (shown := person(with_one, anna)) is not None
    assert shown.conversations == 1
    assert (await board(colleague, lambda it: person(it, anna) is not None)).conversations == []

    await someone.send(frames.Leave())
    await someone.expect(frames.Closed)
    assert person(await board(supervisor, lambda it: not it.conversations), anna) is not None

    await counsellor.close()
    await board(supervisor, lambda it: person(it, anna) is None)  # gone, when its lease has ended
    for client in (someone, colleague, supervisor):
        await client.close()


async def test_heavy_contacts_are_seen_by_oneself_and_by_supervisors(service: Service) -> None:
    anna, ben, sue = (os.urandom(16) for _ in range(3))
    counsellor = await counsellor_on(service, "en", staff=anna)
    colleague = await counsellor_on(service, "en", staff=ben)
    supervisor = await counsellor_on(service, "en", staff=sue, role=Role.SUPERVISOR)
    manager = await counsellor_on(service, role=Role.MANAGER)
    await board(colleague, lambda it: person(it, anna) is not None)
    live = await Live.open(service.live_url)
    await live.heavy.add(anna, 4_000_000_000)
    live.duty.nudge()

    def heavy(it: frames.Board) -> int:
        found = person(it, anna)
        return found.heavy if found else 0

    await board(supervisor, lambda it: heavy(it) == 1)
    await board(counsellor, lambda it: heavy(it) == 1)
    assert frames.Duty(DutyStatus.ON, ["en"], 100, 1) in counsellor.seen
    await colleague.stand(DutyStatus.BREAK, "en")

    def on_a_break(it: frames.Board) -> bool:
        found = person(it, ben)
        return found is not None and found.status is DutyStatus.BREAK

    for desk in (colleague, manager):
        assert heavy(await board(desk, on_a_break)) == 0
        assert all(heavy(one) == 0 for one in desk.seen if isinstance(one, frames.Board))
    await live.close()
    for desk in (counsellor, colleague, supervisor, manager):
        await desk.close()


async def test_an_operator_sees_neither_room_nor_board(service: Service) -> None:
    operator = await counsellor_on(service, role=Role.OPERATOR)
    desk = await counsellor_on(service, "en")
    person_: HelpSeeker = await help_seeker_on(service)
    opened = await talk(person_, await counsellor_on(service, "en", role=Role.SUPERVISOR))
    await board(desk, lambda it: len(it.people) > 1)

    await operator.send(frames.SetDuty(DutyStatus.OFF, []))
    await operator.expect(frames.Duty)

    assert [one for one in operator.seen if isinstance(one, frames.Room | frames.Board)] == []
    await opened.end()
    for client in (operator, desk, person_, opened.desk):
        await client.close()
