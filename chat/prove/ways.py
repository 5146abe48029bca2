# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ways a conversation goes: with JavaScript, without, dropped, abandoned, ended with a boundary."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import altcha

from chat.machine.reach import Answer, Reach
from chat.protocol import codec, frames
from chat.protocol.types import VERSION, About, EndHow, Urgency
from chat.prove.canaries import Canaries, Kind
from chat.prove.desk import Desk
from chat.prove.line import Failed, Line
from chat.prove.plain import Plain, Stream
from chat.prove.voices import Counsellor, Person
from chat.rules.intake import PROOF
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.offer import Mode, Purpose
from chat.sealing.sealer import TOKEN, sid_of
from chat.sealing.staff_seat import StaffSeat
from chat.sealing.trust import Trust

_LONG: Final = "The rain is soft. " * 200
_MANY: Final = 6


@dataclass
class Day:
    """What the proof's people did."""

    reach: Reach
    """Of the help-seekers' pages."""
    desk: Desk
    canaries: Canaries
    midway: Callable[[], Awaitable[None]]
    """Looks around while a conversation is there, and the store holds what was written in it."""
    sids: list[bytes] = field(default_factory=list)
    tickets: dict[bytes, tuple[bytes, bytes]] = field(default_factory=dict)
    """What a browser needs to come back: its ticket, and the store's era."""
    moments: list[float] = field(default_factory=list)
    envelopes: int = 0
    unpadded: int = 0
    notes: list[str] = field(default_factory=list)

    def now(self) -> None:
        """Something happens: its time must be nowhere."""
        self.moments.append(time.time())

    async def reads(self) -> None:
        """The first page, one that is not there and another, with everything that a browser tells."""
        headers = {**self.canaries.headers(), "Cookie": self.canaries.cookie()}
        word = self.canaries.word(Kind.QUERY)
        for path in (f"/?from={word}", f"/{word}", "/private"):
            await self._get(path, headers)

    async def begins(self) -> tuple[Line, bytes]:
        """Somebody with JavaScript begins to wait.

        Raises:
            Failed: the service does not let them.
        """
        await self.reads()
        headers = {**self.canaries.headers(), "Cookie": self.canaries.cookie()}
        line = await Line.open(self.reach, headers, codec.decode_to_help_seeker)
        self.canaries.connected_from(*line.own_end)
        answer = await self._get("/work", self.canaries.headers())
        work = await asyncio.to_thread(_worked, answer)
        if work is not None:
            line.send(frames.Work(work))
        sid, ticket, half = (self.canaries.keys(size) for size in (16, 32, 32))
        self.sids.append(sid)
        self.now()
        hashed = hashlib.sha256(ticket).digest()
        line.send(frames.Start(VERSION, sid, hashed, half, PROOF, About.UNSAID, Urgency.USUAL))
        self.tickets[sid] = ticket, (await line.expect(frames.Welcome)).era
        return line, sid

    async def _get(self, path: str, headers: Mapping[str, str]) -> Answer:
        try:
            return await asyncio.to_thread(self.reach.get, path, headers)
        except (OSError, http.client.HTTPException):
            raise Failed(f"{self.reach.origin} does not answer") from None

    async def talks(self) -> tuple[Person, Counsellor]:
        """A conversation with JavaScript, begun and opened.

        Raises:
            Failed: it does not come about.
        """
        line, sid = await self.begins()
        person = Person(line, HelpSeekerSeat(sid, 0, self.trust, secrets.token_bytes), self.canaries)
        person.begin()
        counsellor = await self.taken(sid)
        for number in range(2):
            self.now()
            await self.says(person, counsellor, Kind.TEXT, str(number))
            self.now()
            await self.says(counsellor, person, Kind.ANSWER, str(number))
        return person, counsellor

    @property
    def trust(self) -> Trust:
        """What the proof's people believe."""
        return self.desk.organisation.trust

    async def taken(self, sid: bytes) -> Counsellor:
        """The desk takes whoever waits, and makes its offer.

        Raises:
            Failed: it was somebody else.
        """
        self.now()
        taken = await self.desk.take(self.canaries.keys(32))
        line = self.desk.line
        if taken.sid != sid or line is None:
            raise Failed("the proof's desk was given somebody else")
        seat = StaffSeat(sid, 0, self.desk.organisation.identity, secrets.token_bytes, Mode(taken.mode))
        counsellor = Counsellor(line, seat, self.canaries)
        counsellor.begin()
        counsellor.act(seat.offer(Purpose.TAKE, taken.epoch_hint, time.time()))
        await counsellor.until("the handshake", lambda: seat.phase == "active")
        return counsellor

    async def says(self, who: Person | Counsellor, whom: Person | Counsellor, kind: Kind, more: str) -> None:
        """One text, until it is delivered."""
        text = self.canaries.text(kind, f"{more}{len(self.sids)}")
        if isinstance(who, Person):
            await who.until("the handshake", lambda: who.seat.phase == "active")
        await who.say(text)
        await whom.hears(text)
        await who.delivered(text)

    async def done(self, *voices: Person | Counsellor) -> None:
        """Listen no more, and note what went by."""
        for one in voices:
            await one.stop()
            self.envelopes += one.envelopes
            self.unpadded += one.unpadded


