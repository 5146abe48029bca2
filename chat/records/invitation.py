# SPDX-License-Identifier: AGPL-3.0-or-later
"""One invitation: its states, and what its applicant has given so far."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Row

from chat.records.values import roles_from_text
from chat.rules.roles import Role

LASTS_S: Final = 7 * 24 * 3600
"""How long an invitation is good, in seconds."""


class State(enum.StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    REQUESTED = "requested"
    CERTIFIED = "certified"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Passkey:
    """What a passkey leaves with us, and the device that it will be: nothing about its maker or model."""

    device: bytes
    credential_id: bytes
    credential_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Request:
    """What an applicant asks to have certified (docs/protocol.md, enrolment)."""

    ed: bytes
    hmac: bytes
    sig: bytes
    alias: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation; `id` is SHA-256(inv_id), times are unix seconds."""

    id: bytes
    state: State
    staff: bytes
    further_device: bool
    alias: str
    roles: frozenset[Role]
    made_by: bytes | None
    created: int
    expires: int
    passkey: Passkey | None
    request: Request | None


def id_of(inv_id: bytes) -> bytes:
    """The name under which an invitation is kept."""
    return hashlib.sha256(inv_id).digest()


def invitation_of(row: Row[tuple[object, ...]]) -> Invitation:
    """A row of `invitations` as an invitation."""
    passkey = request = None
    if row.device is not None:
        passkey = Passkey(row.device, row.credential_id, row.credential_key, row.sign_count)
    if row.request_ed is not None:
        request = Request(row.request_ed, row.request_hmac, row.request_sig, row.request_alias)
    return Invitation(
        row.id,
        State(row.state),
        row.staff,
        row.further_device,
        row.alias,
        roles_from_text(row.roles),
        row.made_by,
        row.created,
        row.expires,
        passkey,
        request,
    )
