# SPDX-License-Identifier: AGPL-3.0-or-later
"""What travels on a worker's channel: one byte of kind, one of member, 16 of sid, the rest is the body.

A fixed layout, because the script that keeps an envelope publishes the very bytes it keeps: one
argument, one copy, no concatenation inside the store.
"""

from __future__ import annotations

import enum
from typing import Final

import msgspec

from chat.rules.state import Member

HEAD: Final = 18
"""Bytes before the body."""
_NOBODY: Final = bytes(16)


class Kind(enum.IntEnum):
    """What a worker is woken for."""

    ENVELOPE = 0
    """The peer put an envelope: the body."""
    OFFER = 1
    """Handshake: the bytes that were posted are the body; likewise the next two."""
    HELLO = 2
    REPLY = 3
    SUPERSEDED = 4
    """Another connection holds this member's place now; the body is its generation in decimal digits."""
    TOLD = 5
    """`Relay.tell`: the body is the caller's."""
    LEFT = 6
    """A desk holds its seat no longer. Body: its last generation in digits, NUL, the frame that says why."""
    DESK_SUPERSEDED = 7
    """Another tab of the device is the desk now; body: device, NUL, the new generation in digits."""
    DESK_TOLD = 8
    """`Desk.tell`: body: device, NUL, the caller's bytes."""


ENVELOPE: Final = Kind.ENVELOPE
"""By a name of its own: on the way of every envelope the look into an enumeration is worth saving."""
FOR_DESKS: Final = Kind.DESK_SUPERSEDED
"""From here on kinds are for the desk of a device."""


class Wake(msgspec.Struct, frozen=True, gc=False):
    """One payload, taken apart. `member` is whom it is for; for desk kinds it means nothing."""

    sid: bytes
    member: Member
    kind: Kind
    body: bytes


_MEMBERS: Final = {ord(member.value): member for member in Member}
_KINDS: Final = tuple(Kind)


def encode(kind: Kind, member: Member, sid: bytes, body: bytes = b"") -> bytes:
    """The payload that wakes `member` of a conversation."""
    return b"%c%b%b%b" % (kind, member.encode(), sid, body)


def encode_desk(kind: Kind, device: str, body: bytes = b"") -> bytes:
    """The payload that wakes the desk of a device."""
    return b"%c0%b%b\0%b" % (kind, _NOBODY, device.encode(), body)


def decode(payload: bytes) -> Wake:
    """Take a payload apart."""
    return Wake(payload[2:HEAD], _MEMBERS[payload[1]], _KINDS[payload[0]], payload[HEAD:])


def encode_left(member: Member, sid: bytes, generation: int, frame: bytes) -> bytes:
    """The payload for the desk whose connection of this generation, or an older one, held the seat."""
    return encode(Kind.LEFT, member, sid, b"%d\0%b" % (generation, frame))


def left_part(wake: Wake) -> tuple[int, bytes]:
    """Generation and frame of `Kind.LEFT`."""
    generation, _, frame = wake.body.partition(b"\0")
    return int(generation), frame


def desk_part(wake: Wake) -> tuple[str, bytes]:
    """Device and inner body of a desk kind."""
    device, _, body = wake.body.partition(b"\0")
    return device.decode(), body
