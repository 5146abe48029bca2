# SPDX-License-Identifier: AGPL-3.0-or-later
"""What all connections of a worker share, and what happens to all of them at once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from chat import log
from chat.actions import peers
from chat.actions.clock import Ledger, fire_due, hand_over_days
from chat.actions.house import House
from chat.actions.waits import Outlook, Waits
from chat.counts import Counts
from chat.live.alarms import decode_news
from chat.live.errors import StoreError
from chat.live.relay import End
from chat.live.wake import Kind, Wake, desk_part
from chat.protocol import codec, frames
from chat.protocol.frames import Frame
from chat.rules import duty, presence, waiting_room
from chat.rules.wait_estimate import Wait
from chat.settings import Settings
from chat.web.desk_board import DeskBoard
from chat.web.newest import Newest
from chat.web.shared_frame import for_many
from chat.web.switchboard import Connection, Switchboard

_ROOM_SETTLES = 0.2  # seconds: many changes of the waiting room become one update
_LOOK_FOR_DUE = 0.5
_CLEAN_EVERY = 3600.0
_SHOWN_ENTRIES = 50
_FINISHED_WITHIN = 2.0


@dataclass(slots=True)
class RoomView:
    """The waiting room as every connection of this worker sees it now."""

    positions: dict[bytes, int]
    attended: dict[bytes, bool]
    """Whether anybody is on duty in the language of whoever waits."""
    expected: dict[bytes, Wait | None]
    """How long whoever waits is likely to wait from now on; None: we can't say."""
    for_desks: bytearray
    """The encoded Room frame, made once for all desks."""


@dataclass(slots=True)
class Hub:
    """Shared by all connections of one worker."""

    house: House
    settings: Settings
    switchboard: Switchboard = field(default_factory=Switchboard)
    counts: Counts = field(default_factory=Counts)
    receipts: Newest[tuple[End, int], tuple[int, int]] = field(init=False)
    """End of a conversation, slot -> epoch, n up to which that browser has kept its lane."""
    stored: Newest[tuple[Connection, bytes, int], Frame] = field(init=False)
    """Connection, conversation, slot -> the frame that says up to where its lane is stored."""
    board: DeskBoard = field(init=False)
    outlook: Outlook = field(init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _room_timer: asyncio.TimerHandle | None = None
    _showing_room: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.receipts = Newest(lambda lane, number: lane[0].took(lane[1], *number))
        self.stored = Newest(lambda lane, frame: lane[0].send(frame))
        self.outlook = Outlook(self.house)
        self.board = DeskBoard(self.house, self.switchboard, self.spawn, self.room_changed)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside; an error nobody meant is logged by its class alone."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def finish(self) -> None:
        """Let what was begun for a connection come to its end, if that is soon."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=_FINISHED_WITHIN)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if not isinstance(error, StoreError):  # a lost store is told once, when its connection breaks
            log.write(log.Event.UNEXPECTED, worker=self.house.worker, error=type(error))

    def room_changed(self) -> None:
        """The waiting room is another: tell everyone here soon, once for many changes."""
        if self._room_timer is None:
            loop = asyncio.get_running_loop()
            self._room_timer = loop.call_later(_ROOM_SETTLES, self._show_room_soon)

    def _show_room_soon(self) -> None:
        self._room_timer = None
        if self._showing_room is not None and not self._showing_room.done():
            self.room_changed()  # a slow look is not overtaken: what it shows would be the older
        else:
            self._showing_room = self.spawn(self._show_room())

    async def _show_room(self) -> None:
        if not self.switchboard.connections:
            return
        try:
            waits = await self.outlook.look()
        except StoreError:
            return  # when it is back everybody connects anew
        view = room_view(waits)
        self.switchboard.each(lambda connection: connection.show_room(view))

    async def beat(self) -> None:
        """Ask every browser for a sign of life, and renew the leases of those that gave one."""
        while True:
            await asyncio.sleep(presence.PING_MS / 1000)
            now = self.house.now()
            until = presence.lease_after_pong(now)
            alive = [place for connection in self.switchboard.connections for place in connection.alive()]
            self.house.deadlines.renew(alive, until)
            desks = (device for connection in self.switchboard.connections for device in connection.desks())
            self.house.duty.renew(desks, until)
            self.switchboard.each(lambda connection: connection.ping())
            self.room_changed()  # waiting times grow
            self.board.changed()  # and leases end, of which nobody says anything

    async def clean(self, ledger: Ledger) -> None:
        """Delete what the records keep for a time only: at the start, then every hour."""
        while True:
            try:
                await ledger.forget_old(self.house.now() // 1000)
            except Exception as error:  # noqa: BLE001 - it is tried again in an hour; only the class is kept
                log.write(log.Event.UNEXPECTED, worker=self.house.worker, error=type(error))
            await asyncio.sleep(_CLEAN_EVERY)

    async def clock(self, ledger: Ledger) -> None:
        """Feed due deadlines to the rules, and finished days to the records."""
        while True:
            try:
                while await fire_due(self.house):
                    pass
                if await hand_over_days(self.house, ledger):
                    log.write(log.Event.TALLIES_WRITTEN, worker=self.house.worker)
            except StoreError:
                pass  # it says so once itself, when the connection breaks
            except Exception as error:  # noqa: BLE001 - the clock must not stop; only the class is kept
                log.write(log.Event.UNEXPECTED, worker=self.house.worker, error=type(error))
            await asyncio.sleep(_LOOK_FOR_DUE)

    def desk_woken(self, woken: Wake) -> None:
        """Something for the desk of a device came; should it be gone, whoever wrote to it hears so."""
        device, body = desk_part(woken)
        if not self.switchboard.dispatch_desk(device, woken) and woken.kind is Kind.DESK_TOLD and body:
            self.spawn(peers.say_away(self.house, bytes.fromhex(device), body))

    def alarmed(self, payload: bytes) -> None:
        """Somebody calls supervisors, or one of them is on it."""
        news = decode_news(payload)
        self.switchboard.each(lambda connection: connection.show_alarm(news))

    def store_back(self, era: bytes) -> None:
        """The live store answers again, with its memory or without."""
        log.write(log.Event.STORE_BACK, worker=self.house.worker)
        forgot = era != self.house.era
        self.house.era = era
        # With the memory intact every browser connects anew and gets what it missed.
        self.switchboard.each(lambda connection: connection.forget() if forgot else connection.shut())


def room_view(waits: Waits) -> RoomView:
    """The waiting room for everybody."""
    entries, now = waits.entries, waits.now
    languages = duty.attended(waits.desks, now)
    order = waiting_room.ordered(entries)
    lines = [
        frames.WaitingEntry(
            sid,
            entry.language,
            waiting_room.waited_s(entry, now),
            entry.present,
            entry.about,
            entry.urgency,
            entry.first,
        )
        for sid in order[:_SHOWN_ENTRIES]
        if (entry := entries[sid])
    ]
    attended = {sid: entry.language in languages for sid, entry in entries.items()}
    for_desks = for_many(codec.encode(frames.Room(lines, len(order))))
    return RoomView(waiting_room.positions(entries), attended, waits.of_everybody(), for_desks)
