# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether somebody may begin to wait, in one language: never at a desk where nobody sits."""

from __future__ import annotations

import enum
from collections.abc import Set as AbstractSet
from typing import Final

PROOF: Final = "zz"
"""A made-up language, for `kentering prove` alone: always within hours, never shown or counted. Somebody can
wait in it only while the proof's own desk is on duty, and is offered to no other desk."""


class Intake(enum.Enum):
    """How intake stands, and why it is closed."""

    OPEN = enum.auto()
    OUT_OF_HOURS = enum.auto()
    """The line is not open at this time."""
    BY_HAND = enum.auto()
    """Somebody who may do so closed it."""
    NOBODY = enum.auto()
    """Nobody is on duty in this language."""


def intake(language: str, *, within_hours: bool, closed_by_hand: bool, attended: AbstractSet[str]) -> Intake:
    """How intake of a language stands; `attended` are the languages in which somebody is on duty.

    What says most about when to come again comes first: hours are known, a hand may open again any time.
    """
    if not within_hours:
        return Intake.OUT_OF_HOURS
    if closed_by_hand:
        return Intake.BY_HAND
    return Intake.OPEN if language in attended else Intake.NOBODY
