# SPDX-License-Identifier: AGPL-3.0-or-later
"""One place, one connection: second tabs, other devices, who is present, and who is how far from the desk."""

from __future__ import annotations

import pytest

from chat.live import keys
from chat.protocol import frames
from chat.protocol.types import ErrorCode, Phase
from tests.faults.line import ended, position, refused, with_token
from tests.faults.waiting import dropped
from tests.support.clients import Client, Desk, HelpSeeker, envelope
from tests.support.people import Talk, desk_on, help_seeker_on, talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio


async def test_another_tab_holds_the_seat_until_it_is_taken_over(service: Service) -> None:
    desk = await desk_on(service)
    first = await help_seeker_on(service)
    await talk(first, desk)
    second = await HelpSeeker.open(service)
    second.same_browser(first)

    assert await second.attach(take_over=False) == frames.Refused(ErrorCode.HELD_ELSEWHERE)
    await Talk(first, desk).say(1)

    assert isinstance(await second.attach(), frames.Welcome)
    assert await refused(first) is ErrorCode.SUPERSEDED
    await Talk(second, desk).say(2)

    with service.look() as store:
        assert store.hget(keys.relay(first.sid), "l:0:0") == b"1-3"
    await ended(second, desk)
    await dropped(first)


async def test_who_does_not_have_the_ticket_does_not_get_in(service: Service) -> None:
    desk = await desk_on(service)
    person = await help_seeker_on(service)
    stranger = await HelpSeeker.open(service)
    stranger.sid = person.sid

    assert await stranger.attach() == frames.Refused(ErrorCode.NOT_A_MEMBER)
    assert isinstance(await desk.take(person.sid), frames.Taken)

    await ended(person, desk)
    await stranger.close()


async def test_the_desks_second_tab(service: Service) -> None:
    first, token = await with_token(service)
    opened = await talk(await help_seeker_on(service), first)
    sid = opened.person.sid
    second = await Desk.open(service, token)
    await second.send(frames.OpenDesk(1, take_over=False))
    assert await refused(second) is ErrorCode.HELD_ELSEWHERE

    assert (await second.begin(take_over=True)).mine == [frames.MySeat(sid, 0)]
    assert await refused(first) is ErrorCode.SUPERSEDED
    await first.send(frames.DeskPut(sid, envelope(1, 1, 1)))
    assert await refused(first) is ErrorCode.OUT_OF_STATE

    await second.send(frames.Rejoin(sid, 0))
    assert (await second.expect(frames.Rejoined)).phase is Phase.OPEN
    await Talk(opened.person, second).answer(1)
    await ended(opened.person, second)
    await dropped(first)


async def test_another_device_cannot_rejoin(service: Service) -> None:
    desk = await desk_on(service)
    other = await desk_on(service)
    opened = await talk(await help_seeker_on(service), desk)
    sid = opened.person.sid

    await other.send(frames.Rejoin(sid, 0))
    while not isinstance(frame := await other.next(), frames.DeskRefused):
        pass
    assert frame == frames.DeskRefused(ErrorCode.NOT_A_MEMBER, sid, 0)

    await opened.answer(1)
    await ended(opened.person, desk)
    await other.close()


async def presence(client: Client, sid: bytes, *, present: bool) -> None:
    """The next word about the other side's presence is this one."""
    if isinstance(client, HelpSeeker):
        assert await client.expect(frames.Presence) == frames.Presence(0, present)
    else:
        assert await client.expect(frames.DeskPresence) == frames.DeskPresence(sid, 0, present)


async def test_each_side_sees_the_other_go_and_come_back(service: Service) -> None:
    left_desk, token = await with_token(service)
    left = await talk(await help_seeker_on(service), left_desk)
    gone_desk = await desk_on(service)
    gone = await talk(await help_seeker_on(service), gone_desk)
    assert frames.Presence(0, present=True) in left.person.seen

    await left_desk.close()
    await gone.person.close()
    await presence(gone_desk, gone.person.sid, present=False)
    await presence(left.person, left.person.sid, present=False)

    back = await Desk.open(service, token)
    await back.begin(take_over=True)
    await back.send(frames.Rejoin(left.person.sid, 0))
    assert (await back.expect(frames.Rejoined)).present
    await presence(left.person, left.person.sid, present=True)
    again = await HelpSeeker.open(service)
    again.same_browser(gone.person)
    welcome = await again.attach()
    assert isinstance(welcome, frames.Welcome)
    assert (welcome.phase, welcome.present) == (Phase.OPEN, True)
    await presence(gone_desk, again.sid, present=True)

    await ended(left.person, back)
    await ended(again, gone_desk)


async def waits_in(service: Service, language: str) -> HelpSeeker:
    person = await HelpSeeker.open(service)
    await person.start(language)
    return person


async def test_a_position_is_true_and_the_place_is_kept(service: Service) -> None:
    desk = await desk_on(service)
    people = []
    for ahead in range(4):
        people.append(await waits_in(service, "de"))
        await position(people[-1], ahead)
    elsewhere = await waits_in(service, "nl")
    await position(elsewhere, 0)
    first, second, third, fourth = people

    await first.send(frames.Leave())
    await first.expect(frames.Closed)
    for ahead, person in enumerate((second, third, fourth)):
        await position(person, ahead)

    await dropped(second)  # who is away is skipped, and keeps the place
    for ahead, person in enumerate((third, fourth)):
        await position(person, ahead)
    while (second.sid, False) not in {
        (one.sid, one.present) for one in (await desk.expect(frames.Room)).entries
    }:
        pass
    assert isinstance(await desk.take(second.sid), frames.DeskRefused)

    back = await HelpSeeker.open(service)
    back.same_browser(second)
    assert isinstance(await back.attach(), frames.Welcome)
    for ahead, person in enumerate((back, third, fourth)):
        await position(person, ahead)

    assert isinstance(await desk.take(third.sid), frames.Taken)
    await position(fourth, 1)
    for person in (back, third, fourth, elsewhere):
        await person.send(frames.Leave())
        await person.expect(frames.Closed)
        await person.close()
    await first.close()
    await desk.close()
