# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates: root -> manager -> counsellor or supervisor, and nothing deeper.

`cert = body | sig[64]`, `body = 1 | role u8 | id[16] | ed[32] | issuer[32] | issued u32 |
not_after u32 | alias_len u8 | alias`, `sig = Ed25519(issuer key, L("certificate") | body)`.
Times are unix seconds.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chat.sealing.alias import is_alias
from chat.sealing.errors import Code, SealingError
from chat.sealing.labels import label, sha256
from chat.sealing.trust import Trust

Sign = Callable[[bytes], bytes]
"""Ed25519 signing by whoever holds the key: `Ed25519PrivateKey.sign`, a token, a browser."""

DAY = 86_400
GRACE = 7 * DAY
"""How long after its end a help-seeker's browser still accepts a certificate: clocks of phones are wrong."""
STAFF_LIMIT = 90 * DAY
MANAGER_LIMIT = 800 * DAY
STAFF_DAYS = 30
"""Default issue for counsellors and supervisors."""
MANAGER_DAYS = 400
"""Default issue for managers."""
FIXED = 91
"""Bytes of the body before the alias."""

_head = struct.Struct(">BB16s32s32sIIB")


class Role(enum.IntEnum):
    """What a certificate lets its holder be."""

    MANAGER = 1
    COUNSELLOR = 2
    SUPERVISOR = 3


@dataclass(frozen=True, slots=True)
class Certificate:
    """A parsed certificate; parsing checks the layout, never the signature."""

    role: Role
    id: bytes
    ed: bytes
    issuer: bytes
    issued: int
    not_after: int
    alias: str
    body: bytes
    signature: bytes

    @property
    def cert_id(self) -> bytes:
        """SHA-256 of the body, never of the signature: a second signature makes no second certificate."""
        return sha256(self.body)

    @property
    def data(self) -> bytes:
        """The certificate's bytes."""
        return self.body + self.signature


@dataclass(frozen=True, slots=True)
class Chain:
    """A staff certificate and the manager who signed it, both checked."""

    staff: Certificate
    manager: Certificate


def verify_signature(ed: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this is an Ed25519 signature (RFC 8032) by `ed`; False also for a key that is no point."""
    try:
        Ed25519PublicKey.from_public_bytes(ed).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def certify(
    sign: Sign,
    *,
    role: Role,
    id: bytes,  # noqa: A002 - the layout's own word
    ed: bytes,
    issuer: bytes,
    issued: int,
    not_after: int,
    alias: str,
) -> bytes:
    """Make a certificate with the issuer's key.

    Raises:
        SealingError: bad_alias, or bad_length for a field of a wrong size.
    """
    if not is_alias(alias):
        raise SealingError(Code.BAD_ALIAS)
    name = alias.encode()
    if (len(id), len(ed), len(issuer)) != (16, 32, 32):
        raise SealingError(Code.BAD_LENGTH)
    body = _head.pack(1, role, id, ed, issuer, issued, not_after, len(name)) + name
    return body + sign(label("certificate") + body)


def parse(data: bytes) -> Certificate:
    """Bytes to certificate, strictly.

    Raises:
        SealingError: unknown_version, bad_length, bad_role or bad_alias.
    """
    if not data or data[0] != 1:
        raise SealingError(Code.UNKNOWN_VERSION if data else Code.BAD_LENGTH)
    if len(data) < FIXED:
        raise SealingError(Code.BAD_LENGTH)
    _, role, id_, ed, issuer, issued, not_after, alias_len = _head.unpack_from(data)
    end = FIXED + alias_len
    if len(data) != end + 64:
        raise SealingError(Code.BAD_LENGTH)
    if not Role.MANAGER <= role <= Role.SUPERVISOR:
        raise SealingError(Code.BAD_ROLE)
    try:
        alias = data[FIXED:end].decode()
    except UnicodeDecodeError:
        raise SealingError(Code.BAD_ALIAS) from None
    if not is_alias(alias):
        raise SealingError(Code.BAD_ALIAS)
    return Certificate(Role(role), id_, ed, issuer, issued, not_after, alias, data[:end], data[end:])


def root_of(manager: Certificate, trust: Trust) -> bytes:
    """The pinned root key that a manager's certificate names.

    Raises:
        SealingError: unknown_root, when none is.
    """
    for root in trust.roots:
        if sha256(root) == manager.issuer:
            return root
    raise SealingError(Code.UNKNOWN_ROOT)


def _check_time(cert: Certificate, limit: int, trust: Trust, now: int, grace: int) -> None:
    if not 0 <= cert.not_after - cert.issued <= limit:
        raise SealingError(Code.LIFETIME)
    if trust.built > cert.not_after + grace:
        raise SealingError(Code.EXPIRED)
    if now > cert.not_after + grace:
        raise SealingError(Code.CLOCK_AHEAD)


def verify_manager(data: bytes, trust: Trust, now: int, grace: int = GRACE) -> Certificate:
    """Check a manager's certificate by itself (a manager's own desk; the first half of `verify_chain`).

    Raises:
        SealingError: what `parse` raises, bad_role, unknown_root, bad_signature, revoked, lifetime, expired,
            clock_ahead; in this order.
    """
    manager = parse(data)
    if manager.role is not Role.MANAGER:
        raise SealingError(Code.BAD_ROLE)
    root = root_of(manager, trust)
    if not verify_signature(root, manager.signature, label("certificate") + manager.body):
        raise SealingError(Code.BAD_SIGNATURE)
    if manager.cert_id in trust.revoked:
        raise SealingError(Code.REVOKED)
    _check_time(manager, MANAGER_LIMIT, trust, now, grace)
    return manager


def verify_chain(staff: bytes, manager: bytes, trust: Trust, now: int, grace: int = GRACE) -> Chain:
    """All checks a help-seeker's browser makes. `now` is the device's clock in unix seconds.

    There is no check that a certificate has begun: a slow clock never locks anybody out; and the time
    the bundle was built bounds how far back a clock can pretend to be. The desk checks its own chain
    with `grace=0`.

    Raises:
        SealingError: first whatever refuses the manager (see `verify_manager`), then of the staff
            certificate the same, with bad_issuer in the place of unknown_root.
    """
    above = verify_manager(manager, trust, now, grace)
    below = parse(staff)
    if below.role is Role.MANAGER:
        raise SealingError(Code.BAD_ROLE)
    if below.issuer != above.cert_id:
        raise SealingError(Code.BAD_ISSUER)
    if not verify_signature(above.ed, below.signature, label("certificate") + below.body):
        raise SealingError(Code.BAD_SIGNATURE)
    if below.cert_id in trust.revoked:
        raise SealingError(Code.REVOKED)
    _check_time(below, STAFF_LIMIT, trust, now, grace)
    return Chain(below, above)
