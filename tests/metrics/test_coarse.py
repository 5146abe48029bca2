# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.counts import Line
from chat.metrics.coarse import (
    DESK_STEPS,
    MOST_CLASSES,
    PERIOD_S,
    SILENT_S,
    STEP,
    Numbers,
    Seen,
    at_least,
    beginning,
    blurred,
)
from chat.rules.shown import STEPS


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def numbers(clock: Clock, chance: int = 0) -> Numbers:
    return Numbers(clock, lambda _below: chance)


@given(st.integers(0, STEP), st.integers(0, STEP - 1))
def test_few_are_none(count: int, chance: int) -> None:
    assert blurred(count, lambda _below: chance) == 0


@given(st.integers(0, 10_000))
def test_one_more_shows_in_one_of_ten_cases_at_most(count: int) -> None:
    before = [blurred(count, lambda _below, c=chance: c) for chance in range(STEP)]  # type: ignore[misc]  # bound early
    after = [blurred(count + 1, lambda _below, c=chance: c) for chance in range(STEP)]  # type: ignore[misc]  # as above

    assert sum(one != other for one, other in zip(before, after, strict=True)) <= 1
    assert all(shown % STEP == 0 for shown in before)


@given(st.integers(0, 10_000))
def test_a_band_begins_below_its_number(count: int) -> None:
    for steps in (STEPS, DESK_STEPS):
        assert at_least(count, steps) <= count
        assert at_least(count, steps) in {0, *steps}


def test_bands_begin_where_visitors_see_them_begin() -> None:
    assert [beginning(place) for place in range(len(STEPS) + 1)] == [0, *STEPS]


def test_what_was_refused_shows_after_ten_minutes_and_blurred() -> None:
    clock = Clock()
    held = numbers(clock)
    held.look(Seen())
    held.hear(Line("w1", {"TOO_FAST": 35, "GAP": 1}, {}))
    clock.now += PERIOD_S - 1
    held.look(Seen())

    assert held.refused.total() == 0

    clock.now += 1
    held.look(Seen())

    assert dict(held.refused) == {"TOO_FAST": 20, "GAP": 0}


def test_a_few_in_each_of_many_periods_never_add_up() -> None:
    clock = Clock()
    held = numbers(clock, STEP - 1)
    held.look(Seen())
    for _ in range(100):
        held.hear(Line("w1", {"CLOSED_INTAKE": 3}, {}))
        clock.now += PERIOD_S
        held.look(Seen())

    assert held.refused["CLOSED_INTAKE"] == 0


def test_names_that_are_not_ours_are_no_labels() -> None:
    clock = Clock()
    held = numbers(clock)
    held.look(Seen())
    held.hear(Line("w1", {"203.0.113.7": 1000}, {f"Error{n}": 1 for n in range(MOST_CLASSES + 5)}))
    clock.now += PERIOD_S
    held.look(Seen())

    assert not held.refused
    assert len(held.errors) == MOST_CLASSES + 1
    assert held.errors["other"] == 5


def test_an_error_is_counted_exactly_and_shown_late() -> None:
    clock = Clock()
    held = numbers(clock)
    held.look(Seen())
    held.hear(Line("w1", {}, {"KeyError": 1}))
    held.hear(Line("w2", {}, {"KeyError": 1}))

    assert not held.errors

    clock.now += PERIOD_S
    held.look(Seen())

    assert held.errors == {"KeyError": 2}


@pytest.mark.parametrize(("passed", "expected"), [(0.0, 2), (SILENT_S - 1, 2), (SILENT_S, 0)])
def test_a_worker_that_is_silent_does_not_work(passed: float, expected: int) -> None:
    clock = Clock()
    held = numbers(clock)
    for name in ("w1", "w2", "w1"):
        held.hear(Line(name, {}, {}))
    clock.now += passed

    assert held.workers() == expected
