# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a help-seeker's seat remembers, and which offers are meant for it at all."""

from __future__ import annotations

from typing import Literal

import msgspec

from chat.sealing.certificate import Chain, Role
from chat.sealing.channel import ChannelState, Sending
from chat.sealing.errors import Code, SealingError
from chat.sealing.offer import COUNSELLOR, SUPERVISOR, Mode, Offer, Purpose
from chat.sealing.stored import decoder


class Peer(msgspec.Struct, array_like=True, frozen=True):
    """Who holds the other side of the seat."""

    id: bytes
    ed: bytes
    cert_id: bytes
    alias: str
    role: Role
    purpose: Purpose
    """Why this bond was made."""


class Outstanding(msgspec.Struct, array_like=True, frozen=True):
    """The offer this seat is busy with."""

    epoch: int
    purpose: Purpose
    hash: bytes
    """SHA-256 of all its bytes, to know it again."""
    peer: Peer
    again: bool
    """The step that made this bond, repeated by a staff browser that never heard our ready."""


class Handshake(msgspec.Struct, array_like=True, frozen=True):
    """An unfinished handshake; only the sealer without script writes it down, in its volatile store."""

    offer: bytes
    seed: bytes
    s_h: bytes
    m1: bytes
    consented_at: int
    keys: tuple[bytes, bytes, bytes] | None


class Question(msgspec.Struct, array_like=True, frozen=True):
    """An offer that waits for the person's word; no m1 is made before the yes."""

    offer: bytes
    outstanding: Outstanding


class State(msgspec.Struct, array_like=True, frozen=True):
    """All of it. `sending`, `handshake` and `question` are never in a browser's blob."""

    version: Literal[1]
    sid: bytes
    slot: int
    mode: Mode
    highest: int
    peer: Peer | None
    bond: bytes | None
    confirmed: bool
    opened_at: int
    """How many lines there were when this bond began."""
    left_at: int | None
    """How many there were when whoever held the seat was lost; None while somebody holds it, or never did."""
    seen: dict[bytes, int]
    """By certificate: the highest epoch it offered."""
    agreed: bytes | None
    """Purpose and certificate of the last yes, until it is used."""
    outstanding: Outstanding | None
    proposals: list[bytes]
    draft: str
    channel: ChannelState
    sending: Sending | None
    handshake: Handshake | None
    question: Question | None


_decode = decoder(State)


def decode(data: bytes) -> State:
    """A state out of its bytes.

    Raises:
        SealingError: bad_state.
    """
    return _decode(data)


def check_place(offer: Offer, chain: Chain, sid: bytes, slot: int, mode: Mode) -> None:
    """Whether an offer is for this conversation, this slot, this kind of sealer.

    Raises:
        SealingError: other_sid, bad_mode, wrong_slot, bad_purpose; in this order.
    """
    if offer.sid != sid:
        raise SealingError(Code.OTHER_SID)
    if offer.mode is not mode:
        raise SealingError(Code.BAD_MODE)
    if offer.slot != slot or (slot == SUPERVISOR and chain.staff.role is not Role.SUPERVISOR):
        raise SealingError(Code.WRONG_SLOT)
    place = {Purpose.TAKE: COUNSELLOR, Purpose.HANDOVER: COUNSELLOR, Purpose.SUPERVISE: SUPERVISOR}
    if place.get(offer.purpose, slot) != slot:
        raise SealingError(Code.WRONG_SLOT)
    if offer.purpose is Purpose.PEER:
        raise SealingError(Code.BAD_PURPOSE)
