# SPDX-License-Identifier: AGPL-3.0-or-later
"""A WebSocket of the proof: frames out, frames in, and nothing else."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Self, TypeVar

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect
from picows.url import WSParsedURL

from chat import log
from chat.machine.reach import Reach
from chat.protocol import codec, frames

F = TypeVar("F")
PATIENCE_S: Final = 60.0


class Failed(Exception):
    """The proof could not go on; a plain sentence."""


class _Listener(WSListener):
    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes | None] = asyncio.Queue()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Keep what is ours; answer a close."""
        if frame.msg_type == WSMsgType.BINARY:
            self.came.put_nowait(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Nothing comes any more."""
        del transport
        self.came.put_nowait(None)


class Line:
    """One connection to `/socket` of an origin."""

    def __init__(self, transport: WSTransport, listener: _Listener, decode: Callable[[bytes], Any]) -> None:
        self._transport = transport
        self._listener = listener
        self._decode = decode
        self.is_open = True

    @classmethod
    async def open(cls, reach: Reach, headers: Mapping[str, str], decode: Callable[[bytes], Any]) -> Self:
        """Connect as a browser of this origin does.

        Raises:
            Failed: nobody answers, or not with a WebSocket.
        """

        async def connected(_: WSParsedURL) -> socket.socket:
            source = (reach.source, 0) if reach.source else None
            made = await asyncio.to_thread(socket.create_connection, reach.address, PATIENCE_S, source)
            made.setblocking(False)
            return made

        url = f"ws{reach.origin.removeprefix('http')}/socket"
        try:
            transport, listener = await ws_connect(
                _Listener,
                url,
                ssl_context=reach.context(),
                extra_headers={"Origin": reach.origin, **headers},
                socket_factory=connected,
                logger_name=log.SILENT,
                websocket_handshake_timeout=PATIENCE_S,
                use_aiofastnet=False,
            )
        except Exception as error:  # noqa: BLE001 - the library has many; the class says enough
            raise Failed(
                f"{reach.origin}/socket does not take a connection ({type(error).__name__})"
            ) from None
        if not isinstance(listener, _Listener):
            raise TypeError
        return cls(transport, listener, decode)

    @property
    def own_end(self) -> tuple[str, int]:
        """Address and port of this end."""
        name = self._transport.underlying_transport.get_extra_info("sockname")
        return str(name[0]), int(name[1])

    def send(self, frame: object) -> None:
        """One frame."""
        self._transport.send(WSMsgType.BINARY, codec.encode(frame))

    async def next(self) -> Any:
        """The next frame.

        Raises:
            Failed: none comes.
        """
        try:
            async with asyncio.timeout(PATIENCE_S):  # wait_for can swallow that we were told to stop
                data = await self._listener.came.get()
        except TimeoutError:
            raise Failed("the service did not answer in time") from None
        if data is None:
            self.is_open = False
            raise Failed("the service closed the connection")
        try:
            return self._decode(data)
        except codec.FrameError:
            raise Failed("the service sent something that is no frame") from None

    async def expect(self, kind: type[F]) -> F:
        """The next frame of this kind; others, and refusals about a conversation, are left aside.

        Raises:
            Failed: a refusal, or none comes.
        """
        until = time.monotonic() + PATIENCE_S
        while True:
            frame = await self.next()
            if time.monotonic() > until:
                raise Failed("the service did not answer in time")
            if isinstance(frame, kind):
                return frame
            if isinstance(frame, frames.Refused) or (
                isinstance(frame, frames.DeskRefused) and frame.sid is None
            ):
                raise Failed(f"the service refused with {frame.code.name}")

    def close(self) -> None:
        """In good order."""
        self._transport.send_close()
        self._transport.disconnect()

    def drop(self) -> None:
        """As when the network is gone."""
        self._transport.disconnect(graceful=False)
