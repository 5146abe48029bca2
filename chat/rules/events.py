# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can happen to a conversation. Past tense: the event is a fact, the rules say what follows.

`now` is unix milliseconds. `generation` is that of the connection the event comes from; a
command of an older connection is refused, so that a stale tab or worker can change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from chat.protocol.types import About, EndHow, Risk
from chat.rules.state import Member, Urgency


@dataclass(frozen=True, slots=True)
class Started:
    """A help-seeker's first frame. Sent again, it attaches (whose browser it is was checked before)."""

    language: str
    generation: int
    now: int
    urgency: Urgency = Urgency.USUAL
    about: About = About.UNSAID
    mode: int = 1
    """1 the browser seals, 2 the server does, without script."""


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
class GivenBack:
    """The counsellor gives it back to the waiting room: before it opened, or with the help-seeker's yes."""

    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class ReplyPosted:
    """Both sides have the keys: a conversation opens, a supervisor joins, a newcomer moves to slot 0.

    `seat_generation`: for a newcomer, the generation it has from now on as the counsellor.
    """

    generation: int
    now: int
    member: Member = Member.COUNSELLOR
    seat_generation: int = 0


@dataclass(frozen=True, slots=True)
class HandoverAsked:
    """The counsellor asks a colleague, at these desks, to take the conversation over."""

    generation: int
    staff_id: bytes
    devices: tuple[bytes, ...]
    now: int


@dataclass(frozen=True, slots=True)
class HandoverRefused:
    """The colleague's no."""

    staff_id: bytes
    now: int


@dataclass(frozen=True, slots=True)
class Came:
    """A colleague said yes (`invited`), or a supervisor takes over: the help-seeker will be asked."""

    staff_id: bytes
    device_id: bytes
    generation: int
    now: int
    invited: bool


@dataclass(frozen=True, slots=True)
class WishedToJoin:
    """A supervisor asks for slot 1: the help-seeker will be asked."""

    staff_id: bytes
    device_id: bytes
    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class Declined:
    """The help-seeker's no to whoever offers this slot."""

    slot: int
    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class Described:
    """What the help-seeker says of the matter, while waiting: by a tap, and another tap changes it."""

    about: About
    urgency: Urgency
    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Somebody of the staff takes back what waits for an answer."""

    member: Member
    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class RiskJudged:
    """The counsellor's judgement of the danger."""

    risk: Risk
    generation: int
    now: int


@dataclass(frozen=True, slots=True)
class Removed:
    """A device, or its person, was removed: it holds and offers nothing any more."""

    device_id: bytes
    now: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A member ends it: help-seeker or counsellor for all, a supervisor or newcomer only the own seat."""

    member: Member
    generation: int
    now: int
    how: EndHow = EndHow.USUAL


@dataclass(frozen=True, slots=True)
class Tick:
    """A deadline may be due. `last_activity` is when the last envelope was put, in unix milliseconds."""

    now: int
    last_activity: int = 0


Event = (
    Started
    | Attached
    | Gone
    | Claimed
    | ClaimLapsed
    | GivenBack
    | ReplyPosted
    | HandoverAsked
    | HandoverRefused
    | Came
    | WishedToJoin
    | Declined
    | Described
    | Withdrawn
    | RiskJudged
    | Removed
    | Ended
    | Tick
)
