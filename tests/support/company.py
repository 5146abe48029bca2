# SPDX-License-Identifier: AGPL-3.0-or-later
"""Colleagues and supervisors around one conversation, over real sockets and without sealing."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from chat.protocol import frames
from chat.protocol.types import HandoverAnswer
from chat.rules.roles import Role
from tests.support.clients import Desk, HelpSeeker, envelope
from tests.support.people import Talk, help_seeker_on, offer
from tests.support.service import Service


@dataclass
class Colleague:
    """Somebody of the staff at one device, who can come back."""

    service: Service
    desk: Desk
    token: str
    staff: bytes
    device: bytes
    half: bytes = field(default_factory=lambda: os.urandom(32))

    @property
    def worker(self) -> str:
        assert self.desk.welcome is not None
        return self.desk.welcome.worker

    async def back(self) -> frames.DeskWelcome:
        """Another connection of the same device, with a fresh desk."""
        self.desk.drop()
        await self.desk.connection.wait_closed()
        self.desk = await Desk.open(self.service, self.token)
        return await self.desk.begin(take_over=True)

    async def rejoin(self, sid: bytes, slot: int = 0) -> frames.Rejoined:
        await self.desk.send(frames.Rejoin(sid, slot))
        return await self.desk.expect(frames.Rejoined)

    async def offers(self, sid: bytes, purpose: int, slot: int, hint: int) -> int:
        """Its offer, above the hint; returns the epoch."""
        body = offer(sid, hint + 1, purpose, slot)
        await self.desk.send(frames.DeskOffer(sid, slot, body, bytes(160), bytes(160)))
        return hint + 1

    async def replies(self, sid: bytes, slot: int, epoch: int) -> None:
        ready = envelope(1, epoch, 0, slot=slot)
        await self.desk.send(frames.DeskReply(sid, slot, bytes(1168), ready))


async def colleague_on(
    service: Service, worker: str | None = None, role: Role = Role.COUNSELLOR, staff: bytes | None = None
) -> Colleague:
    """Somebody on duty, on this worker if one is named."""
    while True:
        person, device = staff or os.urandom(16), os.urandom(16)
        token = await service.sign_in(person, device, role)
        desk = await Desk.open(service, token)
        if (await desk.begin()).worker == worker or worker is None:
            return Colleague(service, desk, token, person, device)
        await desk.close()


async def helped(service: Service, counsellor: Colleague, worker: str | None = None) -> Talk:
    """An open conversation of this counsellor, taken as the next one."""
    person = await help_seeker_on(service, worker)
    await counsellor.desk.send(frames.HelpNext(counsellor.half))
    taken = await counsellor.desk.expect(frames.Taken)
    assert taken.sid == person.sid
    return await opened(person, counsellor, taken)


async def opened(person: HelpSeeker, counsellor: Colleague, taken: frames.Taken) -> Talk:
    """The handshake of whoever has taken it."""
    epoch = await let_in(person, counsellor, taken)
    made = Talk(person, counsellor.desk, epoch)
    await made.say(0)
    await delivered(counsellor.desk)
    return made


async def let_in(person: HelpSeeker, comer: Colleague, taken: frames.Taken) -> int:
    """Offer, the person's yes, reply: returns the epoch."""
    epoch = await comer.offers(person.sid, taken.purpose, taken.slot, taken.epoch_hint)
    while (await person.expect(frames.Offered)).offer[20:24] != epoch.to_bytes(4, "big"):
        pass
    await person.send(frames.Hello(taken.slot, taken.purpose, bytes(2384)))
    hello = await comer.desk.expect(frames.DeskHello)
    assert (hello.sid, hello.slot) == (person.sid, taken.slot)
    await comer.replies(person.sid, taken.slot, epoch)
    await person.expect(frames.Replied)
    while (await person.expect(frames.Delivery)).envelope[1:7] != bytes([taken.slot, 1]) + epoch.to_bytes(4):
        pass
    await comer.desk.expect(frames.DeskStored)
    return epoch


async def delivered(desk: Desk) -> bytes:
    """The next envelope of the help-seeker."""
    return (await desk.expect(frames.DeskDelivery)).envelope


async def asked(sid: bytes, by: Colleague, whom: Colleague) -> frames.HandoverAsked:
    """The counsellor asks a colleague, who hears of it."""
    await by.desk.send(frames.HandOver(sid, whom.staff))
    question = await whom.desk.expect(frames.HandoverAsked)
    assert (question.sid, question.by, question.asked) == (sid, by.staff, True)
    return question


async def comes(sid: bytes, by: Colleague, whom: Colleague) -> frames.Taken:
    """The colleague's yes."""
    await asked(sid, by, whom)
    await whom.desk.send(frames.AnswerHandover(sid, accept=True, half=whom.half))
    taken = await whom.desk.expect(frames.Taken)
    assert (taken.slot, taken.purpose) == (0, 2)
    answer = await by.desk.expect(frames.HandoverAnswered)
    assert answer == frames.HandoverAnswered(sid, HandoverAnswer.ACCEPTED)
    return taken
