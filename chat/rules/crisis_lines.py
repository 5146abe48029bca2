# SPDX-License-Identifier: AGPL-3.0-or-later
"""Crisis, reporting and prevention lines, each with its source and with who checked it, and when.

A wrong number can cost a life. So an entry is shown to the public only after a manager has confirmed
it, a changed entry counts as not confirmed, and who confirmed it is never taken from what was sent.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Annotated, Final

import msgspec

from chat.rules.opening_hours import Date

CHECK_AGAIN_DAYS: Final = 180
"""After so many days the health check asks to look at an entry again."""


class LineKind(enum.StrEnum):
    """What a line is for."""

    EMERGENCY = "emergency"
    POLICE = "police"
    MEDICAL = "medical"
    SUICIDE = "suicide"
    CHILD = "child"
    """A child in danger."""
    REPORT = "report"
    """Reporting images."""
    PREVENTION = "prevention"
    HELP = "help"


class CrisisLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line. `checked_on` and `confirmed_by` are set together, or not at all."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,31}\Z")]
    country: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}\Z")]
    """ISO 3166-1, or EU; XX for everywhere else."""
    kind: LineKind
    name: Annotated[str, msgspec.Meta(max_length=100)]
    contact: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=1, max_length=80)]],
        msgspec.Meta(min_length=1, max_length=4),
    ]
    """Numbers and addresses, each as people write it."""
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    languages: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=2, max_length=8)]], msgspec.Meta(max_length=20)
    ] = []
    """Languages spoken there; empty when we do not know."""
    source_date: Annotated[str, msgspec.Meta(max_length=40)] = ""
    checked_on: Date | None = None
    confirmed_by: Annotated[str, msgspec.Meta(max_length=48)] | None = None
    """Alias of the manager who confirmed it."""


class CrisisLines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All lines, in the order in which they are shown."""

    lines: Annotated[list[CrisisLine], msgspec.Meta(max_length=120)] = []

    def __post_init__(self) -> None:
        ids = {line.id for line in self.lines}
        if len(ids) != len(self.lines):
            raise ValueError("the same twice")


def confirmed(wanted: CrisisLines, before: CrisisLines, *, by: str, today: str) -> CrisisLines:
    """What is kept when `by` saves `wanted`.

    An entry that is as it was keeps its confirmation. Another one is confirmed by whoever saves it when
    it says that it was checked today, and by nobody when it says anything else.
    """
    old = {line.id: line for line in before.lines}
    kept = []
    for line in wanted.lines:
        if line == old.get(line.id):
            kept.append(line)
        elif line.checked_on == today:
            kept.append(msgspec.structs.replace(line, confirmed_by=by))
        else:
            kept.append(msgspec.structs.replace(line, checked_on=None, confirmed_by=None))
    return CrisisLines(kept)


def public(lines: Iterable[CrisisLine], *, demo: bool) -> list[CrisisLine]:
    """What help-seekers may see: what was confirmed; in the demonstration everything, with a mark."""
    return [line for line in lines if demo or line.confirmed_by is not None]


def to_check(lines: Iterable[CrisisLine], *, since: str) -> list[CrisisLine]:
    """Entries that nobody confirmed on this day or later (`YYYY-MM-DD`)."""
    return [line for line in lines if line.checked_on is None or line.checked_on < since]
