# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a desk's connection may send, and when; it carries all conversations of one device."""

from __future__ import annotations

from typing import NamedTuple

from chat.protocol import frames
from chat.protocol.types import VERSION, ErrorCode
from chat.rules.pace import Bucket, spend
from chat.rules.state import SLOT, Member
from chat.sessions.help_seeker import JOINED, Standing

Seat = tuple[bytes, int]
"""Conversation and slot."""

_OF_A_SEAT = (frames.DeskOffer, frames.DeskReply, frames.DeskTook, frames.DeskEnd, frames.Withdraw)
"""They name the slot themselves."""
_OF_THE_COUNSELLOR = (frames.GiveBack, frames.HandOver, frames.SetRisk)
"""Slot 0 alone, and only who has it: a newcomer offers it and commands nothing."""


class Held(NamedTuple):
    """A seat this connection holds, or offers: as whom, and the generation there."""

    member: Member
    generation: int


class DeskSession:
    """One connection of a counsellor's desk.

    `seats` maps each seat this connection holds to who it is there; frames for any other are refused
    before they reach the store. `asking` are those of them for which the help-seeker has not said yes: a
    handshake may go on there, and nothing be written. `peers` is the pace of the side channel alone, so that
    a desk can flood no other.
    """

    __slots__ = ("_bucket", "_peers", "asking", "device", "seats", "staff", "standing")

    def __init__(self, bucket: Bucket, peers: Bucket) -> None:
        self.staff = b""
        self.device = b""
        self._bucket = bucket
        self._peers = peers
        self.standing = Standing.NEW
        self.seats: dict[Seat, Held] = {}
        self.asking: set[Seat] = set()

    def admit(self, frame: frames.FromDesk, now: int) -> ErrorCode | None:
        """Whether this frame may be carried out now (unix milliseconds)."""
        self._bucket, allowed = spend(self._bucket, now)
        if not allowed:
            return ErrorCode.TOO_FAST
        if isinstance(frame, frames.DeskPut):  # first, since almost every frame is one
            if self.standing is not JOINED:
                return ErrorCode.OUT_OF_STATE
            return None if (frame.sid, frame.envelope[1]) in self.seats else ErrorCode.NOT_A_MEMBER
        if isinstance(frame, frames.DeskTook) and self.standing is JOINED:
            return None if (frame.sid, frame.slot) in self.seats else ErrorCode.NOT_A_MEMBER
        if isinstance(frame, frames.OpenDesk):
            if self.standing is not Standing.NEW:
                return ErrorCode.OUT_OF_STATE
            if frame.version != VERSION:
                return ErrorCode.VERSION
            self.standing = Standing.JOINING
            return None
        if self.standing is not JOINED:
            return ErrorCode.OUT_OF_STATE
        if isinstance(frame, frames.PeerSend):
            self._peers, allowed = spend(self._peers, now)
            return None if allowed else ErrorCode.TOO_FAST
        return None if self._is_theirs(frame) else ErrorCode.NOT_A_MEMBER

    def _is_theirs(self, frame: frames.FromDesk) -> bool:
        """Whether the seat a frame is about is held here, if it is about one."""
        if isinstance(frame, _OF_A_SEAT):
            return (frame.sid, frame.slot) in self.seats
        if isinstance(frame, _OF_THE_COUNSELLOR):
            held = self.seats.get((frame.sid, 0))
            return held is not None and held.member is Member.COUNSELLOR
        if isinstance(frame, frames.AskHelp) and frame.sid is not None:
            return any((frame.sid, slot) in self.seats for slot in (0, 1))
        return True

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

    def holds(self, sid: bytes, member: Member, generation: int, *, asks: bool = False) -> None:
        """This connection now holds a seat of the conversation, or offers it and asks for it."""
        seat = sid, SLOT[member]
        self.seats[seat] = Held(member, generation)
        if asks:
            self.asking.add(seat)
        else:
            self.asking.discard(seat)

    def may_write(self, sid: bytes, slot: int) -> bool:
        """Whether what is written in a seat held here may go to its lane: never before the person's yes."""
        return (sid, slot) not in self.asking

    def as_whom(self, sid: bytes, member: Member) -> Held | None:
        """The seat, if this connection has it as this very member."""
        held = self.seats.get((sid, SLOT[member]))
        return held if held is not None and held.member is member else None

    def released(self, sid: bytes, slot: int) -> None:
        """The conversation is closed, or the seat held by another."""
        self.seats.pop((sid, slot), None)
        self.asking.discard((sid, slot))

    def over(self) -> None:
        """Signed out, revoked or continued in another tab."""
        self.standing = Standing.OVER
        self.seats.clear()
        self.asking.clear()
