# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two sides of a conversation that write at once and come back however often their connection is lost.

They do what a browser does: send the same bytes again until they are answered, take in the next
number only, and say what was taken in. What the server must then never do is checked at once: lose,
repeat within one connection, or change the order.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable

from websockets.exceptions import ConnectionClosed

from chat.protocol import frames
from chat.protocol.types import EndedBy, ErrorCode
from tests.support.clients import Client, Desk, HelpSeeker, envelope
from tests.support.service import Service

_PASSING = {ErrorCode.STORE_LOST, ErrorCode.TOO_FAST, ErrorCode.LANE_FULL, ErrorCode.GAP}


class Side(ABC):
    """One end of the line. It writes envelopes 1 to `count`, and reads as many."""

    direction: int

    def __init__(self, client: Client, sid: bytes, count: int) -> None:
        self.client = client
        self.sid = sid
        self.count = count
        self.stored = 0
        """Newest number that was answered as stored."""
        self.taken = 0
        """Newest number that came in."""
        self.reconnected = 0
        self.heard: Callable[[], None] = lambda: None
        self._here = 0

    def text(self, n: int, direction: int) -> bytes:
        """What envelope n holds, the same every time."""
        body = hashlib.sha256(self.sid + bytes([direction]) + n.to_bytes(4, "big")).digest()
        return envelope(direction, 1, n, body)

    async def run(self) -> None:
        """Write and read until both are done; lost connections are replaced."""
        while self.stored < self.count or self.taken < self.count:
            try:
                if self.stored < self.count:
                    await self.put(self.text(self.stored + 1, self.direction))
                await self.read()
            except (ConnectionClosed, ConnectionError, asyncio.IncompleteReadError):
                self.reconnected += 1
                self._here = 0
                await self.come_back()

    async def read(self) -> None:
        """Until the envelope written last is answered; or the next one, when all are written."""
        waits_for = self.stored + 1
        while True:
            frame = await self.client.next()
            match frame:
                case frames.Delivery(envelope=got) | frames.DeskDelivery(envelope=got):
                    await self.take_in(got)
                    if self.stored >= self.count:
                        return
                case frames.Stored(n=n) | frames.DeskStored(n=n):
                    self.stored = max(self.stored, n)
                    if n >= waits_for:
                        return
                case frames.Refused(code=code) | frames.DeskRefused(code=code):
                    assert code in _PASSING, code
                    await asyncio.sleep(0.1)
                    return
                case _:
                    pass
            self.heard()

    async def take_in(self, got: bytes) -> None:
        """An envelope came: the next one, or one that was not acknowledged before the connection was lost."""
        n = int.from_bytes(got[7:11], "big")
        assert got == self.text(n, 1 - self.direction)
        assert self._here in {0, n - 1}, f"{n} after {self._here} in one connection"
        assert n <= self.taken + 1, f"{n} came, {self.taken + 1} is missing"
        self._here = n
        self.taken = max(self.taken, n)
        await self.took(n)

    @abstractmethod
    async def put(self, data: bytes) -> None: ...

    @abstractmethod
    async def took(self, n: int) -> None: ...

    @abstractmethod
    async def come_back(self) -> None: ...


class PersonSide(Side):
    """The help-seeker's."""

    direction = 0

    def __init__(self, service: Service, person: HelpSeeker, count: int) -> None:
        super().__init__(person, person.sid, count)
        self.service = service
        self.person = person

    async def put(self, data: bytes) -> None:
        await self.client.send(frames.Put(data))

    async def took(self, n: int) -> None:
        await self.client.send(frames.Took(0, 1, n))

    async def come_back(self) -> None:
        while True:
            try:
                fresh = await HelpSeeker.open(self.service)
                fresh.same_browser(self.person)
                answer = await fresh.attach()
            except (ConnectionClosed, OSError):
                continue
            if isinstance(answer, frames.Welcome):
                self.client = self.person = fresh
                return
            assert answer == frames.Refused(ErrorCode.STORE_LOST), answer
            await fresh.close()


class DeskSide(Side):
    """The counsellor's."""

    direction = 1

    def __init__(self, service: Service, desk: Desk, token: str, sid: bytes, count: int) -> None:
        super().__init__(desk, sid, count)
        self.service = service
        self.desk = desk
        self.token = token

    async def put(self, data: bytes) -> None:
        await self.client.send(frames.DeskPut(self.sid, data))

    async def took(self, n: int) -> None:
        await self.client.send(frames.DeskTook(self.sid, 0, 1, n))

    async def come_back(self) -> None:
        while True:
            try:
                fresh = await Desk.open(self.service, self.token)
                await fresh.begin(take_over=True)
                assert fresh.welcome is not None
                assert frames.MySeat(self.sid, 0) in fresh.welcome.mine
                await fresh.send(frames.Rejoin(self.sid, 0))
                await fresh.expect(frames.Rejoined)
            except (ConnectionClosed, OSError):
                continue
            self.client = self.desk = fresh
            return


async def ended(person: HelpSeeker, desk: Desk) -> None:
    """Both sides hear that the help-seeker ended it."""
    await person.send(frames.Leave())
    assert (await person.expect(frames.Closed)).by is EndedBy.HELP_SEEKER
    assert (await desk.expect(frames.DeskClosed)).by is EndedBy.HELP_SEEKER
    await person.close()
    await desk.close()


async def with_token(service: Service, worker: str | None = None) -> tuple[Desk, str]:
    """A desk, on this worker if one is named, and the cookie it can come back with."""
    while True:
        token = await service.sign_in(os.urandom(16), os.urandom(16))
        desk = await Desk.open(service, token)
        if (await desk.begin()).worker == worker or worker is None:
            return desk, token
        await desk.close()


async def refused(client: Client) -> ErrorCode:
    """The next refusal; other frames are put aside."""
    while True:
        frame = await client.next()
        if isinstance(frame, frames.Refused | frames.DeskRefused):
            return frame.code


async def delivered(client: Client) -> int:
    """Number of the next envelope."""
    frame = await client.expect(frames.Delivery if isinstance(client, HelpSeeker) else frames.DeskDelivery)
    return int.from_bytes(frame.envelope[7:11], "big")


async def position(person: HelpSeeker, ahead: int) -> None:
    """This position comes; those on the way to it may come before."""
    while (await person.expect(frames.Position)).ahead != ahead:
        pass


async def close_code(client: Client) -> int:
    """Why the server closed this connection."""
    while True:
        try:
            await client.next()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd is not None else 1006
