# SPDX-License-Identifier: AGPL-3.0-or-later
"""Figures for the yearly report: counts by whole months, the small ones hidden.

How this works: a count from one to four could be somebody, so it is shown as "fewer than five" (None).
A total that would give a hidden month away by subtraction is hidden, too. Days are never shown
one by one. Who asks for many spans that overlap can still narrow a number down: figures are for
managers, and what is published is one report a year.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

SMALL: Final = 5
"""Counts below this are hidden, but for zero."""
MOST_MONTHS: Final = 120


@dataclass(frozen=True, slots=True)
class Row:
    """One measure with one value; None is fewer than five, and more than none."""

    measure: str
    value: str
    counts: tuple[int | None, ...]
    """One for each month."""
    total: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a manager sees for a span of whole months."""

    months: tuple[str, ...]
    """`YYYY-MM`."""
    rows: tuple[Row, ...]
    lost: tuple[str, ...]
    """Days of which counts were lost with the live store: their numbers are too small."""
    missing: tuple[str, ...]
    """Days before today that were never written, though days before them were: no numbers at all."""


def span(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """The whole months that two days lie in: the first day and the last one.

    Raises:
        ValueError: the wrong way round, or more than ten years.
    """
    begin = first.replace(day=1)
    end = (last.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    if end < begin or len(_months(begin, end)) > MOST_MONTHS:
        raise ValueError("not a span of months")
    return begin, end


def figures(
    counts: Iterable[tuple[str, str, str, int]],
    days: Mapping[str, bool],
    *,
    first: dt.date,
    last: dt.date,
    today: dt.date,
) -> Figures:
    """Counts as they may be shown.

    Args:
        counts: (day, measure, value, count), all within the span.
        days: the days that were written, and whether counts of theirs were lost.
        first: first day of a month.
        last: last day of a month.
        today: the running day, whose counts nobody has yet.
    """
    months = _months(first, last)
    summed: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, measure, value, count in counts:
        summed[measure, value][day[:7]] += count
    rows = tuple(
        _row(measure, value, [by_month.get(month, 0) for month in months])
        for (measure, value), by_month in sorted(summed.items())
    )
    written = sorted(days)
    begun = dt.date.fromisoformat(written[0]) if written else today
    ended = min(last, today - dt.timedelta(days=1))
    known = [(begun + dt.timedelta(days=ahead)).isoformat() for ahead in range((ended - begun).days + 1)]
    return Figures(
        months=tuple(months),
        rows=rows,
        lost=tuple(day for day in written if days[day]),
        missing=tuple(day for day in known if day not in days),
    )


def _row(measure: str, value: str, counts: list[int]) -> Row:
    hidden = sum(count for count in counts if 0 < count < SMALL)
    # With one month hidden, or a few that are small together, the total would say what they are.
    total = None if 0 < hidden < SMALL else sum(counts)
    return Row(measure, value, tuple(None if 0 < count < SMALL else count for count in counts), total)


def _months(first: dt.date, last: dt.date) -> list[str]:
    ahead = (last.year - first.year) * 12 + last.month - first.month
    return [
        f"{first.year + (first.month - 1 + month) // 12:04}-{(first.month - 1 + month) % 12 + 1:02}"
        for month in range(ahead + 1)
    ]
