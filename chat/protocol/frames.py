# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every frame, by direction. The order of fields is the wire order; tags never change meaning.

Four unions: `FromHelpSeeker`, `ToHelpSeeker`, `FromDesk`, `ToDesk`. A help-seeker's connection
carries one conversation, so its frames name none; a desk's connection carries all of the
counsellor's, so its frames begin with the `sid`.
"""

from __future__ import annotations

import msgspec

from chat.protocol.types import (
    M1,
    M2,
    U8,
    U32,
    Bytes32,
    Certificate,
    EndedBy,
    Envelope,
    ErrorCode,
    Language,
    Offer,
    Phase,
    Sid,
    Slot,
    Text,
)


class Frame(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Base of all frames. (Each repeats `frozen`: msgspec inherits it, mypy does not see that.)"""


# --- help-seeker to server ---


class Start(Frame, tag=1, frozen=True):
    """First frame of a new conversation: enter the waiting room."""

    version: U8
    sid: Sid
    ticket_hash: Bytes32
    """SHA-256 of the ticket; who shows the ticket later is the same browser."""
    half: Bytes32
    """The server's half of the key of the reload blob; dies with the conversation."""
    language: Language


class Attach(Frame, tag=2, frozen=True):
    """First frame after a dropped network or a reload: continue."""

    version: U8
    sid: Sid
    ticket: Bytes32
    era: Bytes32
    """As in the last Welcome, so that the server can tell *ended* from *lost*."""
    take_over: bool
    """False asks first when another tab holds the seat; True continues here."""


class Put(Frame, tag=3, frozen=True):
    """Append one sealed envelope to its lane; its header says which."""

    envelope: Envelope


class Took(Frame, tag=4, frozen=True):
    """Everything up to this envelope was taken in and kept: the server may drop it."""

    slot: Slot
    epoch: U32
    n: U32


class Hello(Frame, tag=5, frozen=True):
    """The help-seeker's answer to an offer (m1)."""

    slot: Slot
    m1: M1


class AskResume(Frame, tag=6, frozen=True):
    """Ask the staff browser of this seat for a resume offer."""

    slot: Slot
    cert_id: Bytes32


class Leave(Frame, tag=7, frozen=True):
    """End the conversation, or leave the waiting room. May be sent again."""


# --- desk to server ---


class OpenDesk(Frame, tag=32, frozen=True):
    """First frame of a desk's connection; who it is comes from the signed-in session."""

    version: U8
    take_over: bool


class Take(Frame, tag=33, frozen=True):
    """Take one waiting conversation."""

    sid: Sid
    half: Bytes32
    """The server's half of the key of this seat's stored transcript at the desk."""


class DeskOffer(Frame, tag=34, frozen=True):
    """A signed offer for a seat, with the chain that vouches for it."""

    sid: Sid
    slot: Slot
    offer: Offer
    staff: Certificate
    manager: Certificate


class DeskReply(Frame, tag=35, frozen=True):
    """m2, and the `ready` envelope that goes with it."""

    sid: Sid
    slot: Slot
    m2: M2
    ready: Envelope


class DeskPut(Frame, tag=36, frozen=True):
    """Append one sealed envelope to its lane."""

    sid: Sid
    envelope: Envelope


class DeskTook(Frame, tag=37, frozen=True):
    """Everything up to this envelope was taken in and kept."""

    sid: Sid
    slot: Slot
    epoch: U32
    n: U32


class DeskEnd(Frame, tag=38, frozen=True):
    """End a conversation. May be sent again."""

    sid: Sid


class Rejoin(Frame, tag=39, frozen=True):
    """Continue an open conversation of this device after a reload or a dropped network."""

    sid: Sid


# --- server to help-seeker ---


class Welcome(Frame, tag=64, frozen=True):
    """Answer to Start and Attach."""

    version: U8
    worker: Text
    """Name of the worker process, so that a test can tell two apart."""
    era: Bytes32
    """Identity of the live store's memory: another value means it was lost in between."""
    generation: U32
    phase: Phase
    half: Bytes32
    present: bool
    """Whether a counsellor's desk is connected now (False while waiting)."""


