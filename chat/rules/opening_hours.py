# SPDX-License-Identifier: AGPL-3.0-or-later
"""When the line is open, by language: weekly hours, and dates on which other hours hold or none.

How this works: an interval belongs to the day on which it begins, and may run past midnight. Its two
ends are times on the wall clock of the service's zone; here they become instants, and everything else
is a comparison of instants. A time that the clock skips in spring is the instant of the change, a time
that it shows twice in autumn is the first of the two, so that order is kept and nobody is promised more.
A language without weekly hours is not bound to any: it is open whenever somebody is on duty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from chat.protocol.types import Language

DAY_MIN: Final = 24 * 60
"""Minutes of a day."""
LATEST_END: Final = DAY_MIN + 12 * 60
"""An interval ends at noon of the next day at the latest."""
LOOK_AHEAD_DAYS: Final = 100
"""Days after which we no longer look for an opening: each page of a closed line asks for it."""

_WEEK: Final = 8
"""Days after which an opening that has not ended is one without end: a week's hours repeat."""
_MINUTE: Final = dt.timedelta(minutes=1)
_SPAN: Final = 2
"""How many days before today an interval may have begun that is not over: one, and one for zones."""


class Interval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From `start` to before `end`, in minutes after midnight of the day it belongs to."""

    start: Annotated[int, msgspec.Meta(ge=0, lt=DAY_MIN)]
    end: Annotated[int, msgspec.Meta(gt=0, le=LATEST_END)]

    def __post_init__(self) -> None:
        if not self.start < self.end <= self.start + DAY_MIN:
            raise ValueError("an interval ends after it begins, within a day")


_WHOLE_DAY: Final = Interval(0, DAY_MIN)

Day = Annotated[list[Interval], msgspec.Meta(max_length=6)]
Week = Annotated[list[Day], msgspec.Meta(min_length=7, max_length=7)]
"""Monday first."""
Date = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]


class ExceptionalDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A date on which only `intervals` hold; without any the line is closed on that day."""

    date: Date
    name: Annotated[str, msgspec.Meta(max_length=60)] = ""
    """For the managers' list: "Christmas"."""
    yearly: bool = False
    """The same day in every year; 29 February only where there is one."""
    languages: Annotated[list[Language], msgspec.Meta(max_length=20)] = []
    """Empty: every language."""
    intervals: Day = []

    def __post_init__(self) -> None:
        dt.date.fromisoformat(self.date)  # a ValueError makes it malformed


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a manager sets. Nothing set: always open."""

    weekly: Annotated[dict[Language, Week], msgspec.Meta(max_length=20)] = {}
    exceptions: Annotated[list[ExceptionalDay], msgspec.Meta(max_length=200)] = []


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours in their time zone. The zone comes in as a value: reading it is not for the rules."""

    hours: Hours
    zone: dt.tzinfo


def is_open(hours: OpeningHours, language: str, at_ms: int) -> bool:
    """Whether the line is open by its hours at this instant (unix milliseconds)."""
    at = _utc(at_ms)
    return any(begin <= at < end for begin, end in _intervals(hours, language, at, 1))


def next_opening(hours: OpeningHours, language: str, at_ms: int) -> int | None:
    """The first instant from this one on at which the line is open, in unix milliseconds.

    That is `at_ms` itself when it is open. None: not within 100 days.
    """
    if is_open(hours, language, at_ms):
        return at_ms
    at = _utc(at_ms)
    for begin, _ in _intervals(hours, language, at, LOOK_AHEAD_DAYS):
        if begin > at:
            return _ms(begin)
    return None


def open_until(hours: OpeningHours, language: str, at_ms: int) -> int | None:
    """When the opening ends that this instant belongs to, in unix milliseconds.

    None: it is not open then, or it goes on for more than a week.
    """
    at = _utc(at_ms)
    until: dt.datetime | None = None
    for begin, end in _intervals(hours, language, at, _WEEK):
        if until is None:
            until = end if end > at >= begin else None
        elif begin <= until:
            until = max(until, end)
        else:
            return _ms(until)
    return None


def midnight(zone: dt.tzinfo, at_ms: int) -> int:
    """The end of the service's day that this instant belongs to; both in unix milliseconds."""
    return _ms(_instant(_utc(at_ms).astimezone(zone).date() + dt.timedelta(days=1), 0, zone))


def _intervals(
    hours: OpeningHours, language: str, at: dt.datetime, days: int
) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Every interval that begins from shortly before `at` until so many days later, in order, as instants."""
    week = hours.hours.weekly.get(language)
    today = at.astimezone(hours.zone).date()
    for ahead in range(-_SPAN, days + 1):
        day = today + dt.timedelta(days=ahead)
        found = _exception(hours, language, day)
        if found is not None:
            intervals = found.intervals
        else:
            intervals = [_WHOLE_DAY] if week is None else week[day.weekday()]
        for interval in sorted(intervals, key=lambda one: one.start):
            begin, end = (_instant(day, minutes, hours.zone) for minutes in (interval.start, interval.end))
            if begin < end:  # an interval may fall into the hour that spring leaves out
                yield begin, end


def _exception(hours: OpeningHours, language: str, day: dt.date) -> ExceptionalDay | None:
    """The nearest one: of this very date before a yearly one, for this language before one for all."""
    best: tuple[tuple[bool, bool], ExceptionalDay] | None = None
    iso = day.isoformat()
    for one in hours.hours.exceptions:
        if one.languages and language not in one.languages:
            continue
        if one.date == iso or (one.yearly and one.date[4:] == iso[4:]):
            rank = (not one.yearly, bool(one.languages))
            if best is None or rank > best[0]:
                best = (rank, one)
    return best[1] if best else None


def _instant(day: dt.date, minutes: int, zone: dt.tzinfo) -> dt.datetime:
    """The first instant at which the wall clock shows this, or has gone past it."""
    wall = dt.datetime.combine(day, dt.time()) + minutes * _MINUTE
    usual = wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    other = wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)
    if other >= usual:  # shown once, or twice: then `usual` is the first
        return usual
    # Skipped: the change lies between the two readings, and whole minutes find it.
    low, high = other, usual
    while high - low > _MINUTE:
        middle = low + ((high - low) // _MINUTE // 2) * _MINUTE
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            low = middle
        else:
            high = middle
    return high


def _utc(at_ms: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(at_ms // 1000, dt.UTC)


def _ms(at: dt.datetime) -> int:
    return int(at.timestamp()) * 1000
