# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a browser believes before it has heard anything: pinned in the bundle and its signed manifest."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import msgspec

from chat.sealing.errors import Code, SealingError


@dataclass(frozen=True, slots=True)
class Trust:
    """Pinned roots (Ed25519 public keys), revoked cert_ids, time of the build (unix seconds), demo flag."""

    roots: tuple[bytes, ...]
    revoked: frozenset[bytes]
    built: int
    demo: bool


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    roots: list[str]
    revoked: list[str]
    built: int
    demo: bool


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes32(text: str) -> bytes:
    value = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if len(value) != 32:
        raise ValueError
    return value


def to_json(trust: Trust) -> str:
    """The trust file: byte values in base64url without padding."""
    revoked = sorted(_b64(cert_id) for cert_id in trust.revoked)
    file = _File([_b64(root) for root in trust.roots], revoked, trust.built, trust.demo)
    return msgspec.json.format(msgspec.json.encode(file), indent=2).decode() + "\n"


def to_module(trust: Trust) -> str:
    """The same as an ES module (`/assets/trust.js`), imported by the sealing chunk alone."""
    return "export const trust = " + to_json(trust).rstrip("\n") + ";\n"


def from_json(text: str | bytes) -> Trust:
    """Read a trust file.

    Raises:
        SealingError: bad_state.
    """
    try:
        file = msgspec.json.decode(text, type=_File)
        roots = tuple(_bytes32(r) for r in file.roots)
        revoked = frozenset(_bytes32(r) for r in file.revoked)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise SealingError(Code.BAD_STATE) from None
    return Trust(roots, revoked, file.built, file.demo)
