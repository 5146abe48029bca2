# SPDX-License-Identifier: AGPL-3.0-or-later
"""One port for pages and sockets, each served by the library that does it best.

How this works: the launcher binds the port once and every worker inherits the listening socket. A
worker's door accepts a connection, looks at the first bytes *without taking them* (`MSG_PEEK`) and
hands the socket to one of two servers of the same process: uvicorn for pages, picows for WebSockets.
Each of them serves on a `Handoff` (chat/web/handoff.py), and gets what the door gives to it; a WebSocket's
request is read before (chat/web/opening.py). So both are used through their public interfaces only, and the
launcher never reads from the network.
See docs/decisions/0002-one-port-two-servers.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket

from chat.web.handoff import Handoff
from chat.web.opening import Opening

SOCKET_PATH = "/socket"
_OPENING = f"GET {SOCKET_PATH} ".encode()
_FIRST_BYTES_WITHIN = 10.0  # seconds; browsers open spare connections and keep them silent for a while
_MOST_SILENT = 2048  # connections that have not said anything yet
_ACCEPT_AT_ONCE = 64


class Door:
    """Accepts on the shared listening socket and hands each connection to pages or sockets."""

    def __init__(self, listening: socket.socket) -> None:
        self.pages = Handoff()
        self.sockets = Handoff(Opening)
        self._listening = listening
        self._loop = asyncio.get_running_loop()
        self._silent: dict[socket.socket, asyncio.TimerHandle] = {}

    def open(self) -> None:
        """Begin to accept."""
        self._listening.setblocking(False)
        self._loop.add_reader(self._listening, self._accept)

    def stop(self) -> None:
        """Accept no more. Who was accepted and has not said anything yet is served when it does."""
        if self._listening.fileno() < 0:
            return
        self._loop.remove_reader(self._listening)
        while self._accept():  # those that wait would be refused, were this the last process that listens
            pass
        self._listening.close()

    def close(self) -> None:
        """Accept no more, and hang up on the silent; connections handed over stay with their server."""
        self.stop()
        for connection in list(self._silent):
            self._forget(connection)
            connection.close()

    def _accept(self) -> bool:
        """Take those that wait, so many in one go; whether more may be there."""
        for _ in range(_ACCEPT_AT_ONCE):
            try:
                connection, _ = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return False  # another worker was first, or the visitor left at once
            except OSError:  # no more file descriptors: those that wait in the backlog wait on
                return False
            connection.setblocking(False)
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                # Fewer bytes than we look at wake nobody; the end of the stream does.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, len(_OPENING))
            self._look(connection)
        return True

    def _look(self, connection: socket.socket) -> None:
        try:
            first = connection.recv(len(_OPENING), socket.MSG_PEEK)
        except BlockingIOError:
            self._wait(connection)
            return
        except OSError:
            self._forget(connection)
            connection.close()
            return
        if 0 < len(first) < len(_OPENING) and connection not in self._silent and _OPENING.startswith(first):
            self._wait(connection)  # the network cut the line in two
            return
        self._forget(connection)
        if not first:
            connection.close()
            return
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        (self.sockets if first == _OPENING else self.pages).give(connection)

    def _wait(self, connection: socket.socket) -> None:
        if connection in self._silent:
            return
        if len(self._silent) >= _MOST_SILENT:
            oldest = next(iter(self._silent))
            self._give_up(oldest)
        self._silent[connection] = self._loop.call_later(_FIRST_BYTES_WITHIN, self._give_up, connection)
        self._loop.add_reader(connection, self._look, connection)

    def _give_up(self, connection: socket.socket) -> None:
        self._forget(connection)
        connection.close()

    def _forget(self, connection: socket.socket) -> None:
        timer = self._silent.pop(connection, None)
        if timer is not None:
            timer.cancel()
            self._loop.remove_reader(connection)
