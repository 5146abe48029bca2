# SPDX-License-Identifier: AGPL-3.0-or-later
"""Domain separation: every hash, key derivation, HPKE info and signature starts with its own label."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def label(name: str) -> bytes:
    """`L(name)`: ASCII "kentering/1 ", the name, one zero byte (so that no label is a prefix of another)."""
    return b"kentering/1 " + name.encode("ascii") + b"\0"


def sha256(data: bytes) -> bytes:
    """SHA-256 (FIPS 180-4)."""
    return hashlib.sha256(data).digest()


def hkdf(salt: bytes, ikm: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA256, extract and expand (RFC 5869). An empty salt means 32 zero bytes, as in WebCrypto."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt or None, info=info).derive(ikm)
