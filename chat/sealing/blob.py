# SPDX-License-Identifier: AGPL-3.0-or-later
"""The blob for a reload: state sealed under a key whose other half dies with the conversation.

`K = HKDF(salt = sid, ikm = d | half, info = L("blob"), 32)`, `head = 1 | sid[16] | d[32]`,
`blob = head | iv[12] | AES-256-GCM(K, iv, aad = head, u32 len | state | zeros)`, the plaintext a
multiple of 16 KiB. Neither `d` (with the device) nor `half` (with the server) opens it alone.
"""

from __future__ import annotations

import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chat.sealing.errors import Code, SealingError
from chat.sealing.labels import hkdf, label, sha256

STEP = 16_384
HEAD = 49
_IV, _TAG = 12, 16
_length = struct.Struct(">I")


def ticket_of(d: bytes) -> bytes:
    """What `attach` shows: SHA-256(L("ticket") | d). The server keeps `ticket_hash` of it."""
    return sha256(label("ticket") + d)


def ticket_hash(ticket: bytes) -> bytes:
    """SHA-256(ticket): with it a copied store can't attach."""
    return sha256(ticket)


def _key(sid: bytes, d: bytes, half: bytes) -> bytes:
    return hkdf(sid, d + half, label("blob"), 32)


def pad_state(state: bytes) -> bytes:
    """`u32 len | state | zeros`, the next multiple of 16 KiB."""
    whole = _length.pack(len(state)) + state
    return whole.ljust(-(-len(whole) // STEP) * STEP, b"\0")


def unpad_state(plain: bytes) -> bytes:
    """The state without its padding.

    Raises:
        SealingError: bad_padding.
    """
    if len(plain) < _length.size:
        raise SealingError(Code.BAD_PADDING)
    (length,) = _length.unpack_from(plain)
    state = plain[_length.size : _length.size + length]
    if pad_state(state) != plain:
        raise SealingError(Code.BAD_PADDING)
    return state


def seal_blob(sid: bytes, d: bytes, half: bytes, state: bytes, iv: bytes) -> bytes:
    """The blob's bytes. `iv` is 12 fresh random bytes."""
    head = b"\1" + sid + d
    return head + iv + AESGCM(_key(sid, d, half)).encrypt(iv, pad_state(state), head)


def read_head(blob: bytes) -> tuple[bytes, bytes]:
    """(sid, d), which stand in front: what `attach` needs to be given the other half.

    Raises:
        SealingError: bad_length, unknown_version.
    """
    if len(blob) < HEAD + _IV + _TAG + STEP or (len(blob) - HEAD - _IV - _TAG) % STEP:
        raise SealingError(Code.BAD_LENGTH)
    if blob[0] != 1:
        raise SealingError(Code.UNKNOWN_VERSION)
    return blob[1:17], blob[17:HEAD]


def open_blob(blob: bytes, half: bytes) -> bytes:
    """The state.

    Raises:
        SealingError: bad_length, unknown_version, not_opened (wrong half or changed bytes), bad_padding.
    """
    sid, d = read_head(blob)
    iv = blob[HEAD : HEAD + _IV]
    try:
        plain = AESGCM(_key(sid, d, half)).decrypt(iv, blob[HEAD + _IV :], blob[:HEAD])
    except InvalidTag:
        raise SealingError(Code.NOT_OPENED) from None
    return unpad_state(plain)
