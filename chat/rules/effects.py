# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the actions have to do after a step, in the order given.

Only the one whose compare-and-set succeeded carries effects out. Each but `Count` may be done twice
without harm.
"""

from __future__ import annotations

from dataclasses import dataclass

from chat.protocol.types import About, EndedBy, HandoverAnswer, Left, Phase, Risk
from chat.rules.outcomes import Measure
from chat.rules.state import Member, Urgency
from chat.rules.waiting_room import Entry


@dataclass(frozen=True, slots=True)
class Welcomed:
    """Answer to a connection that came: the conversation stands like this."""

    phase: Phase
    generation: int
    present: bool
    """For the help-seeker: the counsellor is connected. For staff: the help-seeker is."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Answer to a desk that took the conversation, or may ask the help-seeker for a seat."""

    purpose: int
    """Of the offer to make: 1 take, 2 somebody was there before, 3 supervise."""
    present: bool
    """The help-seeker is connected."""


@dataclass(frozen=True, slots=True)
class PresenceOf:
    """A member came, went away, or left its seat."""

    member: Member
    present: bool


@dataclass(frozen=True, slots=True)
class ClosedBy:
    """The conversation is over."""

    by: EndedBy


@dataclass(frozen=True, slots=True)
class BackToWaiting:
    """To the help-seeker: the counsellor was lost or gave it back; the place is first again."""

    why: Left


@dataclass(frozen=True, slots=True)
class NotComing:
    """To the help-seeker: whoever asked for this slot comes no more, or the supervisor left it."""

    slot: int
    why: Left


@dataclass(frozen=True, slots=True)
class HandoverWas:
    """To the counsellor who hands over: what became of it."""

    answer: HandoverAnswer


@dataclass(frozen=True, slots=True)
class RiskIs:
    """To the counsellor: how the danger is judged."""

    risk: Risk


@dataclass(frozen=True, slots=True)
class DescribedAs:
    """To the help-seeker: what they said of the matter, as it stands."""

    about: About
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class NotYours:
    """Answer to staff: this desk holds the seat no longer, and the conversation goes on without it."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """To the older connection of this member: continued in another tab."""

    generation: int
    """The older connection's."""


@dataclass(frozen=True, slots=True)
class LeaseEnded:
    """To the connection whose presence lease ended, should it be alive after all (its worker stood
    still, a laptop slept): it attaches again, with the same generation.
    """

    generation: int


Note = (
    Welcomed
    | Taken
    | PresenceOf
    | ClosedBy
    | BackToWaiting
    | NotComing
    | HandoverWas
    | RiskIs
    | DescribedAs
    | NotYours
    | Superseded
    | LeaseEnded
)


@dataclass(frozen=True, slots=True)
class Tell:
    """Send a note to a member's connection; when there is none, nothing is lost."""

    to: Member
    note: Note


@dataclass(frozen=True, slots=True)
class Admit:
    """From now on only this connection of the member may append to its lanes. Only ever rises."""

    member: Member
    generation: int


@dataclass(frozen=True, slots=True)
class Vacate:
    """Tell the desk that it holds this seat no longer, and delete what is stored for it: holder, half-key,
    handshake, admission. Not the lanes' numbers: the next holder's epoch has to be higher. Happens in the
    same moment as the change of the state.
    """

    member: Member
    why: Left
    generation: int
    """The last holder's."""
    device_id: bytes
    """Whose desk held it."""


@dataclass(frozen=True, slots=True)
class Move:
    """The newcomer has slot 0 from now on, in the same moment as the change of the state: holder, half-key,
    handshake and connection become the counsellor's, and the desk before is told. The lanes go on: their
    numbers rise with the newcomer's epoch.
    """

    generation: int
    """Of slot 0 from now on: whoever has a lower one can do nothing any more."""
    device_id: bytes
    """Whose desk leaves."""


@dataclass(frozen=True, slots=True)
class AskColleague:
    """Ask these desks to take the conversation over; `asked` False takes the question back."""

    devices: tuple[bytes, ...]
    by: bytes
    """Who of the staff asks."""
    language: str
    asked: bool


@dataclass(frozen=True, slots=True)
class EnterRoom:
    """Write the entry of the waiting room (again)."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class MarkInRoom:
    """Note at the entry of the waiting room whether the help-seeker is present."""

    present: bool


@dataclass(frozen=True, slots=True)
class DescribeInRoom:
    """Note at the entry of the waiting room what the help-seeker says of the matter."""

    entry: Entry
    """All of it, as it is now."""


@dataclass(frozen=True, slots=True)
class LeaveRoom:
    """Remove the entry of the waiting room and any claim on it."""


@dataclass(frozen=True, slots=True)
class Due:
    """The next deadline, always the first effect. Write it (only earlier, never later) before the state
    is saved; after a `Tick`, put it in the place of the one that fired.
    """

    at_ms: int


@dataclass(frozen=True, slots=True)
class Count:
    """One more of this value of this measure; never two properties together."""

    measure: Measure
    value: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete every key of the conversation, its state and its deadlines too. Always the last effect."""


Effect = (
    Tell
    | Admit
    | Vacate
    | Move
    | AskColleague
    | EnterRoom
    | MarkInRoom
    | DescribeInRoom
    | LeaveRoom
    | Due
    | Count
    | Forget
)
