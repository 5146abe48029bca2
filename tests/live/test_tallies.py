# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import datetime as dt

import pytest

from chat.live import keys
from chat.live.live import Live
from chat.live.tallies import FinishedDay
from tests.support.valkey import WatchedStore

TODAY = dt.date(2026, 3, 2)
YESTERDAY = dt.date(2026, 3, 1)

pytestmark = pytest.mark.anyio


async def test_a_finished_day_is_handed_over_to_one_caller_and_then_gone(
    live: Live, embedded_store: WatchedStore
) -> None:
    tallies = live.tallies
    for value in ("nl", "nl", "fr"):
        assert await tallies.count(YESTERDAY, "language", value)
    await tallies.count(TODAY, "language", "nl")
    assert await tallies.finished(TODAY) == [YESTERDAY]

    taken = await asyncio.gather(*(tallies.close(YESTERDAY) for _ in range(10)))

    counted = FinishedDay({("language", "nl"): 2, ("language", "fr"): 1}, lost=False)
    assert [t for t in taken if t is not None] == [counted]

    await tallies.handed(YESTERDAY)
    await tallies.handed(YESTERDAY)

    assert await tallies.finished(TODAY) == []
    assert await tallies.close(YESTERDAY) is None
    assert set(await embedded_store.keys_and_clocks()) == {keys.tally("2026-03-02")}


async def test_a_closed_day_counts_nothing_more_and_the_next_caller_gets_the_same(
    live: Live, embedded_store: WatchedStore
) -> None:
    await live.tallies.count(YESTERDAY, "wait", "3-5")
    first = await live.tallies.close(YESTERDAY)

    assert not await live.tallies.count(YESTERDAY, "wait", "3-5")

    await live.store.call(b"DEL", keys.tally("2026-03-01") + b":lease")  # a minute later

    assert await live.tallies.close(YESTERDAY) == first == FinishedDay({("wait", "3-5"): 1}, lost=False)
    assert all(clock > 0 for clock in (await embedded_store.keys_and_clocks()).values())


async def test_the_first_day_of_a_memory_is_marked_and_the_next_is_not(live: Live) -> None:
    await live.tallies.count(YESTERDAY, "language", "nl")
    for _ in range(2):
        await live.tallies.begin(YESTERDAY)
        await live.tallies.begin(TODAY)

    assert await live.tallies.close(YESTERDAY) == FinishedDay({("language", "nl"): 1}, lost=True)
    assert await live.tallies.close(TODAY) == FinishedDay({}, lost=False)


async def test_a_closed_day_is_not_begun_again(live: Live) -> None:
    await live.tallies.begin(YESTERDAY)
    await live.tallies.close(YESTERDAY)

    await live.tallies.begin(YESTERDAY)
    await live.tallies.handed(YESTERDAY)

    assert await live.tallies.finished(TODAY) == []


async def test_several_counts_in_one_step_happen_once(live: Live, embedded_store: WatchedStore) -> None:
    said = [("matter", "online"), ("risk", "none"), ("referred", "care"), ("heavy", "yes")]
    once = b"o" * 16

    done = await asyncio.gather(*(live.tallies.count_once(TODAY, once, said) for _ in range(5)))
    await live.tallies.count_once(TODAY, b"p" * 16, said[:1])

    assert sorted(done) == [False] * 4 + [True]
    assert 0 < (await embedded_store.keys_and_clocks())[keys.wrap_up(once)] <= 15 * 60
    assert await live.tallies.close(TODAY) == FinishedDay(
        {("matter", "online"): 2, ("risk", "none"): 1, ("referred", "care"): 1, ("heavy", "yes"): 1},
        lost=False,
    )
    assert not await live.tallies.count_once(TODAY, b"q" * 16, said)
