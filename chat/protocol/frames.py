# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every frame, by direction. The order of fields is the wire order; tags never change meaning.

Four unions: `FromHelpSeeker`, `ToHelpSeeker`, `FromDesk`, `ToDesk`. A help-seeker's connection
carries one conversation, so its frames name none; a desk's connection carries all of the
counsellor's, so its frames begin with the `sid`.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from chat.protocol.types import (
    M1,
    M2,
    U8,
    U32,
    About,
    AlarmKind,
    Bytes32,
    Certificate,
    DeviceId,
    DutyStatus,
    EndedBy,
    EndHow,
    Envelope,
    ErrorCode,
    HandoverAnswer,
    Language,
    Left,
    Offer,
    PeerBody,
    Phase,
    Risk,
    Sid,
    Slot,
    StaffId,
    Text,
    Urgency,
)

Languages = Annotated[list[Language], msgspec.Meta(max_length=16)]


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
    about: About
    urgency: Urgency


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
    purpose: U8
    """Of the offer it answers: who hands over and who comes can both have one out for the same slot."""
    m1: M1


class AskResume(Frame, tag=6, frozen=True):
    """Ask the staff browser of this seat for a resume offer."""

    slot: Slot
    cert_id: Bytes32


class Leave(Frame, tag=7, frozen=True):
    """End the conversation, or leave the waiting room. May be sent again."""


class Decline(Frame, tag=8, frozen=True):
    """The person said no to whoever offers this slot (handover, supervisor, a new counsellor)."""

    slot: Slot


# --- desk to server ---


class OpenDesk(Frame, tag=32, frozen=True):
    """First frame of a desk's connection; who it is comes from the signed-in session."""

    version: U8
    take_over: bool


class Take(Frame, tag=33, frozen=True):
    """Take one waiting conversation by hand: a supervisor's."""

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
    """End a conversation (slot 0), or leave it (slot 1: a supervisor). May be sent again."""

    sid: Sid
    slot: Slot
    how: EndHow


class Rejoin(Frame, tag=39, frozen=True):
    """Continue a seat of this device after a reload or a dropped network."""

    sid: Sid
    slot: Slot


class SetDuty(Frame, tag=40, frozen=True):
    """Go on duty in these languages, on a break, or off duty. Answered by `Duty`."""

    status: DutyStatus
    languages: Languages


class HelpNext(Frame, tag=41, frozen=True):
    """Take whoever is next in one of my languages: answered by `Taken`, or a refusal."""

    half: Bytes32
    """As in `Take`."""


class GiveBack(Frame, tag=42, frozen=True):
    """Back to the head of the waiting room, after the help-seeker's yes inside the channel."""

    sid: Sid


class HandOver(Frame, tag=43, frozen=True):
    """Ask a colleague to take this conversation over; `HandoverAnswered` tells what becomes of it."""

    sid: Sid
    to: StaffId


class AnswerHandover(Frame, tag=44, frozen=True):
    """The colleague's word. Accepted: this desk may make a handover offer for slot 0 (`Taken`)."""

    sid: Sid
    accept: bool
    half: Bytes32


class Supervise(Frame, tag=45, frozen=True):
    """A supervisor asks for slot 1: may make a supervise offer (`Taken`); the help-seeker is asked."""

    sid: Sid
    half: Bytes32


class TakeOver(Frame, tag=46, frozen=True):
    """A supervisor asks to have slot 0: may make a handover offer; the help-seeker is asked."""

    sid: Sid
    half: Bytes32


class AskHelp(Frame, tag=47, frozen=True):
    """Call every supervisor on duty, about this conversation or none in particular."""

    sid: Sid | None


class SetRisk(Frame, tag=48, frozen=True):
    """The counsellor's judgement; `imminent` alarms every supervisor on duty."""

    sid: Sid
    risk: Risk


class AnswerAlarm(Frame, tag=49, frozen=True):
    """A supervisor is on it: the others are told."""

    alarm: Bytes32


class PeerSend(Frame, tag=50, frozen=True):
    """A sealed message of the staff's side channel to another desk. Passed on, never kept."""

    to: DeviceId
    body: PeerBody


class Withdraw(Frame, tag=51, frozen=True):
    """Take back what waits for an answer: a handover asked for, a wish to come."""

    sid: Sid
    slot: Slot


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
    """The counsellor was lost, or gave the conversation back: the place is first again."""

    why: Left


class Attended(Frame, tag=74, frozen=True):
    """While waiting: whether anybody is on duty for this language now. False: nobody can come at present."""

    anybody: bool


class NotComing(Frame, tag=75, frozen=True):
    """Whoever offered this slot comes no more, or the supervisor left it."""

    slot: Slot
    why: Left


# --- server to desk ---


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


FromHelpSeeker = Start | Attach | Put | Took | Hello | AskResume | Leave | Decline
ToHelpSeeker = (
    Welcome
    | Position
    | Offered
    | Replied
    | Delivery
    | Stored
    | Presence
    | Closed
    | Refused
    | BackToWaiting
    | Attended
    | NotComing
)
FromDesk = (
    OpenDesk
    | Take
    | DeskOffer
    | DeskReply
    | DeskPut
    | DeskTook
    | DeskEnd
    | Rejoin
    | SetDuty
    | HelpNext
    | GiveBack
    | HandOver
    | AnswerHandover
    | Supervise
    | TakeOver
    | AskHelp
    | SetRisk
    | AnswerAlarm
    | PeerSend
    | Withdraw
)
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
    | Duty
    | Board
    | Alarm
    | AlarmAnswered
    | HandoverAsked
    | HandoverAnswered
    | SeatLeft
    | PeerReceived
    | PeerAway
    | RiskSet
)
