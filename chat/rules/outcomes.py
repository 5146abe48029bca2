# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is counted, in closed sets and fixed bands. A tally is (day, one measure, one value) -> count.

Two properties never stand together, so that no row describes a person. Bands are coarse on purpose.
"""

from __future__ import annotations

import enum
from collections.abc import Set as AbstractSet
from typing import Final

from chat.protocol.types import EndedBy

MINUTE: Final = 60_000
"""Milliseconds."""


class Measure(enum.StrEnum):
    """Everything that is ever counted."""

    PAGE = "page"
    """The first page was shown, and how it stood."""
    STARTED = "started"
    LEFT = "left"
    """Ended before it opened, and why."""
    TAKEN = "taken"
    """Opened with a counsellor."""
    ENDED = "ended"
    """Ended after it was open, and why."""
    WAIT = "wait"
    DURATION = "duration"
    LANGUAGE = "language"
    DOOR = "door"
    MATTER = "matter"
    """What it was about, as the counsellor said in the wrap-up; likewise the next ones."""
    RISK = "risk"
    OUTCOME = "outcome"
    REFERRED = "referred"
    BOUNDARY = "boundary"
    """Ended with a boundary."""
    HEAVY = "heavy"
    """Was heavy for the counsellor."""
    FELT_BEFORE = "felt_before"
    """How heavy it felt before a talk, by the help-seeker's own tap."""
    FELT_AFTER = "felt_after"
    """The same after it. Nothing says which before belongs to which after."""


ONE: Final = "yes"
"""The only value of a measure that just happens."""

WAIT_BANDS: Final = (
    (1 * MINUTE, "under_1_min"),
    (3 * MINUTE, "1_to_3_min"),
    (10 * MINUTE, "3_to_10_min"),
    (30 * MINUTE, "10_to_30_min"),
)
WAIT_LONGEST: Final = "over_30_min"
DURATION_BANDS: Final = (
    (5 * MINUTE, "under_5_min"),
    (15 * MINUTE, "5_to_15_min"),
    (30 * MINUTE, "15_to_30_min"),
    (60 * MINUTE, "30_to_60_min"),
    (120 * MINUTE, "60_to_120_min"),
)
DURATION_LONGEST: Final = "over_120_min"

CLEAR: Final = "clear"
ONION: Final = "onion"
WITHOUT_SCRIPT: Final = "without_script"
"""Through either address."""
WEIGHTS: Final = ("not_heavy", "a_little", "fairly", "heavy", "very_heavy")
"""By the number on the wire."""
ENDINGS: Final = {
    EndedBy.HELP_SEEKER: "help_seeker",
    EndedBy.COUNSELLOR: "counsellor",
    EndedBy.BOUNDARY: "boundary",
    EndedBy.AWAY: "away",
    EndedBy.IDLE: "idle",
    EndedBy.TOO_LONG: "too_long",
}
"""`UNKNOWN` and `LOST` are never counted: they answer about a conversation that is not there."""

ASKED_AFTER: Final = frozenset({EndedBy.HELP_SEEKER, EndedBy.COUNSELLOR, EndedBy.BOUNDARY})
"""Ends after which somebody who talked is asked how it feels now."""

VALUES: Final[dict[Measure, frozenset[str]]] = {
    Measure.PAGE: frozenset({"open", "closed", "full"}),
    Measure.STARTED: frozenset({ONE}),
    Measure.LEFT: frozenset(ENDINGS.values()),
    Measure.TAKEN: frozenset({ONE}),
    Measure.ENDED: frozenset(ENDINGS.values()),
    Measure.WAIT: frozenset({*(name for _, name in WAIT_BANDS), WAIT_LONGEST}),
    Measure.DURATION: frozenset({*(name for _, name in DURATION_BANDS), DURATION_LONGEST}),
    Measure.DOOR: frozenset({CLEAR, ONION, WITHOUT_SCRIPT}),
    Measure.BOUNDARY: frozenset({ONE}),
    Measure.HEAVY: frozenset({ONE}),
    Measure.FELT_BEFORE: frozenset(WEIGHTS),
    Measure.FELT_AFTER: frozenset(WEIGHTS),
}
"""The closed set of each measure; languages are closed by what the line offers (`countable`)."""

CHOSEN: Final = frozenset({Measure.MATTER, Measure.RISK, Measure.OUTCOME, Measure.REFERRED})
"""Closed by the organisation's choices (`chat/rules/wrap_up.py`); no rule of a conversation counts these."""


def wait_band(waited_ms: int) -> str:
    """The band of a wait, from entering the waiting room to the open conversation."""
    return _band(waited_ms, WAIT_BANDS, WAIT_LONGEST)


def duration_band(lasted_ms: int) -> str:
    """The band of how long a conversation was open."""
    return _band(lasted_ms, DURATION_BANDS, DURATION_LONGEST)


def countable(measure: Measure, value: str, languages: AbstractSet[str]) -> bool:
    """Whether this may be counted; `languages` are those the line offers."""
    if measure is Measure.LANGUAGE:
        return value in languages
    return value in VALUES.get(measure, frozenset())


def _band(length_ms: int, bands: tuple[tuple[int, str], ...], longest: str) -> str:
    return next((name for below, name in bands if length_ms < below), longest)
