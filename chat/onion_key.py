# SPDX-License-Identifier: AGPL-3.0-or-later
"""The key of an onion address, in the file that Tor reads (`hs_ed25519_secret_key`).

Made here and not by Tor, so that the address is known before the first start, and its key lies with the other
secrets, where it is saved with them: who loses it loses the address that is printed on leaflets.

Formats: Tor rend-spec-v3, section 6 (address); Tor's `ed25519v1-secret` (an expanded key, RFC 8032, 5.1.5).
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_HEADER = b"== ed25519v1-secret: type0 ==".ljust(32, b"\0")
_VERSION = b"\x03"


def make(seed: bytes) -> tuple[bytes, str]:
    """The key file and the address of a seed (32 random bytes)."""
    half = bytearray(hashlib.sha512(seed).digest())
    half[0] &= 248
    half[31] = half[31] & 63 | 64
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return _HEADER + bytes(half), address_of(public)


def address_of(public: bytes) -> str:
    """The onion address of a public key."""
    check = hashlib.sha3_256(b".onion checksum" + public + _VERSION).digest()[:2]
    return base64.b32encode(public + check + _VERSION).decode().lower() + ".onion"
