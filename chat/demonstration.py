# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration's root: made on this computer, held by the launcher, signs the first of staff only."""

from __future__ import annotations

import os
import secrets
import time
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chat.records import Records
from chat.records.devices import Certificates
from chat.records.invitations import State, id_of
from chat.rules.roles import Role as StaffRole
from chat.sealing import certificate, enrolment, trust
from chat.sealing.certificate import DAY, MANAGER_DAYS
from chat.sealing.errors import SealingError
from chat.sealing.labels import sha256
from chat.settings import Settings

_ALIAS = "Counsellor"
"""The alias proposed to the first person, who chooses another one when they enrol."""


class Root:
    """The demonstration's root key, in the launcher's memory and in a file no worker can read."""

    def __init__(self, settings: Settings, key: Ed25519PrivateKey) -> None:
        self._settings = settings
        self._key = key
        self._public = key.public_key().public_bytes_raw()
        self._inv_id = b""
        self._invite = b""

    @classmethod
    def open(cls, settings: Settings) -> Root:
        """Read the key, or make it the first time (0600, in a directory of its own, 0700)."""
        settings.root_dir.mkdir(mode=0o700, exist_ok=True)
        path = settings.root_dir / "demonstration-root.pem"
        if path.exists():
            key = serialization.load_pem_private_key(path.read_bytes(), None)
            if not isinstance(key, Ed25519PrivateKey):
                raise TypeError
            return cls(settings, key)
        made = Ed25519PrivateKey.generate()
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(pem)
        return cls(settings, made)

    def write_trust(self) -> None:
        """Pin this root for the browsers of this computer; keeps what was revoked."""
        path = self._settings.trust_file
        revoked = trust.from_json(path.read_bytes()).revoked if path.exists() else frozenset()
        pinned = trust.Trust((self._public,), revoked, int(time.time()), demo=True)
        path.write_text(trust.to_json(pinned), encoding="utf-8")

    async def invitation(self, records: Records) -> str | None:
        """A one-time link for the first of staff; None when there is staff already."""
        if await records.staff.all():
            return None
        self._inv_id, self._invite = secrets.token_bytes(16), secrets.token_bytes(16)
        now = int(time.time())
        for old in await records.invitations.all(now=now):
            if old.made_by is None and old.state in {State.OPEN, State.REQUESTED}:
                await records.invitations.cancel(old.id, by=None, now=now)
        await records.invitations.open(
            self._inv_id,
            staff_id=secrets.token_bytes(16),
            alias=_ALIAS,
            roles={StaffRole.MANAGER, StaffRole.COUNSELLOR},
            by=None,
            now=now,
        )
        code = urlsafe_b64encode(self._inv_id + self._invite).rstrip(b"=").decode()
        return f"{self._settings.desk_origin}/enrol#{code}"

    async def certify_first(self, records: Records) -> bool:
        """Sign the first of staff's manager certificate, once their request is there and genuine."""
        if not self._invite:
            return False
        now = int(time.time())
        found = await records.invitations.find(id_of(self._inv_id), now=now)
        if found is None or found.state is State.CERTIFIED:
            self._invite = b""
            return False
        if found.request is None or found.passkey is None:
            return False
        asked = found.request
        try:
            ed = enrolment.check_request(asked.ed + asked.hmac + asked.sig, self._invite, self._inv_id)
            signed = certificate.certify(
                self._key.sign,
                role=certificate.Role.MANAGER,
                id=found.staff,
                ed=ed,
                issuer=sha256(self._public),
                issued=now,
                not_after=now + MANAGER_DAYS * DAY,
                alias=asked.alias,
            )
        except SealingError:
            return False
        kept = Certificates(manager=signed, staff=None, issuer=None)
        await records.invitations.certify(found.id, kept, alias=asked.alias, by=None, now=now)
        self._invite = b""
        return True
