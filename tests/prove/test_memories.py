# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is planted into memories is there when they are read, or the reading counts for nothing."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from chat.live.keys import CHECKED_TTL, checked
from chat.live.live import Live
from chat.machine import sockets
from chat.machine.engine import container
from chat.machine.members import Member, Members, Role, store_pid
from chat.machine.reach import Reach
from chat.prove import memories
from chat.prove.canaries import Canaries
from chat.prove.memories import Controls
from chat.prove.surfaces import Result, Surface, search
from tests.support.service import Service

pytestmark = pytest.mark.anyio


@contextlib.contextmanager
def started(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def sleeping() -> Iterator[Member]:
    """A process that takes no connections, taken for a worker."""
    with started("sleep", "infinity") as process:
        yield Member(Role.WORKER, "worker", process.pid)


@asynccontextmanager
async def controls_of(service: Service, patience_s: float = 60.0) -> AsyncIterator[Controls]:
    live = await Live.open(service.live_url)
    controls = Controls(live.store, Reach(service.help_seeker), patience_s=patience_s)
    try:
        yield controls
    finally:
        controls.let_go()
        await live.close()


def surface_of(member: Member, controls: Controls) -> Surface:
    (surface,) = memories.surfaces(Members((member,)), controls, b"", None)
    return surface


async def searched(surface: Surface) -> Result:
    return await asyncio.to_thread(search, surface, Canaries())


async def test_every_worker_holds_something_begun_whenever_it_is_read(service: Service) -> None:
    async with controls_of(service) as controls:
        for name, pid in service.workers().items():
            surface = surface_of(Member(Role.WORKER, name, pid), controls)
            for _ in range(2):
                controls.let_go()  # as when the service has given up what was begun
                assert (await searched(surface)).was_read


async def test_a_copy_is_searched_however_long_it_takes(service: Service) -> None:
    """What was begun is over by the time that the search comes to it."""
    async with controls_of(service) as controls:
        name, pid = next(iter(service.workers().items()))
        surface = surface_of(Member(Role.WORKER, name, pid), controls)
        reading = iter(surface.read())
        first = await asyncio.to_thread(next, reading)
        controls.let_go()

        assert any(surface.control in piece for piece in (first, *reading))


async def test_a_process_that_takes_nothing_counts_as_not_read(service: Service, sleeping: Member) -> None:
    async with controls_of(service, patience_s=0) as controls:
        result = await searched(surface_of(sleeping, controls))

    assert result.bytes_read > 0
    assert result.unreadable is None
    assert not result.was_read


async def test_connections_held_open_are_counted(service: Service, sleeping: Member) -> None:
    async with controls_of(service, patience_s=0) as controls:
        for _ in range(4):
            await searched(surface_of(sleeping, controls))

        assert controls.held <= memories.MOST_HELD


async def test_the_live_store_holds_a_value_whenever_it_is_read(service: Service) -> None:
    pid = store_pid(service.live_url)
    assert pid is not None
    async with controls_of(service) as controls:
        member = Member(Role.STORE, "live store", pid)
        for _ in range(2):
            assert (await searched(surface_of(member, controls))).was_read
            with contextlib.closing(service.look()) as store:
                assert 0 < store.ttl(checked(0)) <= CHECKED_TTL
                store.delete(checked(0))  # as when its time has come


async def test_tor_is_read_once_its_own_address_is_found_without_the_ending(service: Service) -> None:
    """It keeps the bare name, and adds the ending where it prints it."""
    bare = "a" * 56
    async with controls_of(service) as controls:
        with started("sleep", "infinity", KEPT=bare) as process:
            member = Member(Role.TOR, "tor", process.pid)
            (surface,) = memories.surfaces(Members((member,)), controls, b"", f"{bare}.onion")
            (other,) = memories.surfaces(Members((member,)), controls, b"", f"{'b' * 56}.onion")
            assert (await searched(surface)).was_read
            assert not (await searched(other)).was_read


HAPROXY = """
import ctypes, socket, sys
ctypes.CDLL(None).prctl(15, b"haproxy", 0, 0, 0)
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
came, held = [], []
while True:
    held.append(server.accept()[0])
    came.append(held[-1].recv(4096))
    if not came[-1].startswith(b"PROXY TCP6 fc00:dead:beef:4dad::"):
        came.pop()
"""


async def test_haproxy_is_reached_as_tor_does_it(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = container(
        {
            "Id": "0a",
            "Name": "/front",
            "Config": {},
            "HostConfig": {"LogConfig": {"Type": "none"}},
            "NetworkSettings": {"Networks": {"onion": {"IPAddress": "127.0.0.1"}}},
        }
    )
    live = await Live.open(service.live_url)
    controls = Controls(live.store, Reach(service.help_seeker), "a" * 56 + ".onion")
    with started(sys.executable, "-c", HAPROXY) as process:
        assert process.stdout is not None
        port = int(await asyncio.to_thread(process.stdout.readline))
        listens = [
            sockets.Listening(ipaddress.ip_address("0.0.0.0"), port, "1"),  # noqa: S104 - as in a container
            sockets.Listening(ipaddress.ip_address("127.0.0.1"), 1, "2"),
        ]
        monkeypatch.setattr(memories.sockets, "listening", lambda _: iter(listens))
        try:
            surface = surface_of(Member(Role.FRONT, "haproxy", process.pid, inside), controls)
            assert (await searched(surface)).was_read
        finally:
            controls.let_go()
            await live.close()
