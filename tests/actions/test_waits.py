# SPDX-License-Identifier: AGPL-3.0-or-later
"""What those who wait and whoever comes next are told of the wait, on a real store."""

from __future__ import annotations

import os

import pytest

from chat.actions import counsellor, help_seeker, waits
from chat.actions.house import House
from chat.actions.transition import apply
from chat.live.live import Live
from chat.protocol import frames
from chat.protocol.types import About, EndedBy, ErrorCode, Urgency
from chat.rules.board import MOST_PEOPLE
from chat.rules.conversation import NotAllowed
from chat.rules.duty import attended
from chat.rules.events import ReplyPosted
from chat.rules.wait_estimate import MINUTE_MS, Take, Wait
from tests.actions.building import Clock, house, on_duty, standing, started

pytestmark = pytest.mark.anyio

DEVICE = b"d" * 16


async def opened(at: House, clock: Clock, minutes: int) -> bytes:
    """Somebody waited so long and was taken; the conversation is open."""
    sid = await started(at)
    clock.now += minutes * MINUTE_MS
    await on_duty(at, DEVICE.hex())
    seated = await counsellor.take(at, bytes(16), DEVICE, frames.Take(sid, bytes(32)))
    await apply(at, sid, lambda _: ReplyPosted(seated.generation, clock.now))
    return sid


async def test_a_wait_that_ended_is_remembered_once_and_names_nobody(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    sid = await opened(ours, clock, 4)

    assert await ours.takes.all(clock.now) == [Take("en", clock.now // MINUTE_MS, 5)]
    _, kept = await standing(ours, sid)
    assert kept.opened_ms == clock.now
    stored = await live.store.call(b"ZRANGE", b"k:{room}:takes", 0, -1)
    assert not any(sid.hex().encode() in value or sid in value for value in stored)


async def test_a_wait_that_is_given_up_is_not_remembered(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    sid = await started(ours)
    clock.now += 4 * MINUTE_MS

    assert await help_seeker.leave(ours, sid, 1) is EndedBy.HELP_SEEKER
    assert await ours.takes.all(clock.now) == []


async def test_everybody_is_told_by_their_place_and_a_newcomer_stands_last(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    ours.fixed_cap = 1
    first = await started(ours)
    clock.now += 1
    second = await started(ours)
    for number in range(9):
        ours.takes.add(Take("en", clock.now // MINUTE_MS, 2), bytes([number]) * 8)

    found = await waits.Outlook(ours).look()

    assert found.of_everybody() == {first: Wait(1, 2), second: None}
    assert found.of_newcomer("en") is None  # the place is for another, and nobody queued yet

    ours.fixed_cap = 9
    found = await waits.Outlook(ours).look()

    assert found.of_everybody() == {first: Wait(1, 2), second: Wait(1, 5)}
    assert found.of_newcomer("en") == Wait(1, 10)
    assert found.of_newcomer("nl") == Wait(1, 10)  # the same counsellor works in both


async def test_the_first_page_reads_it_every_two_seconds_at_most(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    await on_duty(ours)
    outlook = waits.Outlook(ours)

    assert await outlook.of_newcomer("en") is None

    for number in range(9):
        ours.takes.add(Take("en", clock.now // MINUTE_MS, 2), bytes([number]) * 8)
    clock.now += 1_999

    assert await outlook.of_newcomer("en") is None

    clock.now += 1

    assert await outlook.of_newcomer("en") == Wait(1, 2)


async def test_many_desks_that_are_off_duty_hide_nobody(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    for number in range(MOST_PEOPLE + 1):
        await on_duty(ours, f"{number:032x}", until_ms=clock.now - 1)  # was there until just now
    await on_duty(ours, DEVICE.hex())
    for number in range(9):
        ours.takes.add(Take("en", clock.now // MINUTE_MS, 2), bytes([number]) * 8)

    found = await waits.Outlook(ours).look()

    assert attended(found.desks, clock.now) >= {"en"}
    assert found.of_newcomer("en") == Wait(1, 2)


async def test_a_tap_changes_the_place_and_can_be_taken_back(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    first = await started(ours)
    clock.now += MINUTE_MS
    second = await started(ours)

    assert await help_seeker.describe(ours, second, 1, frames.Describe(About.ME, Urgency.ACUTE)) is None

    entry = (await ours.room.snapshot())[second]
    assert (entry.about, entry.urgency, entry.present) == (About.ME, Urgency.ACUTE, True)
    before = await ours.room.snapshot()
    assert sorted(before, key=lambda sid: before[sid].urgency) == [first, second]

    await help_seeker.describe(ours, second, 1, frames.Describe(About.UNSAID, Urgency.USUAL))

    entry = (await ours.room.snapshot())[second]
    assert (entry.about, entry.urgency) == (About.UNSAID, Urgency.USUAL)


async def test_a_tap_of_an_older_tab_or_of_nobody_changes_nothing(live: Live) -> None:
    ours = await house(live, Clock())
    sid = await started(ours)
    said = frames.Describe(About.ME, Urgency.ACUTE)

    with pytest.raises(NotAllowed) as refused:
        await help_seeker.describe(ours, sid, 0, said)

    assert refused.value.code is ErrorCode.SUPERSEDED
    assert (await ours.room.snapshot())[sid].urgency is Urgency.USUAL
    assert await help_seeker.describe(ours, os.urandom(16), 1, said) is EndedBy.UNKNOWN


async def test_who_comes_back_is_told_what_was_said(live: Live) -> None:
    ours = await house(live, Clock())
    await on_duty(ours)
    sid, ticket = os.urandom(16), bytes(32)
    hashed = bytes.fromhex("66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925")
    start = frames.Start(1, sid, hashed, bytes(32), "en", About.UNSAID, Urgency.USUAL)
    await help_seeker.start(ours, start)
    await help_seeker.describe(ours, sid, 1, frames.Describe(About.SOMEBODY_ELSE, Urgency.CAN_WAIT))

    entered = await help_seeker.attach(ours, frames.Attach(1, sid, ticket, ours.era, take_over=True))

    assert not isinstance(entered, EndedBy)
    assert frames.Described(About.SOMEBODY_ELSE, Urgency.CAN_WAIT) in entered.missed
