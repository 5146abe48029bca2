# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the organisation has set, as each worker knows it now: asked often, read from the records seldom.

How this works: a worker keeps the values and their versions. Every few seconds, and at once when another
worker says that something was changed, it asks the records for the versions alone, and reads the
values when one of them is another. While the records are away, what is known goes on to hold.
"""

from __future__ import annotations

import zoneinfo
from typing import Final

from chat.records.content import Content as Kept
from chat.records.content import Held, shipped
from chat.rules.content import Choices, Kind, Limits, OwnWords, Procedure, QuickReplies, Texts
from chat.rules.crisis_lines import CrisisLines
from chat.rules.intake import PROOF
from chat.rules.opening_hours import Hours, OpeningHours, is_open, midnight, next_opening, open_until

REFRESH_S: Final = 5.0
"""Seconds after which a worker has seen a change, whatever happens to the nudge."""

_MINUTE_MS: Final = 60_000

FALLBACK_ZONE: Final = Limits().zone


class Content:
    """The values that hold, read without waiting; `refresh` brings them up to date.

    Without records (`Content()`) it is what we ship: always open, three conversations a person.
    """

    def __init__(self, kept: Kept | None = None, *, demo: bool = True) -> None:
        self._kept = kept
        self._demo = demo
        self._known: dict[Kind, int] = {}
        self._reckoned: dict[str, bool] = {}
        """Whether it is open, by language: worked out once for all who start in the same minute."""
        self._reckoned_at: tuple[int, OpeningHours | None] = (-1, None)
        values = kept.shipped if kept is not None else shipped()
        self._take({kind: Held(kind, 0, value) for kind, value in values.items()})

    async def refresh(self) -> bool:
        """Read what has changed; True when something has.

        Raises:
            RecordsUnreachable: the database does not answer; what is known goes on to hold.
        """
        if self._kept is None or await self._kept.numbers() == self._known:
            return False
        self._take(await self._kept.all())
        return True

    def is_open(self, language: str, at_ms: int) -> bool:
        """Whether somebody may start in this language now, as far as the organisation's settings go.

        Its hours say so, the language is offered, and its confidentiality text is approved (in the
        demonstration ours does). Whether anybody is on duty is another question.
        """
        if language == PROOF:
            return True
        if not self.is_ready(language):
            return False
        now = (at_ms // _MINUTE_MS, self.hours)  # hours begin and end with a minute
        if self._reckoned_at != now:
            self._reckoned_at, self._reckoned = now, {}
        known = self._reckoned.get(language)
        if known is None:
            known = self._reckoned[language] = is_open(self.hours, language, at_ms)
        return known

    def next_opening(self, language: str, at_ms: int) -> int | None:
        """When it opens by its hours, in unix milliseconds; None when it does not, or nobody knows."""
        return next_opening(self.hours, language, at_ms) if self.is_ready(language) else None

    def open_until(self, language: str, at_ms: int) -> int | None:
        """When it closes by its hours, in unix milliseconds; None when it is closed, or knows no end."""
        return open_until(self.hours, language, at_ms) if self.is_ready(language) else None

    def is_ready(self, language: str) -> bool:
        """Whether the language is offered and its confidentiality text is approved."""
        return language in self.limits.languages and (self._demo or self.own_words(language).approved)

    def midnight(self, at_ms: int) -> int:
        """The end of the service's day, on its own clock; both in unix milliseconds."""
        return midnight(self.hours.zone, at_ms)

    def own_words(self, language: str) -> OwnWords:
        """The organisation's texts in a language; empty ones when there are none."""
        return self.texts.languages.get(language, OwnWords())

    def _take(self, held: dict[Kind, Held]) -> None:
        hours = Hours()
        for one in held.values():
            match one.value:
                case Hours():
                    hours = one.value
                case Limits():
                    self.limits = one.value
                case Texts():
                    self.texts = one.value
                case QuickReplies():
                    self.quick_replies = one.value
                case CrisisLines():
                    self.lines = one.value
                case Choices():
                    self.choices = one.value
                case Procedure():
                    self.procedure = one.value
        self.hours = OpeningHours(hours, zone(self.limits.zone) or zoneinfo.ZoneInfo(FALLBACK_ZONE))
        self._known = {kind: one.version for kind, one in held.items()}

    @property
    def versions(self) -> dict[Kind, int]:
        """The version of each kind; 0 where ours holds."""
        return dict(self._known)


def zone(name: str) -> zoneinfo.ZoneInfo | None:
    """A time zone by its IANA name; None when this computer knows none of that name."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
