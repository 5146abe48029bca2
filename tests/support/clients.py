# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real sockets that speak the protocol, without sealing: for tests of the server alone."""

from __future__ import annotations

import asyncio
import hashlib
import os
import struct
from collections.abc import Mapping
from typing import Self, TypeVar

from websockets.asyncio.client import ClientConnection, connect

from chat.protocol import codec, frames
from chat.protocol.types import VERSION, About, DutyStatus, Urgency
from tests.support.service import Service

F = TypeVar("F")
LANGUAGES = ("en", "nl", "fr", "de", "ar")
"""What a desk of a test speaks, unless the test is about that."""
PATIENCE = 90.0
"""Seconds until a frame that does not come fails a test; never a measure of speed."""


def envelope(direction: int, epoch: int, n: int, body: bytes = b"", slot: int = 0) -> bytes:
    """Bytes of an envelope's shape; what would be sealed is filled up with `body`."""
    head = struct.pack(">BBBII", 1, slot, direction, epoch, n)
    return head + body + bytes(1063 - len(head) - len(body))


class Client:
    """One WebSocket. Frames that are not asked for are kept in `seen`."""

    def __init__(self, connection: ClientConnection, decode: object) -> None:
        self.connection = connection
        self._decode = decode
        self.seen: list[object] = []

    async def send(self, frame: object) -> None:
        await self.connection.send(codec.encode(frame))

    async def send_raw(self, data: bytes) -> None:
        await self.connection.send(data)

    async def next(self) -> object:
        async with asyncio.timeout(PATIENCE):  # wait_for of Python 3.11 can swallow that it is cancelled
            data = await self.connection.recv()
        assert isinstance(data, bytes)
        return self._decode(data)  # type: ignore[operator]  # a decoder

    async def expect(self, kind: type[F]) -> F:
        """The next frame of this kind; others are put aside."""
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self.next()
                if isinstance(frame, kind):
                    return frame
                assert not isinstance(frame, frames.Refused | frames.DeskRefused), frame
                self.seen.append(frame)

    async def hears(self, frame: object) -> None:
        """This very frame comes, or came before and was put aside."""
        if frame in self.seen:
            self.seen.remove(frame)
            return
        while frame != await self.expect(type(frame)):
            pass

    async def close(self) -> None:
        await self.connection.close()

    def drop(self) -> None:
        """The network is gone, without a word."""
        self.connection.transport.abort()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class HelpSeeker(Client):
    """A help-seeker's browser."""

    def __init__(self, connection: ClientConnection) -> None:
        super().__init__(connection, codec.decode_to_help_seeker)
        self.sid = os.urandom(16)
        self.ticket = os.urandom(32)
        self.half = os.urandom(32)
        self.welcome: frames.Welcome | None = None

    @classmethod
    async def open(cls, service: Service, headers: Mapping[str, str] | None = None) -> Self:
        """headers: what this browser says of itself, beside what makes the connection."""
        return cls(
            await connect(
                f"ws{service.help_seeker.removeprefix('http')}/socket",
                origin=service.help_seeker,
                additional_headers=headers,
                user_agent_header=None,
                compression=None,
                max_size=2**20,
                max_queue=None,  # else a close waits ten seconds behind frames that nobody reads
                **service.reach,
            )
        )

    async def start(
        self, language: str = "en", about: About = About.UNSAID, urgency: Urgency = Urgency.USUAL
    ) -> frames.Welcome:
        hashed = hashlib.sha256(self.ticket).digest()
        await self.send(frames.Start(VERSION, self.sid, hashed, self.half, language, about, urgency))
        self.welcome = await self.expect(frames.Welcome)
        return self.welcome

    def same_browser(self, other: HelpSeeker) -> None:
        self.sid, self.ticket, self.half, self.welcome = other.sid, other.ticket, other.half, other.welcome

    async def attach(self, *, take_over: bool = True) -> frames.Welcome | frames.Closed | frames.Refused:
        era = self.welcome.era if self.welcome else bytes(32)
        await self.send(frames.Attach(VERSION, self.sid, self.ticket, era, take_over))
        answer = await self.next()
        assert isinstance(answer, frames.Welcome | frames.Closed | frames.Refused)
        if isinstance(answer, frames.Welcome):
            self.welcome = answer
        return answer


class Desk(Client):
    """A counsellor's desk."""

    def __init__(self, connection: ClientConnection) -> None:
        super().__init__(connection, codec.decode_to_desk)
        self.welcome: frames.DeskWelcome | None = None

    @classmethod
    async def open(cls, service: Service, token: str) -> Self:
        return cls(
            await connect(
                f"ws{service.desk.removeprefix('http')}/socket",
                origin=service.desk,
                additional_headers={"Cookie": f"kentering_desk={token}"},
                compression=None,
                max_size=2**20,
                max_queue=None,  # else a close waits ten seconds behind frames that nobody reads
                **service.reach,
            )
        )

    async def begin(
        self, *, take_over: bool = False, languages: tuple[str, ...] = LANGUAGES
    ) -> frames.DeskWelcome:
        """Open the desk and go on duty in these languages; in none: stay as it is."""
        await self.send(frames.OpenDesk(VERSION, take_over))
        self.welcome = await self.expect(frames.DeskWelcome)
        await self.expect(frames.Duty)
        if languages:
            await self.stand(DutyStatus.ON, *languages)
        return self.welcome

    async def stand(self, status: DutyStatus, *languages: str) -> frames.Duty:
        """On duty, on a break, off duty."""
        await self.send(frames.SetDuty(status, list(languages)))
        while (duty := await self.expect(frames.Duty)).status is not status:
            pass
        return duty

    async def take(self, sid: bytes) -> frames.Taken | frames.DeskRefused:
        await self.send(frames.Take(sid, os.urandom(32)))
        while True:
            frame = await self.next()
            if isinstance(frame, frames.Taken) and frame.sid == sid:
                return frame
            if isinstance(frame, frames.DeskRefused) and frame.sid == sid:
                return frame
            self.seen.append(frame)
