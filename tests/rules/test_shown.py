# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rules.shown import STEPS, WIDE_STEPS, Held, band, banded, limits

NOTHING = Held(0, 0, 0, 0, 0)


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


@given(st.integers(0, STEPS[0] - 1), st.integers(0, 500))
def test_that_somebody_is_there_shows_in_no_number(conversations: int, lines: int) -> None:
    few = dataclasses.replace(
        NOTHING,
        waiting=conversations,
        conversations=conversations,
        lines=lines,
        entries=12 * conversations + 20,
    )

    assert banded(few) == banded(NOTHING)


def test_lines_are_told_when_there_are_many_conversations() -> None:
    many = banded(dataclasses.replace(NOTHING, conversations=5, lines=12))

    assert many.lines == band(12)


@given(st.integers(STEPS[0], 5000), st.integers(0, 5000), st.integers(0, 500_000))
def test_one_more_moves_nothing_but_at_the_edge_of_a_band(
    conversations: int, lines: int, entries: int
) -> None:
    held = dataclasses.replace(NOTHING, conversations=conversations, lines=lines, entries=entries)
    more = dataclasses.replace(held, conversations=conversations + 1, entries=entries + 12)
    before, after = banded(held), banded(more)

    assert after.lines == before.lines
    assert after.conversations == before.conversations or conversations + 1 in STEPS
    assert after.entries == before.entries or any(entries < edge <= entries + 12 for edge in WIDE_STEPS)


def test_an_entry_without_a_clock_is_told_as_it_is() -> None:
    assert banded(dataclasses.replace(NOTHING, without_clock=1)).without_clock == 1
