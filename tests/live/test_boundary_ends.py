# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from chat.live import keys
from chat.live.boundary_ends import SPAN_MS
from chat.live.live import Live

NOW = 1_700_000_000_000

pytestmark = pytest.mark.anyio


async def test_those_of_the_last_ten_minutes_count(live: Live) -> None:
    assert await live.boundaries.count(NOW) == 0

    for minute in (0, 4, 9):
        await live.boundaries.add(NOW + minute * 60_000, bytes([minute]) * 8)

    assert SPAN_MS == 10 * 60_000
    assert await live.boundaries.count(NOW + 9 * 60_000) == 3
    assert await live.boundaries.count(NOW + SPAN_MS) == 2
    assert await live.boundaries.count(NOW + SPAN_MS + 9 * 60_000) == 0


async def test_older_ones_are_not_kept(live: Live) -> None:
    await live.boundaries.add(NOW, b"1" * 8)
    await live.boundaries.add(NOW + SPAN_MS, b"2" * 8)

    assert await live.store.call(b"ZRANGE", keys.BOUNDARY, 0, -1) == [b"2" * 8]
    assert 0 < await live.store.call(b"TTL", keys.BOUNDARY) <= SPAN_MS // 1000
