# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chat.rules.moving import APART_MS, SPREAD_MS, asked_after


def test_few_are_asked_soon_and_many_within_the_spread() -> None:
    assert [asked_after(place, 3) for place in range(3)] == [0, APART_MS, 2 * APART_MS]
    assert asked_after(199, 200) == 199 * APART_MS
    assert asked_after(9_999, 10_000) == 9_999


@given(st.integers(1, 100_000))
def test_one_after_the_other_and_none_later_than_the_spread(count: int) -> None:
    times = [asked_after(place, count) for place in range(0, count, max(1, count // 50))]

    assert times == sorted(times)
    assert asked_after(0, count) == 0
    assert asked_after(count - 1, count) < SPREAD_MS
