# SPDX-License-Identifier: AGPL-3.0-or-later
"""The Python sealing on real sockets: the other side of a browser, from another implementation."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chat.protocol import frames
from chat.protocol.types import Left
from chat.sealing import actions, certificate
from chat.sealing.certificate import DAY, Role
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.labels import sha256
from chat.sealing.lines import LineState
from chat.sealing.offer import Mode, Purpose
from chat.sealing.seat import Seat
from chat.sealing.staff_seat import StaffIdentity, StaffSeat
from chat.sealing.trust import Trust
from tests.support.clients import Client, Desk, HelpSeeker
from tests.support.service import Service

T = TypeVar("T")


class Organisation:
    """A root whose key the test knows; the demonstration uses it when it finds it."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self._manager_key = Ed25519PrivateKey.generate()
        self.now = int(time.time())
        self._manager = self._certify(
            self._key, Role.MANAGER, self._manager_key, sha256(_public(self._key)), "Manager", 400
        )

    @property
    def trust(self) -> Trust:
        return Trust((_public(self._key),), frozenset(), self.now, demo=True)

    def install(self, data: Path) -> None:
        root = data / "root"
        root.mkdir(parents=True, mode=0o700)
        pem = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (root / "demonstration-root.pem").write_bytes(pem)

    def counsellor(self, alias: str, role: Role = Role.COUNSELLOR) -> StaffIdentity:
        key = Ed25519PrivateKey.generate()
        issuer = certificate.parse(self._manager).cert_id
        staff = self._certify(self._manager_key, role, key, issuer, alias, 30)
        return StaffIdentity(staff, self._manager, key.sign)

    def _certify(
        self, by: Ed25519PrivateKey, role: Role, key: Ed25519PrivateKey, issuer: bytes, alias: str, days: int
    ) -> bytes:
        return certificate.certify(
            by.sign,
            role=role,
            id=os.urandom(16),
            ed=_public(key),
            issuer=issuer,
            issued=self.now,
            not_after=self.now + days * DAY,
            alias=alias,
        )


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


class _Side:
    """A seat and its socket, pumped until closed."""

    def __init__(self, client: Client, seat: Seat) -> None:
        self.client = client
        self.seat = seat
        self.peer_ended = False
        self.closed = False
        self.changed = asyncio.Event()

    def texts(self) -> list[tuple[str, str]]:
        return [("own" if line.own else "peer", line.text) for line in self.seat.lines() if line.shown]

    def delivered(self) -> int:
        return sum(line.own and line.state is LineState.DELIVERED for line in self.seat.lines())

    async def say(self, text: str) -> None:
        await self.act(self.seat.compose(text, time.time()))

    async def act(self, wanted: list[actions.Action]) -> None:
        for action in wanted:
            if isinstance(action, actions.PeerEnded):
                self.peer_ended = True
            frame = self.frame(action)
            if frame is not None:
                await self.client.send(frame)
        self.changed.set()

    def frame(self, action: actions.Action) -> object | None:
        raise NotImplementedError

    async def take_in(self, frame: object) -> None:
        raise NotImplementedError

    async def pump(self) -> None:
        ticker = asyncio.ensure_future(self._tick())
        try:
            while not self.closed:
                data = await self.client.connection.recv()
                await self.take_in(self.client._decode(data))  # type: ignore[operator]  # a decoder
                self.changed.set()
        finally:
            ticker.cancel()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(0.25)
            await self.act(self.seat.tick(time.time()))


class Counsellor(_Side):
    """A desk without a browser."""

    client: Desk
    seat: StaffSeat
    left: Left | None = None
    """Why this desk holds the seat no longer, when it does not."""

    def frame(self, action: actions.Action) -> object | None:
        sid = self.seat.sid
        match action:
            case actions.SendOffer():
                return frames.DeskOffer(sid, self.seat.slot, action.offer, action.staff, action.manager)
            case actions.SendReply():
                return frames.DeskReply(sid, self.seat.slot, action.m2, action.ready)
            case actions.SendEnvelope():
                return frames.DeskPut(sid, action.envelope)
            case actions.Took():
                return frames.DeskTook(sid, self.seat.slot, action.epoch, action.n)
            case _:
                return None

    async def take_in(self, frame: object) -> None:
        now = time.time()
        match frame:
            case frames.DeskHello():
                await self.act(self.seat.answered(frame.m1, now))
            case frames.DeskDelivery():
                await self.act(self.seat.delivered(frame.envelope, now))
            case frames.DeskStored():
                await self.act(self.seat.stored(frame.epoch, frame.n))
            case frames.DeskAskResume():
                await self.act(self.seat.asked_resume(frame.cert_id, now))
            case frames.DeskPresence():
                await self.act(self.seat.set_peer_present(frame.present, now))
            case frames.DeskClosed():
                self.closed = True
            case frames.SeatLeft():
                self.left = frame.why
                self.closed = True
            case _:
                pass


