# SPDX-License-Identifier: AGPL-3.0-or-later
"""The network between a browser and the service: a TCP relay that can be cut and held shut."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading


class Front:
    """Listens on a port of its own (both loopback addresses) and passes everything on."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.otherwise: int | None = None
        """The port of another copy of the service, for when nobody listens at the first."""
        self.port = 0
        self._cut: set[asyncio.StreamWriter] = set()
        self._shut = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def drop(self) -> None:
        """Every connection breaks, at once and without a word; new ones come through."""
        self._loop.call_soon_threadsafe(self._abort)

    def shut(self) -> None:
        """Every connection breaks, and none comes through until `open`."""
        self._shut = True
        self.drop()

    def open(self) -> None:
        self._shut = False

    def _abort(self) -> None:
        for writer in list(self._cut):
            writer.transport.abort()

    async def _listen(self) -> None:
        first = socket.create_server(("127.0.0.1", 0))
        self.port = first.getsockname()[1]
        self._servers.append(await asyncio.start_server(self._accept, sock=first))
        with contextlib.suppress(OSError):
            second = socket.create_server(("::1", self.port), family=socket.AF_INET6)
            self._servers.append(await asyncio.start_server(self._accept, sock=second))

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        self._abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._shut:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        self._cut |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = self._loop.create_task(self._pipe(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            return await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            if self.otherwise is None:
                raise
            return await asyncio.open_connection("127.0.0.1", self.otherwise)

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        writer.close()
        self._cut.discard(writer)
