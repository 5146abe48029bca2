# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long those who wait, and whoever comes next, are likely to wait: the numbers for the rule."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from chat.actions.house import House
from chat.actions.shared import Shared
from chat.rules.board import MOST_PEOPLE
from chat.rules.duty import Attending
from chat.rules.wait_estimate import Estimates, Queue, Take, Wait, before_each, estimate, queue_of
from chat.rules.waiting_room import Entries, Entry

_NEWCOMER: Final = b"\xff" * 17
"""Sorts behind everybody who came in the same millisecond; no sid is as long."""


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
            estimates = Estimates(queue, self.now)
            for sid, before in before_each(self.entries, queue.languages).items():
                entry = self.entries[sid]
                if entry.language == language:
                    found[sid] = estimates.of(before, self.now - entry.arrival_ms)
        return found

    def of_newcomer(self, language: str) -> Wait | None:
        """The wait of somebody who starts now; None: we can't say."""
        queue = self._queue(language)
        entries = {**self.entries, _NEWCOMER: Entry(self.now, language)}
        return estimate(queue, before_each(entries, queue.languages)[_NEWCOMER], self.now)

    def _queue(self, language: str) -> Queue:
        return queue_of(language, self.desks, self.held, self.cap, self.takes, self.now)


@dataclass(slots=True)
class Outlook:
    """The waits as one worker knows them. What changes slowly is read every two seconds at most: how many
    each desk has, the takes of the last hour, and what the first page says to whoever comes.
    """

    house: House
    _slow: Shared[tuple[dict[str, int], list[Take]]] = field(init=False)
    _newcomers: Shared[dict[str, Wait | None]] = field(init=False)

    def __post_init__(self) -> None:
        self._slow = Shared(self._read_slow, self.house.now)
        self._newcomers = Shared(self._read_newcomers, self.house.now)

    async def look(self) -> Waits:
        """The waiting room as it is now.

        Raises:
            StoreError: the live store does not answer.
        """
        house, now = self.house, self.house.now()
        entries, desks, (held, takes) = await asyncio.gather(
            house.room.snapshot(), house.duty.all(now), self._slow.get()
        )
        return Waits(now, entries, desks, held, takes, house.cap())

    async def of_newcomer(self, language: str) -> Wait | None:
        """The wait of somebody who starts now; None: we can't say.

        Raises:
            StoreError: the live store does not answer.
        """
        return (await self._newcomers.get()).get(language)

    async def _read_slow(self) -> tuple[dict[str, int], list[Take]]:
        house, now = self.house, self.house.now()
        desks = await house.duty.all(now)
        # A device that is off duty can still have conversations of somebody who is on duty at another.
        staff = {desk.duty.staff for desk in desks if desk.is_on(now)}
        devices = [desk.device for desk in desks if desk.duty.staff in staff][:MOST_PEOPLE]
        takes, found = await asyncio.gather(
            house.takes.all(now), asyncio.gather(*(house.desk.mine(device) for device in devices))
        )
        return {device: len(mine) for device, mine in zip(devices, found, strict=True)}, takes

    async def _read_newcomers(self) -> dict[str, Wait | None]:
        waits = await self.look()
        return {language: waits.of_newcomer(language) for language in self.house.content.limits.languages}
