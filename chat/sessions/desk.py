# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a desk's connection may send, and when; it carries all conversations of one device."""

from __future__ import annotations

from chat.protocol import frames
from chat.protocol.types import VERSION, ErrorCode
from chat.rules.pace import Bucket, spend
from chat.sessions.help_seeker import Standing

_SEATING = (frames.Take, frames.Rejoin)
_SEATED = (
    frames.DeskOffer,
    frames.DeskReply,
    frames.DeskPut,
    frames.DeskTook,
    frames.DeskEnd,
    frames.AskHelp,
    frames.SetRisk,
)


class DeskSession:
    """One connection of a counsellor's desk.

    `seats` maps each conversation this connection holds to its generation; frames for any other
    conversation are refused before they reach the store. `peers` is the pace of the side channel alone,
    so that a desk can flood no other.
    """

    __slots__ = ("_bucket", "_peers", "device", "seats", "staff", "standing")

    def __init__(self, bucket: Bucket, peers: Bucket) -> None:
        self.staff = b""
        self.device = b""
        self._bucket = bucket
        self._peers = peers
        self.standing = Standing.NEW
        self.seats: dict[bytes, int] = {}

    def admit(self, frame: frames.FromDesk, now: int) -> ErrorCode | None:
        """Whether this frame may be carried out now (unix milliseconds)."""
        self._bucket, allowed = spend(self._bucket, now)
        if not allowed:
            return ErrorCode.TOO_FAST
        if isinstance(frame, frames.OpenDesk):
            if self.standing is not Standing.NEW:
                return ErrorCode.OUT_OF_STATE
            if frame.version != VERSION:
                return ErrorCode.VERSION
            self.standing = Standing.JOINING
            return None
        if self.standing is not Standing.JOINED:
            return ErrorCode.OUT_OF_STATE
        if isinstance(frame, _SEATING):
            return None
        if isinstance(frame, frames.PeerSend):
            self._peers, allowed = spend(self._peers, now)
            return None if allowed else ErrorCode.TOO_FAST
        if not isinstance(frame, _SEATED) or frame.sid is None:
            return None
        return None if frame.sid in self.seats else ErrorCode.NOT_A_MEMBER

    def identify(self, staff: bytes, device: bytes) -> None:
        """Whose desk it is, known from the signed-in session when OpenDesk is carried out."""
        self.staff = staff
        self.device = device

    def joined(self) -> None:
        """OpenDesk was carried out."""
        self.standing = Standing.JOINED

    def refused(self) -> None:
        """OpenDesk was refused: the desk may try again with `take_over`."""
        self.standing = Standing.NEW

    def holds(self, sid: bytes, generation: int) -> None:
        """This connection now holds a seat of the conversation."""
        self.seats[sid] = generation

    def released(self, sid: bytes) -> None:
        """The conversation is closed or held by another."""
        self.seats.pop(sid, None)

    def over(self) -> None:
        """Signed out, revoked or continued in another tab."""
        self.standing = Standing.OVER
        self.seats.clear()