class Person(_Side):
    """A help-seeker without a browser, who agrees to whoever is in `agrees_to`."""

    client: HelpSeeker
    seat: HelpSeekerSeat

    def __init__(self, client: HelpSeeker, seat: HelpSeekerSeat) -> None:
        super().__init__(client, seat)
        self.agrees_to: set[str] = set()
        self.asked: list[actions.NeedsConsent] = []
        self._purpose = 1

    async def act(self, wanted: list[actions.Action]) -> None:
        await super().act(wanted)
        for action in wanted:
            if isinstance(action, actions.NeedsConsent):
                self.asked.append(action)
                yes = action.alias in self.agrees_to
                await self.act(self.seat.consent(action.cert_id, yes, time.time()))
                if not yes:
                    await self.client.send(frames.Decline(0))

    def frame(self, action: actions.Action) -> object | None:
        match action:
            case actions.SendHello():
                return frames.Hello(0, self._purpose, action.m1)
            case actions.SendEnvelope():
                return frames.Put(action.envelope)
            case actions.AskResume():
                return frames.AskResume(0, action.cert_id)
            case actions.Took():
                return frames.Took(0, action.epoch, action.n)
            case _:
                return None

    async def take_in(self, frame: object) -> None:
        now = time.time()
        match frame:
            case frames.Offered():
                self._purpose = frame.offer[1]
                await self.act(self.seat.offered(frame.offer, frame.staff, frame.manager, now))
            case frames.Replied():
                await self.act(self.seat.replied(frame.m2, now))
            case frames.Delivery():
                await self.act(self.seat.delivered(frame.envelope, now))
            case frames.Stored():
                await self.act(self.seat.stored(frame.epoch, frame.n))
            case frames.Presence():
                await self.act(self.seat.set_peer_present(frame.present, now))
            case frames.Closed():
                self.closed = True
            case _:
                pass


class Beside:
    """An event loop in a thread, for a test whose own thread drives a browser."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._pumps: list[asyncio.Task[None]] = []
        self._clients: list[Client] = []

    def do(self, work: Coroutine[Any, Any, T], patience: float = 40.0) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(patience)

    def wait(self, side: _Side, what: str, count: int) -> None:
        """Until so many texts came (`texts`) or were delivered (`delivered`), or the end came (`ends`)."""
        self.do(self._wait(side, what, count))

    async def _wait(self, side: _Side, what: str, count: int) -> None:
        while True:
            side.changed.clear()
            found = {"texts": len(side.texts()), "delivered": side.delivered(), "ends": side.peer_ended}
            if found[what] >= count:
                return
            await side.changed.wait()

    async def _join(self, side: _Side) -> None:
        self._pumps.append(asyncio.ensure_future(side.pump()))

    def counsellor(self, service: Service) -> Desk:
        """An open desk."""

        return self.do(self._desk(service, os.urandom(16)))

    def take_next(self, desk: Desk, identity: StaffIdentity) -> Counsellor:
        """Take whoever waits, and offer the seat."""

        async def take() -> Counsellor:
            room = await desk.expect(frames.Room)
            while not room.entries:
                room = await desk.expect(frames.Room)
            sid = room.entries[0].sid
            taken = await desk.take(sid)
            assert isinstance(taken, frames.Taken)
            side = Counsellor(desk, StaffSeat(sid, 0, identity, os.urandom, Mode(taken.mode)))
            await self._join(side)
            await side.act(side.seat.offer(Purpose.TAKE, taken.epoch_hint, time.time()))
            return side

        return self.do(take())

    def supervise(self, service: Service, sid: bytes, identity: StaffIdentity) -> Counsellor:
        """A supervisor who asks to join a conversation."""

        async def ask() -> Counsellor:
            desk = await self._desk(service, os.urandom(16))
            await desk.send(frames.Supervise(sid, os.urandom(32)))
            return await self._comes(desk, sid, identity, Purpose.SUPERVISE)

        return self.do(ask())

    def hand_over(self, service: Service, before: Counsellor, identity: StaffIdentity) -> Counsellor:
        """A colleague who was asked to take a conversation over, and said yes."""

        async def ask() -> Counsellor:
            staff, sid = os.urandom(16), before.seat.sid
            desk = await self._desk(service, staff)
            proposed = certificate.parse(identity.staff).cert_id
            await before.act(before.seat.propose(Purpose.HANDOVER, proposed, time.time()))
            await before.client.send(frames.HandOver(sid, staff))
            await desk.expect(frames.HandoverAsked)
            await desk.send(frames.AnswerHandover(sid, accept=True, half=os.urandom(32)))
            return await self._comes(desk, sid, identity, Purpose.HANDOVER)

        return self.do(ask())

    async def _desk(self, service: Service, staff: bytes) -> Desk:
        desk = await Desk.open(service, await service.sign_in(staff, os.urandom(16)))
        self._clients.append(desk)
        await desk.begin()
        return desk

    async def _comes(self, desk: Desk, sid: bytes, identity: StaffIdentity, purpose: Purpose) -> Counsellor:
        taken = await desk.expect(frames.Taken)
        seat = StaffSeat(sid, taken.slot, identity, os.urandom, Mode(taken.mode))
        side = Counsellor(desk, seat)
        await self._join(side)
        await side.act(seat.offer(purpose, taken.epoch_hint, time.time()))
        return side

    def help_seeker(self, service: Service, trust: Trust) -> Person:
        """Somebody who waits."""

        async def begin() -> Person:
            client = await HelpSeeker.open(service)
            self._clients.append(client)
            await client.start()
            side = Person(client, HelpSeekerSeat(client.sid, 0, trust, os.urandom))
            await self._join(side)
            return side

        return self.do(begin())

    def stop(self) -> None:
        async def cancel() -> None:
            for pump in self._pumps:
                pump.cancel()
            await asyncio.gather(*self._pumps, return_exceptions=True)
            for client in self._clients:
                await client.close()

        self.do(cancel())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextlib.contextmanager
def beside() -> Iterator[Beside]:
    """The other side, for the length of a test."""
    made = Beside()
    try:
        yield made
    finally:
        made.stop()
