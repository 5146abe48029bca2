# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kentering run`: everything on one computer, until Ctrl-C.

How this works: the launcher prepares the data directory, starts the embedded live store (or checks
the one it is pointed at), brings the records up to date, binds the port, and starts the workers, which
inherit the listening sockets. It never reads from the network itself; that is why it may hold the
demonstration's root key. A worker that dies is started again. When the launcher ends, however it
ends, workers and store end too.

Python cannot wipe what it held. So each worker is replaced after a while (`KENTERING_RECYCLE_MINUTES`, at
once with SIGUSR1): what its memory still held is gone with the process. One at a time: the new one is
started, and when it serves, the old one sends its browsers elsewhere and leaves (chat/web/moving.py).
SIGTERM, by which a container is stopped, ends all of them in that way, so that browsers go to another copy of
the service; unless the live store is ours and ends, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from chat import confine, demonstration, log, whereabouts
from chat.live.embedded import EmbeddedStore
from chat.live.resp import Store
from chat.metrics.beside import Metrics
from chat.records import Records, RecordsUnreachable
from chat.sealing import trust
from chat.sealing.errors import SealingError
from chat.settings import Settings
from chat.worker import Unstartable, Worker

_RESTART_AFTER = 0.2
_SERVES_WITHIN = 120.0
"""Seconds a worker that takes another's place has to begin to serve."""
_TRY_AGAIN = 30.0
"""Seconds until another one is tried, when one came to nothing."""
_SETTLED = 5.0
"""Seconds a worker has to be there before another one is replaced."""


class CannotStart(Exception):
    """Why the service does not start, in one plain sentence."""


def due_now(workers: Sequence[Worker], now: float) -> Worker | None:
    """The worker to replace now: its time has come, and all others have been there for a while."""
    oldest = min(workers, key=lambda worker: worker.due)
    settled = all(worker.since + _SETTLED <= now for worker in workers if worker is not oldest)
    return oldest if oldest.due <= now and settled else None


def _listen(settings: Settings) -> list[socket.socket]:
    """Bind the port on the loopback addresses; browsers may look for `localhost` on either.

    With `KENTERING_BIND` on that address alone: for a container behind a proxy.
    """
    if settings.bind is not None:
        family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
        try:
            return [socket.create_server((settings.bind, settings.port), family=family, backlog=2048)]
        except OSError as error:
            raise CannotStart(
                f"Port {settings.port} of {settings.bind} cannot be opened: {os.strerror(error.errno or 0)}."
            ) from None
    sockets: list[socket.socket] = []
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            sockets.append(socket.create_server((address, settings.port), family=family, backlog=2048))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:  # else another program would answer for `localhost`
                raise CannotStart(
                    f"Port {settings.port} is already in use on this computer. "
                    "Choose another with PORT=8001 make run."
                ) from None
            if family == socket.AF_INET:
                raise CannotStart(
                    f"Port {settings.port} cannot be opened: {os.strerror(error.errno or 0)}."
                ) from None
            # This computer has no IPv6.
    return sockets


def root_is_away(settings: Settings) -> None:
    """See that a real root's private key is not on this computer; a demonstration has its own.

    Raises:
        CannotStart: this process can read one.
    """
    if settings.demo:
        return
    for path in settings.data.rglob("*.pem"):
        with contextlib.suppress(OSError), path.open("rb") as file:
            if b"PRIVATE KEY" in file.read(4096):
                raise CannotStart(
                    "A root private key can be read by the service. Move it to a computer without network."
                )


def _trust_is_there(settings: Settings) -> None:
    if settings.demo:
        return  # it is made here
    try:
        trust.from_json(settings.trust_file.read_bytes())
    except OSError:
        raise CannotStart(
            f"There is no trust file at {settings.trust_file}: browsers would not know whom to trust. "
            "Make it with: kentering trust root.txt"
        ) from None
    except SealingError:
        raise CannotStart(f"{settings.trust_file} is not a trust file.") from None


def _private_directory(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)


