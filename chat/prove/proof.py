# SPDX-License-Identifier: AGPL-3.0-or-later
"""One proof from its beginning to its end. Whatever happens, what it planted and enrolled is taken away."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import secrets
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from sqlalchemy import text

from chat.live import keys, keyspace
from chat.live.errors import StoreError
from chat.live.link import TICK_S, WASH_TICKS
from chat.live.live import Live
from chat.machine import members as found_members
from chat.machine import processes
from chat.machine.members import Member, Members, Role
from chat.machine.processes import Unreadable
from chat.machine.reach import Reach
from chat.prove import files, filler, rows
from chat.prove.canaries import Canaries, Kind, moments
from chat.prove.desk import Desk
from chat.prove.line import Failed
from chat.prove.looking import Looking, Say
from chat.prove.memories import Controls
from chat.prove.places import Places
from chat.prove.report import AFTER, MIDWAY, Report
from chat.prove.surfaces import WRITTEN, Surface, Where
from chat.prove.ways import WAYS, Day
from chat.records.database import Database
from chat.settings import Settings

CLOCKS_S: Final = 17 * 60
"""The longest clock of a conversation that nobody ends (15 minutes away), and time to carry it out."""
_LOOK_S: Final = 0.5
_WASHED_S: Final = 2 * WASH_TICKS * TICK_S
_CLOCK_OF_FILES_S: Final = 2
"""By how much the time of a change may be behind: the kernel counts in ticks, some file systems in twos."""
_DATABASE: Final = "the database's directory and its write-ahead log"
_SOURCE: Final = "127.{}.{}.{}"


class Proof:
    """What one proof works with."""

    def __init__(
        self, settings: Settings, running: Members, live: Live, database: Database, say: Say
    ) -> None:
        source = _SOURCE.format(*(secrets.randbelow(250) + 2 for _ in range(3)))
        reach = Reach(settings.help_seeker_origin, settings.connect, settings.ca)
        self._reach = replace(reach, source=source) if reach.address[0] == "127.0.0.1" else reach
        self._settings = settings
        self._live = live
        self._database = database
        self._say = say
        self._canaries = Canaries()
        self._desk = Desk(settings, live, Reach(settings.desk_origin, settings.connect, settings.ca))
        self._places = Places(time.time() - _CLOCK_OF_FILES_S, running)
        self._rows: rows.Rows = {}
        self._report = Report(dt.datetime.now(dt.UTC).date().isoformat(), recycle_s=running.recycle_s)
        controls = Controls(live.store, reach, settings.onion)
        self._looking = Looking(settings, self._places, controls, self._canaries, self._report, say)

    async def run(self, ways: Iterable[str], *, wait: bool, deep: bool) -> Report:
        """Talk, look, wait, look again.

        Raises:
            RecordsUnreachable: the database does not answer.
            StoreError: the live store does not answer.
        """
        report = self._report
        self._looking.everybody_is_there()
        try:
            await self._desk.enrol()
            self._rows = before = await rows.rows(self._database)
            self._find_places()
            day = Day(self._reach, self._desk, self._canaries, lambda: self._midway(day))
            await asyncio.sleep(1 - time.time() % 1)  # what happens gets a second of its own in every log
            await self._talk(day, ways)
            await self._clocks(day, wait=wait)
            if deep:
                await self._fill()
            await self._desk.sign_out()
            self._rows = await rows.rows(self._database)
            times = moments(day.moments)
            async with self._asked() as more:
                await self._looking.find()
                await self._looking.at(
                    AFTER, [one for one in self._places.surfaces if deep or one.where in WRITTEN], times
                )
                if deep:
                    await self._looking.at_memories(more)
            if deep:
                await self._looking.recycle()
            changed = rows.changed(before, self._rows)
            says = (
                f"rows changed in {', '.join(changed)}" if changed else "no row changed while it was talked"
            )
            self._looking.check("records", not changed, says)
            self._looking.check(
                "padding",
                day.envelopes > 0 and day.unpadded == 0,
                f"{day.envelopes} envelopes went by, {day.unpadded} of them in another than the two sizes",
            )
            await self._every_key_has_a_clock()
            report.kinds = [*self._canaries.kinds, *([Kind.TIME] if day.moments else [])]
            report.notes += [*day.notes, *self._places.notes]
        finally:
            await self._tidy_up()
        return report

    # --- talking ---

    async def _talk(self, day: Day, ways: Iterable[str]) -> None:
        try:
            await self._desk.open()
        except Failed as why:
            self._looking.check("desk", False, str(why))
            return
        for name in ways:
            self._say(f"Talking: {name}.")
            try:
                await WAYS[name](day)
                self._report.ways.append(name)
            except Failed as why:
                self._looking.check(f"way: {name}", False, f"could not be gone to its end: {why}")

    async def _midway(self, day: Day) -> None:
        """Plain text is never in the store or on a disk, not even while people talk."""
        looked_at = [one for one in self._places.surfaces if one.where in WRITTEN]
        self._rows = await rows.rows(self._database)
        stores = self._looking.memories(self._looking.running.of(Role.STORE))
        await self._looking.at(MIDWAY, [*looked_at, *stores], moments(day.moments))

    async def _clocks(self, day: Day, *, wait: bool) -> None:
        self._say("Waiting for the clocks of those who never came back (15 minutes).")
        end = time.monotonic() + (CLOCKS_S if wait else 0)
        left = len(day.sids)
        while True:
            states = [(b"EXISTS", keys.state(sid)) for sid in day.sids]
            left = sum(await self._live.store.calls(*states)) if states else 0
            if left == 0 or time.monotonic() > end:
                break
            await asyncio.sleep(_LOOK_S)
        why = "it was not waited for" if not wait else "their clocks have run out"
        self._looking.check(
            "clocks",
            left == 0,
            f"{left} conversations are still there, and {why}" if left else "every conversation is gone",
        )

    async def _fill(self) -> None:
        self._say("Others talk.")
        reach = replace(self._reach, source=None)
        try:
            count = await filler.fill(
                self._live, reach, self._desk, len(self._looking.running.of(Role.WORKER))
            )
        except Failed as why:
            self._looking.check("others", False, f"ordinary conversations did not come about: {why}")
            return
        await asyncio.sleep(_WASHED_S)
        self._report.notes.append(
            f"Before the search {count} ordinary conversations were held, as every line has them, and "
            f"{_WASHED_S:.0f} seconds went by, in which workers write over the live store's buffers."
        )

    # --- looking ---

    def _find_places(self) -> None:
        places, settings, running = self._places, self._settings, self._looking.running
        alias = self._desk.alias.encode()
        named = "the name of the proof's own desk, a row of the staff"
        if running.engine is None:
            places.here(settings, running)
        else:
            places.contained(running)
        places.add(Surface("rows of the records", Where.ROWS, lambda: rows.written(self._rows), alias, named))
        if self._database.is_sqlite:
            read = partial(rows.database_files, self._database)
            places.add(Surface("the database's file and its journals", Where.FILES, read, alias, named))

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[list[Member]]:
        """While this lasts, PostgreSQL has been asked something to be found; its processes, if unknown."""
        if self._database.is_sqlite:
            yield []
            return
        async with self._database.read() as connection:
            await connection.execute(text(f"SELECT '{self._looking.query.decode()}'"))
            known = {one.pid for one in self._looking.running.processes}
            more = [one for one in await rows.server_processes(connection) if one.pid not in known]
            await connection.execute(text(f"SELECT '{self._looking.query.decode()}'"))
            first = next(iter(more or self._looking.running.of(Role.DATABASE)), None)
            folder = processes.working_directory(first.pid) if first is not None else None
            if folder is None:
                self._looking.check(
                    Role.DATABASE.value, False, "its process and files cannot be seen from here: not searched"
                )
            elif more:
                read = partial(files.tree, [folder])
                named = "the name of the proof's own desk, a row of the staff"
                self._places.add(Surface(_DATABASE, Where.FILES, read, self._desk.alias.encode(), named))
            yield more

    # --- afterwards ---

    async def _every_key_has_a_clock(self) -> None:
        left = await keyspace.without_clock(self._live.store)
        says = f"{left} keys of the live store have no time to live" if left else "each key ends by itself"
        self._looking.check("time to live", left == 0, says)

    async def _tidy_up(self) -> None:
        self._places.tidy_up()
        self._looking.controls.let_go()
        with contextlib.suppress(StoreError):
            await self._live.store.call(b"DEL", keys.checked(0))
            await self._desk.sign_out()
        await self._desk.leave()


async def prove(
    settings: Settings, say: Say, *, ways: Iterable[str] = tuple(WAYS), wait: bool = True, deep: bool = True
) -> Report:
    """Talk through the service that runs with these settings, and look for what was left.

    Args:
        settings: those that the service runs with.
        say: hears what is being done, a sentence at a time.
        ways: which ways of a conversation are gone.
        wait: wait until the clocks of those who never came back have run out.
        deep: search memories and what other programs may write, too, and replace the workers.

    Raises:
        Unreadable: no service runs.
        StoreUnreachable, StoreError: the live store does not answer.
        RecordsUnreachable: the database does not answer.
    """
    running = found_members.find(settings)
    if running.live_url is None:
        raise Unreadable("nobody says where the live store is")
    live = await Live.open(running.live_url)
    database = Database.create(settings.records_location)
    try:
        return await Proof(settings, running, live, database, say).run(ways, wait=wait, deep=deep)
    finally:
        await live.close()
        await database.close()
