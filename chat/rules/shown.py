# SPDX-License-Identifier: AGPL-3.0-or-later
"""What everybody may see of what the service holds: numbers in wide bands.

Nobody learns from a band that somebody is there: none and a few are one band. How many lines lie there is not
shown while there are few conversations. A look is kept for ten minutes and is the same for everybody, so one
conversation is hard to see begin or end. Not impossible: bands have edges, and there one more is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STEPS: Final = (5, 10, 20, 50, 100, 200, 500, 1000)
"""Where bands begin, but for the first, which begins at none."""
WIDE_STEPS: Final = (100, 1000, 10_000, 100_000)
"""For entries: one conversation has up to twelve of them."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held at one moment, exactly; for `banded` alone."""

    waiting: int
    conversations: int
    """Those that wait among them."""
    lines: int
    """Sealed lines that the other side has not fetched yet."""
    entries: int
    """Of the whole live store."""
    without_clock: int
    """Entries of the live store that nothing would remove."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The same as it may be shown: each number is the place of its band, but for the last."""

    waiting: int
    conversations: int
    lines: int | None
    """None: there are too few conversations to say."""
    entries: int
    """In wide steps."""
    without_clock: int
    """As it is: it says nothing of anybody, and should be none."""


def band(count: int, steps: tuple[int, ...] = STEPS) -> int:
    """The place of a number's band; 0 is fewer than the first step, none included."""
    return sum(count >= step for step in steps)


def limits(place: int, steps: tuple[int, ...] = STEPS) -> tuple[int, int | None]:
    """From the least number of a band to the first that is too much for it; None: there is none."""
    least = steps[place - 1] if place else 0
    return least, steps[place] if place < len(steps) else None


def banded(held: Held) -> Shown:
    """What may be shown."""
    many = held.conversations >= STEPS[0]
    return Shown(
        waiting=band(held.waiting),
        conversations=band(held.conversations),
        lines=band(held.lines) if many else None,
        entries=band(held.entries, WIDE_STEPS),
        without_clock=held.without_clock,
    )
