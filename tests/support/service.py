# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole service as it really runs, on a free port, with a live store the test can look into."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import redis

from chat.live.live import Live
from chat.rules.roles import Role
from chat.web.desk_sessions import DeskSessions
from tests.support.enrolled import enrolled
from tests.support.front import Front
from tests.support.store_proxy import StoreProxy
from tests.support.valkey import WatchedStore

START_S = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Service:
    """A running `kentering run`."""

    port: int
    help_seeker: str
    """Origin of the help-seekers' pages."""
    desk: str
    """Origin of the desk."""
    fronts: list[Front]
    """With `fronted`: the help-seekers' network, then the desk's."""
    data: Path
    live_url: str
    records_url: str
    store: WatchedStore | None
    proxy: StoreProxy | None
    process: subprocess.Popen[bytes]
    output: Path
    reach: dict[str, Any] = field(default_factory=dict)
    """How a WebSocket gets there, when its address alone does not say it."""

    def lines(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def first_link(self) -> str:
        """The one-time link for the first of staff."""
        return next(line.strip() for line in self.lines().splitlines() if "/enrol#" in line)

    def workers(self) -> dict[str, int]:
        """Name -> pid of the workers that run now."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                if "chat.main" in child.cmdline():
                    found[child.cmdline()[-1]] = child.pid
        return dict(sorted(found.items()))

    def kill_worker_of(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    async def sign_in(self, staff: bytes, device: bytes, *roles: Role, alias: str | None = None) -> str:
        """A desk session as the passkey would make it; returns the cookie's value.

        Person and device are in the records as if certified: a supervisor, when no role is named.
        """
        await enrolled(self.records_url, [(staff, device)], roles or (Role.SUPERVISOR,), alias)
        live = await Live.open(self.live_url)
        try:
            return await DeskSessions(live.desk, lambda: int(time.time()), os.urandom).create(staff, device)
        finally:
            await live.close()

    def wait_ready(self) -> None:
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"the service ended: {self.lines()}")
            if not self._answers():
                time.sleep(0.1)
                continue
            if self.lines().count("worker started") >= 2:
                return
        raise AssertionError(f"the service did not start: {self.lines()}")

    def look(self) -> redis.Redis:
        """The live store as nobody but a test sees it."""
        assert self.store is not None
        parts = urlsplit(self.store.admin_url)
        password = parts.netloc.rpartition("@")[0].partition(":")[2]
        return redis.Redis(unix_socket_path=parts.path, username="admin", password=password)

    def conversation_keys(self) -> list[bytes]:
        """Every key that has to do with a conversation, or with waiting for one."""
        with contextlib.closing(self.look()) as store:
            others = (
                b"k:{desk}:session",
                b"k:{desk}:of-",
                b"k:{desk}:device",
                b"k:{desk}:duty",
                b"k:{desk}:standing",
                b"k:{tally}",
                b"k:{store}",
                b"k:{room}:takes",
            )
            return sorted(key for key in store.keys("*") if not key.startswith(others))

    def _answers(self) -> bool:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            try:
                connection.request("GET", "/private", headers={"Host": self.help_seeker.partition("//")[2]})
                return connection.getresponse().read() != b""
            except OSError:
                return False

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(START_S)


@contextmanager
def running(
    folder: Path,
    *,
    own_store: bool = True,
    proxied: bool = False,
    fronted: bool = False,
    port: int | None = None,
    **environment: str,
) -> Iterator[Service]:
    """Start the service below `folder`.

    port: the one it listens on, when something else must know it first.

    fronted: browsers reach each origin through a `Front` of its own, which a test can cut.

    own_store: the test starts the live store and can look into it; else the launcher does.
    proxied: with a `StoreProxy` between the two.
    environment: settings of the test; an empty one is not set at all.
    """
    store = WatchedStore() if own_store else None
    proxy = None
    if store is not None:
        store.start()
        if proxied:
            proxy = StoreProxy(store.url)
            proxy.start()
    port = port or free_port()
    fronts = [Front(port), Front(port)] if fronted else []
    for front in fronts:
        front.start()
    origins = [f"http://127.0.0.1:{fronts[0].port if fronts else port}"]
    origins.append(f"http://localhost:{fronts[1].port if fronts else port}")
    names = ("KENTERING_HELP_SEEKER_ORIGIN", "KENTERING_DESK_ORIGIN")
    origins = [environment.get(name, origin) for name, origin in zip(names, origins, strict=True)]
    variables = {
        **dict(zip(names, origins, strict=True)),
        **{name: value for name, value in os.environ.items() if not name.startswith("KENTERING_")},
        "PORT": str(port),
        "KENTERING_DATA": str(folder / "data"),
        **({"KENTERING_LIVE_URL": proxy.url if proxy else store.url} if store is not None else {}),
        "KENTERING_ROOM": "100000",  # and so does a test of a full room
        "KENTERING_CONVERSATIONS_CAP": "100",  # few desks serve many; a test of the cap sets its own
        "KENTERING_WORK": "0",  # a test of the price of a start sets it
        **environment,
    }
    output = folder / "service.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "chat", "run"],
            env={name: value for name, value in variables.items() if value or name not in environment},
            stdout=log,
            stderr=log,
        )
    service = Service(
        port,
        *origins,
        fronts,
        folder / "data",
        store.url if store else "",
        environment.get("KENTERING_RECORDS_URL", f"sqlite:///{folder}/data/records/records.sqlite3"),
        store,
        proxy,
        process,
        output,
    )
    try:
        service.wait_ready()
        yield service
    finally:
        service.stop()
        for front in fronts:
            front.stop()
        if proxy is not None:
            proxy.stop()
        if store is not None:
            store.stop()
