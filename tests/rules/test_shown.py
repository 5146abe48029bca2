# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rules.shown import HOUR, STEPS, Held, band, banded, limits

LIFETIME = 7 * HOUR
NOTHING = Held(0, 0, 0, 4135, 0, 0, 0)


@pytest.mark.parametrize(
    ("count", "place"), [(0, 0), (1, 0), (4, 0), (5, 1), (9, 1), (10, 2), (999, 7), (1000, 8), (10**6, 8)]
)
def test_bands(count: int, place: int) -> None:
    assert band(count) == place


@given(st.integers(0, 5000))
def test_a_number_is_within_the_limits_of_its_band(count: int) -> None:
    least, end = limits(band(count))

    assert least <= count
    assert end is None or count < end


@given(st.integers(0, STEPS[0] - 1), st.integers(0, 500), st.integers(1, LIFETIME))
def test_that_somebody_is_there_shows_in_no_number(conversations: int, lines: int, longest: int) -> None:
    few = dataclasses.replace(
        NOTHING,
        waiting=conversations,
        conversations=conversations,
        lines=lines,
        entries=12 * conversations + 20,
        longest_s=longest,
    )

    assert banded(few, LIFETIME) == banded(NOTHING, LIFETIME)


def test_the_longest_clock_is_told_in_whole_hours() -> None:
    many = dataclasses.replace(NOTHING, conversations=20)

    assert banded(dataclasses.replace(many, longest_s=2 * HOUR + 1), LIFETIME).hours == 3
    assert banded(dataclasses.replace(many, longest_s=2 * HOUR), LIFETIME).hours == 2
    assert banded(NOTHING, LIFETIME).hours == 7


def test_lines_are_told_when_there_are_many_conversations() -> None:
    many = banded(dataclasses.replace(NOTHING, conversations=5, lines=12), LIFETIME)

    assert (many.lines, many.kibibytes) == (band(12), band(48))


def test_an_entry_without_a_clock_is_told_as_it_is() -> None:
    assert banded(dataclasses.replace(NOTHING, without_clock=1), LIFETIME).without_clock == 1
