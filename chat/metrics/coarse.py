# SPDX-License-Identifier: AGPL-3.0-or-later
"""From what was counted to what is shown.

How this works: what people do shows only in bands and only every ten minutes. Waiting and open conversations
are the look that every visitor may have (chat/rules/shown.py). Refusals of a period are blurred: ten are
taken away, and the rest is rounded to tens at random, so that one more or less changes what is shown in one
of ten cases at most, whatever somebody adds on purpose. What is only of the service itself (workers, stores,
certificates) is shown as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from chat.counts import EVERY_S, Line
from chat.protocol.types import ErrorCode
from chat.rules.shown import STEPS, band

PERIOD_S: Final = 600.0
STEP: Final = 10
SILENT_S: Final = 2.5 * EVERY_S
"""A worker that has said nothing for so long does not work."""
DESK_STEPS: Final = (1, 2, 5, 10, 20, 50)
MOST_CLASSES: Final = 30
_OTHER: Final = "other"


def blurred(count: int, random_below: Callable[[int], int]) -> int:
    """A count of one period as it may be shown: a multiple of ten, and none for ten or fewer."""
    return max(0, (count - STEP + random_below(STEP)) // STEP * STEP)


def at_least(count: int, steps: tuple[int, ...]) -> int:
    """The beginning of a number's band."""
    return beginning(band(count, steps), steps)


def beginning(place: int, steps: tuple[int, ...] = STEPS) -> int:
    """Where a band begins."""
    return (0, *steps)[place]


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the stores. None: it could not be seen."""

    live_store: bool = False
    records: bool = False
    on_duty: int | None = None
    """Desks, exactly; shown in bands."""
    waiting: int | None = None
    """Places of bands, here and below."""
    conversations: int | None = None
    certificate_days: Mapping[str, int] = field(default_factory=dict)
    """Role of a certificate -> days until the first one ends."""


@dataclass(slots=True)
class Numbers:
    """Everything that the metrics say."""

    clock: Callable[[], float]
    """Seconds that only grow."""
    random_below: Callable[[int], int]
    seen: Seen = field(default_factory=Seen)
    refused: Counter[str] = field(default_factory=Counter)
    """As shown, since the start."""
    errors: Counter[str] = field(default_factory=Counter)
    _heard: dict[str, float] = field(default_factory=dict)
    _refused: Counter[str] = field(default_factory=Counter)
    _errors: Counter[str] = field(default_factory=Counter)
    _since: float | None = None

    def hear(self, line: Line) -> None:
        """What a worker counted in a minute."""
        self._heard[line.worker] = self.clock()
        self._refused.update({name: count for name, count in line.refused.items() if name in _CODES})
        for name, count in line.errors.items():
            known = name in self._errors or len(self._errors) < MOST_CLASSES
            self._errors[name if known else _OTHER] += count

    def workers(self) -> int:
        """How many have spoken lately."""
        return sum(at + SILENT_S > self.clock() for at in self._heard.values())

    def look(self, seen: Seen) -> None:
        """A look at the stores; after ten minutes, what was counted meanwhile is shown, too."""
        self.seen = seen
        if self._since is None:
            self._since = self.clock()
        if self.clock() < self._since + PERIOD_S:
            return
        self._since = self.clock()
        for name, count in self._refused.items():
            self.refused[name] += blurred(count, self.random_below)
        self._refused.clear()
        self.errors = self._errors.copy()


_CODES: Final = frozenset(code.name for code in ErrorCode)
