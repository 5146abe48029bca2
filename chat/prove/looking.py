# SPDX-License-Identifier: AGPL-3.0-or-later
"""Places are read and searched, and the memories of whoever runs, also after they were replaced."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from chat.machine import members as found_members
from chat.machine import processes
from chat.machine.members import Member, Role
from chat.machine.processes import Gone, Unreadable
from chat.machine.reach import Reach
from chat.prove import memories
from chat.prove.canaries import Canaries, Moments
from chat.prove.memories import Controls
from chat.prove.places import Places
from chat.prove.report import AFTER, RECYCLED, Check, Reading, Report
from chat.prove.surfaces import Surface, search
from chat.settings import Settings

_LOOK_S: Final = 0.5
_REPLACED_S: Final = 120.0
"""For each worker: one is replaced after the other."""
_ROUNDS: Final = 3

Say = Callable[[str], None]


class Looking:
    """Whom and what one proof looks at; every outcome goes into its report."""

    def __init__(
        self,
        settings: Settings,
        places: Places,
        controls: Controls,
        canaries: Canaries,
        report: Report,
        say: Say,
    ) -> None:
        self.running = places.running
        self.controls = controls
        self.query = b"proof-" + secrets.token_hex(20).encode()
        """Stands in what a database server is asked."""
        self._settings = settings
        self._places = places
        self._canaries = canaries
        self._report = report
        self._say = say

    def check(self, name: str, holds: bool, says: str) -> None:
        """Note something that holds, or does not."""
        self._report.checks.append(Check(name, holds, says))

    def everybody_is_there(self) -> None:
        """Whom nobody sees cannot be searched."""
        wanted = [Role.STORE, Role.LAUNCHER, Role.WORKER]
        origins = self._settings.help_seeker_origin, self._settings.desk_origin
        if any(Reach(origin, self._settings.connect).is_https for origin in origins):
            wanted.append(Role.FRONT)
        if self._settings.onion is not None:
            wanted.append(Role.TOR)
        for role in wanted:
            if not self.running.of(role):
                self.check(role.value, False, "no process of it can be seen from here: not searched")

    async def find(self) -> None:
        """Workers are replaced all the time: what runs now."""
        self.running = self._places.running = await asyncio.to_thread(found_members.find, self._settings)

    async def at_memories(self, more: list[Member]) -> None:
        """Of all, and of those that came while it was looked; `more` are not found by themselves."""
        known: set[int] = set()
        for _ in range(_ROUNDS):
            fresh = [one for one in (*self.running.processes, *more) if one.pid not in known]
            if not fresh:
                break
            known |= {one.pid for one in fresh}
            await self.at(AFTER, self.memories(fresh))
            await self.find()
        else:
            self._nobody_else(one for one in self.running.processes if one.pid not in known)
        self.everybody_is_there()

    def _nobody_else(self, others: Iterable[Member]) -> None:
        names = [one.name for one in others]
        if names:
            self.check("processes", False, f"they come and go; not searched: {', '.join(names)}")

    def memories(self, members: Iterable[Member]) -> list[Surface]:
        """Those of some of the processes that run."""
        some = replace(self.running, processes=tuple(members))
        return memories.surfaces(some, self.controls, self.query, self._settings.onion)

    async def at(self, stage: str, surfaces: Iterable[Surface], times: Moments | None = None) -> int:
        """At these, one after the other; returns how many were gone, and their memory with them."""
        gone = 0
        self._say(f"Looking, {stage}.")
        try:
            for surface in surfaces:
                try:
                    result = await asyncio.to_thread(search, surface, self._canaries, times)
                except Gone:
                    gone += 1
                else:
                    self._report.readings.append(Reading(stage, result))
        finally:
            self.controls.let_go()
        return gone

    async def recycle(self) -> None:
        """Let the launchers replace their workers, and look at the new ones."""
        launchers, before = self.running.of(Role.LAUNCHER), self.running.of(Role.WORKER)
        self._say("Letting the workers be replaced.")
        try:
            for one in launchers:
                os.kill(one.pid, signal.SIGUSR1)
        except OSError:
            self.check("replacing workers", False, "the launcher takes no signal from this account")
            return
        old = {one.pid for one in before}
        if not old:
            self.check("replacing workers", False, "no worker can be seen")
            return
        end = time.monotonic() + _REPLACED_S * len(old)
        while True:
            await asyncio.sleep(_LOOK_S)
            with contextlib.suppress(Unreadable):
                await self.find()
                fresh = [one for one in self.running.of(Role.WORKER) if one.pid not in old]
                if len(fresh) >= len(before) and not any(processes.exists(pid) for pid in old):
                    break
            if time.monotonic() > end:
                self.check("replacing workers", False, "the workers were not replaced")
                return
        self.check("replacing workers", True, f"{len(old)} workers were replaced when asked")
        if await self.at(RECYCLED, self.memories(fresh)):
            self.check("replacing workers", False, "a new worker had ended before it was searched")
