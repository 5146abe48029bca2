# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kill -9` of the counsellor's worker, or of both, in an open conversation: nothing stored is lost, the same
device comes back to its seat, or somebody else is offered it; and the help-seeker is told the truth.
"""

from __future__ import annotations

import contextlib

import pytest

from chat.live import keys
from chat.protocol import frames
from chat.protocol.types import Left, Phase
from chat.rules.deadlines import LOST_MS
from chat.rules.state import Member, Presence
from tests.faults.ageing import age, lease_ends, now_ms, stored
from tests.faults.waiting import kill_workers, until
from tests.support.clients import HelpSeeker, envelope
from tests.support.company import Colleague, colleague_on, delivered, helped, let_in
from tests.support.people import Talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio

C = Member.COUNSELLOR
WITHIN_MS = 600_000
both = pytest.mark.parametrize("both", [False, True], ids=["the counsellor's worker", "both workers"])


async def back(service: Service, person: HelpSeeker) -> tuple[HelpSeeker, frames.Welcome]:
    """The page connects anew, as it does by itself."""
    fresh = await HelpSeeker.open(service)
    fresh.same_browser(person)
    person.drop()
    await person.connection.wait_closed()
    welcome = await fresh.attach()
    assert isinstance(welcome, frames.Welcome)
    return fresh, welcome


async def killed(service: Service, both: bool) -> tuple[Talk, Colleague]:
    """An open conversation with what is stored and not taken in on either side; then the kill.

    The counsellor is away from then on, and the help-seeker knows it.
    """
    await until("two workers", lambda: len(service.workers()) == 2)
    first, second = service.workers()
    anna = await colleague_on(service, first)
    talk = await helped(service, anna, second)
    await talk.person.send(frames.Took(0, talk.epoch, 0))
    await anna.desk.send(frames.DeskTook(talk.person.sid, 0, talk.epoch, 0))
    for n in (1, 2):
        await talk.say(n)
    for n in (1, 2):
        await talk.answer(n)
    for _ in (1, 2):
        await talk.person.expect(frames.Delivery)  # and the page is reloaded before it can keep them
    talk.person.seen.clear()

    await kill_workers(service, *((first, second) if both else (first,)))
    lease_ends(service, talk.person.sid, C)
    if both:
        lease_ends(service, talk.person.sid, Member.HELP_SEEKER, WITHIN_MS)
    await until("the counsellor is away", lambda: place(service, talk.person.sid) is Presence.AWAY)
    if both:
        talk.person, welcome = await back(service, talk.person)
        assert (welcome.phase, welcome.present) == (Phase.OPEN, False)
        assert [numbered(await talk.person.expect(frames.Delivery)) for _ in (1, 2)] == [1, 2]
    else:
        await talk.person.hears(frames.Presence(0, present=False))
    await talk.say(3)  # one can go on writing
    return talk, anna


def place(service: Service, sid: bytes) -> Presence:
    found = stored(service, sid)
    assert found is not None
    return found.counsellor.presence


def numbered(frame: frames.Delivery | frames.DeskDelivery) -> int:
    return int.from_bytes(frame.envelope[7:11], "big")


@both
async def test_the_same_device_comes_back_to_its_seat_and_to_all_that_was_stored(
    service: Service, both: bool
) -> None:
    talk, anna = await killed(service, both)
    sid = talk.person.sid

    welcome = await anna.back()
    assert welcome.mine == [frames.MySeat(sid, 0)]
    again = await anna.rejoin(sid)
    assert (again.half, again.phase, again.present) == (anna.half, Phase.OPEN, True)
    assert [numbered(await anna.desk.expect(frames.DeskDelivery)) for _ in range(3)] == [1, 2, 3]
    await talk.person.hears(frames.Presence(0, present=True))

    talk.desk = anna.desk
    await talk.answer(3)
    assert numbered(await talk.person.expect(frames.Delivery)) == 3
    told = {type(frame) for frame in talk.person.seen}
    assert not told & {frames.BackToWaiting, frames.Closed, frames.NotComing}
    await talk.end()
    for client in (talk.person, anna.desk):
        await client.close()


@both
async def test_after_two_minutes_another_is_offered_it_first_of_all_who_wait(
    service: Service, both: bool
) -> None:
    talk, anna = await killed(service, both)
    sid, person = talk.person.sid, talk.person
    ben = await colleague_on(service)
    later = await HelpSeeker.open(service)
    await later.start()

    age(service, sid, LOST_MS - 60_000)
    await until("the deadline is looked at", lambda: not due_now(service, sid))
    assert place(service, sid) is Presence.AWAY  # not yet: the seat is kept
    age(service, sid, 60_000)

    await person.hears(frames.BackToWaiting(Left.LOST))
    await ben.desk.send(frames.HelpNext(ben.half))
    taken = await ben.desk.expect(frames.Taken)
    assert (taken.sid, taken.slot, taken.purpose) == (sid, 0, 2)  # so the person is asked by name
    await person.hears(frames.Presence(0, present=True))
    epoch = await let_in(person, ben, taken)
    assert epoch > talk.epoch
    after = Talk(person, ben.desk, epoch)
    await after.say(0)
    while (await delivered(ben.desk))[3:7] != epoch.to_bytes(4, "big"):
        pass

    assert (await anna.back()).mine == []
    await anna.desk.hears(frames.SeatLeft(sid, 0, Left.LOST))
    await anna.desk.send(frames.DeskPut(sid, envelope(1, talk.epoch, 9)))
    while not isinstance(frame := await anna.desk.next(), frames.DeskRefused):
        pass
    assert frame.sid == sid
    await after.end()
    await later.send(frames.Leave())
    await later.expect(frames.Closed)
    for client in (person, later, anna.desk, ben.desk):
        await client.close()


def due_now(service: Service, sid: bytes) -> bool:
    """Whether the deadline of the conversation is still to be looked at."""
    with contextlib.closing(service.look()) as store:
        return float(store.zscore(keys.DUE, keys.due_conversation(sid)) or 0) <= now_ms()
