# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rules.figures import SMALL, Figures, figures, span

YEAR = dt.date(2027, 1, 1), dt.date(2027, 12, 31)
TODAY = dt.date(2027, 4, 3)


def shown(counts: list[int]) -> Figures:
    """Figures of one measure, with a count on the second day of each month."""
    rows = [(f"2027-{month:02}-02", "started", "yes", count) for month, count in enumerate(counts, 1)]
    days = {f"2027-{month:02}-02": False for month, _ in enumerate(counts, 1)}
    return figures(rows, days, first=YEAR[0], last=YEAR[1], today=TODAY)


@pytest.mark.parametrize(
    ("counts", "expected", "total"),
    [
        ([5, 6, 0], [5, 6, 0], 11),
        ([5, 4, 9], [5, None, 9], None),  # one hidden: the total would say it
        ([5, 1, 2], [5, None, None], None),  # two that are fewer than five together
        ([5, 3, 4], [5, None, None], 12),
        ([4], [None], None),
    ],
)
def test_small_counts_are_hidden_and_a_total_that_tells_them_too(
    counts: list[int], expected: list[int | None], total: int | None
):
    (row,) = shown(counts).rows

    assert list(row.counts) == expected + [0] * (12 - len(counts))
    assert row.total == total


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12))
def test_no_small_count_can_be_worked_out_from_what_is_shown(counts: list[int]):
    (row,) = shown(counts).rows
    hidden = [count for count in counts if 0 < count < SMALL]

    assert not any(count is not None and 0 < count < SMALL for count in row.counts)
    if row.total is not None and hidden:
        assert len(hidden) > 1
        assert row.total - sum(count for count in row.counts if count is not None) >= SMALL


def test_months_are_summed_and_measures_stand_in_order():
    found = figures(
        [("2027-01-30", "wait", "b", 5), ("2027-01-31", "wait", "b", 7), ("2027-01-01", "door", "onion", 9)],
        {"2027-01-01": False},
        first=dt.date(2027, 1, 1),
        last=dt.date(2027, 1, 31),
        today=dt.date(2027, 1, 2),
    )

    assert [(row.measure, row.value, row.counts) for row in found.rows] == [
        ("door", "onion", (9,)),
        ("wait", "b", (12,)),
    ]


def test_days_that_were_lost_or_never_written_are_named():
    found = figures(
        [],
        {"2027-03-29": False, "2027-03-31": True, "2027-04-01": False},
        first=YEAR[0],
        last=YEAR[1],
        today=TODAY,
    )

    assert found.lost == ("2027-03-31",)
    assert found.missing == ("2027-03-30", "2027-04-02")


def test_nothing_is_missing_before_the_first_day_or_from_today_on():
    assert figures([], {}, first=YEAR[0], last=YEAR[1], today=TODAY).missing == ()
    assert figures([], {"2027-04-02": True}, first=YEAR[0], last=YEAR[1], today=TODAY).missing == ()


def test_a_span_is_made_of_whole_months():
    assert span(dt.date(2027, 2, 14), dt.date(2027, 2, 14)) == (dt.date(2027, 2, 1), dt.date(2027, 2, 28))
    assert span(dt.date(2027, 11, 30), dt.date(2028, 2, 1)) == (dt.date(2027, 11, 1), dt.date(2028, 2, 29))
    for first, last in [(dt.date(2027, 2, 1), dt.date(2027, 1, 31)), (dt.date(2000, 1, 1), TODAY)]:
        with pytest.raises(ValueError):
            span(first, last)
