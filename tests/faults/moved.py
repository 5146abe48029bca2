# SPDX-License-Identifier: AGPL-3.0-or-later
"""Both ends of conversations, held as browsers hold them that are asked to go on elsewhere.

Each end writes at its pace, and reads meanwhile. Asked to move, it opens another connection, and uses the one
it has until that one is open; then it sends again what was not answered. What must never happen is checked at
once: something lost or out of order, a connection that ends before the next one is open, the other side said
to be away.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import struct
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from websockets.exceptions import ConnectionClosed, InvalidHandshake, ProxyError

from chat.protocol import frames
from chat.protocol.types import VERSION, DutyStatus, EndedBy, ErrorCode, Phase
from tests.faults.waiting import dropped, until
from tests.support.clients import Client, Desk, HelpSeeker, envelope
from tests.support.plain import Plain, PlainStream
from tests.support.service import Service


class Again(Exception):
    """The service could not do it now: a browser connects anew."""


LOST = (ConnectionClosed, InvalidHandshake, OSError, EOFError, TimeoutError, ProxyError, Again)
_JITTER_S = 0.2
_HEAD = 11


class Lane:
    """What one end of a conversation has written, and what it has taken in of the other's."""

    def __init__(self, sid: bytes, direction: int) -> None:
        self.sid = sid
        self.direction = direction
        self.written = 0
        self.taken = 0
        self.unanswered: dict[int, bytes] = {}
        """Number -> envelope, until the server says that it is stored."""
        self.took: list[float] = []
        """Seconds from writing to arriving, of each the first time it came."""

    def write(self) -> bytes:
        self.written += 1
        data = envelope(self.direction, 1, self.written, struct.pack(">d", time.monotonic()))
        self.unanswered[self.written] = data
        return data

    def stored(self, n: int) -> None:
        for number in [number for number in self.unanswered if number <= n]:
            del self.unanswered[number]

    def take_in(self, got: bytes) -> int:
        """The number of what came: the next one, or again one that was not acknowledged before we moved."""
        n = int.from_bytes(got[7:_HEAD], "big")
        assert n <= self.taken + 1, f"{n} came, {self.taken + 1} is missing"
        if n == self.taken + 1:
            self.taken = n
            self.took.append(time.monotonic() - struct.unpack_from(">d", got, _HEAD)[0])
        return n


class End(ABC):
    """A browser with one connection, or for a moment two."""

    def __init__(self, service: Service, client: Client, lanes: Iterable[Lane]) -> None:
        self.service = service
        self.client = client
        self.lanes = {lane.sid: lane for lane in lanes}
        self.moved = 0
        self.writes = True
        self.breaks = False
        """Parts of the service are killed: connections end, the other side may be away for a while."""
        self.broken = 0
        self.told: dict[bytes, float] = {}
        """Conversation -> when we heard that it is lost."""
        self._next: Client | None = None
        self._opening: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def write(self, lane: Lane, period: float) -> None:
        """Write into this lane, one envelope each `period` seconds, the first at a moment of its own."""
        await asyncio.sleep(random.random() * period)  # noqa: S311 - nobody guesses it
        while self.writes and not self.over:
            async with self._turn:
                data = lane.write()
                with contextlib.suppress(ConnectionClosed):  # it is sent again over the next one
                    await self.put(lane, data)
            await asyncio.sleep(period)

    @property
    def over(self) -> bool:
        """Every conversation of it was lost."""
        return len(self.told) == len(self.lanes)

    async def read(self) -> None:
        """Take in what comes, and move when asked to."""
        while not self.over:
            try:
                await self.heard(await self.client.next())
            except TimeoutError:
                continue  # who waits may hear nothing for long
            except (ConnectionClosed, Again):
                await dropped(self.client)
                fresh, self._next = self._next, None
                assert fresh is not None or self.breaks, "the connection ended before another one was open"
                if fresh is None or not await self._tries(fresh):
                    await self._come_back()

    async def _come_back(self) -> None:
        self.broken += 1
        while not self.over:
            await asyncio.sleep(random.random() * 2 * _JITTER_S)  # noqa: S311 - nobody guesses it
            with contextlib.suppress(*LOST):
                if await self._tries(await self.open()):
                    return

    async def _tries(self, fresh: Client) -> bool:
        try:
            await self._go_on(fresh)
        except LOST:
            assert self.breaks
            await dropped(fresh)
            return False
        return True

    async def heard(self, frame: object) -> None:
        match frame:
            case frames.Moving() | frames.DeskMoving():
                assert self._opening is None or self._opening.done()
                self._opening = asyncio.create_task(self._open_next())
            case frames.Stored(n=n) | frames.DeskStored(n=n):
                self.lane(frame).stored(n)
            case frames.Delivery(envelope=got) | frames.DeskDelivery(envelope=got):
                await self.acknowledge(self.lane(frame), self.lane(frame).take_in(got))
            case frames.Presence(present=present) | frames.DeskPresence(present=present):
                assert present or self.breaks, "the other side is said to be away"
            case frames.Closed(by=EndedBy.LOST) if self.breaks:
                self.lost(*self.lanes)
            case frames.DeskClosed(sid=sid, by=EndedBy.LOST) if self.breaks:
                self.lost(sid)
            case frames.DeskRefused(code=ErrorCode.NOT_SIGNED_IN) if self.breaks:
                self.lost(*self.lanes)  # the desk says which conversations those were
            case frames.Refused() | frames.DeskRefused() if self.breaks:
                raise Again
            case frames.Refused() | frames.DeskRefused() | frames.Closed() | frames.DeskClosed():
                raise AssertionError(frame)
            case frames.BackToWaiting() | frames.SeatLeft():
                raise AssertionError(frame)
            case frames.Duty(status=status):
                assert status is DutyStatus.ON

    def lost(self, *sids: bytes) -> None:
        for sid in sids:
            self.told.setdefault(sid, time.monotonic())

    async def _open_next(self) -> None:
        await asyncio.sleep(random.random() * _JITTER_S)  # noqa: S311 - nobody guesses it
        self._next = await self.open()
        await self.client.close()

    async def _go_on(self, fresh: Client) -> None:
        async with self._turn:
            await self.enter(fresh)
            self.client = fresh
            self.moved += 1
            for frame in fresh.seen:
                await self.heard(frame)
            fresh.seen.clear()
            for lane in self.lanes.values():
                for data in lane.unanswered.values():
                    await self.put(lane, data)

    @abstractmethod
    def lane(self, frame: object) -> Lane: ...

    @abstractmethod
    async def put(self, lane: Lane, data: bytes) -> None: ...

    @abstractmethod
    async def acknowledge(self, lane: Lane, n: int) -> None: ...

    @abstractmethod
    async def open(self) -> Client: ...

    @abstractmethod
    async def enter(self, fresh: Client) -> None:
        """The first frames of a connection that takes the place of another."""


