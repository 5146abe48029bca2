# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bytes and texts that are nearly right: the kind of wrong that a parser meets by accident, or by intent."""

from __future__ import annotations

import random
from collections.abc import Sequence

EDGES = (0, 1, 2, 3, 4, 5, 9, 15, 16, 31, 32, 63, 64, 127, 128, 191, 192, 224, 254, 255)
_WORDS = (bytes(2), bytes(4), b"\xff\xff", b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x80" + bytes(3))
_ODD = (b"\x00", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\xe2\x80\xae")
"""No UTF-8, half a surrogate pair, above the last code point, a byte order mark, a turn of direction."""


def mutated(data: bytes, chance: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """The same with one to five things wrong; parts of others may get in."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        # What a parser looks at stands in front, or at the end.
        near = chance.choice((min(len(made), 80), len(made)))
        at = chance.randrange(near + 1) if chance.random() < 0.85 else len(made)
        match chance.randrange(11):
            case 0 if at < len(made):
                made[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(made):
                made[at] = chance.choice(EDGES)
            case 2:
                del made[at : at + chance.choice((1, 1, 4, 16, 64))]
            case 3:
                made[at:at] = chance.randbytes(chance.choice((1, 2, 4, 16, 64)))
            case 4:
                del made[at:]
            case 5:
                word = chance.choice(_WORDS)
                made[at : at + len(word)] = word
            case 6:
                made[at:at] = chance.choice(_ODD)
            case 7 if others:
                other = chance.choice(others)
                made[at:] = other[min(at, len(other)) :]
            case 8:
                piece = bytes(made[at : at + chance.choice((1, 8, 40))])
                made[at:at] = piece * chance.choice((1, 2, 30))
            case 9:
                deep = chance.choice((b"\x91", b"\x81\x01", b"[", b'{"a":'))
                made[at:at] = deep * chance.choice((3, 2000))
            case _:
                made[at:] = chance.randbytes(len(made) - at)
    return bytes(made)
