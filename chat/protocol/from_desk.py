# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a desk sends. Its connection carries all conversations of a device: frames begin with the `sid`."""

from __future__ import annotations

from chat.protocol.frame import Frame, Languages
from chat.protocol.types import (
    M2,
    U8,
    U32,
    Bytes32,
    Certificate,
    DeviceId,
    DutyStatus,
    EndHow,
    Envelope,
    Offer,
    PeerBody,
    Risk,
    Sid,
    Slot,
    StaffId,
)


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


class WatchBoard(Frame, tag=52, frozen=True):
    """From now on this desk looks at the board, or no longer: who does not look is sent none."""

    watch: bool


class Withdraw(Frame, tag=51, frozen=True):
    """Take back what waits for an answer: a handover asked for, a wish to come."""

    sid: Sid
    slot: Slot
