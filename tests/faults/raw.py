# SPDX-License-Identifier: AGPL-3.0-or-later
"""A WebSocket (RFC 6455) whose every bit the test decides: it answers no ping and keeps no rule by itself."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import struct
from typing import Self

from tests.support.clients import PATIENCE
from tests.support.service import Service

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def masked(payload: bytes, opcode: int = BINARY, *, fin: bool = True, mask: bool = True) -> bytes:
    """One WebSocket frame of a browser."""
    head = bytes([opcode | 0x80 * fin])
    bit = 0x80 * mask
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 1 << 16:
        head += struct.pack(">BH", bit | 126, len(payload))
    else:
        head += struct.pack(">BQ", bit | 127, len(payload))
    return head + bytes(4) * mask + payload  # a mask of zeros changes nothing


def upgrade(host: str, origin: str | None, *headers: str, path: str = "/socket") -> bytes:
    """The request that asks for a WebSocket."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        *([f"Origin: {origin}"] if origin is not None else []),
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


async def status_of(service: Service, request: bytes) -> int:
    """The status of the answer to a request; 0 when the connection is closed without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    try:
        writer.write(request)
        with contextlib.suppress(ConnectionError):
            line = await asyncio.wait_for(reader.readline(), PATIENCE)
            return int(line.split()[1]) if line else 0
        return 0
    finally:
        writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


class RawSocket:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def help_seeker(cls, service: Service, *headers: str) -> Self:
        return await cls._open(service, upgrade(f"127.0.0.1:{service.port}", service.help_seeker, *headers))

    @classmethod
    async def desk(cls, service: Service, token: str, *headers: str) -> Self:
        cookie = f"Cookie: kentering_desk={token}"
        return await cls._open(service, upgrade(f"localhost:{service.port}", service.desk, cookie, *headers))

    @classmethod
    async def _open(cls, service: Service, request: bytes) -> Self:
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        writer.write(request)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        assert head.startswith(b"HTTP/1.1 101 "), head.splitlines()[0]
        return cls(reader, writer)

    async def send(
        self, payload: bytes, opcode: int = BINARY, *, fin: bool = True, mask: bool = True
    ) -> None:
        await self.send_bytes(masked(payload, opcode, fin=fin, mask=mask))

    async def send_bytes(self, data: bytes) -> None:
        self._writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()

    def no_more(self) -> None:
        """Nothing else will be sent."""
        with contextlib.suppress(OSError):
            self._writer.write_eof()

    def stop_reading(self) -> None:
        """From now on nothing is taken in; what the server sends piles up on the way."""
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]  # a transport that reads

    @property
    def is_closing(self) -> bool:
        return self._writer.transport.is_closing()

    async def receive(self) -> tuple[int, bytes] | None:
        """The next frame as (opcode, payload); None when the connection is over."""
        try:
            async with asyncio.timeout(PATIENCE):
                first, second = await self._reader.readexactly(2)
                size = second & 0x7F
                if size == 126:
                    size = int.from_bytes(await self._reader.readexactly(2), "big")
                elif size == 127:
                    size = int.from_bytes(await self._reader.readexactly(8), "big")
                return first & 0x0F, await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def receive_kind(self, opcode: int) -> bytes:
        """The next frame of this kind; others are dropped."""
        while True:
            frame = await self.receive()
            assert frame is not None, "the connection is over"
            if frame[0] == opcode:
                return frame[1]

    async def echo(self) -> list[bytes]:
        """Every binary message until a ping sent now is answered: then all before it was worked off."""
        token = os.urandom(8)
        await self.send(token, PING)
        messages = []
        while True:
            frame = await self.receive()
            assert frame is not None, "the connection is over"
            if frame == (PONG, token):
                return messages
            assert frame[0] != CLOSE, frame
            if frame[0] == BINARY:
                messages.append(frame[1])

    async def close_code(self) -> int | None:
        """With which code the server closed; None when it closed without."""
        while (frame := await self.receive()) is not None:
            if frame[0] == CLOSE:
                return int.from_bytes(frame[1][:2], "big")
        return None

    async def abort(self) -> None:
        """The network is gone."""
        self._writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
