# SPDX-License-Identifier: AGPL-3.0-or-later
"""HPKE written out a second time, from RFC 9180 and draft-ietf-hpke-pq: base mode, the receiver alone.

The library we use has no derandomised sealing and no associated data in public, so most published
vectors cannot be put to it directly. They are put to this instead, and this is put to the library.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

X25519_KEM, XWING_KEM = 0x0020, 0x647A
HKDF_SHA256 = 0x0001
AES_128_GCM, AES_256_GCM, CHACHA20 = 1, 2, 3
KEY_BYTES = {AES_128_GCM: 16, AES_256_GCM: 32, CHACHA20: 32}
XWING_LABEL = b"\\.//^\\"


def extract(salt: bytes, ikm: bytes) -> bytes:
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    out, block = b"", b""
    for i in range(1, -(-length // 32) + 1):
        block = hmac.new(prk, block + info + bytes([i]), hashlib.sha256).digest()
        out += block
    return out[:length]


def labeled_extract(suite: bytes, salt: bytes, name: bytes, ikm: bytes) -> bytes:
    return extract(salt, b"HPKE-v1" + suite + name + ikm)


def labeled_expand(suite: bytes, prk: bytes, name: bytes, info: bytes, length: int) -> bytes:
    return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + name + info, length)


def decapsulate(kem: int, enc: bytes, sk: bytes) -> bytes:
    """RFC 9180, 4.1 (DHKEM); draft-connolly-cfrg-xwing-kem, 5.4 (X-Wing)."""
    if kem == X25519_KEM:
        private = X25519PrivateKey.from_private_bytes(sk)
        dh = private.exchange(X25519PublicKey.from_public_bytes(enc))
        suite = b"KEM" + kem.to_bytes(2, "big")
        context = enc + private.public_key().public_bytes_raw()
        return labeled_expand(
            suite, labeled_extract(suite, b"", b"eae_prk", dh), b"shared_secret", context, 32
        )
    expanded = hashlib.shake_256(sk).digest(96)
    private = X25519PrivateKey.from_private_bytes(expanded[64:])
    ct_m, ct_x = enc[:1088], enc[1088:]
    ss_m = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).decapsulate(ct_m)
    ss_x = private.exchange(X25519PublicKey.from_public_bytes(ct_x))
    return hashlib.sha3_256(
        ss_m + ss_x + ct_x + private.public_key().public_bytes_raw() + XWING_LABEL
    ).digest()


@dataclass
class Schedule:
    """RFC 9180, 5.1, base mode."""

    key: bytes
    base_nonce: bytes
    exporter_secret: bytes
    aead: int

    def open(self, n: int, aad: bytes, ct: bytes) -> bytes:
        nonce = (int.from_bytes(self.base_nonce, "big") ^ n).to_bytes(12, "big")
        cipher = ChaCha20Poly1305(self.key) if self.aead == CHACHA20 else AESGCM(self.key)
        return cipher.decrypt(nonce, ct, aad)


def schedule(kem: int, aead: int, shared_secret: bytes, info: bytes) -> Schedule:
    suite = b"HPKE" + b"".join(part.to_bytes(2, "big") for part in (kem, HKDF_SHA256, aead))
    psk_id_hash = labeled_extract(suite, b"", b"psk_id_hash", b"")
    info_hash = labeled_extract(suite, b"", b"info_hash", info)
    context = b"\0" + psk_id_hash + info_hash
    secret = labeled_extract(suite, shared_secret, b"secret", b"")
    return Schedule(
        labeled_expand(suite, secret, b"key", context, KEY_BYTES.get(aead, 0)),
        labeled_expand(suite, secret, b"base_nonce", context, 12),
        labeled_expand(suite, secret, b"exp", context, 32),
        aead,
    )


def open_single_shot(sk: bytes, info: bytes, sealed: bytes) -> bytes:
    """Our suite: X-Wing, HKDF-SHA256, AES-256-GCM; the encapsulation stands in front."""
    enc, ct = sealed[:1120], sealed[1120:]
    return schedule(XWING_KEM, AES_256_GCM, decapsulate(XWING_KEM, enc, sk), info).open(0, b"", ct)
