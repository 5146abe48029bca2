# SPDX-License-Identifier: AGPL-3.0-or-later
"""The people of our vectors and tests, and bytes that look random and are the same every time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chat.sealing import certificate
from chat.sealing.certificate import DAY, Role
from chat.sealing.errors import SealingError
from chat.sealing.labels import sha256
from chat.sealing.trust import Trust

NOW = 1_800_000_000


def some(name: str, length: int) -> bytes:
    """Bytes that look random and are the same every time."""
    return hashlib.shake_256(b"vector " + name.encode()).digest(length)


@dataclass(frozen=True)
class Key:
    private: Ed25519PrivateKey
    ed: bytes

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def key(name: str) -> Key:
    private = Ed25519PrivateKey.from_private_bytes(some(name, 32))
    return Key(private, private.public_key().public_bytes_raw())


ROOT, OTHER_ROOT, MANAGER, ANNA, BEN, CARLA = map(
    key, ("root", "other root", "manager", "anna", "ben", "carla")
)
TRUST = Trust((OTHER_ROOT.ed, ROOT.ed), frozenset(), NOW - 30 * DAY, demo=False)


@dataclass(frozen=True)
class Draft:
    """A certificate to be; `replace` one field to spoil it."""

    signer: Key
    role: Role
    id: bytes
    ed: bytes
    issuer: bytes
    issued: int
    not_after: int
    alias: str

    def make(self) -> bytes:
        fields = {name: value for name, value in vars(self).items() if name != "signer"}
        return certificate.certify(self.signer.sign, **fields)


MANAGER_DRAFT = Draft(
    ROOT,
    Role.MANAGER,
    some("manager id", 16),
    MANAGER.ed,
    sha256(ROOT.ed),
    NOW - DAY,
    NOW + 399 * DAY,
    "Maria",
)
MANAGER_CERT = MANAGER_DRAFT.make()
MANAGER_ID = certificate.parse(MANAGER_CERT).cert_id


def staff_draft(who: Key, role: Role, alias: str) -> Draft:
    return Draft(MANAGER, role, some(alias + " id", 16), who.ed, MANAGER_ID, NOW - DAY, NOW + 29 * DAY, alias)


ANNA_DRAFT = staff_draft(ANNA, Role.COUNSELLOR, "Anna")
ANNA_CERT = ANNA_DRAFT.make()
BEN_CERT = staff_draft(BEN, Role.COUNSELLOR, "Ben").make()
CARLA_CERT = staff_draft(CARLA, Role.SUPERVISOR, "Carla").make()
SID = some("sid", 16)


def outcome(call: Callable[[], object]) -> str:
    try:
        call()
    except SealingError as refused:
        return str(refused.code)
    return "ok"


def flip(data: bytes, at: int, bit: int = 1) -> bytes:
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
