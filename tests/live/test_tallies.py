# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import datetime as dt

import pytest

from chat.live import keys
from chat.live.live import Live
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

    assert [t for t in taken if t is not None] == [{("language", "nl"): 2, ("language", "fr"): 1}]

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

    assert await live.tallies.close(YESTERDAY) == first == {("wait", "3-5"): 1}
    assert all(clock > 0 for clock in (await embedded_store.keys_and_clocks()).values())
