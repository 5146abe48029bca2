# SPDX-License-Identifier: AGPL-3.0-or-later
"""Handing over over two workers: yes, no, too late, taken back, lost."""

from __future__ import annotations

import pytest

from chat.live import keys
from chat.protocol import frames
from chat.protocol.types import (
    DutyStatus,
    EndedBy,
    EndHow,
    ErrorCode,
    HandoverAnswer,
    Left,
    Phase,
    Risk,
)
from chat.rules.deadlines import ASKED_MS, LOST_MS, QUESTION_MS
from chat.rules.state import Member, Presence
from tests.faults.ageing import age, counted, lease_ends, stored, traces
from tests.faults.line import refused
from tests.faults.three import answered, left, not_coming, over, three
from tests.faults.waiting import dropped, until
from tests.support.clients import HelpSeeker, envelope
from tests.support.company import (
    Colleague,
    asked,
    colleague_on,
    comes,
    delivered,
    let_in,
    opened,
)
from tests.support.people import Talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio

C = Member.COUNSELLOR


async def test_a_colleague_takes_over_and_who_left_can_write_nothing(service: Service) -> None:
    talk, anna, ben = await three(service)
    sid = talk.person.sid
    await anna.desk.send(frames.SetRisk(sid, Risk.CONCERN))
    assert await anna.desk.expect(frames.RiskSet) == frames.RiskSet(sid, Risk.CONCERN)
    taken = await comes(sid, anna, ben)

    await talk.answer(1)  # the counsellor goes on meanwhile
    await talk.say(1)
    await delivered(anna.desk)
    epoch = await let_in(talk.person, ben, taken)

    assert epoch > talk.epoch
    await left(anna, sid, Left.HANDED_OVER)
    await ben.desk.hears(frames.RiskSet(sid, Risk.CONCERN))
    await anna.desk.send(frames.DeskPut(sid, envelope(1, talk.epoch, 2)))
    assert await refused(anna.desk) is ErrorCode.NOT_A_MEMBER
    assert (await anna.back()).mine == []
    after = Talk(talk.person, ben.desk, epoch)
    await after.say(0)
    assert (await delivered(ben.desk))[3:7] == epoch.to_bytes(4, "big")
    await after.answer(1)
    conversation = stored(service, sid)
    assert conversation is not None
    assert (conversation.counsellor.staff_id, conversation.newcomer.presence) == (ben.staff, Presence.VACANT)
    assert (await ben.back()).mine == [frames.MySeat(sid, 0)]
    assert (await ben.rejoin(sid)).half == ben.half
    await over(after, anna, ben)


async def test_an_envelope_on_its_way_when_the_seat_moves_is_refused(service: Service) -> None:
    """The connection that left has not heard of it yet: the store refuses it all the same."""
    talk, anna, ben = await three(service)
    sid = talk.person.sid
    taken = await comes(sid, anna, ben)
    epoch = await ben.offers(sid, 2, 0, taken.epoch_hint)
    await talk.person.expect(frames.Offered)
    await talk.person.send(frames.Hello(0, 2, bytes(2384)))
    await ben.desk.expect(frames.DeskHello)
    await ben.replies(sid, 0, epoch)
    for n in range(1, 20):
        await anna.desk.send(frames.DeskPut(sid, envelope(1, talk.epoch, n)))
    await ben.desk.expect(frames.DeskStored)

    seen = [anna.desk.seen[-1]] if anna.desk.seen else []
    highest = 0
    while not isinstance(frame := await anna.desk.next(), frames.SeatLeft):
        seen.append(frame)
        if isinstance(frame, frames.DeskStored):
            highest = max(highest, frame.n)
    with service.look() as store:
        lane = [entry.decode() for entry, _ in store.xrange(f"k:{{{sid.hex()}}}:lane:0:1", "-", "+")]
    numbers = [tuple(map(int, name.split("-"))) for name in lane]
    assert numbers == sorted(numbers)
    assert (epoch, 1) in numbers
    assert {n for e, n in numbers if e == talk.epoch} >= {n + 1 for n in range(1, highest + 1)}
    await over(talk, anna, ben)


async def test_the_colleague_says_no(service: Service) -> None:
    talk, anna, ben = await three(service)
    await asked(talk.person.sid, anna, ben)
    await ben.desk.send(frames.AnswerHandover(talk.person.sid, accept=False, half=bytes(32)))

    await answered(anna, talk.person.sid, HandoverAnswer.NOT_NOW)
    await talk.answer(1)
    await ben.desk.send(frames.AnswerHandover(talk.person.sid, accept=True, half=bytes(32)))
    assert await refused(ben.desk) is ErrorCode.TAKEN
    await over(talk, anna, ben)