class Launcher:
    """The running whole: store, records, workers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._name = f"w{secrets.token_hex(2)}"  # another service may share our live store
        self._workers: list[Worker] = []
        self._successor: Worker | None = None
        """Takes the place of the worker that is due, when it serves."""
        self._next_try = 0.0
        """When another successor is started, after one that came to nothing; on the event loop's clock."""
        self._leaving: Worker | None = None
        self._moves = False
        """Browsers are sent elsewhere when we stop."""
        self._sockets: list[socket.socket] = []
        self._store: EmbeddedStore | None = None
        self._metrics: Metrics | None = None
        self._stopping = asyncio.Event()
        self._live_url = ""

    async def run(self) -> None:
        """Serve until a signal asks to stop.

        Raises:
            CannotStart: with one plain sentence.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGTERM, self._terminated)
        loop.add_signal_handler(signal.SIGUSR1, self._recycle_all)
        settings = self._settings
        for path in (settings.data, settings.run_dir, settings.records_dir):
            _private_directory(path)
        try:
            root_is_away(settings)
            _trust_is_there(settings)
            self._sockets = _listen(settings)
            self._live_url = await self._live_store()
            said = await whereabouts.answer(settings.run_dir, self._whereabouts)
            records = await Records.open(settings.records_location)
            try:
                await self._serve(records, self._live_url)
            finally:
                await records.close()
                if said is not None:
                    said.close()
        finally:
            await self._stop()

    async def _serve(self, records: Records, live_url: str) -> None:
        settings = self._settings
        root = demonstration.Root.open(settings) if settings.demo else None
        if root is not None:
            root.write_trust()
        if settings.metrics is not None:
            self._metrics = Metrics(settings, live_url, settings.metrics)
        for _ in range(settings.workers):
            self._workers.append(self._start(self._free_name()))
        for place, worker in enumerate(self._workers):  # never all at the same time
            worker.due -= (worker.due - worker.since) * place / settings.workers
        await self._announce(root, records)
        await self._watch(root, records)

    async def _live_store(self) -> str:
        url = self._settings.live_url
        if url is None:
            self._store = EmbeddedStore()
            self._store.start()
            url = self._store.url
        store = await Store.open(url)  # says in one sentence why, when it cannot
        await store.close()
        return url

    async def _announce(self, root: demonstration.Root | None, records: Records) -> None:
        settings = self._settings
        print(f"Help-seekers:  {settings.help_seeker_origin}")
        if settings.onion_origin is not None:
            print(f"Over Tor:      {settings.onion_origin}")
        print(f"Desk:          {settings.desk_origin}")
        if root is not None and (link := await root.invitation(records)) is not None:
            print(f"First of staff, once, in a browser on this computer:\n               {link}")
        print("Ctrl-C stops everything.", flush=True)

    async def _watch(self, root: demonstration.Root | None, records: Records) -> None:
        while not self._stopping.is_set():
            for place, worker in enumerate(self._workers):
                worker.look()
                if worker.is_gone:
                    log.write(log.Event.WORKER_DIED, worker=worker.name)
                    worker.dismiss()
                    await asyncio.sleep(_RESTART_AFTER)
                    self._workers[place] = self._take_successor() or self._start(worker.name)
            if self._metrics is not None:
                self._metrics.keep()
            self._recycle(asyncio.get_running_loop().time())
            if self._store is not None and self._store.pid is None:
                log.write(log.Event.STORE_LOST)
                self._store.start()
            if root is not None:
                with contextlib.suppress(RecordsUnreachable):  # workers say so where it matters
                    await root.certify_first(records)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 0.5)

    def _whereabouts(self) -> whereabouts.Whereabouts:
        return whereabouts.Whereabouts(
            launcher=os.getpid(),
            workers={worker.name: worker.process.pid for worker in self._every_worker()},
            store=self._store.pid if self._store is not None else None,
            live_url=self._live_url,
            recycle_s=self._settings.recycle_minutes * 60,
        )

    def _every_worker(self) -> list[Worker]:
        """Those that serve, the one that is to, and the one that leaves."""
        beside = (self._successor, self._leaving)
        return [*self._workers, *(worker for worker in beside if worker is not None)]

    def _free_name(self) -> str:
        """A worker's name that no other has."""
        taken = {worker.name for worker in self._every_worker()}
        return next(name for i in count(1) if (name := f"{self._name}-{i}") not in taken)

    def _start(self, name: str) -> Worker:
        listening = [one.fileno() for one in self._sockets]
        counts = self._metrics.writing if self._metrics is not None else None
        try:
            return Worker.start(name, self._settings, self._live_url, listening, counts)
        except Unstartable:
            raise CannotStart("A worker could not be started.") from None

    def _recycle_all(self) -> None:
        for worker in self._workers:
            worker.due = 0.0

    def _recycle(self, now: float) -> None:
        """Replace the worker that is due, if there is one and all others have settled."""
        if self._leaving is not None:
            if now > self._leaving.killed_at:
                self._leaving.process.kill()
            if self._leaving.is_gone:
                self._leaving = None
            return
        due = due_now(self._workers, now)
        if due is None:
            return
        if self._successor is None:
            if now >= self._next_try:
                self._begin_successor(now)
            return
        self._successor.look()
        if self._successor.serves:
            log.write(log.Event.WORKER_RECYCLED, worker=due.name)
            self._workers[self._workers.index(due)] = self._successor
            self._successor, self._leaving = None, due
            due.leave(now, move=True)
        elif self._successor.is_gone or now > self._successor.since + _SERVES_WITHIN:
            log.write(log.Event.WORKER_DIED, worker=self._successor.name)
            self._successor.dismiss()
            self._successor, self._next_try = None, now + _TRY_AGAIN

    def _begin_successor(self, now: float) -> None:
        """The one that is due serves on meanwhile: that none can be started now ends nothing."""
        try:
            self._successor = self._start(self._free_name())
        except CannotStart:
            self._next_try = now + _TRY_AGAIN

    def _take_successor(self) -> Worker | None:
        """The one that was to take another place, for a place that became free before."""
        successor, self._successor = self._successor, None
        return successor

    def _terminated(self) -> None:
        self._moves = self._store is None  # else nothing is left to go on with
        self._stopping.set()

    async def _stop(self) -> None:
        loop = asyncio.get_running_loop()
        # First: when the workers close theirs, too, nobody is kept waiting here.
        for listening in self._sockets:
            listening.close()
        for worker in self._every_worker():
            worker.leave(loop.time(), move=self._moves)
        for worker in self._every_worker():
            try:
                await asyncio.to_thread(worker.process.wait, max(0.0, worker.killed_at - loop.time()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
        if self._metrics is not None:
            self._metrics.stop()
        if self._store is not None:
            self._store.stop()
        shutil.rmtree(self._settings.run_dir, ignore_errors=True)


def run(settings: Settings) -> None:
    """Serve until Ctrl-C."""
    os.umask(0o077)
    confine.forbid_core_dumps()
    log.set_up()
    asyncio.run(Launcher(settings).run())
