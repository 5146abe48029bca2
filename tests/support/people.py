# SPDX-License-Identifier: AGPL-3.0-or-later
"""Conversations that are under way, made over real sockets."""

from __future__ import annotations

import os
from dataclasses import dataclass

from chat.protocol import frames
from chat.protocol.types import EndedBy
from chat.rules.roles import Role
from tests.support.clients import Desk, HelpSeeker, envelope
from tests.support.service import Service


def offer(sid: bytes, epoch: int, purpose: int = 1, slot: int = 0) -> bytes:
    """Bytes of an offer's shape; only a browser checks what is in it."""
    return bytes([1, purpose, 1, slot]) + sid + epoch.to_bytes(4, "big") + bytes(1312)


async def desk_on(service: Service, worker: str | None = None) -> Desk:
    """A desk that is open, on this worker if one is named: it tries until it gets there."""
    while True:
        token = await service.sign_in(os.urandom(16), os.urandom(16))
        desk = await Desk.open(service, token)
        if (await desk.begin()).worker == worker or worker is None:
            return desk
        await desk.close()


async def counsellor_on(
    service: Service,
    *languages: str,
    worker: str | None = None,
    staff: bytes | None = None,
    role: Role = Role.COUNSELLOR,
) -> Desk:
    """A desk on duty in these languages (none: off duty), of a person with one role."""
    while True:
        token = await service.sign_in(staff or os.urandom(16), os.urandom(16), role)
        desk = await Desk.open(service, token)
        if (await desk.begin(languages=languages)).worker == worker or worker is None:
            return desk
        await desk.close()


async def help_seeker_on(service: Service, worker: str | None = None, language: str = "en") -> HelpSeeker:
    """A help-seeker who waits, on this worker if one is named."""
    while True:
        person = await HelpSeeker.open(service)
        if (await person.start(language)).worker == worker or worker is None:
            return person
        await person.send(frames.Leave())
        await person.expect(frames.Closed)
        await person.close()


@dataclass
class Talk:
    """One conversation with both its connections."""

    person: HelpSeeker
    desk: Desk
    epoch: int = 1

    async def say(self, n: int, body: bytes = b"") -> None:
        """The help-seeker's envelope `n`, stored."""
        await self.person.send(frames.Put(envelope(0, self.epoch, n, body)))
        assert (await self.person.expect(frames.Stored)).n == n

    async def answer(self, n: int, body: bytes = b"") -> None:
        """The counsellor's envelope `n`, stored."""
        await self.desk.send(frames.DeskPut(self.person.sid, envelope(1, self.epoch, n, body)))
        assert (await self.desk.expect(frames.DeskStored)).n == n

    async def end(self) -> EndedBy:
        await self.person.send(frames.Leave())
        return (await self.person.expect(frames.Closed)).by


async def talk(person: HelpSeeker, desk: Desk, epoch: int = 1) -> Talk:
    """Take, offer, hello, reply, ready: the conversation is open."""
    sid = person.sid
    taken = await desk.take(sid)
    assert isinstance(taken, frames.Taken), taken
    await desk.send(frames.DeskOffer(sid, 0, offer(sid, epoch), bytes(160), bytes(160)))
    await person.expect(frames.Offered)
    await person.send(frames.Hello(0, 1, bytes(2384)))
    await desk.expect(frames.DeskHello)
    await desk.send(frames.DeskReply(sid, 0, bytes(1168), envelope(1, epoch, 0)))
    await person.expect(frames.Replied)
    await person.expect(frames.Delivery)
    await desk.expect(frames.DeskStored)
    opened = Talk(person, desk, epoch)
    await opened.say(0)
    await desk.expect(frames.DeskDelivery)
    return opened
