# SPDX-License-Identifier: AGPL-3.0-or-later
"""Deadlines become events. Any worker does this for all conversations; none is needed in particular."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Protocol

from chat.actions.house import House
from chat.actions.transition import apply
from chat.live.deadlines import Due, DueKind
from chat.live.waiting_room import Lapse
from chat.protocol.types import Phase
from chat.rules.conversation import NotAllowed
from chat.rules.deadlines import next_due
from chat.rules.events import ClaimLapsed, Gone, Tick

_AT_ONCE = 100


async def fire_due(house: House) -> int:
    """Deal with everything that is due; returns how much there was.

    Each entry is held for ten seconds meanwhile; should this worker be killed, another takes it then.

    Raises:
        StoreError: the live store does not answer; what was held comes back.
    """
    claimed = await house.deadlines.claim(house.now(), _AT_ONCE)
    for due in claimed:
        await house.deadlines.done(due, await _fire(house, due))
    return len(claimed)


async def _fire(house: House, due: Due) -> int | None:
    """Feed one event to the rules; returns when this entry is due next, None for never."""
    match due.kind:
        case DueKind.PRESENCE if due.member is not None:
            gone = Gone(due.member, due.generation, house.now())
            await apply(house, due.sid, lambda _: gone)
            return None
        case DueKind.CLAIM:
            if await house.room.lapsed(due.sid, house.now()) is Lapse.BACK:
                await apply(house, due.sid, lambda _: ClaimLapsed(house.now()))
            return None
        case _:
            return await _tick(house, due.sid)


async def _tick(house: House, sid: bytes) -> int | None:
    last = await house.conversations.activity(sid) or 0
    try:
        moved = await apply(house, sid, lambda _: Tick(house.now(), last))
    except NotAllowed:
        return None  # there is no such conversation any more
    if moved.state is None or moved.state.phase is Phase.CLOSED:
        return None
    return next_due(moved.state, last)


class Ledger(Protocol):
    """Where the counts of a finished day go."""

    async def forget_old(self, now: int) -> None:
        """Delete what the records keep for a time only (unix seconds)."""

    async def write_day(
        self, day: datetime.date, counts: Mapping[tuple[str, str], int], *, lost: bool
    ) -> None:
        """Write a day's counts once; a second time changes nothing."""


async def hand_over_days(house: House, ledger: Ledger) -> int:
    """Write the counts of finished days to the records, each once; returns how many days.

    Raises:
        StoreError: the live store does not answer.
    """
    today = datetime.datetime.fromtimestamp(house.now() / 1000, datetime.UTC).date()
    if house.counting != (house.era, today):
        await house.tallies.begin(today)
        house.counting = (house.era, today)
    written = 0
    for day in await house.tallies.finished(today):
        found = await house.tallies.close(day)
        if found is not None:
            await ledger.write_day(day, found.counts, lost=found.lost)
            await house.tallies.handed(day)
            written += 1
    return written
