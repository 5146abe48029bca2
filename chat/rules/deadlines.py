# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a conversation has to be looked at again. Deadlines are data: each is computed from the state,
written beside it, and fed back to the rules as a `Tick`.

Every state but a closed one has at least the six hours, so none is without an exit.
"""

from __future__ import annotations

import enum
from typing import Final

from chat.protocol.types import Phase
from chat.rules.state import Conversation, Member, Presence

MINUTE: Final = 60_000
"""Milliseconds, as every length here."""
PLACE_KEPT_MS: Final = 10 * MINUTE
"""How long a place in the waiting room is kept without a connection."""
OPENING_MS: Final = MINUTE
"""How long a counsellor who took it has to open it, while the help-seeker is present."""
AWAY_MS: Final = 15 * MINUTE
"""How long either side may be away once it is matched."""
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
    SUPERVISOR_AWAY = enum.auto()
    IDLE = enum.auto()


def deadlines(state: Conversation, last_activity: int = 0) -> tuple[tuple[int, Limit], ...]:
    """Every deadline that stands now, as (unix ms, why). None stands for a closed conversation."""
    if state.phase is Phase.CLOSED:
        return ()
    found = [(state.started_ms + LONGEST_MS, Limit.TOO_LONG)]
    for place in state.members():
        if place.presence is Presence.PRESENT:
            continue
        if state.phase is Phase.WAITING:
            found.append((place.since_ms + PLACE_KEPT_MS, Limit.PLACE_KEPT))
        elif place.member is Member.SUPERVISOR:
            found.append((place.since_ms + AWAY_MS, Limit.SUPERVISOR_AWAY))
        else:
            found.append((place.since_ms + AWAY_MS, Limit.AWAY))
    if state.phase is Phase.MATCHED and state.is_present(Member.HELP_SEEKER):
        both_here = max(state.phase_ms, state.help_seeker.since_ms)
        found.append((both_here + OPENING_MS, Limit.NOT_OPENED))
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
