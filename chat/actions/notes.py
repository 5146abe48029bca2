# SPDX-License-Identifier: AGPL-3.0-or-later
"""A note of the rules as the frame its member gets."""

from __future__ import annotations

from typing import Final

from chat.protocol import codec, frames
from chat.rules import effects
from chat.rules.state import SLOT, Member

LEASE_ENDED: Final = b""
"""Told to a connection instead of a frame: take your place again, should you be alive after all."""


def payload(sid: bytes, to: Member, note: effects.Note) -> bytes | None:
    """What travels to the member's connection; None for a note that only answers a request."""
    if isinstance(note, effects.LeaseEnded):
        return LEASE_ENDED
    frame = for_help_seeker(note) if to is Member.HELP_SEEKER else for_desk(sid, to, note)
    return None if frame is None else codec.encode(frame)


def for_help_seeker(note: effects.Note) -> frames.ToHelpSeeker | None:
    """The frame for the help-seeker's browser; None for a note that only answers a request."""
    match note:
        case effects.PresenceOf(member=member, present=present):
            return frames.Presence(SLOT[member], present)
        case effects.ClosedBy(by=by):
            return frames.Closed(by)
        case effects.BackToWaiting(why=why):
            return frames.BackToWaiting(why)
        case effects.NotComing(slot=slot, why=why):
            return frames.NotComing(slot, why)
        case effects.DescribedAs(about=about, urgency=urgency):
            return frames.Described(about, urgency)
        case _:
            return None


def for_desk(sid: bytes, to: Member, note: effects.Note) -> frames.ToDesk | None:
    """The frame for the desk of a member; None for a note that only answers a request."""
    match note:
        case effects.PresenceOf(member=Member.HELP_SEEKER, present=present):
            return frames.DeskPresence(sid, SLOT[to], present)
        case effects.ClosedBy(by=by):
            return frames.DeskClosed(sid, by)
        case effects.HandoverWas(answer=answer):
            return frames.HandoverAnswered(sid, answer)
        case effects.RiskIs(risk=risk):
            return frames.RiskSet(sid, risk)
        case _:
            return None
