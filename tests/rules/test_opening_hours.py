# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rules.opening_hours import (
    ExceptionalDay,
    Hours,
    Interval,
    OpeningHours,
    is_open,
    midnight,
    next_opening,
    open_until,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
ZONES = [BRUSSELS, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/St_Johns"), ZoneInfo("UTC")]
MINUTE = 60_000
EVENING = Interval(16 * 60, 24 * 60)
LATE = Interval(22 * 60, 26 * 60)


def ms(text: str) -> int:
    """An instant, with its offset."""
    return int(dt.datetime.fromisoformat(text).timestamp() * 1000)


def daily(*intervals: Interval, exceptions: tuple[ExceptionalDay, ...] = ()) -> OpeningHours:
    return OpeningHours(Hours({"nl": [list(intervals)] * 7}, list(exceptions)), BRUSSELS)


def test_nothing_set_is_always_open():
    nothing = OpeningHours(Hours(), BRUSSELS)

    assert is_open(nothing, "nl", ms("2027-03-03T04:00+01:00"))
    assert next_opening(nothing, "nl", 5_000) == 5_000


def test_an_interval_opens_at_its_start_and_is_closed_at_its_end():
    hours = daily(EVENING)

    assert not is_open(hours, "nl", ms("2027-03-03T15:59:59+01:00"))
    assert is_open(hours, "nl", ms("2027-03-03T16:00+01:00"))
    assert is_open(hours, "nl", ms("2027-03-03T23:59:59+01:00"))
    assert not is_open(hours, "nl", ms("2027-03-04T00:00+01:00"))
    assert next_opening(hours, "nl", ms("2027-03-04T00:00+01:00")) == ms("2027-03-04T16:00+01:00")


def test_hours_run_past_midnight_and_belong_to_the_day_they_begin():
    friday_only = OpeningHours(Hours({"nl": [[], [], [], [], [LATE], [], []]}), BRUSSELS)

    assert is_open(friday_only, "nl", ms("2027-03-06T01:59+01:00"))
    assert not is_open(friday_only, "nl", ms("2027-03-06T02:00+01:00"))
    assert not is_open(friday_only, "nl", ms("2027-03-05T01:00+01:00"))
    assert next_opening(friday_only, "nl", ms("2027-03-06T02:00+01:00")) == ms("2027-03-12T22:00+01:00")


def test_each_language_has_its_own_hours():
    hours = OpeningHours(Hours({"nl": [[EVENING]] * 7, "fr": [[]] * 7}), BRUSSELS)
    at = ms("2027-03-03T18:00+01:00")

    assert is_open(hours, "nl", at)
    assert not is_open(hours, "fr", at)
    assert next_opening(hours, "fr", at) is None
    assert is_open(hours, "de", at)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2027-12-24T18:00+01:00", True),
        ("2027-12-25T01:00+01:00", True),  # Friday's hours, begun before the holiday
        ("2027-12-25T18:00+01:00", False),
        ("2028-12-25T18:00+01:00", False),  # every year
        ("2027-12-26T10:30+01:00", True),
        ("2027-12-26T18:00+01:00", False),
    ],
)
def test_a_date_is_closed_or_has_other_hours(at: str, expected: bool):
    hours = daily(
        Interval(16 * 60, 26 * 60),
        exceptions=(
            ExceptionalDay("2020-12-25", yearly=True),
            ExceptionalDay("2027-12-26", intervals=[Interval(600, 660)]),
        ),
    )

    assert is_open(hours, "nl", ms(at)) is expected


def test_the_nearer_exception_holds():
    evening = [EVENING]
    hours = daily(
        EVENING,
        exceptions=(
            ExceptionalDay("2027-07-21", intervals=evening),
            ExceptionalDay("2020-07-21", yearly=True),
            ExceptionalDay("2027-07-21", languages=["fr"]),
            ExceptionalDay("2027-07-22"),
            ExceptionalDay("2027-07-22", languages=["nl"], intervals=evening),
        ),
    )

    assert is_open(hours, "nl", ms("2027-07-21T18:00+02:00"))
    assert not is_open(hours, "fr", ms("2027-07-21T18:00+02:00"))
    assert is_open(hours, "nl", ms("2027-07-22T18:00+02:00"))
    assert not is_open(hours, "fr", ms("2027-07-22T18:00+02:00"))


def test_a_language_without_hours_closes_on_a_date_that_is_closed_for_all():
    hours = OpeningHours(Hours({}, [ExceptionalDay("2027-01-01"), ExceptionalDay("2027-01-02")]), BRUSSELS)

    assert not is_open(hours, "nl", ms("2027-01-01T12:00+01:00"))
    assert next_opening(hours, "nl", ms("2027-01-01T12:00+01:00")) == ms("2027-01-03T00:00+01:00")


def test_spring_leaves_an_hour_out():
    # 28 March 2027: 02:00 becomes 03:00
    inside = daily(Interval(130, 170))
    across = daily(Interval(60, 150))
    after = daily(Interval(150, 240))

    assert not is_open(inside, "nl", ms("2027-03-28T01:59:59+01:00"))
    assert next_opening(inside, "nl", ms("2027-03-28T01:00+01:00")) == ms("2027-03-29T02:10+02:00")
    assert is_open(across, "nl", ms("2027-03-28T01:59:59+01:00"))
    assert not is_open(across, "nl", ms("2027-03-28T03:00+02:00"))
    assert next_opening(after, "nl", ms("2027-03-28T01:30+01:00")) == ms("2027-03-28T03:00+02:00")


