# SPDX-License-Identifier: AGPL-3.0-or-later
"""The memory of every process of the service as surfaces, each with its control."""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
import secrets
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from chat.live.keys import CHECKED_TTL, checked
from chat.live.resp import Store
from chat.machine import processes, sockets
from chat.machine.members import Member, Members, Role
from chat.machine.reach import Reach
from chat.prove.surfaces import Surface, Where

MOST_HELD: Final = 96
"""Connections that are held open; for new ones the oldest are closed."""
_AT_ONCE: Final = 6
_TRIES: Final = 6
_PATIENCE_S: Final = 60.0
_AGAIN_S: Final = 0.5
_WHOLE: Final = 4000
"""Bytes that a frame announces; fewer are sent, so it lies in the buffer of whoever reads."""
_BEHIND_TOR: Final = "haproxy"


class Controls:
    """What is planted into memories, anew whenever one is read, and stands there until closed."""

    def __init__(
        self, store: Store, reach: Reach, onion: str | None = None, patience_s: float = _PATIENCE_S
    ) -> None:
        """Belongs to the event loop that runs now; memories are read in other threads.

        patience_s: seconds in which something that was begun has to be seen in a process.
        """
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._reach = reach
        self._onion = onion
        self._patience_s = patience_s
        self.in_store = secrets.token_hex(20).encode()
        self.in_flight = secrets.token_hex(20).encode()
        self._held: deque[socket.socket] = deque()

    def memory_with_value(self, pid: int) -> Iterator[bytes]:
        """The memory of the live store, and in it a value whose time to live begins anew while it is read.

        Raises:
            StoreError: the live store does not answer.
            Gone: it has ended.
            Unreadable: this account may not.
        """
        self._ask(b"SET", checked(0), self.in_store, b"EX", CHECKED_TTL)
        renewed = time.monotonic()
        for piece in processes.memory(pid):
            if time.monotonic() > renewed + CHECKED_TTL / 10:
                self._ask(b"EXPIRE", checked(0), CHECKED_TTL)  # the very same value goes on
                renewed = time.monotonic()
            yield piece

    def _ask(self, *command: bytes | int) -> None:
        async def ask() -> None:
            await self._store.call(*command)

        asyncio.run_coroutine_threadsafe(ask(), self._loop).result()

    def memory_in_flight(self, member: Member) -> Iterator[bytes]:
        """A copy of the memory of a worker or a front, taken while something only begun lies in it.

        Which worker takes a connection is chance, one that was just started takes none yet, and what was
        begun is given up after a while. So it is copied at once, however long it is searched afterwards, and
        copied again, with more begun, until the copy holds it. After the last try it is given without.

        Raises:
            Gone: it has ended.
            Unreadable: this account may not.
        """
        until = time.monotonic() + self._patience_s
        for tries in itertools.count(1):
            self._begin(member)
            copy = list(processes.memory(member.pid))
            held = any(self.in_flight in piece for piece in copy)
            if held or (tries >= _TRIES and time.monotonic() > until):
                break
            time.sleep(_AGAIN_S)
        yield from copy

    def _begin(self, member: Member) -> None:
        for begin in self._ways_into(member) * _AT_ONCE:
            if len(self._held) >= MOST_HELD:
                self._held.popleft().close()
            try:
                self._held.append(begin())
            except OSError:
                return  # nobody answers now

    def _ways_into(self, member: Member) -> list[Callable[[], socket.socket]]:
        """HAProxy stands behind Tor and is reached inside the containers' network, as Tor does it."""
        if (
            processes.name(member.pid) == _BEHIND_TOR
            and self._onion is not None
            and member.container is not None
        ):
            ports = {
                one.port
                for one in sockets.listening(processes.PROC / str(member.pid) / "net")
                if not one.address.is_loopback
            }
            return [
                partial(self._begun_circuit, (host, port))
                for host in member.container.addresses
                for port in ports
            ]
        return [self._begun_frame, self._begun_request]

    def _begun_frame(self) -> socket.socket:
        reach = self._reach
        key = base64.b64encode(os.urandom(16)).decode()
        asked = (
            f"GET /socket HTTP/1.1\r\nHost: {reach.host}\r\nOrigin: {reach.origin}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
        # RFC 6455, section 5.2: a mask of zeros changes nothing.
        frame = struct.pack(">BBH4x", 0x82, 0x80 | 126, _WHOLE) + self.in_flight
        return _begun(reach.open, asked.encode(), frame)

    def _begun_request(self) -> socket.socket:
        head = f"GET / HTTP/1.1\r\nHost: {self._reach.host}\r\nX-Begun: ".encode()
        return _begun(self._reach.open, head + self.in_flight)

    def _begun_circuit(self, at: tuple[str, int]) -> socket.socket:
        """As Tor says it (`HiddenServiceExportCircuitID haproxy`), each on a circuit of its own."""
        circuit = "PROXY TCP6 fc00:dead:beef:4dad::{:x}:{:x} ::1 65535 42\r\n".format(
            *(secrets.randbelow(1 << 16) for _ in range(2))
        )
        head = f"{circuit}GET / HTTP/1.1\r\nHost: {self._onion}\r\nX-Begun: ".encode()
        return _begun(partial(socket.create_connection, at, _PATIENCE_S), head + self.in_flight)

    @property
    def held(self) -> int:
        """How many connections are held open."""
        return len(self._held)

    def let_go(self) -> None:
        """Close what was held open."""
        for one in self._held:
            one.close()
        self._held.clear()


def _begun(connect: Callable[[], socket.socket], first: bytes, then: bytes = b"") -> socket.socket:
    """A connection on which this was sent; `then` once there was an answer to the first."""
    made = connect()
    try:
        made.sendall(first)
        if then:
            made.recv(4096)
            made.sendall(then)
    except OSError:
        made.close()
        raise
    return made


def surfaces(members: Members, controls: Controls, database: bytes, onion: str | None) -> list[Surface]:
    """One for each process; `database` stands in a query that its server was asked just now."""
    return [_surface(one, members, controls, database, onion) for one in members.processes]


def _surface(
    member: Member, members: Members, controls: Controls, database: bytes, onion: str | None
) -> Surface:
    where, control, planted = Where.PROCESS, b"", ""
    read: Callable[[], Iterator[bytes]] = partial(processes.memory, member.pid)
    password = urlsplit(members.live_url or "").password
    match member.role:
        case Role.STORE:
            where, control = Where.STORE, controls.in_store
            read = partial(controls.memory_with_value, member.pid)
            planted = "a value that was written to it"
        case Role.WORKER:
            where, control = Where.WORKER, controls.in_flight
            read, planted = (
                partial(controls.memory_in_flight, member),
                "a frame of a connection, sent in part",
            )
        case Role.FRONT if not members.is_master(member):
            control = controls.in_flight
            read, planted = partial(controls.memory_in_flight, member), "a request, sent in part"
        case Role.DATABASE:
            control, planted = database, "a query that it was asked"
        case Role.TOR if onion is not None:  # it keeps the bare name and adds the ending where it prints it
            control, planted = onion.removesuffix(".onion").encode(), "the onion address that it serves"
        case Role.LAUNCHER if password:
            control, planted = password.encode(), "the live store's password, which it holds"
        case _:
            control, planted = processes.raw_command_line(member.pid), "its own command line"
    return Surface(f"memory of {member.name}", where, read, control, planted)
