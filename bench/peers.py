# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two servers that are compared, each as a running thing the generator can be sent to."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chat.live.live import Live
from chat.rules.roles import Role
from chat.web.desk_sessions import DeskSessions
from tests.support.enrolled import enrolled
from tests.support.service import Service, free_port, running

NO_PACE = {"KENTERING_MESSAGES_BURST": "1000000000", "KENTERING_MESSAGES_PER_SECOND": "1000000000"}
"""So high that it refuses nothing; it is still reckoned with every frame."""
_AT_ONCE = 250
_START_S = 10.0


@dataclass
class Peer:
    """One server under load."""

    name: str
    port: int
    servers: list[int]
    """Processes that serve."""
    stores: list[int] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    """What the generator has to know to talk to it."""

    @property
    def processes(self) -> list[str]:
        """The generator's options that say whose CPU time counts."""
        groups = {"server": self.servers, "store": self.stores}
        named = [f"{name}:{','.join(map(str, pids))}" for name, pids in groups.items() if pids]
        return [part for group in named for part in ("--cpu", group)]


@contextmanager
def floor() -> Iterator[Peer]:
    """`bench.floor` in a process of its own."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.floor", str(port)])
    try:
        _wait(port)
        yield Peer("floor", port, [process.pid], options=["--floor"])
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def kentering(folder: Path, desks: int) -> Iterator[Peer]:
    """The service as it runs, two workers and its live store, with this many signed-in desks."""
    with running(folder, **NO_PACE) as service:
        tokens = folder / "tokens"
        tokens.write_text("\n".join(asyncio.run(_sign_in(service, desks))) + "\n")
        assert service.store is not None
        assert service.store.pid is not None
        workers = list(service.workers().values())
        yield Peer("kentering", service.port, workers, [service.store.pid], ["--tokens", str(tokens)])


async def _sign_in(service: Service, count: int) -> list[str]:
    """Desk sessions as passkeys would make them, each for a person and a device of its own."""
    people = [(os.urandom(16), os.urandom(16)) for _ in range(count)]
    # Supervisors: they may take one certain conversation, and the two sides of a pair have to meet.
    await enrolled(service.records_url, people, [Role.SUPERVISOR])
    live = await Live.open(service.live_url)
    try:
        sessions = DeskSessions(live.desk, lambda: int(time.time()), os.urandom)
        made: list[str] = []
        while len(made) < count:
            some = people[len(made) : len(made) + _AT_ONCE]
            made += await asyncio.gather(*(sessions.create(*one) for one in some))
        return made
    finally:
        await live.close()


def _wait(port: int) -> None:
    until = time.monotonic() + _START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
