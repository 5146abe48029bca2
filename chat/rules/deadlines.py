# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a conversation has to be looked at again. Deadlines are data: each is computed from the state,
written beside it, and fed back to the rules as a `Tick`.

Every state but a closed one has at least the six hours, so none is without an exit.
"""

from __future__ import annotations

import enum
from typing import Final

from chat.protocol.types import Phase
from chat.rules.state import Conversation, Member, Place, Presence

MINUTE: Final = 60_000
"""Milliseconds, as every length here."""
PLACE_KEPT_MS: Final = 10 * MINUTE
"""How long a place in the waiting room is kept without a connection."""
OPENING_MS: Final = MINUTE
"""How long a counsellor who took it has to open it, while the help-seeker is present."""
ASKED_MS: Final = 10 * MINUTE
"""The same where the help-seeker is asked by name: for a newcomer, a supervisor, the next counsellor."""
QUESTION_MS: Final = 2 * MINUTE
"""How long a colleague has to answer whether to take a conversation over."""
LOST_MS: Final = 2 * MINUTE
"""How long the counsellor of an open conversation may be away before it is offered to others."""
AWAY_MS: Final = 15 * MINUTE
"""How long the help-seeker may be away once it is matched, and a supervisor."""
IDLE_MS: Final = 60 * MINUTE
"""How long an open conversation may go without an envelope."""
LONGEST_MS: Final = 6 * 60 * MINUTE
"""How long all of it may take, waiting too."""


class Limit(enum.Enum):
    """Why a deadline stands."""

    TOO_LONG = enum.auto()
    PLACE_KEPT = enum.auto()
    NOT_OPENED = enum.auto()
    AWAY = enum.auto()
    COUNSELLOR_LOST = enum.auto()
    SUPERVISOR_AWAY = enum.auto()
    SUPERVISOR_LAPSED = enum.auto()
    NEWCOMER_LAPSED = enum.auto()
    QUESTION_LAPSED = enum.auto()
    IDLE = enum.auto()


def deadlines(state: Conversation, last_activity: int = 0) -> tuple[tuple[int, Limit], ...]:
    """Every deadline that stands now, as (unix ms, why). None stands for a closed conversation."""
    if state.phase is Phase.CLOSED:
        return ()
    found = [(state.started_ms + LONGEST_MS, Limit.TOO_LONG)]
    found += [limit for place in state.members() if (limit := _of_place(state, place)) is not None]
    if state.asked is not None:
        found.append((state.asked.since_ms + QUESTION_MS, Limit.QUESTION_LAPSED))
    if state.phase is Phase.MATCHED and state.is_present(Member.HELP_SEEKER):
        both_here = max(state.phase_ms, state.help_seeker.since_ms)
        found.append((both_here + (ASKED_MS if state.opened_ms else OPENING_MS), Limit.NOT_OPENED))
    if state.phase is Phase.OPEN:
        found.append((max(state.phase_ms, last_activity) + IDLE_MS, Limit.IDLE))
    return tuple(found)


def next_due(state: Conversation, last_activity: int = 0) -> int:
    """The next deadline in unix ms; `last_activity` as in `Tick`. Not knowing it gives an earlier time,
    and a deadline that fires early is harmless.

    Raises:
        ValueError: a closed conversation has none.
    """
    return min(at for at, _ in deadlines(state, last_activity))


def _of_place(state: Conversation, place: Place) -> tuple[int, Limit] | None:
    if place.asks:
        newcomer = place.member is Member.NEWCOMER
        return place.asking_ms + ASKED_MS, Limit.NEWCOMER_LAPSED if newcomer else Limit.SUPERVISOR_LAPSED
    if place.presence is Presence.PRESENT:
        return None
    match place.member:
        case Member.SUPERVISOR:
            return place.since_ms + AWAY_MS, Limit.SUPERVISOR_AWAY
        case Member.COUNSELLOR:
            # With a newcomer there the help-seeker is being asked already; else the next one is looked for.
            return None if state.newcomer.is_held else (place.since_ms + LOST_MS, Limit.COUNSELLOR_LOST)
        case _:
            # Whose counsellor was lost waits no less patiently kept than in the open conversation.
            first_wait = state.phase is Phase.WAITING and not state.opened_ms
            kept = (PLACE_KEPT_MS, Limit.PLACE_KEPT) if first_wait else (AWAY_MS, Limit.AWAY)
            return place.since_ms + kept[0], kept[1]
