# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio

import pytest

from chat.actions import help_seeker
from chat.actions.holdings import look, looks
from chat.live.holdings import Holdings
from chat.live.keys import SHOWN
from chat.live.live import Live
from chat.protocol import frames
from chat.protocol.types import VERSION, About, Urgency
from chat.rules.shown import Held, banded
from tests.actions.building import Clock, house, on_duty
from tests.support.valkey import WatchedStore

pytestmark = pytest.mark.anyio


def start(number: int) -> frames.Start:
    sid = number.to_bytes(16, "big")
    return frames.Start(VERSION, sid, bytes(32), bytes(32), "en", About.UNSAID, Urgency.USUAL)


async def test_what_is_held_is_counted_and_one_look_is_shown_to_all_for_a_while(
    live: Live, embedded_store: WatchedStore
) -> None:
    at = await house(live, Clock())
    await on_duty(at)
    assert await look(at.holdings) == banded(await live.holdings.count())
    for number in range(6):
        await help_seeker.start(at, start(number))

    held = await live.holdings.count()
    assert (held.waiting, held.conversations, held.lines, held.without_clock) == (6, 6, 0, 0)
    assert held.entries >= 3 * 6
    assert (await look(at.holdings)).conversations == 0  # still the look of before
    assert 0 < await live.store.call(b"TTL", SHOWN) <= 600

    await live.store.call(b"DEL", SHOWN)
    assert await look(at.holdings) == banded(held)
    assert (await look(at.holdings)).conversations == 1


class Counting(Holdings):
    """How often the whole store was counted."""

    times = 0

    async def count(self) -> Held:
        self.times += 1
        return await super().count()


async def test_however_many_look_at_once_the_store_is_counted_once(
    live: Live, embedded_store: WatchedStore
) -> None:
    at = await house(live, Clock())
    holdings = at.holdings = Counting(live.store)
    looked = looks(at)

    found = await asyncio.gather(*(looked.get() for _ in range(20)))

    assert holdings.times == 1
    assert found == [await look(live.holdings)] * 20


async def test_what_is_gone_is_not_counted_although_its_deadline_is_still_there(
    live: Live, embedded_store: WatchedStore
) -> None:
    at = await house(live, Clock())
    await on_duty(at)
    await help_seeker.start(at, start(1))
    await live.deadlines.set_due(start(2).sid, at.now())

    assert (await live.holdings.count()).conversations == 1


async def test_how_heavy_it_feels_is_taken_once_and_only_while_one_waits(
    live: Live, embedded_store: WatchedStore
) -> None:
    conversations = live.conversations
    at = await house(live, Clock())
    await on_duty(at)
    await help_seeker.start(at, start(1))
    sid = start(1).sid

    assert not await conversations.has_felt(sid)
    assert [await conversations.say_felt(sid) for _ in range(2)] == [True, False]
    assert await conversations.has_felt(sid)
    await conversations.forget(sid)
    assert not await conversations.say_felt(sid)
    assert not await conversations.has_felt(sid)


async def test_a_ticket_is_good_for_one_press(live: Live, embedded_store: WatchedStore) -> None:
    ticket = bytes(range(16))
    await live.tallies.ask_after(ticket)

    assert not await live.tallies.answers(bytes(16))
    assert [await live.tallies.answers(ticket) for _ in range(2)] == [True, False]
