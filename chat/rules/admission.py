# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a new start costs, without knowing who starts.

A browser proves that it worked for a moment before it may enter the waiting room. The price is the
number of tries, drawn from a narrow range: unlike a lottery it is over in a time that can be told, also
on an old phone. It rises for everybody while the waiting room fills, and with the ends "with a
boundary" of the last ten minutes; never for a person, an address or a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BASE_TRIES: Final = 400
"""About a tenth of a second on a computer, half a second on a phone, while the page is being read."""
MOST: Final = 8
"""The price is never more than this many times the base: an ordinary phone is through in a few seconds."""
AFTER_BOUNDARY: Final = 4
"""Times the price for the page whose conversation ended with a boundary. It asks for that by itself."""
COST: Final = 1000
"""Rounds of PBKDF2 in one try. Fixed: a challenge takes the server one try, whatever it costs the browser."""
LIFE_S: Final = 600
"""How long a challenge may be solved, in seconds; a spent solution is remembered as long."""


@dataclass(frozen=True, slots=True)
class Price:
    """How many tries a challenge takes: between `least` and `most`, the exact number is chance."""

    least: int
    most: int


def price(waiting: int, room: int, boundary_ends: int, *, after_boundary: bool = False) -> Price:
    """What a start costs now.

    Args:
        waiting: how many wait.
        room: how many may wait.
        boundary_ends: ends with a boundary in the last ten minutes, on the whole line.
        after_boundary: this page's own conversation ended with one.
    """
    filled = 1 + 3 * min(1.0, waiting / max(1, room))  # 1 when empty, 4 when full
    factor = filled * (1 + min(boundary_ends, 8) / 2)
    if after_boundary:
        factor *= AFTER_BOUNDARY
    tries = round(BASE_TRIES * min(factor, MOST))
    return Price(tries // 2, tries + tries // 2)


def is_full(waiting: int, room: int) -> bool:
    """Whether nobody more may wait."""
    return waiting >= room


def is_full_without_script(waiting_without_script: int, room: int) -> bool:
    """Whether nobody more may wait without script: they prove no work, and have a third of the room."""
    return waiting_without_script >= max(1, room // 3)
