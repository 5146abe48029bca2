# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a desk is sent."""

from __future__ import annotations

import msgspec

from chat.protocol.frame import Frame, Languages
from chat.protocol.types import (
    M1,
    U8,
    U32,
    About,
    AlarmKind,
    Bytes32,
    DeviceId,
    DutyStatus,
    EndedBy,
    Envelope,
    ErrorCode,
    HandoverAnswer,
    Language,
    Left,
    PeerBody,
    Phase,
    Risk,
    Sid,
    Slot,
    StaffId,
    Text,
    Urgency,
)


class WaitingEntry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One line of the waiting list: nothing of it was typed by anybody."""

    sid: Sid
    language: Language
    waited: U32
    """Seconds."""
    present: bool
    about: About
    urgency: Urgency
    first: bool
    """Had a counsellor before, who was lost or gave it back."""


class MySeat(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A seat of this device that is to be rejoined."""

    sid: Sid
    slot: Slot


class BoardPerson(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Somebody whose desk is open."""

    staff: StaffId
    device: DeviceId
    alias: Text
    supervisor: bool
    status: DutyStatus
    languages: Languages
    since: U32
    """Unix seconds of the last change of status, rounded down to a minute."""
    conversations: U8
    heavy: U8
    """Heavy contacts today; 0 for everybody but oneself unless the one who sees it supervises."""


class BoardConversation(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A conversation with a counsellor; nothing of it was typed by anybody."""

    sid: Sid
    staff: StaffId
    language: Language
    minutes: U32
    """How long it has been open."""
    risk: Risk
    supervisor: StaffId | None


class DeskWelcome(Frame, tag=96, frozen=True):
    """Answer to OpenDesk."""

    version: U8
    worker: Text
    era: Bytes32
    mine: list[MySeat]
    """Seats of this device: rejoin each."""


class Room(Frame, tag=97, frozen=True):
    """The waiting room in the order it is offered; at most the first 50."""

    entries: list[WaitingEntry]
    total: U32


class Taken(Frame, tag=98, frozen=True):
    """This desk has a seat, or may ask for one: make the offer, with an epoch above the hint."""

    sid: Sid
    slot: Slot
    purpose: U8
    """Of the offer to make: 1 take, 2 handover (or somebody was there before), 3 supervise."""
    mode: U8
    """1 the help-seeker's browser seals, 2 the server does."""
    language: Language
    epoch_hint: U32
    present: bool


class Rejoined(Frame, tag=99, frozen=True):
    """Answer to Rejoin."""

    sid: Sid
    slot: Slot
    purpose: U8
    """As in `Taken`: of the offer to make when this seat has none that was answered."""
    mode: U8
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
    slot: Slot
    """Of the seat that is told."""
    present: bool


class DeskClosed(Frame, tag=105, frozen=True):
    """The conversation is over."""

    sid: Sid
    by: EndedBy


class DeskRefused(Frame, tag=106, frozen=True):
    """A frame was refused; with the conversation it was about, if any."""

    code: ErrorCode
    sid: Sid | None
    slot: Slot | None


class Duty(Frame, tag=107, frozen=True):
    """How this desk stands: answer to `SetDuty`, and after a welcome."""

    status: DutyStatus
    languages: Languages
    cap: U8
    """Conversations at once."""
    heavy: U8
    """Heavy contacts of this person today; gone at midnight."""


class Board(Frame, tag=108, frozen=True):
    """Who is on duty, and what is open: to those who may see it. Colleagues get the people alone."""

    people: list[BoardPerson]
    conversations: list[BoardConversation]


class Alarm(Frame, tag=109, frozen=True):
    """A colleague calls a supervisor."""

    alarm: Bytes32
    kind: AlarmKind
    sid: Sid | None
    staff: StaffId
    device: DeviceId
    since: U32
    """Seconds ago."""


class AlarmAnswered(Frame, tag=110, frozen=True):
    """A supervisor is on it; also to the one who called."""

    alarm: Bytes32
    by: StaffId
    device: DeviceId


class HandoverAsked(Frame, tag=111, frozen=True):
    """A colleague asks this desk to take a conversation over; `asked` False takes the question back."""

    sid: Sid
    by: StaffId
    language: Language
    asked: bool


class HandoverAnswered(Frame, tag=112, frozen=True):
    """To the one who hands over."""

    sid: Sid
    answer: HandoverAnswer


class SeatLeft(Frame, tag=113, frozen=True):
    """This desk holds the seat no longer, and the conversation goes on without it."""

    sid: Sid
    slot: Slot
    why: Left


class PeerReceived(Frame, tag=114, frozen=True):
    """A sealed message of the side channel."""

    by: DeviceId
    body: PeerBody


class PeerAway(Frame, tag=115, frozen=True):
    """The desk a message of the side channel was for is not open now; nothing was kept."""

    to: DeviceId


class RiskSet(Frame, tag=116, frozen=True):
    """The risk flag of a conversation, to its counsellor after a welcome or a change."""

    sid: Sid
    risk: Risk


class DeskMoving(Frame, tag=117, frozen=True):
    """This worker ends soon: go on over another connection, and use this one until that one is open."""