async def with_script(day: Day) -> None:
    """Two write to each other, and the help-seeker leaves; in between somebody looks around."""
    person, counsellor = await day.talks()
    await counsellor.stop()  # what comes now lies in the store until the desk takes it in
    person.watch()
    await person.say(day.canaries.text(Kind.TEXT, "kept"))
    await person.until("storing", person.is_stored)
    await day.midway()
    counsellor.begin()
    day.now()
    person.line.send(frames.Leave())
    await person.over()
    await counsellor.over()
    await day.done(person, counsellor)
    person.line.close()


async def without_script(day: Day) -> None:
    """The same by forms; our server seals. Without a counsellor whom pages trust: waiting and writing."""
    day.now()
    plain = await asyncio.to_thread(Plain.start, day.reach, day.canaries)
    token = _token(plain.cookie)
    sid = sid_of(token)
    day.sids.append(sid)
    day.canaries.conversation(sid, token)
    stream = await asyncio.to_thread(plain.stream)
    try:
        kept = day.canaries.text(Kind.TEXT, "before")
        await asyncio.to_thread(plain.say, kept)
        await asyncio.to_thread(stream.shows, kept)
        await day.midway()
        if day.desk.organisation.is_real:
            await _answered(day, plain, stream, sid)
        else:
            day.notes.append(
                "Without JavaScript a counsellor's answer was not tried: the proof's desk has no certificate "
                "of this organisation. What a help-seeker wrote while waiting was."
            )
    finally:
        day.now()
        await asyncio.to_thread(plain.leave)
        await asyncio.to_thread(stream.close)


async def _answered(day: Day, plain: Plain, stream: Stream, sid: bytes) -> None:
    counsellor = await day.taken(sid)
    text, answer = day.canaries.text(Kind.TEXT, "plain"), day.canaries.text(Kind.ANSWER, "plain")
    day.now()
    await asyncio.to_thread(plain.say, text)
    await counsellor.hears(text)
    day.now()
    await counsellor.say(answer)
    await asyncio.to_thread(stream.shows, answer)
    await counsellor.delivered(answer)
    await day.midway()
    await day.done(counsellor)


async def dropped(day: Day) -> None:
    """The help-seeker's network is gone in the middle, and they never come back."""
    person, counsellor = await day.talks()
    day.now()
    person.line.drop()
    await day.done(person, counsellor)


async def with_a_boundary(day: Day) -> None:
    """The counsellor ends it."""
    person, counsellor = await day.talks()
    day.now()
    day.desk.end(counsellor.seat.sid, EndHow.BOUNDARY)
    await person.over()
    await day.done(person, counsellor)
    person.line.close()


async def abandoned(day: Day) -> None:
    """Somebody waits, and is gone before anybody comes."""
    line, _ = await day.begins()
    day.now()
    line.drop()


async def ordinary(day: Day) -> str:
    """Much is written while nobody takes it in; then somebody comes back for it. Returns their worker."""
    person, counsellor = await day.talks()
    sid = counsellor.seat.sid
    for who in (person, counsellor):
        await who.stop()
    for who in (person, counsellor):
        who.begin()
        for _ in range(_MANY):
            await who.say(_LONG)
        await who.until("storing", who.is_stored)
        await who.stop()
    ticket, era = day.tickets[sid]
    back = await Line.open(day.reach, {}, codec.decode_to_help_seeker)
    back.send(frames.Attach(VERSION, sid, ticket, era, take_over=True))
    worker = (await back.expect(frames.Welcome)).worker
    await back.expect(frames.Delivery)
    back.send(frames.Leave())
    await back.expect(frames.Closed)
    back.close()
    return worker


WAYS: Final[dict[str, Callable[[Day], Awaitable[None]]]] = {
    "with JavaScript": with_script,
    "without JavaScript": without_script,
    "ended with a boundary": with_a_boundary,
    "dropped in the middle": dropped,
    "abandoned while waiting": abandoned,
}


def _worked(answer: Answer) -> bytes | None:
    """The price of a start, where there is one."""
    if answer.status != http.client.OK:
        return None
    challenge = altcha.Challenge.from_dict(json.loads(answer.body))
    solution = altcha.solve_challenge(challenge)
    return altcha.Payload(challenge, solution).to_base64().encode() if solution is not None else None


def _token(cookie: str) -> bytes:
    found = base64.urlsafe_b64decode(cookie.rpartition("=")[2] + "=")
    if len(found) != TOKEN:
        raise Failed("the cookie of a conversation is not what it should be")
    return found
