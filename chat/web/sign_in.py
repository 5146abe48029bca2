# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in with a passkey (WebAuthn Level 3), and the session that follows.

How this works: each *ceremony* has a random name and a challenge that the live store keeps for five
minutes and gives out once, so that any worker can finish what another began and nothing can be
finished twice. A passkey belongs to one device of a person and is found by the browser itself
(discoverable credential), so nobody types who they are. User verification is demanded: a stolen
computer alone signs nobody in. We ask for no attestation and keep no model: what device somebody
has is nobody's business. The user handle is the device's id, so that two devices of one person on one
authenticator do not overwrite each other (WebAuthn section 6.3.2, step 7).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import webauthn
from starlette.responses import Response
from webauthn.helpers import parse_attestation_object, parse_authentication_credential_json
from webauthn.helpers import parse_registration_credential_json as parse_registration
from webauthn.helpers.options_to_json_dict import options_to_json_dict
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from chat.records import Records
from chat.records.devices import Device
from chat.records.invitations import Passkey
from chat.web.errors import ApiError, ErrorCode

COOKIE: Final = "kentering_desk"
CHALLENGE_S: Final = 300
"""How long a ceremony may take, in seconds."""

_REGISTER: Final = b"\x01"
_SIGN_IN: Final = b"\x02"
_FORMATS: Final = {AttestationFormat.NONE, AttestationFormat.PACKED}
"""We ask for none; some authenticators answer with a self-attestation all the same. No others are parsed."""


class ChallengeStore(Protocol):
    """Short-lived bytes in the live store, given out once."""

    async def put(self, name: bytes, value: bytes, ttl_s: int) -> None:
        """Keep `value` under a random name for so many seconds."""

    async def take(self, name: bytes) -> bytes | None:
        """Give it out and forget it, in one step; None when it is not there (any more)."""


class SignedIn(Protocol):
    """What a session stands for."""

    @property
    def staff(self) -> bytes:
        """The person's id."""

    @property
    def device(self) -> bytes:
        """The device's id."""


class SessionStore(Protocol):
    """Sessions of desks in the live store, which keeps only a hash of each token."""

    async def create(self, staff: bytes, device: bytes) -> str:
        """Make a session; returns the token for the cookie."""

    async def find(self, token: str) -> SignedIn | None:
        """Whose session it is, None when there is none."""

    async def remove(self, token: str) -> None:
        """End one session; one that is not there is no error."""

    async def remove_device(self, device: bytes) -> None:
        """End every session of a device."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who asks for the passkey: the desk's host name without a port, its name, and its origin."""

    id: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What a browser needs to begin: the name under which it finishes, and WebAuthn's options as JSON."""

    name: bytes
    options: dict[str, Any]


class Passkeys:
    """Registration bound to an invitation, and sign-in."""

    def __init__(self, rp: RelyingParty, challenges: ChallengeStore, random: Callable[[int], bytes]) -> None:
        self._rp = rp
        self._challenges = challenges
        self._random = random

    async def begin_registration(self, invitation: bytes, alias: str) -> Ceremony:
        """Ask an applicant's browser for a new passkey. The alias is what its list of passkeys shows.

        Raises:
            StoreError: the live store does not answer.
        """
        device, challenge = self._random(16), self._random(32)
        options = webauthn.generate_registration_options(
            rp_id=self._rp.id,
            rp_name=self._rp.name,
            user_id=device,
            user_name=alias,
            user_display_name=alias,
            challenge=challenge,
            timeout=CHALLENGE_S * 1000,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        name = await self._keep(_REGISTER + invitation + device + challenge)
        return Ceremony(name, options_to_json_dict(options))

    async def finish_registration(
        self, name: bytes, invitation: bytes, credential: dict[str, Any]
    ) -> Passkey:
        """Check the new passkey of the applicant who began with this invitation.

        Raises:
            ApiError: ceremony_gone, passkey_refused.
            StoreError: the live store does not answer.
        """
        kept = await self._take(name, _REGISTER + invitation)
        device, challenge = kept[:16], kept[16:]
        try:
            parsed = parse_registration(credential)
            known = parse_attestation_object(parsed.response.attestation_object).fmt in _FORMATS
            found = known and webauthn.verify_registration_response(
                credential=parsed,
                expected_challenge=challenge,
                expected_rp_id=self._rp.id,
                expected_origin=self._rp.origin,
                require_user_verification=True,
            )
        except Exception:  # noqa: BLE001 - the library and its parsers raise many kinds on hostile bytes; none may be quoted
            raise ApiError(ErrorCode.PASSKEY_REFUSED) from None
        if not found:
            raise ApiError(ErrorCode.PASSKEY_REFUSED)
        return Passkey(device, found.credential_id, found.credential_public_key, found.sign_count)

    async def begin_sign_in(self) -> Ceremony:
        """Ask a browser for any of its passkeys for this desk.

        Raises:
            StoreError: the live store does not answer.
        """
        challenge = self._random(32)
        options = webauthn.generate_authentication_options(
            rp_id=self._rp.id,
            challenge=challenge,
            timeout=CHALLENGE_S * 1000,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return Ceremony(await self._keep(_SIGN_IN + challenge), options_to_json_dict(options))

    async def finish_sign_in(
        self, name: bytes, credential: dict[str, Any], records: Records, *, now: int
    ) -> Device:
        """Check a passkey's answer and write the sign-in down; returns the device.

        An unknown passkey, a revoked device, a wrong answer and a counter that went back all look the same
        from outside.

        Raises:
            ApiError: ceremony_gone, passkey_refused.
            RecordsUnreachable, StoreError: a store does not answer.
        """
        challenge = await self._take(name, _SIGN_IN)
        try:
            parsed = parse_authentication_credential_json(credential)
        except Exception:  # noqa: BLE001 - as above
            raise ApiError(ErrorCode.PASSKEY_REFUSED) from None
        device = await records.devices.by_credential(parsed.raw_id)
        if device is None or parsed.response.user_handle not in {None, device.id}:
            raise ApiError(ErrorCode.PASSKEY_REFUSED)
        try:
            found = webauthn.verify_authentication_response(
                credential=parsed,
                expected_challenge=challenge,
                expected_rp_id=self._rp.id,
                expected_origin=self._rp.origin,
                credential_public_key=device.credential_key,
                credential_current_sign_count=device.sign_count,
                require_user_verification=True,
            )
        except Exception:  # noqa: BLE001 - as above
            raise ApiError(ErrorCode.PASSKEY_REFUSED) from None
        if not await records.devices.sign_in(device, sign_count=found.new_sign_count, now=now):
            raise ApiError(ErrorCode.PASSKEY_REFUSED)
        return device

    async def _keep(self, value: bytes) -> bytes:
        name = self._random(16)
        await self._challenges.put(hashlib.sha256(name).digest(), value, CHALLENGE_S)
        return name

    async def _take(self, name: bytes, begins: bytes) -> bytes:
        value = await self._challenges.take(hashlib.sha256(name).digest())
        if value is None or not value.startswith(begins):
            raise ApiError(ErrorCode.CEREMONY_GONE)
        return value[len(begins) :]


def set_cookie(response: Response, token: str, rp: RelyingParty) -> None:
    """Give the browser its session, until it is closed; over https only where the desk has https."""
    response.set_cookie(
        COOKIE, token, path="/", httponly=True, samesite="strict", secure=rp.origin.startswith("https:")
    )


def clear_cookie(response: Response, rp: RelyingParty) -> None:
    """Take the session's cookie back."""
    response.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="strict", secure=rp.origin.startswith("https:")
    )
