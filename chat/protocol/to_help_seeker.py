# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a help-seeker's browser is sent."""

from __future__ import annotations

from chat.protocol.frame import Frame
from chat.protocol.types import (
    M2,
    U8,
    U32,
    About,
    Bytes32,
    Certificate,
    EndedBy,
    Envelope,
    ErrorCode,
    Left,
    Offer,
    Phase,
    Slot,
    Text,
    Urgency,
)


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


class Expected(Frame, tag=78, frozen=True):
    """While waiting: how long it is likely to take from now on, in minutes. Both null: nobody can say."""

    least: U8 | None
    most: U8 | None
    """Null: more than `least`, and nobody can say how much."""


class Described(Frame, tag=79, frozen=True):
    """What the person said of the matter, as it stands: answer to Describe, and told after Attach."""

    about: About
    urgency: Urgency


class Moving(Frame, tag=80, frozen=True):
    """This worker ends soon: go on over another connection, and use this one until that one is open."""
