# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rules.lanes import LANE_LIMIT, Lane, Verdict, put, took, verdict

APPENDED, DUPLICATE, GAP, FULL = Verdict


@pytest.mark.parametrize(
    ("last", "number", "expected"),
    [
        (None, (0, 0), APPENDED),
        (None, (7, 0), APPENDED),
        (None, (0, 1), GAP),
        (None, (7, 3), GAP),
        ((3, 0), (3, 0), DUPLICATE),
        ((3, 0), (3, 1), APPENDED),
        ((3, 0), (3, 2), GAP),
        ((3, 5), (3, 0), DUPLICATE),
        ((3, 5), (3, 4), DUPLICATE),
        ((3, 5), (3, 5), DUPLICATE),
        ((3, 5), (3, 6), APPENDED),
        ((3, 5), (3, 7), GAP),
        ((3, 5), (2, 6), DUPLICATE),
        ((3, 5), (2, 9), DUPLICATE),
        ((3, 5), (4, 0), APPENDED),
        ((3, 5), (9, 0), APPENDED),
        ((3, 5), (4, 1), GAP),
        ((3, 5), (4, 6), GAP),
    ],
)
def test_verdict(last: tuple[int, int] | None, number: tuple[int, int], expected: Verdict):
    assert verdict(last, *number) is expected


def test_only_what_is_appended_changes_the_lane():
    lane, _ = put(Lane(), 1, 0)
    lane, _ = put(lane, 1, 1)
    for epoch, n, expected in ((1, 1, DUPLICATE), (1, 3, GAP), (2, 1, GAP), (0, 9, DUPLICATE)):
        assert put(lane, epoch, n) == (lane, expected)


def test_a_full_lane_refuses_until_something_was_taken_in():
    lane = Lane()
    for n in range(LANE_LIMIT):
        lane, what = put(lane, 1, n)

        assert what is APPENDED

    assert put(lane, 1, LANE_LIMIT) == (lane, FULL)
    assert put(lane, 2, 0) == (lane, FULL)
    assert put(lane, 1, LANE_LIMIT - 1) == (lane, DUPLICATE)
    assert put(took(lane, 1, 0), 1, LANE_LIMIT)[1] is APPENDED


def test_taking_in_drops_what_is_older_and_keeps_the_numbers():
    lane = Lane()
    for number in ((1, 0), (1, 1), (2, 0), (2, 1)):
        lane, _ = put(lane, *number)

    assert took(lane, 1, 0) == Lane((2, 1), ((1, 1), (2, 0), (2, 1)))
    assert took(lane, 2, 0) == Lane((2, 1), ((2, 1),))
    assert took(took(lane, 2, 1), 2, 1) == Lane((2, 1), ())
    assert took(lane, 0, 9) == lane


numbers = st.tuples(st.integers(0, 3), st.integers(0, 4))


@given(st.lists(st.one_of(numbers.map(lambda n: (put, n)), numbers.map(lambda n: (took, n))), max_size=40))
def test_a_lane_is_always_in_order_without_doubles(steps: list[tuple[Any, tuple[int, int]]]):
    lane, appended = Lane(), []
    for what, number in steps:
        if what is took:
            lane = took(lane, *number)
            continue
        lane, answer = put(lane, *number, limit=3)
        if answer is APPENDED:
            appended.append(number)

        assert lane.last == (appended[-1] if appended else None)
        assert appended == sorted(set(appended))
        assert lane.kept == tuple(appended[len(appended) - len(lane.kept) :])
        assert all(n == 0 or (epoch, n - 1) in appended for epoch, n in appended)
