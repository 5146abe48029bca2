# SPDX-License-Identifier: AGPL-3.0-or-later
"""The proof's own desk: somebody of the staff for some minutes, on duty in a language of its own.

Nobody vouches for it: it has no passkey and no certificate of the organisation, so no browser of a
help-seeker would talk with it. In a demonstration, whose root lies on this computer, it is certified.
"""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from chat.live.live import Live
from chat.machine.reach import Reach
from chat.protocol import codec, frames
from chat.protocol.types import VERSION, DutyStatus, EndHow
from chat.prove.canaries import LETTERS
from chat.prove.line import Failed, Line
from chat.records import Records
from chat.records.database import Database
from chat.records.tables import devices, staff
from chat.records.values import day_of
from chat.rules.intake import PROOF
from chat.rules.roles import Role
from chat.sealing import certificate
from chat.sealing.certificate import DAY
from chat.sealing.labels import sha256
from chat.sealing.staff_seat import StaffIdentity
from chat.sealing.trust import Trust
from chat.settings import Settings
from chat.web.desk_sessions import DeskSessions
from chat.web.sign_in import COOKIE

ALIAS: Final = "Kentering proof "


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who vouches for the proof's desk."""

    identity: StaffIdentity
    trust: Trust
    is_real: bool
    """Whether it is the root that the service's pages have pinned."""


def organisation(settings: Settings, alias: str) -> Organisation:
    """The demonstration's own root where there is one, else one that only the proof believes."""
    pem = settings.root_dir / "demonstration-root.pem"
    real = settings.demo and os.access(pem, os.R_OK)
    root = Ed25519PrivateKey.generate()
    if real:
        found = serialization.load_pem_private_key(pem.read_bytes(), None)
        if isinstance(found, Ed25519PrivateKey):
            root = found
    now = int(time.time())
    manager_key, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    manager = certificate.certify(
        root.sign,
        role=certificate.Role.MANAGER,
        id=secrets.token_bytes(16),
        ed=manager_key.public_key().public_bytes_raw(),
        issuer=sha256(root.public_key().public_bytes_raw()),
        issued=now,
        not_after=now + DAY,
        alias=alias,
    )
    own = certificate.certify(
        manager_key.sign,
        role=certificate.Role.COUNSELLOR,
        id=secrets.token_bytes(16),
        ed=key.public_key().public_bytes_raw(),
        issuer=certificate.parse(manager).cert_id,
        issued=now,
        not_after=now + DAY,
        alias=alias,
    )
    trust = Trust((root.public_key().public_bytes_raw(),), frozenset(), now, demo=real)
    return Organisation(StaffIdentity(own, manager, key.sign), trust, real)


@dataclass
class Desk:
    """One desk; `open`, then `close` whatever happens."""

    settings: Settings
    live: Live
    reach: Reach
    alias: str = field(default_factory=lambda: ALIAS + "".join(secrets.choice(LETTERS) for _ in range(16)))
    person: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    device: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def __post_init__(self) -> None:
        """Not on duty yet."""
        self.organisation = organisation(self.settings, self.alias)
        self._sessions = DeskSessions(self.live.desk, lambda: int(time.time()), secrets.token_bytes)
        self._token = ""
        self.line: Line | None = None

    async def enrol(self) -> None:
        """Become staff. What an earlier proof left, because it was killed, goes away first.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        records = await Records.open(self.settings.records_location)
        try:
            for one in await records.staff.all():
                if one.alias.startswith(ALIAS):
                    await records.staff.remove(one.id, by=None, now=int(time.time()))
        finally:
            await records.close()
        database = Database.create(self.settings.records_location)
        try:
            async with database.write() as connection:
                await connection.execute(
                    insert(staff).values(
                        id=self.person, alias=self.alias, alias_key=self.alias.lower(), roles=Role.COUNSELLOR
                    )
                )
                await connection.execute(
                    insert(devices).values(
                        id=self.device,
                        staff=self.person,
                        credential_id=secrets.token_bytes(32),
                        credential_key=b"none",
                        sign_count=0,
                        ed=secrets.token_bytes(32),
                        created=day_of(int(time.time())),
                    )
                )
        finally:
            await database.close()

    async def open(self) -> Line:
        """Sign in and go on duty.

        Raises:
            Failed: the service does not let us.
            StoreError: the live store does not answer.
        """
        self._token = await self._sessions.create(self.person, self.device)
        line = await Line.open(self.reach, {"Cookie": f"{COOKIE}={self._token}"}, codec.decode_to_desk)
        self.line = line
        line.send(frames.OpenDesk(VERSION, take_over=False))
        await line.expect(frames.DeskWelcome)
        line.send(frames.SetDuty(DutyStatus.ON, [PROOF]))
        while (await line.expect(frames.Duty)).status is not DutyStatus.ON:
            pass
        return line

    async def take(self, half: bytes) -> frames.Taken:
        """Whoever waits.

        Raises:
            Failed: nobody comes.
        """
        line = self._on_duty()
        line.send(frames.HelpNext(half))
        return await line.expect(frames.Taken)

    def end(self, sid: bytes, how: EndHow) -> None:
        """End a conversation."""
        self._on_duty().send(frames.DeskEnd(sid, 0, how))

    def _on_duty(self) -> Line:
        if self.line is None:
            raise Failed("the proof's desk is not open")
        return self.line

    async def sign_out(self) -> None:
        """Off duty, and signed out.

        Raises:
            StoreError: the live store does not answer.
        """
        if self.line is not None and self.line.is_open:
            self.line.send(frames.SetDuty(DutyStatus.OFF, []))
            self.line.close()
        if self._token:
            await self._sessions.remove(self._token)
            self._token = ""

    async def leave(self) -> None:
        """Be staff no more.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        records = await Records.open(self.settings.records_location)
        try:
            if await records.staff.find(self.person) is not None:
                await records.staff.remove(self.person, by=None, now=int(time.time()))
        finally:
            await records.close()
