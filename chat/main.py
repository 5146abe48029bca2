# SPDX-License-Identifier: AGPL-3.0-or-later
"""The composition root: one worker process. The only file that knows everything.

Started by the launcher (`python -m chat.main`), which says over standard input what to do and keeps
that pipe open: when it closes, the launcher is gone, and so is the worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import gc
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Mapping
from functools import partial
from typing import cast

import msgspec
import uvicorn
from picows import ws_create_server

from chat import confine, log
from chat.actions.content import REFRESH_S, Content
from chat.actions.house import House, Who
from chat.launcher import CannotStart, root_is_away
from chat.live import keys, wake
from chat.live.admission import Admission
from chat.live.challenges import Challenges
from chat.live.era import era
from chat.live.errors import StoreError, StoreUnreachable
from chat.live.live import Live
from chat.live.subscriber import Subscriber
from chat.protocol.types import MAX_FRAME
from chat.records import Records, RecordsUnreachable
from chat.sealing import trust
from chat.web.apps import desk_app, help_seeker_app
from chat.web.desk_api.guard import Caller
from chat.web.desk_sessions import DeskSessions, token_hash
from chat.web.door import Door
from chat.web.handoff import Loop
from chat.web.hosts import Hosts
from chat.web.hub import Hub
from chat.web.moving import move_everybody
from chat.web.patience import PatientProtocol
from chat.web.texts import Texts
from chat.web.upgrade import factory
from chat.worker import WorkerOrder, told_to_end

_WHOLE_FRAME = MAX_FRAME * 8
"""Larger than this picows ends the connection by itself; up to this we answer with a typed refusal."""
_READ_BUFFER = 2048
_CHANNELS = (keys.ROOM_CHANNEL, keys.DESKS_CHANNEL, keys.ALARM_CHANNEL, keys.CONTENT_CHANNEL)
_COLLECT_EVERY = 20_000  # objects more than were freed; a message leaves no cycles behind


class _Ledger:
    """Finished days go to the records."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def forget_old(self, now: int) -> None:
        """Staff actions after 90 days, invitations after theirs (unix seconds)."""
        await self._records.forget_old(now=now)

    async def write_day(
        self, day: datetime.date, counts: Mapping[tuple[str, str], int], *, lost: bool
    ) -> None:
        """Write a day's counts once; a second time changes nothing."""
        await self._records.tallies.write_day(day.isoformat(), counts, lost=lost)


async def _who(records: Records, device: bytes) -> Who | None:
    """Whose device it is, as the desk's API sees its caller."""
    found = await records.devices.with_person(device)
    if found is None:
        return None
    caller = Caller(*found)
    return Who(caller.person.id, caller.person.alias, caller.roles)


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def _seconds() -> int:
    return int(time.time())


