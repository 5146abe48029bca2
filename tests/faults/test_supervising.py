# SPDX-License-Identifier: AGPL-3.0-or-later
"""A supervisor beside the counsellor, over two workers: asks, joins, is declined, takes over, leaves."""

from __future__ import annotations

import pytest

from chat.protocol import frames
from chat.protocol.types import (
    EndHow,
    ErrorCode,
    Left,
)
from chat.rules.roles import Role
from tests.faults.ageing import stored
from tests.faults.line import refused
from tests.faults.three import left, not_coming, over, three
from tests.support.clients import envelope
from tests.support.company import (
    colleague_on,
    delivered,
    let_in,
)
from tests.support.people import Talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio


async def test_a_supervisor_joins_is_seen_and_leaves(service: Service) -> None:
    talk, anna, sara = await three(service, Role.SUPERVISOR)
    sid = talk.person.sid
    await sara.desk.send(frames.Supervise(sid, sara.half))
    taken = await sara.desk.expect(frames.Taken)
    assert (taken.slot, taken.purpose) == (1, 3)
    assert stored(service, sid).supervisor.asks
    epoch = await let_in(talk.person, sara, taken)
    await talk.person.hears(frames.Presence(1, present=True))

    await talk.person.send(frames.Put(envelope(0, epoch, 0, slot=1)))
    assert (await delivered(sara.desk))[1] == 1
    await sara.desk.send(frames.DeskPut(sid, envelope(1, epoch, 1, slot=1)))
    assert await sara.desk.expect(frames.DeskStored) == frames.DeskStored(sid, 1, epoch, 1)
    await talk.answer(1)
    assert (await sara.back()).mine == [frames.MySeat(sid, 1)]
    assert (await sara.rejoin(sid, 1)).half == sara.half

    await sara.desk.send(frames.DeskEnd(sid, 1, EndHow.USUAL))
    await left(sara, sid, Left.BY_ITSELF, 1)
    await not_coming(talk.person, Left.BY_ITSELF, 1)
    await talk.answer(2)
    await over(talk, anna, sara)


async def test_a_supervisor_who_still_asks_can_put_nothing_in_the_lane(service: Service) -> None:
    talk, anna, sara = await three(service, Role.SUPERVISOR)
    sid = talk.person.sid
    await sara.desk.send(frames.Supervise(sid, sara.half))
    taken = await sara.desk.expect(frames.Taken)
    epoch = await sara.offers(sid, 3, 1, taken.epoch_hint)
    await talk.person.expect(frames.Offered)

    async def refused_to_write() -> None:
        await sara.desk.send(frames.DeskPut(sid, envelope(1, epoch, 0, slot=1)))
        refusal = await sara.desk.expect(frames.DeskRefused)
        assert (refusal.code, refusal.sid, refusal.slot) == (ErrorCode.NOT_A_MEMBER, sid, 1)

    await refused_to_write()
    assert (await sara.back()).mine == [frames.MySeat(sid, 1)]
    await sara.rejoin(sid, 1)
    await refused_to_write()  # nor after a reload
    await talk.person.send(frames.Hello(1, 3, bytes(2384)))
    await sara.desk.expect(frames.DeskHello)
    await refused_to_write()  # the yes is here, the reply is not
    with service.look() as store:
        assert store.exists(f"k:{{{sid.hex()}}}:lane:1:1") == 0

    await sara.replies(sid, 1, epoch)
    await sara.desk.send(frames.DeskPut(sid, envelope(1, epoch, 1, slot=1)))  # right behind it
    await talk.person.hears(frames.Presence(1, present=True))
    while (await sara.desk.expect(frames.DeskStored)) != frames.DeskStored(sid, 1, epoch, 1):
        pass
    await over(talk, anna, sara)


async def test_a_supervisor_is_declined_and_a_counsellor_may_not_ask(service: Service) -> None:
    talk, anna, sara = await three(service, Role.SUPERVISOR)
    sid = talk.person.sid
    await sara.desk.send(frames.Supervise(sid, sara.half))
    await sara.desk.expect(frames.Taken)
    await talk.person.send(frames.Decline(1))

    await left(sara, sid, Left.DECLINED, 1)
    assert (await sara.back()).mine == []
    ben = await colleague_on(service)
    for wish in (frames.Supervise(sid, bytes(32)), frames.TakeOver(sid, bytes(32))):
        await ben.desk.send(wish)
        assert await refused(ben.desk) is ErrorCode.NOT_ALLOWED
    await over(talk, anna, sara, ben)


async def test_who_was_declined_and_asks_again_offers_above_what_was_offered(service: Service) -> None:
    """Else the help-seeker's browser takes the second offer for a repetition of the first."""
    talk, anna, sara = await three(service, Role.SUPERVISOR)
    sid, epochs = talk.person.sid, []
    for _ in range(2):
        await sara.desk.send(frames.Supervise(sid, sara.half))
        taken = await sara.desk.expect(frames.Taken)
        epochs.append(await sara.offers(sid, 3, 1, taken.epoch_hint))
        await talk.person.expect(frames.Offered)
        await talk.person.send(frames.Decline(1))
        await left(sara, sid, Left.DECLINED, 1)

    assert epochs == [1, 2]
    await over(talk, anna, sara)


async def test_a_supervisor_takes_over_and_sits_once(service: Service) -> None:
    talk, anna, sara = await three(service, Role.SUPERVISOR)
    sid = talk.person.sid
    await sara.desk.send(frames.Supervise(sid, sara.half))
    await let_in(talk.person, sara, await sara.desk.expect(frames.Taken))
    await sara.desk.send(frames.TakeOver(sid, sara.half))
    taken = await sara.desk.expect(frames.Taken)
    assert (taken.slot, taken.purpose) == (0, 2)
    epoch = await let_in(talk.person, sara, taken)

    await left(anna, sid, Left.HANDED_OVER)
    await left(sara, sid, Left.BY_ITSELF, 1)
    after = Talk(talk.person, sara.desk, epoch)
    await after.say(0)
    await delivered(sara.desk)
    await after.answer(1)
    assert (await sara.back()).mine == [frames.MySeat(sid, 0)]
    await over(after, anna, sara)
