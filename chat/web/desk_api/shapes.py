# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bodies and answers of the desk's API. Binary values are base64url without padding (RFC 4648, section 5)."""

import base64
import binascii
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from chat.records.audit import Action
from chat.records.invitations import State
from chat.records.values import STAFF_ROLES
from chat.rules.roles import Role


def to_text(value: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def to_bytes(value: object) -> bytes:
    """Base64url without padding back to bytes; only the one canonical spelling is taken.

    Raises:
        ValueError: anything else.
    """
    if isinstance(value, bytes):  # an answer that we make ourselves
        return value
    if not isinstance(value, str):
        raise ValueError("not text")  # noqa: TRY004 - pydantic takes only ValueError as a refusal
    try:
        found = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64url") from None
    if to_text(found) != value:
        raise ValueError("not canonical")
    return found


def _binary(least: int, most: int) -> Any:
    schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": (least * 4 + 2) // 3}
    schema["maxLength"] = (most * 4 + 2) // 3
    return (
        BeforeValidator(to_bytes),
        Field(min_length=least, max_length=most),
        PlainSerializer(to_text, return_type=str),
        WithJsonSchema(schema),
    )


def _staff_roles(roles: list[Role]) -> list[Role]:
    if len(set(roles)) != len(roles) or not STAFF_ROLES.issuperset(roles):
        raise ValueError("not a set of staff roles")
    return sorted(roles)


Bytes16 = Annotated[bytes, *_binary(16, 16)]
Bytes32 = Annotated[bytes, *_binary(32, 32)]
Bytes64 = Annotated[bytes, *_binary(64, 64)]
CertificateBytes = Annotated[bytes, *_binary(156, 203)]
Alias = Annotated[str, Field(min_length=1, max_length=48)]
"""Whether it may stand in a certificate is for `chat.sealing.alias` to say."""
Roles = Annotated[list[Role], Field(min_length=1, max_length=4), AfterValidator(_staff_roles)]
CertificateList = Annotated[list[CertificateBytes], Field(min_length=1, max_length=2)]


class Shape(BaseModel):
    """Base of all: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


# --- what is sent to us ---


class Nothing(Shape):
    """An empty object, so that a request is never simple enough for another site to send (CORS)."""


class FinishSignIn(Shape):
    """The passkey's answer."""

    ceremony: Bytes16
    credential: dict[str, Any]


class Enrolling(Shape):
    """An applicant, known by the invitation's address only."""

    inv_id: Bytes16


class FinishPasskey(Enrolling):
    """A new passkey."""

    ceremony: Bytes16
    credential: dict[str, Any]


class SendRequest(Enrolling):
    """The applicant's key, bound to the invitation."""

    ed: Bytes32
    hmac: Bytes32
    sig: Bytes64
    alias: Alias


class ImportCertificate(Enrolling):
    """A manager certificate from the offline root."""

    certificate: CertificateBytes


class Invite(Shape):
    """A new person."""

    inv_id: Bytes16
    roles: Roles
    alias: Alias


class InviteDevice(Shape):
    """A further device, of the caller or of the person named."""

    inv_id: Bytes16
    staff: Bytes16 | None = None


class Certify(Shape):
    """One or two certificates."""

    certificates: CertificateList


class Finish(Shape):
    """The certificates that an invitation needs; none for an operator, whom no certificate names."""

    certificates: Annotated[list[CertificateBytes], Field(max_length=2)]


# --- what we answer ---


class CeremonyShape(Shape):
    """Begin of a passkey ceremony."""

    ceremony: Bytes16
    options: dict[str, Any]


class CertificatesShape(Shape):
    """What vouches for a device."""

    manager: CertificateBytes | None
    staff: CertificateBytes | None
    issuer: CertificateBytes | None


class PersonShape(Shape):
    """Who is signed in; the list is empty for a manager whose device the root has not certified yet."""

    id: Bytes16
    alias: str
    roles: list[Role]


class OwnDeviceShape(Shape):
    """The device that asks."""

    id: Bytes16
    ed: Bytes32
    created: str


class Me(Shape):
    """Who is signed in, and what this installation trusts."""

    person: PersonShape
    device: OwnDeviceShape
    certificates: CertificatesShape
    demo: bool
    root_fingerprints: list[str]
    origin: str


class EnrolmentShape(Shape):
    """How far an enrolment is, for the applicant."""

    state: State
    passkey: bool
    staff: Bytes16
    alias: str
    roles: Roles
    further_device: bool
    expires: int
    certificates: CertificatesShape
    demo: bool


class RequestShape(Shape):
    """What an applicant sent, for the one who checks it and signs."""

    ed: Bytes32
    hmac: Bytes32
    sig: Bytes64
    alias: str


class InvitationShape(Shape):
    """An invitation, for the one who made it."""

    id: Bytes32
    state: State
    passkey: bool
    staff: Bytes16
    device: Bytes16 | None
    alias: str
    roles: Roles
    further_device: bool
    made_by: Bytes16 | None
    created: int
    expires: int
    request: RequestShape | None
    missing: list[str]


class InvitationsShape(Shape):
    """Invitations, oldest first."""

    invitations: list[InvitationShape]


class DeviceShape(Shape):
    """A device, and whose it is."""

    id: Bytes16
    staff: Bytes16
    alias: str
    roles: Roles
    ed: Bytes32
    created: str
    revoked: str | None
    own: bool
    this: bool
    certificates: CertificatesShape


class DevicesShape(Shape):
    """Devices, oldest first."""

    devices: list[DeviceShape]


class ColleagueShape(Shape):
    """A device somebody may sit at the desk with."""

    device: Bytes16
    staff: Bytes16
    certificates: CertificatesShape


class ColleaguesShape(Shape):
    """Devices of those who talk with help-seekers, oldest first."""

    colleagues: list[ColleagueShape]


class StaffMemberShape(Shape):
    """A person with their devices."""

    id: Bytes16
    alias: str
    roles: Roles
    devices: list[DeviceShape]


class StaffShape(Shape):
    """Everybody, by alias."""

    staff: list[StaffMemberShape]


class StaffActionShape(Shape):
    """One line of the staff actions."""

    at: int
    actor: Bytes16 | None
    actor_alias: str | None
    action: Action
    subject: Bytes16 | None
    subject_alias: str | None


class AuditShape(Shape):
    """Staff actions, newest first."""

    entries: list[StaffActionShape]
