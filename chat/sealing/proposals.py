# SPDX-License-Identifier: AGPL-3.0-or-later
"""What staff propose inside the channel about who joins, and what becomes of it.

    proposed (staff) -> answered (the person: yes, no)
                     -> taken back (staff)

How this works: both sides hold the same lines, so each reads from its own how a proposal stands. Who
proposed takes it back by an answer of their own, which is a no: nobody can say yes for the person, so
a yes by staff is no word at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from chat.sealing.actions import Answered, Proposed, TakenBack
from chat.sealing.envelope import Kind
from chat.sealing.lines import Line
from chat.sealing.offer import Purpose

Word = Proposed | TakenBack | Answered


def word(line: Line, *, staff: bool) -> Word | None:
    """What a line says of it; None where it says nothing, or not by the one who may.

    Args:
        line: of either side.
        staff: whether it lies on the staff side.
    """
    if line.kind not in {Kind.PROPOSE, Kind.ANSWER}:
        return None
    by_staff = line.own is staff
    purpose, cert_id = Purpose(line.content[0]), line.content[1:33]
    if line.kind is Kind.PROPOSE:
        return Proposed(purpose, cert_id) if by_staff else None
    yes = line.content[33] == 1
    if not by_staff:
        return Answered(purpose, cert_id, yes)
    return None if yes else TakenBack(purpose, cert_id)


def news(line: Line, before: Iterable[Line], *, staff: bool) -> Word | None:
    """What a line says that just came; an answer that crossed the taking back is about nothing."""
    said = word(line, staff=staff)
    if isinstance(said, Answered) and isinstance(_last(before, said, _BY_STAFF, staff), TakenBack):
        return None
    return said


def is_open(lines: Iterable[Line], purpose: Purpose, cert_id: bytes, *, staff: bool) -> bool:
    """Whether a proposal stands among the lines of a bond: neither answered nor taken back."""
    return isinstance(_last(lines, Proposed(purpose, cert_id), _ALL, staff), Proposed)


_BY_STAFF: Final = (Proposed, TakenBack)
_ALL: Final = (*_BY_STAFF, Answered)


def _last(lines: Iterable[Line], about: Word, kinds: tuple[type[Word], ...], staff: bool) -> Word | None:
    last = None
    for line in lines:
        said = word(line, staff=staff)
        same = said is not None and (said.purpose, said.cert_id) == (about.purpose, about.cert_id)
        if same and isinstance(said, kinds):
            last = said
    return last