class PersonEnd(End):
    """A help-seeker's."""

    def __init__(self, service: Service, person: HelpSeeker) -> None:
        super().__init__(service, person, [Lane(person.sid, 0)])
        self.person = person

    def lane(self, frame: object) -> Lane:
        del frame
        return self.lanes[self.person.sid]

    async def put(self, lane: Lane, data: bytes) -> None:
        await self.client.send(frames.Put(data))

    async def acknowledge(self, lane: Lane, n: int) -> None:
        await self.client.send(frames.Took(0, 1, n))

    async def open(self) -> HelpSeeker:
        fresh = await HelpSeeker.open(self.service)
        fresh.same_browser(self.person)
        return fresh

    async def enter(self, fresh: Client) -> None:
        assert isinstance(fresh, HelpSeeker)
        answer = await fresh.attach()
        if not isinstance(answer, frames.Welcome):
            await self.heard(answer)
        else:
            assert answer.present or self.breaks, "the counsellor is said to be away"


class WaitingEnd(PersonEnd):
    """Somebody's who is in the waiting room."""

    ahead = -1

    async def heard(self, frame: object) -> None:
        if isinstance(frame, frames.Position):
            self.ahead = frame.ahead
        await super().heard(frame)

    async def enter(self, fresh: Client) -> None:
        assert isinstance(fresh, HelpSeeker)
        self.ahead = -1
        answer = await fresh.attach()
        assert isinstance(answer, frames.Welcome), answer
        assert answer.phase is Phase.WAITING


class StreamEnd:
    """The browser of somebody without script: when an answer is complete, it asks for the next one."""

    def __init__(self, plain: Plain) -> None:
        self.plain = plain
        self.stream = PlainStream(plain)
        self.answers = 0

    async def read(self) -> None:
        while True:
            await until("the answer ends", lambda: self.stream.over or self._complete(), patience=300)
            assert self._complete(), "the answer broke off"
            await asyncio.to_thread(self.stream.close)
            self.answers += 1
            self.stream = PlainStream(self.plain)

    def _complete(self) -> bool:
        """The page is whole, and the last piece, which is empty, came (RFC 9112 section 7.1)."""
        return re.search(r"</html>\s+0\s*\Z", self.stream.text) is not None


class DeskEnd(End):
    """A counsellor's, with several conversations."""

    def __init__(self, service: Service, desk: Desk, token: str, sids: Iterable[bytes]) -> None:
        super().__init__(service, desk, [Lane(sid, 1) for sid in sids])
        self.token = token
        self.waits: set[bytes] = set()
        """Who waits, and must not be said to be away."""

    async def heard(self, frame: object) -> None:
        if isinstance(frame, frames.Room):
            absent = {entry.sid for entry in frame.entries if not entry.present}
            assert not absent & self.waits, "who waits is said to be away"
        await super().heard(frame)

    def lane(self, frame: object) -> Lane:
        assert isinstance(frame, frames.DeskStored | frames.DeskDelivery)
        return self.lanes[frame.sid]

    async def put(self, lane: Lane, data: bytes) -> None:
        await self.client.send(frames.DeskPut(lane.sid, data))

    async def acknowledge(self, lane: Lane, n: int) -> None:
        await self.client.send(frames.DeskTook(lane.sid, 0, 1, n))

    async def open(self) -> Desk:
        return await Desk.open(self.service, self.token)

    async def enter(self, fresh: Client) -> None:
        assert isinstance(fresh, Desk)
        await fresh.send(frames.OpenDesk(VERSION, take_over=True))
        while not isinstance(frame := await fresh.next(), frames.DeskWelcome):
            await self.heard(frame)
            if self.over:
                return
        assert {seat.sid for seat in frame.mine} == set(self.lanes)
        for sid in self.lanes:
            await fresh.send(frames.Rejoin(sid, 0))
            while not isinstance(frame := await fresh.next(), frames.Rejoined):
                fresh.seen.append(frame)
            assert frame.present or self.breaks, "the help-seeker is said to be away"


async def quiet(ends: Sequence[End]) -> None:
    """Nothing more is written; returns when all that was written came, exactly once."""
    for end in ends:
        end.writes = False
    lanes: dict[bytes, list[Lane]] = {}
    for end in ends:
        for lane in end.lanes.values():
            lanes.setdefault(lane.sid, []).append(lane)

    def all_came() -> bool:
        return all(a.taken == b.written and b.taken == a.written for a, b in lanes.values())

    await until("all that was written came", all_came)
    await until(
        "and was answered", lambda: not any(lane.unanswered for pair in lanes.values() for lane in pair)
    )