def test_autumn_shows_an_hour_twice_and_the_first_counts():
    # 31 October 2027: 03:00 becomes 02:00
    late = daily(Interval(22 * 60, 26 * 60 + 30))

    assert is_open(late, "nl", ms("2027-10-31T02:29+02:00"))
    assert not is_open(late, "nl", ms("2027-10-31T02:30+02:00"))
    assert not is_open(late, "nl", ms("2027-10-31T02:10+01:00"))
    assert next_opening(daily(Interval(150, 200)), "nl", ms("2027-10-31T02:00+02:00")) == ms(
        "2027-10-31T02:30+02:00"
    )


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2027-03-28T00:00+01:00", "2027-03-29T00:00+02:00"),
        ("2027-03-28T23:59:59+02:00", "2027-03-29T00:00+02:00"),
        ("2027-10-31T01:00+02:00", "2027-11-01T00:00+01:00"),
    ],
)
def test_the_day_ends_on_the_services_own_clock(at: str, end: str):
    assert midnight(BRUSSELS, ms(at)) == ms(end)


@pytest.mark.parametrize(
    "value",
    [
        {"weekly": {"nl": [[]] * 6}},
        {"weekly": {"nl": [[{"start": 600, "end": 600}]] + [[]] * 6}},
        {"weekly": {"nl": [[{"start": 0, "end": 1441}]] + [[]] * 6}},
        {"weekly": {"nl": [[{"start": 1439, "end": 2161}]] + [[]] * 6}},
        {"weekly": {"Dutch": [[]] * 7}},
        {"exceptions": [{"date": "2027-02-30"}]},
        {"exceptions": [{"date": "today"}]},
        {"other": 1},
    ],
)
def test_what_cannot_be_hours_is_refused(value: object):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(value, Hours)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    start = draw(st.integers(0, 1439))
    return Interval(start, draw(st.integers(start + 1, min(start + 1440, 2160))))


@st.composite
def opening_hours(draw: st.DrawFn) -> OpeningHours:
    days = st.lists(intervals(), max_size=2)
    weekly = draw(st.lists(days, min_size=7, max_size=7))
    dates = st.dates(dt.date(2027, 3, 20), dt.date(2027, 4, 5)) | st.dates(
        dt.date(2027, 10, 25), dt.date(2027, 11, 9)
    )
    exceptions = draw(
        st.lists(
            st.builds(
                ExceptionalDay,
                date=dates.map(dt.date.isoformat),
                languages=st.sampled_from([[], ["nl"], ["fr"]]),
                yearly=st.booleans(),
                intervals=days,
            ),
            max_size=3,
        )
    )
    bound = draw(st.booleans())
    return OpeningHours(Hours({"nl": weekly} if bound else {}, exceptions), draw(st.sampled_from(ZONES)))


around_changes = st.one_of(
    st.integers(ms("2027-03-26T00:00+00:00"), ms("2027-04-06T00:00+00:00")),
    st.integers(ms("2027-10-29T00:00+00:00"), ms("2027-11-09T00:00+00:00")),
)


@given(opening_hours(), around_changes)
def test_the_next_opening_is_open_and_nothing_before_it_is(hours: OpeningHours, at: int):
    found = next_opening(hours, "nl", at)

    if found is None:
        assert not any(is_open(hours, "nl", at + hour * 60 * MINUTE) for hour in range(24 * 14))
        return
    assert found >= at
    assert is_open(hours, "nl", found)
    assert found == at or not is_open(hours, "nl", found - 1000)
    step = max(MINUTE, (found - at) // 97)
    assert not any(is_open(hours, "nl", between) for between in range(at, found, step))


@given(st.lists(intervals(), min_size=7, max_size=7), around_changes, st.sampled_from(ZONES))
def test_away_from_changes_of_the_clock_the_wall_clock_decides(week: list[Interval], at: int, zone: ZoneInfo):
    hours = OpeningHours(Hours({"nl": [[one] for one in week]}), zone)
    now = dt.datetime.fromtimestamp(at // 1000, zone)
    begun = [now - dt.timedelta(days=back) for back in (0, 1, 2)]
    if len({one.utcoffset() for one in [*begun, now + dt.timedelta(days=1)]}) > 1:
        return
    minutes = now.hour * 60 + now.minute

    expected = any(
        week[one.weekday()].start <= minutes + back * 1440 < week[one.weekday()].end
        for back, one in enumerate(begun)
    )

    assert is_open(hours, "nl", at) is expected


def test_an_opening_ends_where_nothing_goes_on():
    evening, at = daily(EVENING), ms("2027-03-03T18:00+01:00")
    joined = daily(Interval(16 * 60, 20 * 60), Interval(19 * 60, 22 * 60), Interval(22 * 60, 26 * 60))

    assert open_until(evening, "nl", at) == ms("2027-03-04T00:00+01:00")
    assert open_until(joined, "nl", at) == ms("2027-03-04T02:00+01:00")
    assert open_until(joined, "nl", ms("2027-03-04T01:59+01:00")) == ms("2027-03-04T02:00+01:00")
    assert open_until(evening, "nl", ms("2027-03-03T15:59+01:00")) is None


def test_an_opening_without_end_has_none():
    at = ms("2027-03-03T18:00+01:00")

    assert open_until(OpeningHours(Hours(), BRUSSELS), "nl", at) is None
    assert open_until(daily(Interval(0, 24 * 60)), "nl", at) is None


@given(opening_hours(), st.integers(ms("2027-01-01T00:00+00:00"), ms("2028-12-31T00:00+00:00")))
def test_it_is_open_until_then_and_not_a_moment_longer(hours: OpeningHours, at: int):
    until = open_until(hours, "nl", at)
    if until is None:
        return

    assert at < until
    assert is_open(hours, "nl", at)
    assert is_open(hours, "nl", until - 1000)
    assert not is_open(hours, "nl", until)
