# SPDX-License-Identifier: AGPL-3.0-or-later
"""The order of the waiting room.

How it works: whoever had a counsellor before (lost, or given back) is first. Then declared urgency,
then arrival, and every five minutes of waiting count as much as one tier of urgency. Both sides of a
comparison grow older at the same speed, so this is one fixed number for each entry
(`arrival - tier * 5 min`): the order of two people changes only when one of them says that it is more urgent,
or less. A place goes back only then, when somebody comes who is more urgent, or comes back to a place kept.
Nobody starves: a newcomer passes only those who came less than ten minutes before. Absent people keep their
place and are skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Final

import msgspec

from chat.protocol.types import About
from chat.rules.state import Urgency

LIFT_MS: Final = 5 * 60_000
"""Milliseconds of waiting that count as much as one tier of urgency."""


class Entry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One help-seeker in the waiting room, as the live store keeps it."""

    arrival_ms: int
    """Unix milliseconds."""
    language: str
    urgency: Urgency = Urgency.USUAL
    present: bool = True
    first: bool = False
    """Had a counsellor before, who was lost or gave it back."""
    about: About = About.UNSAID
    before: bytes = b""
    """Of the staff, who that was: they are offered this one before all others. Empty: nobody special."""
    after_others: tuple[bytes, ...] = ()
    """Of the staff, to whom the help-seeker said no, or who gave it back: they are offered it only when
    nobody else is on duty in this language."""


Entries = Mapping[bytes, Entry]
"""The waiting room: conversation (sid) -> entry."""


def ordered(entries: Entries) -> list[bytes]:
    """Everybody, absent ones too, in the order they are offered."""
    return sorted(entries, key=lambda sid: _key(sid, entries[sid]))


def positions(entries: Entries) -> dict[bytes, int]:
    """For everybody, how many present people are offered before them to a counsellor of the same language."""
    ahead: dict[str, int] = {}
    result: dict[bytes, int] = {}
    for sid in ordered(entries):
        entry = entries[sid]
        result[sid] = ahead.get(entry.language, 0)
        ahead[entry.language] = result[sid] + entry.present
    return result


OnDuty = Mapping[bytes, AbstractSet[str]]
"""Staff -> the languages in which they are offered new conversations now."""


def next_for(
    entries: Entries, languages: AbstractSet[str], staff: bytes = b"", on_duty: OnDuty = MappingProxyType({})
) -> bytes | None:
    """Who is offered to a counsellor of these languages; None when nobody is.

    Whom this very counsellor (`staff`) had before comes first of all, so that people find each other again.
    Who said no to them, or was given back by them, is left to others `on_duty`, if there are any.
    """
    offered = [sid for sid in _offered(entries, languages) if not is_for_others(entries[sid], staff, on_duty)]
    return min(
        offered,
        key=lambda sid: (not staff or entries[sid].before != staff, _key(sid, entries[sid])),
        default=None,
    )


def is_for_others(entry: Entry, staff: bytes, on_duty: OnDuty) -> bool:
    """Whether this one is not offered to that counsellor, since somebody else is there to whom it is."""
    return staff in entry.after_others and any(
        entry.language in languages and other not in entry.after_others
        for other, languages in on_duty.items()
    )


def waited_s(entry: Entry, now: int) -> int:
    """Whole seconds waited; `now` in unix milliseconds. Never negative, clocks of workers differ."""
    return max(0, now - entry.arrival_ms) // 1000


def _offered(entries: Entries, languages: AbstractSet[str]) -> Iterable[bytes]:
    return (sid for sid, entry in entries.items() if entry.present and entry.language in languages)


def _key(sid: bytes, entry: Entry) -> tuple[bool, int, bytes]:
    # The sid is random and only breaks ties, so that every worker sees the same order.
    return (not entry.first, entry.arrival_ms - entry.urgency * LIFT_MS, sid)
