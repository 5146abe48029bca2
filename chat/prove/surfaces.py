# SPDX-License-Identifier: AGPL-3.0-or-later
"""A surface is one place where the service could have left something. It is read in pieces and searched.

A search that finds nothing proves nothing by itself. So each surface has a control of its own: something
that is known to stand there. It has to be found in the same reading, or the surface counts as not read.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from chat.machine.processes import Gone, Unreadable
from chat.prove.canaries import Canaries, Kind, Moments

AROUND: Final = 1 << 23
"""Bytes of a file read at once."""


class Where(enum.StrEnum):
    """What kind of place it is: what may stand there depends on it."""

    STORE = "memory of the live store"
    WORKER = "memory of a worker"
    PROCESS = "memory of another process"
    FILES = "files"
    LOG = "log"
    TEMPORARY = "temporary files"
    JOURNAL = "journal"
    ROWS = "rows of the records"


WRITTEN: Final = frozenset({Where.FILES, Where.LOG, Where.ROWS})
"""What only the service writes: here times are looked for, too. Other programs' files are full of them."""


@dataclass(frozen=True, slots=True)
class Surface:
    """One place."""

    name: str
    where: Where
    read: Callable[[], Iterable[bytes]]
    """All of it, in pieces that overlap. May raise Unreadable."""
    control: bytes
    planted: str
    """In words: what the control is, and how it got there."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one reading of a surface gave."""

    name: str
    where: Where
    planted: str
    control_found: bool = False
    bytes_read: int = 0
    found: dict[Kind, int] = field(default_factory=dict)
    unreadable: str | None = None

    @property
    def was_read(self) -> bool:
        """Whether the search means anything."""
        return self.unreadable is None and self.control_found


def search(surface: Surface, canaries: Canaries, times: Moments | None = None) -> Result:
    """Read a surface once; look for its control, for every canary and, where one writes, for these times.

    Raises:
        Gone: the process whose memory it is has ended.
    """
    seen = 0
    control = False
    found: dict[Kind, int] = {}
    looked_for = _as_written(surface.where, times or Moments())
    try:
        for piece in surface.read():
            seen += len(piece)
            control = control or (surface.control != b"" and surface.control in piece)
            for kind, count in canaries.count(piece).items():
                found[kind] = found.get(kind, 0) + count
            for time in looked_for:
                if time in piece:
                    found[Kind.TIME] = found.get(Kind.TIME, 0) + piece.count(time)
    except Gone:
        raise
    except Unreadable as why:
        return Result(surface.name, surface.where, surface.planted, control, seen, found, str(why))
    return Result(surface.name, surface.where, surface.planted, control, seen, found)


def _as_written(where: Where, times: Moments) -> tuple[bytes, ...]:
    """In a log the time of the day stands alone, too; there it stands in every longer form anyway."""
    if where not in WRITTEN:
        return ()
    if where is not Where.LOG:
        return times.dated
    return times.bare + tuple(form for form in times.dated if form.isdigit())