class Worker:
    """Everything one process serves."""

    def __init__(self, order: WorkerOrder) -> None:
        self._order = order
        self._own_channel = keys.worker(order.name)
        self._settings = order.settings
        self._hub: Hub | None = None
        self._live: Live | None = None
        self._subscriber: Subscriber | None = None
        self._content_changed = asyncio.Event()

    async def run(self) -> None:
        """Serve until told to stop."""
        asyncio.get_running_loop().set_exception_handler(log.in_loop)
        settings, order = self._settings, self._order
        live = self._live = await Live.open(order.live_url)
        records = await Records.open(settings.records_location)
        content = Content(records.content, demo=settings.demo)
        await content.refresh()
        house = House(
            worker=order.name,
            era=await era(live.store),
            conversations=live.conversations,
            relay=live.relay,
            room=live.waiting_room,
            deadlines=live.deadlines,
            desk=live.desk,
            duty=live.duty,
            alarms=live.alarms,
            heavy=live.heavy,
            boundaries=live.boundaries,
            takes=live.takes,
            tallies=live.tallies,
            sealed=live.sealed,
            holdings=live.holdings,
            now=_milliseconds,
            random=secrets.token_bytes,
            languages=frozenset(one.language for one in Texts.load().translators),
            who=partial(_who, records),
            content=content,
            admission=Admission(live.store, secrets.token_bytes) if settings.work else None,
            fixed_cap=settings.conversations_cap,
            fixed_room=settings.room,
        )
        hub = self._hub = Hub(house, settings)
        live.store.on_back = self._back
        subscriber = await Subscriber.open(order.live_url, self._published, self._lost, self._back)
        self._subscriber = subscriber
        await subscriber.subscribe(*_CHANNELS, self._own_channel)
        pinned = trust.from_json(settings.trust_file.read_bytes())
        sessions = DeskSessions(live.desk, _seconds, secrets.token_bytes)
        help_seekers = help_seeker_app(settings, pinned, hub)
        desk = desk_app(settings, pinned, hub, records, sessions, Challenges(live.store))
        onion = None
        if settings.onion is not None:
            onion = (settings.onion, help_seeker_app(settings, pinned, hub, onion=True))
        app = Hosts(
            help_seeker=(settings.help_seeker_host, help_seekers),
            desk=(settings.desk_host, desk),
            onion=onion,
        )
        ledger = _Ledger(records)
        works = (hub.beat(), hub.clock(ledger), hub.clean(ledger), self._keep_content(content))
        beside = [asyncio.create_task(work) for work in works]
        if order.counts is not None:
            beside.append(asyncio.create_task(hub.counts.tell(order.name, order.counts)))
        try:
            await self._serve(hub, app)
        finally:
            for task in beside:
                task.cancel()
            await subscriber.close()
            await live.close()
            await records.close()

    async def _serve(self, hub: Hub, app: Hosts) -> None:
        doors = [Door(socket.socket(fileno=fd)) for fd in self._order.listening]
        servers = [
            await ws_create_server(
                factory(hub, token_hash),
                sock=door.sockets,
                max_frame_size=_WHOLE_FRAME,
                read_buffer_init_size=_READ_BUFFER,
                logger_name=log.SILENT,
                use_aiofastnet=False,  # its transports are 4 KiB larger each, and no faster here
            )
            for door in doors
        ]
        config = uvicorn.Config(
            app,
            loop="none",
            http=PatientProtocol,
            ws="none",
            lifespan="off",
            access_log=False,  # it would print addresses and queries
            log_config=None,
            proxy_headers=False,  # nobody's address is of any use here
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=3,
        )
        pages = uvicorn.Server(config)
        stop = asyncio.create_task(_end(pages, doors, hub, app))
        gc.collect()
        gc.freeze()  # what the worker is made of stays: no need to look through it again and again
        gc.set_threshold(_COLLECT_EVERY, 10, 10)
        for door in doors:
            door.open()
        with contextlib.suppress(BrokenPipeError):  # it is to end already
            os.write(self._order.ready, b"1")
        os.close(self._order.ready)
        log.write(log.Event.WORKER_STARTED, worker=self._order.name)
        # uvicorn hands each to `create_server`, where our loop knows what it is.
        await pages.serve(sockets=cast("list[socket.socket]", [door.pages for door in doors]))
        stop.cancel()
        for door in doors:
            door.close()
        hub.switchboard.each(lambda connection: connection.shut())
        for server in servers:
            server.close()
        await hub.finish()
        await asyncio.sleep(0.1)  # the closing frames leave
        log.write(log.Event.WORKER_STOPPED, worker=self._order.name)

    def _published(self, channel: bytes, payload: bytes) -> None:
        hub = self._hub
        if hub is None:
            return
        if channel == self._own_channel:  # first, since almost everything comes there
            woken = wake.decode(payload)
            if woken.kind >= wake.FOR_DESKS:
                hub.desk_woken(woken)
            else:
                hub.switchboard.dispatch(woken)
        elif channel == keys.ROOM_CHANNEL:
            hub.room_changed()
        elif channel == keys.DESKS_CHANNEL:
            hub.board.changed()
        elif channel == keys.CONTENT_CHANNEL:
            self._content_changed.set()
        elif channel == keys.ALARM_CHANNEL:
            hub.alarmed(payload)

    async def _keep_content(self, content: Content) -> None:
        """See what managers change: at once when another worker says so, else within seconds."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._content_changed.wait(), REFRESH_S)
            self._content_changed.clear()
            with contextlib.suppress(RecordsUnreachable):  # what is known goes on to hold
                await content.refresh()

    def _lost(self) -> None:
        log.write(log.Event.STORE_LOST, worker=self._order.name)

    def _back(self) -> None:
        live, subscriber = self._live, self._subscriber
        if self._hub is None or live is None or subscriber is None:
            return
        if live.store.is_up and subscriber.is_up:  # else the other one says so when it is
            self._hub.spawn(self._ask_era())

    async def _ask_era(self) -> None:
        hub, live = self._hub, self._live
        while hub is not None and live is not None:
            with contextlib.suppress(StoreError):
                hub.store_back(await era(live.store))
                return
            await asyncio.sleep(0.2)


async def _end(pages: uvicorn.Server, doors: list[Door], hub: Hub, app: Hosts) -> None:
    """Stop when the launcher says so, or is gone."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    if await told_to_end(reader):
        app.leaving = True
        for door in doors:
            door.stop()
    try:
        if app.leaving:
            await move_everybody(hub.switchboard)
    finally:
        hub.switchboard.each(lambda connection: connection.shut())  # a stream would be waited for
        pages.should_exit = True


def _order() -> WorkerOrder:
    line = b""
    while not line.endswith(b"\n"):  # byte by byte: what follows belongs to the event loop
        piece = os.read(0, 1)
        if not piece:
            sys.exit(0)
        line += piece
    return msgspec.json.decode(line, type=WorkerOrder, dec_hook=lambda kind, value: kind(value))


def main() -> None:
    """Start one worker."""
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log.set_up()
    order = _order()
    try:
        root_is_away(order.settings)
        confine.forbid_reading(order.settings.root_dir)
        with asyncio.Runner(loop_factory=Loop) as runner:
            runner.run(Worker(order).run())
    except (CannotStart, StoreUnreachable, RecordsUnreachable) as error:
        print(error, file=sys.stderr)  # noqa: T201 - one plain sentence for the operator
        sys.exit(1)


if __name__ == "__main__":
    main()
