# SPDX-License-Identifier: AGPL-3.0-or-later
"""The board: who is at the desk, and which conversations are with a counsellor. What of it who may see.

A colleague sees the people, to hand over to one; how many heavy contacts somebody had is for that
person and for supervisors alone.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from chat.protocol.types import Phase, Risk
from chat.rules.duty import Duty
from chat.rules.roles import Permission
from chat.rules.state import Conversation

MOST_PEOPLE: Final = 200
MOST_CONVERSATIONS: Final = 500
"""What is read and shown at most, so that a look at the board costs a bounded amount."""


class Sees(NamedTuple):
    """How much of the board somebody may see, beside themselves."""

    conversations: bool
    heavy: bool


NOTHING_ELSE: Final = Sees(conversations=False, heavy=False)


def sees(duty: Duty) -> Sees | None:
    """What of the board this desk may see; None for nothing."""
    if not duty.may(Permission.SEE_WAITING_ROOM):
        return None
    return Sees(duty.may(Permission.SEE_DUTY), duty.may(Permission.SUPERVISE))


class OnBoard(NamedTuple):
    """A conversation as the board shows it."""

    staff: bytes
    language: str
    open_ms: int | None
    """Since when it has been open; None: not yet."""
    risk: Risk
    supervisor: bytes | None


def on_board(state: Conversation | None) -> OnBoard | None:
    """What the board shows of a conversation; None when no counsellor has it."""
    if state is None or state.phase not in {Phase.MATCHED, Phase.OPEN}:
        return None
    beside = state.supervisor
    return OnBoard(
        state.counsellor.staff_id,
        state.language,
        state.opened_ms if state.phase is Phase.OPEN else None,
        state.risk,
        beside.staff_id if beside.is_held and not beside.asks else None,
    )


def minutes(shown: OnBoard, now: int) -> int:
    """Whole minutes since it was opened; 0 before."""
    return 0 if shown.open_ms is None else max(0, now - shown.open_ms) // 60_000
