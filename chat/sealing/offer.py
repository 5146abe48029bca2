# SPDX-License-Identifier: AGPL-3.0-or-later
"""Offers: the only signed step of the handshake, and the only one that begins anything.

`offer = obody | sig[64]`, `obody = 1 | purpose u8 | mode u8 | slot u8 | sid[16] | epoch u32 |
cert_id[32] | pk[1216]`, `sig = Ed25519(staff key, L("offer") | obody)`; 1336 bytes.
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass

from chat.sealing.certificate import Certificate, Sign, verify_signature
from chat.sealing.errors import Code, SealingError
from chat.sealing.labels import label, sha256

SIZE = 1336
PUBLIC_KEY = 1216
"""Bytes of an X-Wing public key."""
COUNSELLOR, SUPERVISOR = 0, 1
"""The two slots."""

_body = struct.Struct(">BBBB16sI32s1216s")


class Purpose(enum.IntEnum):
    """Why a staff browser offers a seat."""

    TAKE = 1
    HANDOVER = 2
    SUPERVISE = 3
    RESUME = 4
    PEER = 5
    """Staff among themselves; never to a help-seeker."""


class Mode(enum.IntEnum):
    """Who seals on the help-seeker's side; the server's word to the desk."""

    BROWSER = 1
    SERVER = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """A parsed offer."""

    purpose: Purpose
    mode: Mode
    slot: int
    sid: bytes
    epoch: int
    cert_id: bytes
    pk: bytes
    body: bytes
    signature: bytes

    @property
    def oh(self) -> bytes:
        """SHA-256 of the body: what binds all the rest of the handshake to this offer."""
        return sha256(self.body)


def make(
    sign: Sign, *, purpose: Purpose, mode: Mode, slot: int, sid: bytes, epoch: int, cert_id: bytes, pk: bytes
) -> bytes:
    """A signed offer, 1336 bytes."""
    body = _body.pack(1, purpose, mode, slot, sid, epoch, cert_id, pk)
    return body + sign(label("offer") + body)


def parse(data: bytes) -> Offer:
    """Bytes to offer, strictly; the signature is not looked at.

    Raises:
        SealingError: bad_length, unknown_version, bad_purpose, bad_mode, bad_slot; in this order.
    """
    if len(data) != SIZE:
        raise SealingError(Code.BAD_LENGTH)
    version, purpose, mode, slot, sid, epoch, cert_id, pk = _body.unpack_from(data)
    if version != 1:
        raise SealingError(Code.UNKNOWN_VERSION)
    if not Purpose.TAKE <= purpose <= Purpose.PEER:
        raise SealingError(Code.BAD_PURPOSE)
    if not Mode.BROWSER <= mode <= Mode.SERVER:
        raise SealingError(Code.BAD_MODE)
    if slot not in {COUNSELLOR, SUPERVISOR}:
        raise SealingError(Code.BAD_SLOT)
    return Offer(
        Purpose(purpose), Mode(mode), slot, sid, epoch, cert_id, pk, data[: _body.size], data[_body.size :]
    )


def check(offer: Offer, staff: Certificate) -> None:
    """Whether the holder of this (verified) certificate made the offer.

    The cert_id is compared, not only the key: a colleague's certificate over the same key would
    put another alias on the screen.

    Raises:
        SealingError: not_the_same_staff, bad_signature.
    """
    if offer.cert_id != staff.cert_id:
        raise SealingError(Code.NOT_THE_SAME_STAFF)
    if not verify_signature(staff.ed, offer.signature, label("offer") + offer.body):
        raise SealingError(Code.BAD_SIGNATURE)
