# SPDX-License-Identifier: AGPL-3.0-or-later
"""A passkey in software: what a browser and its authenticator answer to WebAuthn's options.

WebAuthn Level 3: authenticator data (section 6.1), attestation object with format "none" (8.7),
assertion signature (6.3.3). ES256 only. Every answer can be bent, for the tests of refusals.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT = 0x01
USER_VERIFIED = 0x04
ATTESTED = 0x40


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """Holds one passkey at a time, as one device of one person does."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.user_handle: bytes | None = None
        self.count = 0

    def _client_data(self, kind: str, challenge: str, origin: str | None) -> bytes:
        data = {"type": kind, "challenge": challenge, "origin": origin or self.origin, "crossOrigin": False}
        return json.dumps(data).encode()

    def _authenticator_data(self, rp_id: str, flags: int, more: bytes = b"") -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.count) + more

    def create(
        self, options: dict[str, Any], *, verified: bool = True, origin: str | None = None, fmt: str = "none"
    ) -> dict[str, Any]:
        """`navigator.credentials.create`, as RegistrationResponseJSON."""
        assert options["authenticatorSelection"]["residentKey"] == "required"
        assert options["attestation"] == "none"
        self.user_handle = unb64(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cose
        flags = USER_PRESENT | ATTESTED | (USER_VERIFIED if verified else 0)
        auth_data = self._authenticator_data(options["rp"]["id"], flags, attested)
        return {
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(self._client_data("webauthn.create", options["challenge"], origin)),
                "attestationObject": b64(cbor2.dumps({"fmt": fmt, "attStmt": {}, "authData": auth_data})),
                "transports": ["internal"],
            },
        }

    def get(
        self, options: dict[str, Any], *, verified: bool = True, origin: str | None = None, step: int = 1
    ) -> dict[str, Any]:
        """`navigator.credentials.get`, as AuthenticationResponseJSON."""
        assert options["userVerification"] == "required"
        self.count += step
        auth_data = self._authenticator_data(
            options["rpId"], USER_PRESENT | (USER_VERIFIED if verified else 0)
        )
        client_data = self._client_data("webauthn.get", options["challenge"], origin)
        signature = self.key.sign(auth_data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return {
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(client_data),
                "authenticatorData": b64(auth_data),
                "signature": b64(signature),
                "userHandle": b64(self.user_handle) if self.user_handle else None,
            },
        }