async def test_the_help_seeker_says_no(service: Service) -> None:
    talk, anna, ben = await three(service)
    taken = await comes(talk.person.sid, anna, ben)
    await ben.offers(talk.person.sid, 2, 0, taken.epoch_hint)
    await talk.person.expect(frames.Offered)
    await talk.person.send(frames.Decline(0))

    await left(ben, talk.person.sid, Left.DECLINED)
    await answered(anna, talk.person.sid, HandoverAnswer.DECLINED)
    await talk.answer(1)
    await over(talk, anna, ben)


async def test_nobody_is_there_to_ask(service: Service) -> None:
    talk, anna, ben = await three(service)
    await ben.desk.stand(DutyStatus.OFF)
    for staff in (ben.staff, anna.staff, bytes(16)):
        await anna.desk.send(frames.HandOver(talk.person.sid, staff))
        await answered(anna, talk.person.sid, HandoverAnswer.NOBODY_THERE)
    await over(talk, anna, ben)


async def test_a_question_lapses_and_survives_a_reload_until_then(service: Service) -> None:
    talk, anna, ben = await three(service)
    sid = talk.person.sid
    question = await asked(sid, anna, ben)
    await ben.back()
    await ben.desk.hears(question)

    age(service, sid, QUESTION_MS)

    await answered(anna, talk.person.sid, HandoverAnswer.LAPSED)
    assert not (await ben.desk.expect(frames.HandoverAsked)).asked
    await talk.answer(1)
    await over(talk, anna, ben)


async def test_a_newcomer_lapses(service: Service) -> None:
    talk, anna, ben = await three(service)
    await comes(talk.person.sid, anna, ben)
    age(service, talk.person.sid, ASKED_MS, silent=False)

    await left(ben, talk.person.sid, Left.LAPSED)
    await not_coming(talk.person, Left.LAPSED)
    await answered(anna, talk.person.sid, HandoverAnswer.LAPSED)
    await over(talk, anna, ben)


@pytest.mark.parametrize("who", ["counsellor before the yes", "counsellor after it", "newcomer"])
async def test_it_is_taken_back(service: Service, who: str) -> None:
    talk, anna, ben = await three(service)
    sid = talk.person.sid
    if who == "counsellor before the yes":
        await asked(sid, anna, ben)
        await anna.desk.send(frames.Withdraw(sid, 0))
        assert not (await ben.desk.expect(frames.HandoverAsked)).asked
        await ben.desk.send(frames.AnswerHandover(sid, accept=True, half=bytes(32)))
        assert await refused(ben.desk) is ErrorCode.TAKEN
    else:
        await comes(sid, anna, ben)
        await (ben if who == "newcomer" else anna).desk.send(frames.Withdraw(sid, 0))
        await left(ben, sid, Left.BY_ITSELF)
        await not_coming(talk.person, Left.BY_ITSELF)
        if who == "newcomer":
            await answered(anna, talk.person.sid, HandoverAnswer.NOT_NOW)
    await talk.answer(1)
    await over(talk, anna, ben)


async def test_a_yes_to_somebody_who_is_gone_is_answered(service: Service) -> None:
    talk, anna, ben = await three(service)
    sid = talk.person.sid
    await comes(sid, anna, ben)
    await ben.desk.send(frames.Withdraw(sid, 0))
    await not_coming(talk.person, Left.BY_ITSELF)

    await talk.person.send(frames.Hello(0, 2, bytes(2384)))

    await not_coming(talk.person, Left.LAPSED)
    assert frames.DeskHello not in {type(frame) for frame in anna.desk.seen}
    await over(talk, anna, ben)


async def test_a_lost_counsellor_is_told_and_offered_it_first(service: Service) -> None:
    talk, anna, ben = await three(service)
    sid = talk.person.sid
    await dropped(anna.desk)
    lease_ends(service, sid, C)
    await until("away", lambda: stored(service, sid).counsellor.presence is Presence.AWAY)
    age(service, sid, LOST_MS)
    await talk.person.hears(frames.BackToWaiting(Left.LOST))

    welcome = await anna.back()
    assert welcome.mine == []
    await anna.desk.hears(frames.SeatLeft(sid, 0, Left.LOST))
    other = await HelpSeeker.open(service)
    await other.start()
    await anna.desk.send(frames.HelpNext(anna.half))
    taken = await anna.desk.expect(frames.Taken)
    assert (taken.sid, taken.purpose) == (sid, 2)
    again = await opened(talk.person, anna, taken)
    await again.answer(1)
    assert (await anna.back()).mine == [frames.MySeat(sid, 0)]
    assert not [frame for frame in anna.desk.seen if isinstance(frame, frames.SeatLeft)]
    await other.send(frames.Leave())
    await other.expect(frames.Closed)
    await other.close()
    await over(again, anna, ben)


