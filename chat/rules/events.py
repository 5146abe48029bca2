# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can happen to a conversation. Past tense: the event is a fact, the rules say what follows.

`now` is unix milliseconds. `generation` is that of the connection the event comes from; a
command of an older connection is refused, so that a stale tab or worker can change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from chat.protocol.types import About
from chat.rules.state import Member, Urgency


@dataclass(frozen=True, slots=True)
class Started:
    """A help-seeker's first frame. Sent again, it attaches (whose browser it is was checked before)."""

    language: str
    generation: int
    now: int
    urgency: Urgency = Urgency.USUAL
    about: About = About.UNSAID


@dataclass(frozen=True, slots=True)
class Attached:
    """A member's connection came, or came back. `device_id` is empty for the help-seeker."""

    member: Member
    generation: int
    now: int
    device_id: bytes = b""


@dataclass(frozen=True, slots=True)
class Gone:
    """The presence lease of this connection ended. Of an older connection it means nothing."""

    member: Member
    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A desk's claim in the waiting room held: it takes the conversation."""

    staff_id: bytes
    device_id: bytes
    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class ClaimLapsed:
    """The lease of a claim ended; perhaps its worker died before the conversation moved."""

    now: int


@dataclass(frozen=True, slots=True)
class MatchedLost:
    """The desk that took it gave it back before it opened."""

    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class ReplyPosted:
    """The counsellor's m2 is posted: both sides have the keys."""

    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class Joined:
    """The help-seeker said yes to a supervisor, whose m2 is posted."""

    staff_id: bytes
    device_id: bytes
    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A member ends it: help-seeker or counsellor for all, a supervisor only the own seat."""

    member: Member
    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A deadline may be due. `last_activity` is when the last envelope was put, in unix milliseconds."""

    now: int
    last_activity: int = 0


Event = Started | Attached | Gone | Claimed | ClaimLapsed | MatchedLost | ReplyPosted | Joined | Ended | Tick
