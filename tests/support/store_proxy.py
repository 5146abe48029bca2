# SPDX-License-Identifier: AGPL-3.0-or-later
"""Between the service and its live store: keeps every byte, and can strike at a chosen moment.

It forwards a unix socket to the real one. It knows the process behind each connection
(SO_PEERCRED), so a test can really kill a worker after the store has done something and before
the worker hears of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

Strike = Callable[[int, bytes], bool]
"""(pid, request bytes) -> True: the answers to this connection are held back from now on."""


class StoreProxy:
    """Runs in a thread of its own, so that a test's event loop is free."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = parts.path
        self._credentials = parts.netloc.rpartition("@")[0]
        self._folder = tempfile.TemporaryDirectory(prefix="kentering-proxy-")
        self.path = Path(self._folder.name) / "live.sock"
        self.captured = bytearray()
        self.capture = False
        self.on_request: Strike | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"unix://{self._credentials}@{quote(str(self.path))}"

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self._folder.cleanup()

    def drop(self) -> None:
        """Every connection to the store breaks; its memory stays, new ones come through."""
        self._loop.call_soon_threadsafe(self._abort)

    def _abort(self) -> None:
        for end in list(self._ends):
            end.transport.abort()

    async def _listen(self) -> None:
        self._server = await asyncio.start_unix_server(self._accept, str(self.path))

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("socket")
        pid = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        try:
            store_reader, store_writer = await asyncio.open_unix_connection(self._target)
        except OSError:
            writer.close()
            return
        held = asyncio.Event()
        self._ends |= {writer, store_writer}
        for work in (
            self._requests(pid, reader, store_writer, held),
            self._answers(store_reader, writer, held),
        ):
            task = self._loop.create_task(work)
            self._pipes.add(task)
            task.add_done_callback(self._pipes.discard)

    async def _requests(
        self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, held: asyncio.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                if self.capture:
                    self.captured += data
                if self.on_request is not None and self.on_request(pid, data):
                    held.set()
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, held: asyncio.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                if self.capture:
                    self.captured += data
                if held.is_set():
                    continue
                writer.write(data)
                await writer.drain()
        writer.close()
