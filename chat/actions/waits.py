# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long those who wait, and whoever comes next, are likely to wait: the numbers for the rule."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from chat.actions.house import House
from chat.rules.board import MOST_PEOPLE
from chat.rules.duty import Attending
from chat.rules.wait_estimate import Queue, Take, Wait, before_each, estimate, queue_of
from chat.rules.waiting_room import Entries, Entry

_NEWCOMER: Final = b"\xff" * 17
"""Sorts behind everybody who came in the same millisecond; no sid is as long."""
_FRESH_MS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Waits:
    """The waiting room and all that decides how fast it empties, at one moment."""

    now: int
    """Unix milliseconds."""
    entries: Entries
    desks: Sequence[Attending]
    held: Mapping[str, int]
    """How many conversations each device has."""
    takes: Sequence[Take]
    cap: int

    def of_everybody(self) -> dict[bytes, Wait | None]:
        """Whoever waits -> their wait from now on; None: we can't say."""
        found: dict[bytes, Wait | None] = {}
        for language in {entry.language for entry in self.entries.values()}:
            queue = self._queue(language)
            for sid, before in before_each(self.entries, queue.languages).items():
                entry = self.entries[sid]
                if entry.language == language:
                    found[sid] = estimate(queue, before, self.now, self.now - entry.arrival_ms)
        return found

    def of_newcomer(self, language: str) -> Wait | None:
        """The wait of somebody who starts now; None: we can't say."""
        queue = self._queue(language)
        entries = {**self.entries, _NEWCOMER: Entry(self.now, language)}
        return estimate(queue, before_each(entries, queue.languages)[_NEWCOMER], self.now)

    def _queue(self, language: str) -> Queue:
        return queue_of(language, self.desks, self.held, self.cap, self.takes, self.now)


async def look(house: House) -> Waits:
    """Read it: three commands, and one for each desk.

    Raises:
        StoreError: the live store does not answer.
    """
    now = house.now()
    entries, desks, takes = await asyncio.gather(
        house.room.snapshot(), house.duty.all(now), house.takes.all(now)
    )
    desks = desks[:MOST_PEOPLE]
    # A device that is off duty can still have conversations of somebody who is on duty at another.
    staff = {desk.duty.staff for desk in desks if desk.is_on(now)}
    devices = [desk.device for desk in desks if desk.duty.staff in staff]
    found = await asyncio.gather(*(house.desk.mine(device) for device in devices))
    held = {device: len(mine) for device, mine in zip(devices, found, strict=True)}
    return Waits(now, entries, desks, held, takes, house.cap())


@dataclass(slots=True)
class Outlook:
    """What the first page says of the wait: read every two seconds at most, however many look at it."""

    house: House
    _known: dict[str, Wait | None] = field(default_factory=dict)
    _read_at: int = -_FRESH_MS
    _reading: asyncio.Task[Waits] | None = None
    _waits: Waits | None = None

    async def of_newcomer(self, language: str) -> Wait | None:
        """The wait of somebody who starts now; None: we can't say.

        Raises:
            StoreError: the live store does not answer.
        """
        if not 0 <= self.house.now() - self._read_at < _FRESH_MS:
            await self._read()
        if language not in self._known and self._waits is not None:
            self._known[language] = self._waits.of_newcomer(language)
        return self._known[language]

    async def _read(self) -> None:
        """All who ask meanwhile wait for the same answer."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.get_running_loop().create_task(look(self.house))
            self._reading.add_done_callback(_heard)
        waits = await asyncio.shield(self._reading)
        if waits is not self._waits:
            self._waits, self._read_at, self._known = waits, waits.now, {}


def _heard(task: asyncio.Task[Waits]) -> None:
    """Whoever waited for it may be gone: its error is nobody's then."""
    if not task.cancelled():
        task.exception()
