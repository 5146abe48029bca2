# SPDX-License-Identifier: AGPL-3.0-or-later
"""The request for a WebSocket, read before the library for WebSockets sees it.

picows answers a request that it does not like with an error text that quotes it. So the head is read here,
by the parser that reads pages too; what is no request for a WebSocket (RFC 6455, section 4.2.1) gets a bare
answer. Any other goes on to picows as a request of our own, which holds only what decides: a user agent, a
language and the like never get there.

How this works: the connection begins with an `Opening` as its protocol. Once the head is whole, the protocol
that picows made takes its place (`Transport.set_protocol`), and is given the request and what came behind it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from chat.web import bare
from chat.web.patience import LARGEST_HEAD

WHOLE_HEAD_WITHIN: float = 5.0
"""Seconds."""
_PIECE = 2048
_ONCE: Final = (b"upgrade", b"connection", b"sec-websocket-version", b"sec-websocket-key")
_KEPT: Final = (b"host", b"origin", b"cookie", b"sec-websocket-key")
_BODY: Final = frozenset({b"content-length", b"transfer-encoding"})
_BEGINS: Final = (
    b"GET /socket HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n"
)

Fields = Sequence[tuple[bytes, bytes]]
"""Names in small letters, with their values."""


def request_of(fields: Fields) -> bytes | None:
    """The request as picows gets it; None when it asks for no WebSocket. Whose it is, is looked at later."""
    names = [name for name, _ in fields]
    found = dict(fields)
    if not _BODY.isdisjoint(names) or any(names.count(name) != 1 for name in _ONCE):
        return None
    options = [option.strip() for option in found[b"connection"].lower().split(b",")]
    if found[b"upgrade"].lower() != b"websocket" or b"upgrade" not in options:
        return None
    if found[b"sec-websocket-version"] != b"13" or not _is_key(found[b"sec-websocket-key"]):
        return None
    kept = [name + b": " + value + b"\r\n" for name, value in fields if name in _KEPT]
    return b"".join([_BEGINS, *kept, b"\r\n"])


def _is_key(value: bytes) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 16
    except binascii.Error:
        return False


class Opening(asyncio.BufferedProtocol):
    """One connection until its request is whole."""

    def __init__(self, serve: Callable[[], asyncio.BaseProtocol]) -> None:
        """`serve` makes the protocol that takes over: a buffered one."""
        self._serve = serve
        self._buffer = bytearray(_PIECE)
        self._parser: HttpRequestParser | None = HttpRequestParser(self)
        self._fields: list[tuple[bytes, bytes]] = []
        self._seen = 0
        self._complete = False
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.TimerHandle | None = None

    # --- the connection ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody asks."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has all of it, and another base
        loop = asyncio.get_running_loop()
        self._waiting = loop.call_later(WHOLE_HEAD_WITHIN, self._transport.abort)

    def get_buffer(self, _sizehint: int) -> bytearray:
        """Where the next piece goes."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """A piece came."""
        if self._transport is None or self._parser is None or self._transport.is_closing():
            return
        self._seen += nbytes
        piece = bytes(self._buffer[:nbytes])
        try:
            self._parser.feed_data(piece)
        except HttpParserUpgrade as upgrade:
            self._pass_on(self._transport, piece[upgrade.args[0] :])
        except HttpParserError:
            self._refuse(self._transport, bare.BAD_REQUEST)
        else:
            if self._complete:  # a request, and none for a WebSocket
                self._refuse(self._transport, bare.BAD_REQUEST)
            elif self._seen > LARGEST_HEAD:
                self._refuse(self._transport, bare.HEAD_TOO_LARGE)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Gone before the request was whole, or refused."""
        self._let_go()

    # --- the parser ---

    def on_header(self, name: bytes, value: bytes) -> None:
        """One line of the head."""
        self._fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._complete = True

    # --- inside ---

    def _pass_on(self, transport: asyncio.Transport, rest: bytes) -> None:
        recent = self._parser is not None and self._parser.get_http_version() == "1.1"
        request = request_of(self._fields) if recent else None
        if request is None:
            self._refuse(transport, bare.BAD_REQUEST)
            return
        self._let_go()
        protocol = self._serve()
        if not isinstance(protocol, asyncio.BufferedProtocol):
            raise TypeError
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        data = memoryview(request + rest)
        while data and not transport.is_closing():
            buffer = memoryview(protocol.get_buffer(-1))
            count = min(len(buffer), len(data))
            buffer[:count] = data[:count]
            protocol.buffer_updated(count)
            data = data[count:]

    def _refuse(self, transport: asyncio.Transport, answer: bytes) -> None:
        transport.write(answer)
        transport.close()

    def _let_go(self) -> None:
        """Of everything: the parser and this protocol hold each other, and what was sent with them."""
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self._transport = self._parser = None
        self._fields = []