class Position(Frame, tag=65, frozen=True):
    """Place in the waiting room: how many present people would be offered before you."""

    ahead: U32


class Offered(Frame, tag=66, frozen=True):
    """A staff browser offers a seat; also sent again after Attach while it is outstanding."""

    slot: Slot
    offer: Offer
    staff: Certificate
    manager: Certificate


class Replied(Frame, tag=67, frozen=True):
    """m2 to the hello sent; the `ready` envelope follows in the lane."""

    slot: Slot
    m2: M2


class Delivery(Frame, tag=68, frozen=True):
    """One envelope of the other side, in the order of its lane."""

    envelope: Envelope


class Stored(Frame, tag=69, frozen=True):
    """The live store has everything of this lane up to here: *sent*, and no more than that."""

    slot: Slot
    epoch: U32
    n: U32


class Presence(Frame, tag=70, frozen=True):
    """Whether the other side is connected."""

    slot: Slot
    present: bool


class Closed(Frame, tag=71, frozen=True):
    """The conversation is over and everything stored of it is gone."""

    by: EndedBy


class Refused(Frame, tag=72, frozen=True):
    """A frame was refused, or the server cannot do it now."""

    code: ErrorCode


class BackToWaiting(Frame, tag=73, frozen=True):
    """The counsellor who took the conversation was lost before it opened; the place is first again."""


# --- server to desk ---


class WaitingEntry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One line of the waiting list: nothing of it was typed by anybody."""

    sid: Sid
    language: Language
    waited: U32
    """Seconds."""
    present: bool


class DeskWelcome(Frame, tag=96, frozen=True):
    """Answer to OpenDesk."""

    version: U8
    worker: Text
    era: Bytes32
    mine: list[Sid]
    """Open conversations of this device: rejoin each."""


class Room(Frame, tag=97, frozen=True):
    """The waiting room in the order it is offered; at most the first 50."""

    entries: list[WaitingEntry]
    total: U32


class Taken(Frame, tag=98, frozen=True):
    """This desk has the conversation: make the offer, with an epoch above the hint."""

    sid: Sid
    language: Language
    epoch_hint: U32
    present: bool


class Rejoined(Frame, tag=99, frozen=True):
    """Answer to Rejoin."""

    sid: Sid
    half: Bytes32
    phase: Phase
    language: Language
    epoch_hint: U32
    present: bool


class DeskHello(Frame, tag=100, frozen=True):
    """The help-seeker's m1."""

    sid: Sid
    slot: Slot
    m1: M1


class DeskAskResume(Frame, tag=101, frozen=True):
    """The help-seeker's browser asks for a resume offer."""

    sid: Sid
    slot: Slot
    cert_id: Bytes32


class DeskDelivery(Frame, tag=102, frozen=True):
    """One envelope of the help-seeker."""

    sid: Sid
    envelope: Envelope


class DeskStored(Frame, tag=103, frozen=True):
    """*Sent*: the live store has this lane up to here."""

    sid: Sid
    slot: Slot
    epoch: U32
    n: U32


class DeskPresence(Frame, tag=104, frozen=True):
    """Whether the help-seeker is connected."""

    sid: Sid
    present: bool


class DeskClosed(Frame, tag=105, frozen=True):
    """The conversation is over."""

    sid: Sid
    by: EndedBy


class DeskRefused(Frame, tag=106, frozen=True):
    """A frame was refused; with the conversation it was about, if any."""

    code: ErrorCode
    sid: Sid | None


FromHelpSeeker = Start | Attach | Put | Took | Hello | AskResume | Leave
ToHelpSeeker = (
    Welcome | Position | Offered | Replied | Delivery | Stored | Presence | Closed | Refused | BackToWaiting
)
FromDesk = OpenDesk | Take | DeskOffer | DeskReply | DeskPut | DeskTook | DeskEnd | Rejoin
ToDesk = (
    DeskWelcome
    | Room
    | Taken
    | Rejoined
    | DeskHello
    | DeskAskResume
    | DeskDelivery
    | DeskStored
    | DeskPresence
    | DeskClosed
    | DeskRefused
)
