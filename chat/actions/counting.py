# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is counted besides a conversation's own course: pages, doors, and how heavy it feels, each alone."""

from __future__ import annotations

import datetime

from chat.actions.help_seeker import load
from chat.actions.house import House
from chat.protocol.types import Phase
from chat.rules.intake import PROOF
from chat.rules.outcomes import WEIGHTS, Measure, countable


async def count(house: House, measure: Measure, value: str) -> None:
    """One more on this day; what is in no closed set is not counted.

    Raises:
        StoreError: the live store does not answer; counted or not.
    """
    if countable(measure, value, house.languages):
        day = datetime.datetime.fromtimestamp(house.now() / 1000, datetime.UTC).date()
        await house.tallies.count(day, measure.value, value)


async def came(house: House, language: str, door: str) -> None:
    """Somebody started in this language, through this door; a proof is nobody.

    Raises:
        StoreError: the live store does not answer; counted or not.
    """
    if language != PROOF:
        await count(house, Measure.DOOR, door)


async def felt_before(house: House, sid: bytes, weight: int) -> bool:
    """How heavy it feels to somebody who waits for a first counsellor; once in a conversation, else False.

    Raises:
        StoreError: the live store does not answer.
    """
    if not await asks_before(house, sid) or not await house.conversations.say_felt(sid):
        return False
    await count(house, Measure.FELT_BEFORE, WEIGHTS[weight])
    return True


async def asks_before(house: House, sid: bytes) -> bool:
    """Whether it may still be said.

    Raises:
        StoreError: the live store does not answer.
    """
    standing = await load(house, sid)
    waits = standing is not None and standing.phase is Phase.WAITING and not standing.first
    return waits and not await house.conversations.has_felt(sid)


async def felt_after(house: House, weight: int) -> None:
    """How heavy it feels after a talk; the caller sees to it that each says it once.

    Raises:
        StoreError: the live store does not answer.
    """
    await count(house, Measure.FELT_AFTER, WEIGHTS[weight])


async def felt_after_by(house: House, ticket: bytes, weight: int) -> bool:
    """The same from a page without script, which shows the ticket it got with the end of the talk.

    Raises:
        StoreError: the live store does not answer.
    """
    if not await house.tallies.answers(ticket):
        return False
    await felt_after(house, weight)
    return True
