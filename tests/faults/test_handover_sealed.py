# SPDX-License-Identifier: AGPL-3.0-or-later
"""A handover with real keys over two workers: the newcomer reads on, whoever left opens nothing more."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chat.live import keys
from chat.protocol import frames
from chat.protocol.types import HandoverAnswer, Left
from chat.sealing.certificate import parse
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.offer import Purpose
from chat.sealing.staff_seat import StaffIdentity, StaffSeat
from tests.faults.waiting import until
from tests.support.company import Colleague, asked, colleague_on
from tests.support.people import help_seeker_on
from tests.support.sealed import Counsellor, Organisation, Person, _Side
from tests.support.service import Service

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def pumped(*sides: _Side) -> AsyncIterator[None]:
    pumps = [asyncio.ensure_future(side.pump()) for side in sides]
    try:
        yield
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def has(side: _Side, *texts: str) -> None:
    """Until exactly these came from the other side."""
    wanted = [("peer", text) for text in texts]
    await until(f"{texts} came", lambda: [one for one in side.texts() if one[0] == "peer"] == wanted)


async def begun(
    service: Service, organisation: Organisation, anna: Colleague, identity: StaffIdentity
) -> tuple[Person, Counsellor]:
    waiting = await help_seeker_on(service)
    person = Person(waiting, HelpSeekerSeat(waiting.sid, 0, organisation.trust, os.urandom))
    await anna.desk.send(frames.HelpNext(anna.half))
    taken = await anna.desk.expect(frames.Taken)
    side = Counsellor(anna.desk, StaffSeat(taken.sid, 0, identity, os.urandom))
    await side.act(side.seat.offer(Purpose(taken.purpose), taken.epoch_hint, time.time()))
    return person, side


def lanes(service: Service, sid: bytes) -> list[bytes]:
    """Every envelope the store holds now, of both directions."""
    with contextlib.closing(service.look()) as store:
        rows = [row for direction in (0, 1) for row in store.xrange(keys.lane(sid, 0, direction), "-", "+")]
    return [values[b"e"][18:] for _, values in rows]


async def test_who_left_cannot_open_what_follows(service: Service) -> None:
    organisation = Organisation()
    first, second = service.workers()
    anna, ben = await colleague_on(service, first), await colleague_on(service, second)
    annas, bens = organisation.counsellor("Anna"), organisation.counsellor("Ben")
    person, before = await begun(service, organisation, anna, annas)
    sid = before.seat.sid
    async with pumped(person, before):
        await person.say("The weather is mild.")
        await has(before, "The weather is mild.")
        await before.say("It is.")
        await has(person, "It is.")
        await before.act(before.seat.propose(Purpose.HANDOVER, parse(bens.staff).cert_id, time.time()))
        await until("announced", lambda: person.seat._proposals)
    await asked(sid, anna, ben)
    await ben.desk.send(frames.AnswerHandover(sid, accept=True, half=ben.half))
    taken = await ben.desk.expect(frames.Taken)
    await anna.desk.hears(frames.HandoverAnswered(sid, HandoverAnswer.ACCEPTED))

    after = Counsellor(ben.desk, StaffSeat(sid, 0, bens, os.urandom))
    person.agrees_to.add("Ben")
    async with pumped(person, before, after):
        await after.act(after.seat.offer(Purpose(taken.purpose), taken.epoch_hint, time.time()))
        await until("Anna left", lambda: before.left is Left.HANDED_OVER)
        await person.say("The sun is out.")
        await has(after, "The sun is out.")
        await after.say("And warm.")
        await has(person, "It is.", "And warm.")
        assert [(one.alias, one.purpose, one.announced) for one in person.asked] == [
            ("Ben", Purpose.HANDOVER, True)
        ]

    # Nobody takes anything in any more: what is said now lies in the store, as whoever copies it has it.
    shown = before.texts()
    await person.act(person.seat.compose("For Ben alone.", time.time()))
    await after.act(after.seat.compose("For you alone.", time.time()))
    await until("both are stored", lambda: {one[2] for one in lanes(service, sid)} == {0, 1})
    everything = lanes(service, sid)
    for envelope in everything:
        before.seat.delivered(envelope, time.time())
    assert before.texts() == shown

    newest = [one for one in everything if one[2] == 0]
    assert newest
    for envelope in newest:
        after.seat.delivered(envelope, time.time())
    assert ("peer", "For Ben alone.") in after.texts()
    await person.client.send(frames.Leave())
    for client in (person.client, anna.desk, ben.desk):
        await client.close()


async def test_a_no_leaves_everything_as_it_was(service: Service) -> None:
    organisation = Organisation()
    anna, ben = await colleague_on(service), await colleague_on(service)
    person, before = await begun(service, organisation, anna, organisation.counsellor("Anna"))
    sid = before.seat.sid
    async with pumped(person, before):
        await person.say("The weather is mild.")
        await has(before, "The weather is mild.")
    await asked(sid, anna, ben)
    await ben.desk.send(frames.AnswerHandover(sid, accept=True, half=ben.half))
    taken = await ben.desk.expect(frames.Taken)
    after = Counsellor(ben.desk, StaffSeat(sid, 0, organisation.counsellor("Ben"), os.urandom))
    async with pumped(person, before, after):
        await after.act(after.seat.offer(Purpose(taken.purpose), taken.epoch_hint, time.time()))
        await until("declined", lambda: after.left is Left.DECLINED)
        await before.say("It is.")
        await has(person, "It is.")
        await person.say("And dry.")
        await has(before, "The weather is mild.", "And dry.")

    assert [(one.alias, one.announced) for one in person.asked] == [("Ben", False)]
    assert after.texts() == []
    await person.client.send(frames.Leave())
    for client in (person.client, anna.desk, ben.desk):
        await client.close()
