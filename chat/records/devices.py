# SPDX-License-Identifier: AGPL-3.0-or-later
"""Devices: each has its own passkey, its own Ed25519 key and its own certificates, and dies alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Row, select, update

from chat.records import audit
from chat.records.database import Database
from chat.records.refusals import RecordsRefused, Refusal
from chat.records.staff import StaffMember, keep_a_manager, member
from chat.records.tables import devices, staff
from chat.records.values import day_of
from chat.sealing import certificate
from chat.sealing.certificate import Certificate


@dataclass(frozen=True, slots=True)
class Certificates:
    """What vouches for a device; `issuer` is the manager certificate that signed `staff`."""

    manager: bytes | None = None
    staff: bytes | None = None
    issuer: bytes | None = None

    def replaced_by(self, newer: Certificates) -> Certificates:
        """These, with everything that the newer ones have instead."""
        return Certificates(
            manager=newer.manager or self.manager,
            staff=newer.staff or self.staff,
            issuer=newer.issuer if newer.staff else self.issuer,
        )

    def parsed(self) -> list[Certificate]:
        """The device's own ones.

        Raises:
            SealingError: one is no certificate.
        """
        return [certificate.parse(data) for data in (self.manager, self.staff) if data]


@dataclass(frozen=True, slots=True)
class Device:
    """One browser of one person. Days are `YYYY-MM-DD`."""

    id: bytes
    staff: bytes
    credential_id: bytes
    credential_key: bytes
    sign_count: int
    ed: bytes
    certificates: Certificates
    created: str
    revoked: str | None


def device(row: Row[tuple[object, ...]]) -> Device:
    """A row of `devices` as a device."""
    return Device(
        row.id,
        row.staff,
        row.credential_id,
        row.credential_key,
        row.sign_count,
        row.ed,
        Certificates(row.manager_certificate, row.staff_certificate, row.issuer_certificate),
        row.created,
        row.revoked,
    )


class Devices:
    """Finding, renewing and revoking devices; they are added by `Invitations.certify`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, device_id: bytes) -> Device | None:
        """One device, revoked or not.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.read() as connection:
            row = (await connection.execute(select(devices).where(devices.c.id == device_id))).one_or_none()
        return device(row) if row else None

    async def by_credential(self, credential_id: bytes) -> Device | None:
        """The device of a passkey, unless it was revoked.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        query = select(devices).where(devices.c.credential_id == credential_id, devices.c.revoked.is_(None))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return device(row) if row else None

    async def with_person(self, device_id: bytes) -> tuple[StaffMember, Device] | None:
        """A device that was not revoked, and whose it is: what a session stands for.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.read() as connection:
            row = (
                await connection.execute(
                    select(devices).where(devices.c.id == device_id, devices.c.revoked.is_(None))
                )
            ).one_or_none()
            if row is None:
                return None
            person = (await connection.execute(select(staff).where(staff.c.id == row.staff))).one()
        return member(person), device(row)

    async def of(self, person: bytes) -> list[Device]:
        """Every device of a person, oldest first.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        return [found for found in await self.all() if found.staff == person]

    async def all(self) -> list[Device]:
        """Every device, oldest first. A helpline has tens of them.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.read() as connection:
            rows = (await connection.execute(select(devices).order_by(devices.c.created, devices.c.id))).all()
        return [device(row) for row in rows]

    async def sign_in(self, found: Device, *, sign_count: int, now: int) -> bool:
        """Write down a sign-in and the passkey's new counter.

        False when the device was revoked or signed in elsewhere since `found` was read: then the same
        answer of the passkey may have been used twice.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.write() as connection:
            done = await connection.execute(
                update(devices)
                .where(
                    devices.c.id == found.id,
                    devices.c.revoked.is_(None),
                    devices.c.sign_count == found.sign_count,
                )
                .values(sign_count=sign_count)
            )
            if done.rowcount == 1:
                await audit.note(
                    connection, audit.Action.SIGNED_IN, at=now, actor=found.staff, subject=found.staff
                )
        return done.rowcount == 1

    async def renew(self, device_id: bytes, newer: Certificates, *, by: bytes | None, now: int) -> Device:
        """Replace certificates of a device.

        Raises:
            RecordsRefused: not_found (also when revoked).
            RecordsUnreachable: the database does not answer.
        """
        query = (
            select(devices).where(devices.c.id == device_id, devices.c.revoked.is_(None)).with_for_update()
        )
        async with self._database.write() as connection:
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                raise RecordsRefused(Refusal.NOT_FOUND)
            both = device(row).certificates.replaced_by(newer)
            await connection.execute(
                update(devices)
                .where(devices.c.id == device_id)
                .values(
                    manager_certificate=both.manager,
                    staff_certificate=both.staff,
                    issuer_certificate=both.issuer,
                )
            )
            await audit.note(connection, audit.Action.RENEWED, at=now, actor=by, subject=row.staff)
            return device((await connection.execute(select(devices).where(devices.c.id == device_id))).one())

    async def revoke(self, device_id: bytes, *, by: bytes | None, now: int) -> bool:
        """Revoke one device; False when it was revoked before.

        Raises:
            RecordsRefused: not_found, last_manager.
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.write() as connection:
            row = (await connection.execute(select(devices).where(devices.c.id == device_id))).one_or_none()
            if row is None:
                raise RecordsRefused(Refusal.NOT_FOUND)
            await keep_a_manager(connection, {device_id})
            done = await connection.execute(
                update(devices)
                .where(devices.c.id == device_id, devices.c.revoked.is_(None))
                .values(revoked=day_of(now))
            )
            if done.rowcount == 1:
                await audit.note(connection, audit.Action.REVOKED, at=now, actor=by, subject=row.staff)
        return done.rowcount == 1
