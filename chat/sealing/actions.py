# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a seat asks its shell to do, in this order. `Persist` comes first: what is sent or shown is kept.

The words are those of `Outgoing` and `SeatChange` in `chat/browser/sealing/types.ts`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chat.sealing.errors import Code
from chat.sealing.lines import Line, LineState
from chat.sealing.offer import Purpose


@dataclass(frozen=True, slots=True)
class Persist:
    """Seal the state into the blob and keep it, before anything that follows."""

    state: bytes = field(repr=False)


# --- to the socket; sending twice does no harm ---


@dataclass(frozen=True, slots=True)
class SendOffer:
    """Frame DeskOffer."""

    offer: bytes
    staff: bytes
    manager: bytes


@dataclass(frozen=True, slots=True)
class SendHello:
    """Frame Hello."""

    m1: bytes


@dataclass(frozen=True, slots=True)
class SendReply:
    """Frame DeskReply."""

    m2: bytes
    ready: bytes


@dataclass(frozen=True, slots=True)
class SendEnvelope:
    """Frame Put or DeskPut."""

    envelope: bytes


@dataclass(frozen=True, slots=True)
class AskResume:
    """Frame AskResume: only staff browsers make offers, so a help-seeker's browser can but ask."""

    cert_id: bytes


@dataclass(frozen=True, slots=True)
class Took:
    """Frame Took or DeskTook: the server may drop up to here."""

    epoch: int
    n: int


# --- to the screen ---


@dataclass(frozen=True, slots=True)
class Active:
    """An epoch is active: lines flow. Comes again after each resume. `alias` is None at the desk."""

    epoch: int
    alias: str | None


@dataclass(frozen=True, slots=True)
class LineAdded:
    """A line to show, one's own or the peer's."""

    line: Line


@dataclass(frozen=True, slots=True)
class LineChanged:
    """How far an own line has come."""

    mid: bytes
    state: LineState


@dataclass(frozen=True, slots=True)
class PeerTyping:
    """Show it for about 6 seconds."""


@dataclass(frozen=True, slots=True)
class PeerEnded:
    """The peer said inside the channel that it ended. No frame of the server can cause this."""


@dataclass(frozen=True, slots=True)
class NeedsConsent:
    """Ask the person, on a screen that shows this alias, then `consent`. Nothing is answered before."""

    alias: str
    cert_id: bytes
    purpose: Purpose
    announced: bool
    """Whether the staff member in slot 0 proposed exactly this certificate inside the channel."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """The peer proposes a handover or a supervisor; tell the other slot's seat by `announced`."""

    purpose: Purpose
    cert_id: bytes


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The peer takes back what it proposed; tell the other slot's seat by `unannounced`."""

    purpose: Purpose
    cert_id: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """At the desk: the help-seeker's word about what was proposed, and not taken back since."""

    purpose: Purpose
    cert_id: bytes
    yes: bool


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """At the desk: which staff slots the help-seeker's browser passes lines to."""

    counsellor: bool
    supervisor: bool


@dataclass(frozen=True, slots=True)
class RefusedOffer:
    """An offer was not accepted; nothing was answered."""

    code: Code


@dataclass(frozen=True, slots=True)
class Dead:
    """The seat is over for a reason of its own: keys are wiped, nothing more is taken in or sent."""

    code: Code


Action = (
    Persist
    | SendOffer
    | SendHello
    | SendReply
    | SendEnvelope
    | AskResume
    | Took
    | Active
    | LineAdded
    | LineChanged
    | PeerTyping
    | PeerEnded
    | NeedsConsent
    | Proposed
    | TakenBack
    | Answered
    | RoomChanged
    | RefusedOffer
    | Dead
)
