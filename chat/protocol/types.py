# SPDX-License-Identifier: AGPL-3.0-or-later
"""Field types, limits and closed sets shared by every frame.

Every frame is one binary WebSocket message: a MessagePack array `[tag, field, ...]`
(msgspec `array_like` structs). Limits stand in the types, so that decoding checks them.
"""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec

VERSION = 1
"""Protocol version, first field of the first frame of every connection."""

MAX_FRAME = 8192
"""Largest frame in bytes that is looked at; a larger one is answered `too_large`."""

ENVELOPE_SIZES = (1063, 4135)
"""The only two sizes of an envelope in bytes (docs/protocol.md, envelopes)."""

U8 = Annotated[int, msgspec.Meta(ge=0, le=255)]
U32 = Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)]
Slot = Annotated[int, msgspec.Meta(ge=0, le=1)]
"""Seat of a conversation: 0 counsellor, 1 supervisor."""

Sid = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
"""Address of a conversation, made by the help-seeker's browser; not a credential."""

Bytes32 = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Offer = Annotated[bytes, msgspec.Meta(min_length=1336, max_length=1336)]
M1 = Annotated[bytes, msgspec.Meta(min_length=2384, max_length=2384)]
M2 = Annotated[bytes, msgspec.Meta(min_length=1168, max_length=1168)]
Certificate = Annotated[bytes, msgspec.Meta(min_length=156, max_length=203)]
"""156 to 203 bytes: 91 fixed, 1 to 48 of alias, 64 of signature."""

Envelope = Annotated[bytes, msgspec.Meta(min_length=1063, max_length=4135)]
Solution = Annotated[bytes, msgspec.Meta(min_length=1, max_length=1024)]
"""A solved challenge of work."""
StaffId = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
DeviceId = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
PeerBody = Annotated[bytes, msgspec.Meta(min_length=1, max_length=4608)]
"""One sealed message between two desks; the largest is an envelope of 4,135 bytes and its framing."""

Weight = Annotated[int, msgspec.Meta(ge=0, le=4)]
"""How heavy it feels: 0 not heavy, 4 very heavy."""

Language = Annotated[str, msgspec.Meta(min_length=2, max_length=8, pattern=r"^[a-z]{2}(-[A-Za-z]{2,4})?\Z")]
Text = Annotated[str, msgspec.Meta(max_length=64)]


class Phase(enum.IntEnum):
    """Where a conversation stands (docs/vocabulary.md)."""

    WAITING = 0
    MATCHED = 1
    OPEN = 2
    CLOSED = 3


class About(enum.IntEnum):
    """What the help-seeker declared by one optional tap: whom it is about."""

    UNSAID = 0
    ME = 1
    SOMEBODY_ELSE = 2


class Urgency(enum.IntEnum):
    """Declared urgency, the tier a help-seeker waits in. Higher is offered earlier."""

    CAN_WAIT = 0
    USUAL = 1
    ACUTE = 2


class DutyStatus(enum.IntEnum):
    """Whether somebody at the desk takes conversations."""

    OFF = 0
    ON = 1
    BREAK = 2
    """Keeps the open conversations, and is offered no new one."""


class Risk(enum.IntEnum):
    """How the counsellor judges the danger for a child or for the person."""

    NONE = 0
    CONCERN = 1
    IMMINENT = 2
    """Alarms every supervisor on duty."""


class EndHow(enum.IntEnum):
    """How a counsellor ends a conversation."""

    USUAL = 0
    BOUNDARY = 1
    """Sexual or abusive contact: a fixed kind text was sent before, and starting costs more for a while."""


class AlarmKind(enum.IntEnum):
    """Why a supervisor is called."""

    HELP = 0
    IMMINENT = 1


class Left(enum.IntEnum):
    """Why a desk holds a seat no longer while the conversation goes on."""

    HANDED_OVER = 0
    GIVEN_BACK = 1
    """Back in the waiting room, with the help-seeker's yes."""
    LOST = 2
    """The desk was away for too long."""
    DECLINED = 3
    """The help-seeker said no to this person."""
    LAPSED = 4
    """Nobody answered in time."""
    REMOVED = 5
    """The device or the person was removed."""
    BY_ITSELF = 6
    """A supervisor left, or a colleague withdrew."""


class HandoverAnswer(enum.IntEnum):
    """What became of a handover, for the one who hands over."""

    ACCEPTED = 0
    """A colleague accepted; now the help-seeker is asked."""
    NOT_NOW = 1
    """The colleague said no."""
    NOBODY_THERE = 2
    """The colleague is not on duty, or has as many conversations as one may have."""
    DECLINED = 3
    """The help-seeker said no; everything stays as it was."""
    LAPSED = 4


class EndedBy(enum.IntEnum):
    """Why a conversation is over, as the server knows it."""

    HELP_SEEKER = 0
    COUNSELLOR = 1
    AWAY = 2
    """One side was away for 15 minutes, or left its place in the waiting room for 10."""
    IDLE = 3
    """Nobody wrote for 60 minutes."""
    TOO_LONG = 4
    """Six hours in all."""
    UNKNOWN = 5
    """Nothing is stored under this address: it ended while this browser was away."""
    LOST = 6
    """The live store lost its memory, and the conversation with it."""
    BOUNDARY = 7
    """The counsellor set a boundary; the page shows it as an end by the counsellor."""


class ErrorCode(enum.IntEnum):
    """Closed set of refusals. The page has a translated, kind sentence for each; none echoes input."""

    MALFORMED = 0
    TOO_LARGE = 1
    UNKNOWN_FRAME = 2
    OUT_OF_STATE = 3
    TOO_FAST = 4
    VERSION = 5
    NOT_A_MEMBER = 6
    SUPERSEDED = 7
    TAKEN = 8
    """Somebody else has this conversation, or it is no longer waiting."""
    STORE_LOST = 9
    """The live store does not answer; the connection stays, try again."""
    LANE_FULL = 10
    """Too much lies undelivered; wait until the other side is back."""
    GAP = 11
    """The envelope is not the next of its lane."""
    NOT_SIGNED_IN = 12
    HELD_ELSEWHERE = 13
    """Another tab holds this seat; attach with `take_over` to continue here."""
    CLOSED_INTAKE = 14
    """Nobody is on duty for this language: no one may wait."""
    ROOM_FULL = 15
    NOT_AVAILABLE = 16
    """Signed in, but without what this needs (no valid certificate)."""
    CAP_REACHED = 17
    """As many conversations as one person may have at once."""
    OFF_DUTY = 18
    """Only somebody on duty may take a conversation."""
    NOBODY_WAITS = 19
    """Nobody present waits in a language of this person."""
    NOT_ALLOWED = 20
    """Not with this role."""
    WORK_NEEDED = 21
    """A start costs work, and what came with it is none, is too old, or was spent before."""