async def test_somebody_else_takes_it_when_the_lost_one_stays_away(service: Service) -> None:
    talk, anna, ben = await three(service)
    sid = talk.person.sid
    await dropped(anna.desk)
    lease_ends(service, sid, C)
    await until("away", lambda: stored(service, sid).counsellor.presence is Presence.AWAY)
    age(service, sid, LOST_MS)
    await talk.person.expect(frames.BackToWaiting)

    await ben.desk.send(frames.HelpNext(ben.half))
    taken = await ben.desk.expect(frames.Taken)
    assert (taken.sid, taken.purpose) == (sid, 2)
    await ben.offers(sid, 2, 0, taken.epoch_hint)
    await talk.person.expect(frames.Offered)
    await talk.person.send(frames.Decline(0))
    await left(ben, sid, Left.DECLINED)
    assert (await talk.person.expect(frames.BackToWaiting)).why is Left.DECLINED
    conversation = stored(service, sid)
    assert (conversation.phase, conversation.before) == (Phase.WAITING, anna.staff)
    await over(talk, ben)


async def test_a_conversation_is_given_back(service: Service) -> None:
    talk, anna, ben = await three(service)
    sid = talk.person.sid
    await anna.desk.send(frames.GiveBack(sid))

    await left(anna, sid, Left.GIVEN_BACK)
    assert (await talk.person.expect(frames.BackToWaiting)).why is Left.GIVEN_BACK
    assert stored(service, sid).before == b""
    await ben.desk.send(frames.HelpNext(ben.half))
    taken = await ben.desk.expect(frames.Taken)
    after = await opened(talk.person, ben, taken)
    await after.answer(1)
    await over(after, anna, ben)


async def test_who_was_declined_is_offered_it_only_when_nobody_else_is_there(service: Service) -> None:
    talk, anna, ben = await three(service)
    sid, person = talk.person.sid, talk.person
    await anna.desk.send(frames.GiveBack(sid))
    await person.hears(frames.BackToWaiting(Left.GIVEN_BACK))
    with service.look() as store:  # desks closed a moment ago still count for some seconds
        known = {anna.device.hex().encode(), ben.device.hex().encode()}
        store.zrem(keys.DUTY, *{*store.zrange(keys.DUTY, 0, -1)} - known, b"")

    async def next_for(one: Colleague) -> frames.Taken | None:
        await one.desk.send(frames.HelpNext(one.half))
        while not isinstance(frame := await one.desk.next(), frames.Taken | frames.DeskRefused):
            pass
        assert isinstance(frame, frames.Taken) or frame.code is ErrorCode.NOBODY_WAITS
        return frame if isinstance(frame, frames.Taken) else None

    assert await next_for(anna) is None  # she gave it back
    assert await next_for(ben)
    await person.send(frames.Decline(0))
    await person.hears(frames.BackToWaiting(Left.DECLINED))
    clara = await colleague_on(service)
    assert await next_for(ben) is None  # somebody else is there

    await clara.desk.stand(DutyStatus.BREAK, "en")
    taken = await next_for(ben)
    assert taken is not None  # and now nobody
    after = await opened(person, ben, taken)
    await over(after, anna, ben, clara)


async def test_an_end_with_a_boundary_is_counted_as_that(service: Service) -> None:
    talk, anna, ben = await three(service)
    before = counted(service)
    await anna.desk.send(frames.DeskEnd(talk.person.sid, 0, EndHow.BOUNDARY))

    assert (await talk.person.expect(frames.Closed)).by is EndedBy.BOUNDARY
    assert (await anna.desk.expect(frames.DeskClosed)).by is EndedBy.BOUNDARY
    await until("counted", lambda: (counted(service) - before)["ended:boundary"] == 1)
    await until("all is gone", lambda: not traces(service, talk.person.sid))
    for client in (talk.person, anna.desk, ben.desk):
        await client.close()
