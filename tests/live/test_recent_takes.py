# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from chat.live import keys
from chat.live.live import Live
from chat.rules.wait_estimate import MINUTE_MS, SPAN_MIN, Take

NOW_MIN = 28_333_333
NOW = NOW_MIN * MINUTE_MS

pytestmark = pytest.mark.anyio


async def test_those_of_the_last_hour_are_remembered_oldest_first(live: Live) -> None:
    takes = [Take("nl", NOW_MIN - ago, waited) for ago, waited in ((59, 61), (10, 3), (0, 1))]
    for number, take in enumerate(reversed(takes)):
        live.takes.add(take, bytes([number]) * 8)

    assert await live.takes.all(NOW) == takes
    assert await live.takes.all(NOW + 5 * MINUTE_MS) == takes[1:]
    assert await live.takes.all(NOW + (SPAN_MIN + 1) * MINUTE_MS) == []


async def test_two_that_are_alike_are_two(live: Live) -> None:
    for name in (b"1" * 8, b"2" * 8):
        live.takes.add(Take("pt-BR", NOW_MIN, 5), name)

    assert await live.takes.all(NOW) == [Take("pt-BR", NOW_MIN, 5)] * 2


async def test_older_ones_are_not_kept_and_the_last_goes_by_its_clock(live: Live) -> None:
    live.takes.add(Take("nl", NOW_MIN, 5), b"1" * 8)
    live.takes.add(Take("nl", NOW_MIN + SPAN_MIN + 1, 5), b"2" * 8)

    kept = await live.store.call(b"ZRANGE", keys.TAKES, 0, -1)

    assert kept == [b"nl|5|" + (b"2" * 8).hex().encode()]
    assert 0 < await live.store.call(b"TTL", keys.TAKES) <= keys.TAKES_TTL
