# SPDX-License-Identifier: AGPL-3.0-or-later
"""When somebody can come, as it is said: the hours alone promise nobody."""

from __future__ import annotations

import datetime
import zoneinfo

import pytest

from chat.protocol.types import ErrorCode
from chat.rules.conversation import step
from chat.rules.events import Started
from chat.web.first_page import Intake, Stands, Times, good_times
from chat.web.texts import Texts
from chat.web.without_script import words
from chat.web.without_script.waiting import PATIENCE_MIN, Place, left, texts

TEXT = Texts.load().choose("en")
NOW = datetime.datetime(2026, 11, 27, 18, 0, tzinfo=zoneinfo.ZoneInfo("Europe/Brussels"))
UNTIL, OPENS = NOW + datetime.timedelta(hours=4), NOW + datetime.timedelta(days=2)
HOURS = Times(NOW, UNTIL, OPENS)
OPEN = "We are open until"
MAY_OPEN = "Somebody may still come: our hours go on until"
LONG_MS = PATIENCE_MIN * 60_000


def said(*sentences: str) -> list[str]:
    """Which of the two the sentences say."""
    return [one for one in (OPEN, MAY_OPEN) if any(sentence.startswith(one) for sentence in sentences)]


def test_the_end_the_next_opening_and_whose_clock_it_is() -> None:
    assert good_times(TEXT, HOURS, attended=False) == (
        f"{MAY_OPEN} 10:00\u202fPM.",
        "After that we open again: Sunday, November 29, 2026, 6:00\u202fPM.",
        "The times are those of Brussels.",
    )
    assert good_times(TEXT, HOURS, attended=True)[0] == f"{OPEN} 10:00\u202fPM."
    assert good_times(TEXT, HOURS, attended=True)[1:] == good_times(TEXT, HOURS, attended=False)[1:]
    assert good_times(TEXT, Times(), attended=False) == ()


@pytest.mark.parametrize(
    ("language", "city"), [("nl", "Brussel"), ("fr", "Bruxelles"), ("de", "Brüssel"), ("ar", "بروكسل")]
)
def test_the_city_of_the_clock_is_called_as_people_of_the_language_call_it(language: str, city: str) -> None:
    assert HOURS.place(language) == city
    assert Times().place(language) == ""


@pytest.mark.parametrize(
    ("code", "wanted"), [(ErrorCode.CLOSED_INTAKE, [MAY_OPEN]), (ErrorCode.ROOM_FULL, [OPEN])]
)
def test_who_could_not_start_is_told_when(code: ErrorCode, wanted: list[str]) -> None:
    assert said(*words.refused(TEXT, code, HOURS).texts) == wanted
    assert said(*words.refused(TEXT, code).texts) == []


@pytest.mark.parametrize(("attended", "wanted"), [(True, [OPEN]), (False, [MAY_OPEN])])
def test_who_waits_for_long_is_told_when(*, attended: bool, wanted: list[str]) -> None:
    waits = step(None, Started("en", 1, 0)).state
    assert waits is not None

    assert said(*texts(TEXT, Place(0, None, attended), waits, HOURS, LONG_MS)) == wanted


@pytest.mark.parametrize(
    ("stands", "wanted"),
    [
        (Stands.OPEN, [OPEN]),
        (Stands.SHORT_WAIT, [OPEN]),
        (Stands.LONG_WAIT, [OPEN]),
        (Stands.FULL, [OPEN]),
        (Stands.CLOSED, [MAY_OPEN]),
        (Stands.LOST, [MAY_OPEN]),
    ],
)
def test_who_stops_waiting_is_told_when(stands: Stands, wanted: list[str]) -> None:
    assert said(*left(TEXT, Intake(stands, times=HOURS))) == wanted
