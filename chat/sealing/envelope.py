# SPDX-License-Identifier: AGPL-3.0-or-later
"""Envelopes: what crosses the socket after the handshake, in two sizes.

`header[11] = 1 | slot u8 | dir u8 | epoch u32 | n u32`, `envelope = header | iv[12] | ct`,
`ct = AES-256-GCM(mk, iv, aad = header, u16 len | inner | zeros)`; the plaintext is 1024 or 4096 bytes.
`inner = kind u8 | seq u32 | ack u32 | mid[16] if seq > 0 | content`.
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chat.sealing.chain import ChainKey
from chat.sealing.errors import Code, SealingError

SIZES = (1063, 4135)
"""Bytes of an envelope."""
PLAIN = (1024, 4096)
"""Bytes of what is inside, padding included."""
HEADER = 11
IV = 12
MID = 16
MAX_TEXT = 4069
"""Bytes of UTF-8 that fit one envelope (one fewer in a relay)."""

_header = struct.Struct(">BBBII")
_inner = struct.Struct(">BII")
_length = struct.Struct(">H")


class Direction(enum.IntEnum):
    """Which way an envelope goes."""

    FROM_H = 0
    FROM_S = 1


class Kind(enum.IntEnum):
    """What an envelope is."""

    READY = 0
    TEXT = 1
    TYPING = 2
    ACK = 3
    PROPOSE = 4
    ANSWER = 5
    SUMMARY = 6
    RELAY = 7
    ROOM = 8
    END = 9


MUST_ARRIVE = frozenset({Kind.TEXT, Kind.PROPOSE, Kind.ANSWER, Kind.SUMMARY, Kind.RELAY, Kind.ROOM, Kind.END})
"""Kinds that are counted by `seq`, kept, and sent again until they are acknowledged."""


class Ignored(SealingError):
    """Not for this lane, not next, or not genuine: the state stays as it is."""


class Gap(SealingError):
    """The number is too high: something is missing, ask for a resume."""


class Broken(SealingError):
    """A good tag around a bad inside: the peer breaks the format, the seat must end."""


@dataclass(frozen=True, slots=True)
class Header:
    """Which lane, which number."""

    slot: int
    dir: Direction
    epoch: int
    n: int

    def pack(self) -> bytes:
        """11 bytes."""
        return _header.pack(1, self.slot, self.dir, self.epoch, self.n)


@dataclass(frozen=True, slots=True)
class Inner:
    """What is inside an envelope."""

    kind: Kind
    seq: int
    ack: int
    mid: bytes = b""
    content: bytes = b""

    def pack(self) -> bytes:
        """Without length and padding."""
        return _inner.pack(self.kind, self.seq, self.ack) + self.mid + self.content


def read_header(data: bytes) -> Header:
    """The header of an envelope that may be anything.

    Raises:
        Ignored: bad_length, unknown_version, bad_slot.
    """
    if len(data) not in SIZES:
        raise Ignored(Code.BAD_LENGTH)
    version, slot, direction, epoch, n = _header.unpack_from(data)
    if version != 1:
        raise Ignored(Code.UNKNOWN_VERSION)
    if slot > 1 or direction > 1:
        raise Ignored(Code.BAD_SLOT)
    return Header(slot, Direction(direction), epoch, n)


def pad(inner: bytes) -> bytes:
    """`u16 len | inner | zeros`, in the smaller of the two sizes that holds it.

    Raises:
        SealingError: too_long.
    """
    for size in PLAIN:
        if len(inner) + _length.size <= size:
            return (_length.pack(len(inner)) + inner).ljust(size, b"\0")
    raise SealingError(Code.TOO_LONG)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _content_fits(kind: Kind, content: bytes) -> bool:
    match kind:
        case Kind.READY:
            return len(content) == MID
        case Kind.TYPING | Kind.ACK | Kind.END:
            return not content
        case Kind.TEXT | Kind.SUMMARY:
            return _is_text(content)
        case Kind.PROPOSE:
            return len(content) == 33 and content[0] in {2, 3}
        case Kind.ANSWER:
            return len(content) == 34 and content[0] in {2, 3} and content[33] in {0, 1}
        case Kind.RELAY:
            return bool(content) and content[0] <= 2 and _is_text(content[1:])
        case Kind.ROOM:
            return len(content) == 1 and content[0] <= 3


def unpad(plain: bytes) -> Inner:
    """Padding off, inner part parsed, every byte accounted for.

    Raises:
        Broken: bad_padding, bad_text (also any other content that does not fit its kind).
    """
    (length,) = _length.unpack_from(plain)
    end = _length.size + length
    if end > len(plain) or length < _inner.size or any(plain[end:]):
        raise Broken(Code.BAD_PADDING)
    kind, seq, ack = _inner.unpack_from(plain, _length.size)
    at = _length.size + _inner.size
    if kind > Kind.END or (seq > 0) != (kind in MUST_ARRIVE):
        raise Broken(Code.BAD_TEXT)
    mid = plain[at : at + MID] if seq else b""
    content = plain[at + len(mid) : end]
    if (seq and end - at < MID) or not _content_fits(Kind(kind), content):
        raise Broken(Code.BAD_TEXT)
    return Inner(Kind(kind), seq, ack, mid, content)


def seal(chain: ChainKey, slot: int, direction: Direction, inner: Inner, iv: bytes) -> tuple[bytes, ChainKey]:
    """(the envelope, the chain after it). `iv` is 12 fresh random bytes: the key is fresh, too, so that an
    error that repeats a key is a refused duplicate and not a broken key.

    Raises:
        SealingError: too_long.
    """
    plain = pad(inner.pack())
    header = Header(slot, direction, chain.epoch, chain.n).pack()
    after, mk = chain.next()
    return header + iv + AESGCM(mk).encrypt(iv, plain, header), after


def open_envelope(chain: ChainKey, slot: int, direction: Direction, data: bytes) -> tuple[Inner, ChainKey]:
    """(what is inside, the chain after it), for a receiver that stands before `chain.n`.

    Raises:
        Ignored: bad_length, unknown_version, bad_slot, wrong_slot (another lane), old_epoch (another
            epoch, or n taken in already), not_opened.
        Gap: out_of_state, n too high.
        Broken: bad_padding, bad_text.
    """
    header = read_header(data)
    if (header.slot, header.dir) != (slot, direction):
        raise Ignored(Code.WRONG_SLOT)
    if header.epoch != chain.epoch or header.n < chain.n:
        raise Ignored(Code.OLD_EPOCH)
    if header.n > chain.n:
        raise Gap(Code.OUT_OF_STATE)
    after, mk = chain.next()
    try:
        plain = AESGCM(mk).decrypt(data[HEADER : HEADER + IV], data[HEADER + IV :], data[:HEADER])
    except InvalidTag:
        raise Ignored(Code.NOT_OPENED) from None
    return unpad(plain), after
