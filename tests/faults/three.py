# SPDX-License-Identifier: AGPL-3.0-or-later
"""A help-seeker, their counsellor, and somebody else of the staff on the other worker; what each is told."""

from __future__ import annotations

from chat.protocol import frames
from chat.protocol.types import HandoverAnswer, Left
from chat.rules.roles import Role
from tests.support.clients import HelpSeeker
from tests.support.company import Colleague, colleague_on, helped
from tests.support.people import Talk
from tests.support.service import Service


async def three(service: Service, role: Role = Role.COUNSELLOR) -> tuple[Talk, Colleague, Colleague]:
    """An open conversation, its counsellor, and somebody else on the other worker."""
    first, second = service.workers()
    anna = await colleague_on(service, first)
    ben = await colleague_on(service, second, role)
    return await helped(service, anna, second), anna, ben


async def over(talk: Talk, *staff: Colleague) -> None:
    await talk.end()
    await talk.person.close()
    for one in staff:
        await one.desk.close()


async def answered(anna: Colleague, sid: bytes, answer: HandoverAnswer) -> None:
    await anna.desk.hears(frames.HandoverAnswered(sid, answer))


async def left(desk: Colleague, sid: bytes, why: Left, slot: int = 0) -> None:
    await desk.desk.hears(frames.SeatLeft(sid, slot, why))


async def not_coming(person: HelpSeeker, why: Left, slot: int = 0) -> None:
    await person.hears(frames.NotComing(slot, why))
