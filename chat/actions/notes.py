# SPDX-License-Identifier: AGPL-3.0-or-later
"""A note of the rules as the frame its member gets."""

from __future__ import annotations

from chat.protocol import frames
from chat.protocol.types import ErrorCode, Left
from chat.rules import effects
from chat.rules.state import Member

_SLOT = {Member.COUNSELLOR: 0, Member.SUPERVISOR: 1}


def for_help_seeker(note: effects.Note) -> frames.ToHelpSeeker | None:
    """The frame for the help-seeker's browser; None for a note that only answers a request."""
    match note:
        case effects.PresenceOf(member=member, present=present):
            return frames.Presence(_SLOT[member], present)
        case effects.ClosedBy(by=by):
            return frames.Closed(by)
        case effects.BackToWaiting():
            return frames.BackToWaiting(Left.LOST)
        case _:
            return None


def for_desk(sid: bytes, note: effects.Note) -> frames.ToDesk | None:
    """The frame for a desk; None for a note that only answers a request."""
    match note:
        case effects.PresenceOf(member=Member.HELP_SEEKER, present=present):
            return frames.DeskPresence(sid, 0, present)
        case effects.ClosedBy(by=by):
            return frames.DeskClosed(sid, by)
        case effects.Released():
            return frames.DeskRefused(ErrorCode.NOT_A_MEMBER, sid, 0)
        case _:
            return None
