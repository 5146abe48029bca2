# SPDX-License-Identifier: AGPL-3.0-or-later
"""The handshake: two single-shot HPKE messages against fresh keys on both sides, one transcript.

HPKE base mode (RFC 9180), X-Wing (0x647a), HKDF-SHA256, AES-256-GCM; `info` only. Encapsulation is
random inside the library, so m1 and m2 are tested by opening them.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from chat.sealing.certificate import Chain, Sign, verify_chain, verify_signature
from chat.sealing.errors import Code, SealingError
from chat.sealing.labels import hkdf, label, sha256
from chat.sealing.offer import PUBLIC_KEY, Offer
from chat.sealing.trust import Trust

M1, M2 = 2384, 1168
"""Bytes of hello and reply; a hello between staff carries 96 more."""
M1_PEER = M1 + 96
NO_PSK = bytes(32)
_MLKEM_PUBLIC = 1184

_suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A fresh X-Wing pair: memory only, one handshake."""

    pk: bytes
    sk: MLKEM768X25519PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """What a completed handshake gives: both directions' chain keys and the bond."""

    ck_h: bytes = field(repr=False)
    ck_s: bytes = field(repr=False)
    bond: bytes = field(repr=False)


def key_pair(seed: bytes) -> KeyPair:
    """X-Wing pair from a 32-byte seed (draft-connolly-cfrg-xwing-kem, section 5.2): SHAKE-256 to 96 bytes."""
    expanded = hashlib.shake_256(seed).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
    pk = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    return KeyPair(pk, MLKEM768X25519PrivateKey(mlkem, x25519))


def _public(pk: bytes) -> MLKEM768X25519PublicKey:
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(pk[:_MLKEM_PUBLIC]),
        X25519PublicKey.from_public_bytes(pk[_MLKEM_PUBLIC:]),
    )


def _seal(pk: bytes, info: bytes, plaintext: bytes) -> bytes:
    try:
        return _suite.encrypt(plaintext, _public(pk), info)
    except ValueError:  # a key that is no key (FIPS 203, 7.2), or a low-order X25519 point
        raise SealingError(Code.NOT_OPENED) from None


def _open(pair: KeyPair, info: bytes, sealed: bytes) -> bytes:
    try:
        return _suite.decrypt(sealed, pair.sk, info)
    except (InvalidTag, ValueError):
        raise SealingError(Code.NOT_OPENED) from None


def _hello_info(offer: Offer) -> bytes:
    return label("hello") + offer.oh


def _reply_info(offer: Offer, m1: bytes) -> bytes:
    return label("reply") + offer.oh + sha256(m1)


def make_hello(offer: Offer, s_h: bytes, pk_h: bytes) -> bytes:
    """m1, 2384 bytes. `s_h` is 32 fresh random bytes.

    Raises:
        SealingError: not_opened, when the offer's key is no key.
    """
    return _seal(offer.pk, _hello_info(offer), s_h + pk_h)


def open_hello(offer: Offer, pair: KeyPair, m1: bytes) -> tuple[bytes, bytes]:
    """(s_h, pk_h).

    Raises:
        SealingError: bad_length, not_opened.
    """
    if len(m1) != M1:
        raise SealingError(Code.BAD_LENGTH)
    inner = _open(pair, _hello_info(offer), m1)
    return inner[:32], inner[32:]


def make_reply(offer: Offer, m1: bytes, pk_h: bytes, s_c: bytes) -> bytes:
    """m2, 1168 bytes. `s_c` is 32 fresh random bytes.

    Raises:
        SealingError: not_opened, when the hello's key is no key.
    """
    return _seal(pk_h, _reply_info(offer, m1), s_c)


def open_reply(offer: Offer, m1: bytes, pair: KeyPair, m2: bytes) -> bytes:
    """s_c.

    Raises:
        SealingError: bad_length, not_opened.
    """
    if len(m2) != M2:
        raise SealingError(Code.BAD_LENGTH)
    return _open(pair, _reply_info(offer, m1), m2)


def transcript(offer: Offer, m1: bytes, m2: bytes) -> bytes:
    """T: binds the offer (and by it sid, slot, purpose, mode, epoch, the chain), all keys and ciphertexts."""
    return sha256(label("transcript") + offer.oh + sha256(m1) + sha256(m2))


def keys(t: bytes, s_h: bytes, s_c: bytes, psk: bytes) -> Keys:
    """Chain keys and bond. `psk` is the bond when the purpose is resume, else `NO_PSK`."""
    out = hkdf(t, s_h + s_c + psk, label("keys"), 96)
    return Keys(out[:32], out[32:64], out[64:])


def make_peer_hello(offer: Offer, s_h: bytes, pk_h: bytes, cert_id: bytes, sign: Sign) -> bytes:
    """m1 between staff (purpose 5): whoever says hello is certified, too, and signs the key of this hello."""
    proof = sign(label("peer") + offer.oh + sha256(pk_h))
    return _seal(offer.pk, _hello_info(offer), s_h + pk_h + cert_id + proof)


def open_peer_hello(
    offer: Offer, pair: KeyPair, m1: bytes, staff: bytes, manager: bytes, trust: Trust, now: int
) -> tuple[bytes, bytes, Chain]:
    """(s_h, pk_h, the checked chain of whoever said hello). `now` in unix seconds.

    Raises:
        SealingError: bad_length, not_opened, whatever refuses the chain, not_the_same_staff, bad_signature.
    """
    if len(m1) != M1_PEER:
        raise SealingError(Code.BAD_LENGTH)
    inner = _open(pair, _hello_info(offer), m1)
    s_h, pk_h, cert_id, proof = struct.unpack(f">32s{PUBLIC_KEY}s32s64s", inner)
    chain = verify_chain(staff, manager, trust, now)
    if cert_id != chain.staff.cert_id:
        raise SealingError(Code.NOT_THE_SAME_STAFF)
    if not verify_signature(chain.staff.ed, proof, label("peer") + offer.oh + sha256(pk_h)):
        raise SealingError(Code.BAD_SIGNATURE)
    return s_h, pk_h, chain
