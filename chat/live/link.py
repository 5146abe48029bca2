# SPDX-License-Identifier: AGPL-3.0-or-later
"""One connection to the store that is kept up: connect, sign in, watch, come back.

How this works: `start` connects once and tells the operator in a sentence what is wrong if it cannot.
After that a broken connection is normal: `_down` runs at once, then connecting is tried again after
50 ms, doubling to 1 s, for ever; `_up` runs when the store has accepted the sign-in and everything
in `_greeting`. A store that hangs is found by silence: no reply for `patience` while one is owed breaks the
connection.

The store keeps a buffer for each connection, and what lies at its end stays there until something longer
passes through, for days on a quiet line. So each connection writes over its own, every few seconds. The
answer to that is the sign of life of a line on which nothing else is asked.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Final, Protocol, cast

import hiredis

from chat.live.address import Address
from chat.live.errors import StoreRefused, StoreUnreachable

pack = cast("Callable[[tuple[object, ...]], bytes]", hiredis.pack_command)
"""Arguments (bytes, str, int) to the bytes of one command."""

CONNECT_S: Final = 5.0
"""Seconds for connecting and signing in."""
BACKOFF_S: Final = (0.05, 1.0)
"""Seconds: the first pause between two attempts, and the longest."""
TICK_S: Final = 1.0
"""How often silence is looked for."""
WASH_TICKS: Final = 5
"""Ticks from one washing of the buffers to the next."""
WASH: Final = bytes(16_350)
"""The store's buffer of a connection is 16 KiB: with its head the answer just fills it, and what is longer is
answered from elsewhere."""


class _Reader(Protocol):
    def feed(self, data: bytes) -> None: ...
    def gets(self) -> Any: ...


class _Wire(asyncio.Protocol):
    """Bytes in, replies out. Keeps no state but the reader's."""

    def __init__(self) -> None:
        self._reader: _Reader = hiredis.Reader(replyError=StoreRefused)
        self.on_reply: Callable[[Any], None] = lambda _: None
        self.on_lost: Callable[[], None] = lambda: None
        self.transport: asyncio.Transport | None = None
        self.closed = asyncio.Event()
        self.heard = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.heard += 1
        gets = self._reader.gets
        self._reader.feed(data)
        try:
            while (reply := gets()) is not False:
                self.on_reply(reply)
        except hiredis.ProtocolError:
            # Not a Redis protocol (or damaged): nothing after it can be trusted.
            if self.transport is not None:
                self.transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        self.closed.set()
        self.on_lost()

    async def close(self) -> None:
        """Break the connection and wait until the socket is closed."""
        if self.transport is not None:
            self.transport.abort()
            await self.closed.wait()


class Link(ABC):
    """Base of the command connection and the subscriber."""

    def __init__(self, address: Address, patience: int = 5) -> None:
        """`patience` is in seconds."""
        self._address = address
        self._context = address.context()
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._wire: _Wire | None = None
        self._broken = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._heard = 0
        self._silent = 0
        self._ticks = 0
        self._closing = False

    @abstractmethod
    def _greeting(self) -> list[bytes]:
        """Commands that must succeed before the connection is used."""

    @abstractmethod
    def _up(self) -> None:
        """The connection is ready."""

    @abstractmethod
    def _down(self) -> None:
        """The connection broke (never called before the first `_up`)."""

    @abstractmethod
    def _on_reply(self, reply: Any) -> None:
        """One reply."""

    @abstractmethod
    def _owed(self) -> bool:
        """Whether the store owes a reply."""

    @abstractmethod
    def wash(self) -> None:
        """Write over the store's buffers of this connection. No answer."""

    @property
    def is_up(self) -> bool:
        """Whether the store is connected, as far as we know."""
        return self._wire is not None

    async def start(self) -> None:
        """Connect.

        Raises:
            StoreUnreachable: with a sentence for the operator.
        """
        await self._connect()
        self._keeper = self._loop.create_task(self._keep())

    async def close(self) -> None:
        """Disconnect for good; what is outstanding is lost."""
        self._closing = True
        wire = self._wire
        if self._keeper is not None:
            self._keeper.cancel()
        self._lost()
        if self._keeper is not None:
            await asyncio.gather(self._keeper, return_exceptions=True)
        if wire is not None:
            await wire.close()

    def _write(self, data: bytes) -> None:
        if self._wire is not None and self._wire.transport is not None:
            self._wire.transport.write(data)

    async def _keep(self) -> None:
        while True:
            await self._broken.wait()
            pause, longest = BACKOFF_S
            while self._broken.is_set():
                try:
                    await self._connect()
                except StoreUnreachable:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, longest)

    async def _connect(self) -> None:
        wire = _Wire()
        try:
            async with asyncio.timeout(CONNECT_S):
                await self._open(wire)
                await self._greet(wire)
        except (OSError, TimeoutError):
            await wire.close()
            raise StoreUnreachable(f"No live store answers at {self._address.place}.") from None
        except StoreRefused as error:
            await wire.close()
            raise StoreUnreachable(_refusal(error.code, self._address.place)) from None
        except asyncio.CancelledError:
            await wire.close()
            raise
        wire.on_reply = self._on_reply
        wire.on_lost = self._lost
        self._wire = wire
        self._broken.clear()
        self._heard = self._silent = 0
        self._watch = self._loop.call_later(TICK_S, self._tick)
        self._up()

    async def _open(self, wire: _Wire) -> None:
        a = self._address
        if a.path is not None:
            await self._loop.create_unix_connection(lambda: wire, a.path)
        else:
            await self._loop.create_connection(lambda: wire, a.host, a.port, ssl=self._context)

    async def _greet(self, wire: _Wire) -> None:
        a = self._address
        sign_in = [pack((b"AUTH", a.user, a.password))] if a.password else []
        commands = [*sign_in, pack((b"PING",)), *self._greeting()]
        replies: list[Any] = []
        answered = self._loop.create_future()

        def collect(reply: Any) -> None:
            replies.append(reply)
            if len(replies) == len(commands) and not answered.done():
                answered.set_result(None)

        def lost() -> None:
            if not answered.done():
                answered.set_exception(ConnectionResetError())

        wire.on_reply, wire.on_lost = collect, lost
        if wire.transport is None or wire.transport.is_closing():
            raise ConnectionResetError
        wire.transport.write(b"".join(commands))
        await answered
        for reply in replies:
            if isinstance(reply, StoreRefused):
                raise reply

    def _lost(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        if self._wire is None:
            return
        self._wire.on_lost = lambda: None
        self._wire.on_reply = lambda _: None
        self._wire = None
        self._broken.set()
        self._down()

    def _tick(self) -> None:
        wire = self._wire
        if wire is None:
            return
        self._watch = self._loop.call_later(TICK_S, self._tick)
        self._ticks += 1
        if wire.heard != self._heard or not self._owed():
            self._heard, self._silent = wire.heard, 0
        else:
            self._silent += 1
        if self._silent >= self._patience:
            if wire.transport is not None:
                wire.transport.abort()
            self._lost()
        elif self._ticks % WASH_TICKS == 0:
            self.wash()


def _refusal(code: str, place: str) -> str:
    match code:
        case "WRONGPASS":
            return f"The live store at {place} does not accept this name and password."
        case "NOAUTH":
            return f"The live store at {place} wants a name and a password."
        case "NOPERM":
            return f"The live store at {place} does not let this name do what is needed (deploy/users.acl)."
        case "LOADING" | "MASTERDOWN" | "READONLY":
            return f"The live store at {place} is not ready."
        case _:
            return f"The live store at {place} refused to start a session ({code})."
