# SPDX-License-Identifier: AGPL-3.0-or-later
"""One look at the board. What it costs grows with the people and their conversations, not with who looks."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass

from chat.actions.house import House
from chat.protocol import frames
from chat.rules import board as rules
from chat.rules import state
from chat.rules.duty import Attending, attended, shown_since
from chat.rules.roles import Permission


@dataclass(frozen=True, slots=True)
class Looked:
    """Everything there is to see; who may see what of it is the viewer's matter."""

    languages: frozenset[str]
    """Those in which somebody is on duty."""
    people: list[frames.BoardPerson]
    conversations: list[frames.BoardConversation]
    heavy: dict[bytes, int]
    """Heavy contacts today, by staff: each hears of their own, whether they look at the board or not."""


async def look(house: House, *, people: bool, conversations: bool) -> Looked:
    """Read the board from the live store: three commands, one for each desk, one for each conversation.

    Args:
        house: the stores.
        people: whether anybody here sees the people; else only the languages are read.
        conversations: whether anybody here sees the conversations.

    Raises:
        StoreError: the live store does not answer.
    """
    now = house.now()
    desks, heavy = await asyncio.gather(house.duty.all(now), house.heavy.all())
    languages = attended(desks, now)
    if not people:
        return Looked(languages, [], [], heavy)
    here = [desk for desk in desks if desk.alive(now)][: rules.MOST_PEOPLE]
    held = await asyncio.gather(*(house.desk.mine(desk.device) for desk in desks[: rules.MOST_PEOPLE]))
    count: Counter[bytes] = Counter()
    for desk, mine in zip(desks, held, strict=False):
        count[desk.duty.staff] += len(mine)
    shown = [_person(desk, count[desk.duty.staff], heavy.get(desk.duty.staff, 0)) for desk in here]
    if not conversations:
        return Looked(languages, shown, [], heavy)
    sids = sorted({sid for mine in held for sid in mine})[: rules.MOST_CONVERSATIONS]
    return Looked(languages, shown, await _conversations(house, sids, now), heavy)


def _person(desk: Attending, conversations: int, heavy: int) -> frames.BoardPerson:
    duty = desk.duty
    return frames.BoardPerson(
        duty.staff,
        bytes.fromhex(desk.device),
        duty.alias,
        duty.may(Permission.SUPERVISE),
        duty.status,
        list(duty.languages),
        shown_since(duty),
        min(conversations, 255),
        min(heavy, 255),
    )


async def _conversations(house: House, sids: list[bytes], now: int) -> list[frames.BoardConversation]:
    found = await asyncio.gather(*(house.conversations.load(sid) for sid in sids))
    lines = []
    for sid, stored in zip(sids, found, strict=True):
        shown = rules.on_board(state.load(stored[1])) if stored is not None else None
        if shown is not None:
            minutes = rules.minutes(shown, now)
            lines.append(
                frames.BoardConversation(
                    sid, shown.staff, shown.language, minutes, shown.risk, shown.supervisor
                )
            )
    return lines
