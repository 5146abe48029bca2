# SPDX-License-Identifier: AGPL-3.0-or-later
"""The numbers of a lane: the readable twin of the live store's append script.

A *lane* is (conversation, seat, direction). Its envelopes are numbered n = 0, 1, 2, ... within an
epoch, and a new handshake begins a higher epoch at n = 0 (docs/protocol.md, envelopes). A sender
repeats the same bytes until they are acknowledged, so what the lane already had is answered as
stored and dropped. Tests hold this twin and the script against each other.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import Final

LANE_LIMIT: Final = 512
"""Envelopes kept in one lane; more is refused until the other side has taken some in."""


class Verdict(enum.Enum):
    """What becomes of one envelope."""

    APPENDED = enum.auto()
    DUPLICATE = enum.auto()
    """The lane had it, or is in a higher epoch: answered as stored, and dropped."""
    GAP = enum.auto()
    """Not the next one: refused, nothing changes."""
    FULL = enum.auto()
    """Too much lies undelivered: refused, nothing changes."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane. `last` is (epoch, n) of the newest envelope appended, None while there is none."""

    last: tuple[int, int] | None = None
    kept: tuple[tuple[int, int], ...] = ()
    """(epoch, n) of what was appended and is not acknowledged, oldest first."""


def verdict(last: tuple[int, int] | None, epoch: int, n: int) -> Verdict:
    """Where an envelope's number stands to the newest of its lane, whatever the lane holds."""
    if last is not None and (epoch, n) <= last:
        return Verdict.DUPLICATE
    if last is not None and epoch == last[0]:
        return Verdict.APPENDED if n == last[1] + 1 else Verdict.GAP
    return Verdict.APPENDED if n == 0 else Verdict.GAP


def put(lane: Lane, epoch: int, n: int, limit: int = LANE_LIMIT) -> tuple[Lane, Verdict]:
    """Append an envelope if it is the next one and there is room."""
    what = verdict(lane.last, epoch, n)
    if what is not Verdict.APPENDED:
        return lane, what
    if len(lane.kept) >= limit:
        return lane, Verdict.FULL
    return Lane((epoch, n), (*lane.kept, (epoch, n))), Verdict.APPENDED


def took(lane: Lane, epoch: int, n: int) -> Lane:
    """Drop everything up to this envelope; the other side has taken it in and kept it."""
    return replace(lane, kept=tuple(number for number in lane.kept if number > (epoch, n)))
