# SPDX-License-Identifier: AGPL-3.0-or-later
"""The memory of every process of the service as surfaces, each with its control."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from chat.live.keys import CHECKED_TTL, checked
from chat.live.resp import Store
from chat.machine import processes
from chat.machine.members import Member, Members, Role
from chat.machine.reach import Reach
from chat.prove.surfaces import Surface, Where

_AT_ONCE = 12
_PATIENCE_S = 60.0
_AGAIN_S = 1.0
_WHOLE = 4000
"""Bytes that a frame announces; fewer are sent, so it lies in the buffer of whoever reads."""


class Controls:
    """What is planted into memories, and stays there until closed."""

    def __init__(self, store: Store, reach: Reach) -> None:
        self._store = store
        self._reach = reach
        self.in_store = secrets.token_hex(20).encode()
        self.in_flight = secrets.token_hex(20).encode()
        self._held: list[socket.socket] = []

    async def plant_in_store(self) -> None:
        """A value with a time to live.

        Raises:
            StoreError: the live store does not answer.
        """
        await self._store.call(b"SET", checked(0), self.in_store, b"EX", CHECKED_TTL)

    def plant_in_flight(self, members: Members) -> None:
        """Frames and requests that have only begun: they lie in the memory of whoever waits for the rest.

        Which worker takes a connection is chance, and one that was just started takes none yet: more are
        opened until each has one.
        """
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            for _ in range(_AT_ONCE):
                with contextlib.suppress(OSError):
                    self._held.append(self._begun_frame())
                    self._held.append(self._begun_request())
            waiting = [one for one in members.of(Role.WORKER, Role.FRONT) if not self._stands_in(one.pid)]
            if not waiting:
                return
            time.sleep(_AGAIN_S)

    def _stands_in(self, pid: int) -> bool:
        try:
            return any(self.in_flight in piece for piece in processes.memory(pid))
        except processes.Unreadable:
            return True  # looking again would not help; the search says so

    def _begun_frame(self) -> socket.socket:
        reach = self._reach
        made = reach.open()
        key = base64.b64encode(os.urandom(16)).decode()
        asked = (
            f"GET /socket HTTP/1.1\r\nHost: {reach.host}\r\nOrigin: {reach.origin}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
        made.sendall(asked.encode())
        made.recv(4096)
        # RFC 6455, section 5.2: a mask of zeros changes nothing.
        made.sendall(struct.pack(">BBH4x", 0x82, 0x80 | 126, _WHOLE) + self.in_flight)
        return made

    def _begun_request(self) -> socket.socket:
        made = self._reach.open()
        made.sendall(f"GET / HTTP/1.1\r\nHost: {self._reach.host}\r\nX-Begun: ".encode() + self.in_flight)
        return made

    def let_go(self) -> None:
        """Close what was held open."""
        for one in self._held:
            one.close()
        self._held.clear()


@contextmanager
def in_flight(controls: Controls, members: Members) -> Iterator[None]:
    """While this lasts, workers and fronts hold their control."""
    controls.plant_in_flight(members)
    try:
        yield
    finally:
        controls.let_go()


def surfaces(members: Members, controls: Controls, database: bytes, onion: str | None) -> list[Surface]:
    """One for each process; `database` stands in a query that its server was asked just now."""
    return [_surface(one, members, controls, database, onion) for one in members.processes]


def _surface(
    member: Member, members: Members, controls: Controls, database: bytes, onion: str | None
) -> Surface:
    where, control, planted = Where.PROCESS, b"", ""
    match member.role:
        case Role.STORE:
            where, control = Where.STORE, controls.in_store
            planted = "a value that was written to it"
        case Role.WORKER:
            where, control = Where.WORKER, controls.in_flight
            planted = "a frame of a connection, sent in part"
        case Role.FRONT:
            control, planted = controls.in_flight, "a request, sent in part"
        case Role.DATABASE:
            control, planted = database, "a query that it was asked"
        case Role.TOR if onion is not None:
            control, planted = onion.encode(), "the onion address that it serves"
        case Role.LAUNCHER if members.here is not None:
            control, planted = members.here.live_url.encode(), "the live store's address, which it holds"
        case _:
            longest = max(processes.command_line(member.pid), key=len, default="")
            control, planted = longest.encode(), "its own command line"
    return Surface(f"memory of {member.name}", where, partial(processes.memory, member.pid), control, planted)
