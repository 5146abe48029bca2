# SPDX-License-Identifier: AGPL-3.0-or-later
"""People of the staff. A person is here from the first certificate until a manager removes them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.records import audit
from chat.records.database import Database
from chat.records.refusals import RecordsRefused, Refusal
from chat.records.tables import devices, staff
from chat.records.values import roles_from_text
from chat.rules.roles import Role


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person, as the certificates name them."""

    id: bytes
    alias: str
    roles: frozenset[Role]


def member(row: Row[tuple[object, ...]]) -> StaffMember:
    """A row of `staff` as a person."""
    return StaffMember(row.id, row.alias, roles_from_text(row.roles))


async def keep_a_manager(connection: AsyncConnection, going: set[bytes]) -> None:
    """Refuse when no device would be left that can certify, once these devices are gone.

    The rows stay locked until the transaction ends, so that two managers cannot remove each other.

    Raises:
        RecordsRefused: last_manager.
    """
    able = set(
        await connection.scalars(
            select(devices.c.id)
            .where(devices.c.manager_certificate.is_not(None), devices.c.revoked.is_(None))
            .order_by(devices.c.id)
            .with_for_update()
        )
    )
    if able & going and not able - going:
        raise RecordsRefused(Refusal.LAST_MANAGER)


class Staff:
    """Finding and removing people; they are added by `Invitations.certify`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, person: bytes) -> StaffMember | None:
        """One person, or None.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.read() as connection:
            row = (await connection.execute(select(staff).where(staff.c.id == person))).one_or_none()
        return member(row) if row else None

    async def all(self) -> list[StaffMember]:
        """Everybody, by alias.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.read() as connection:
            rows = (await connection.execute(select(staff).order_by(staff.c.alias_key))).all()
        return [member(row) for row in rows]

    async def may_go(self, person: bytes) -> list[bytes]:
        """Whether somebody can be removed: their devices, so that they can be cut off before it is done.

        Raises:
            RecordsRefused: not_found, last_manager.
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.write() as connection:
            return await _going(connection, person)

    async def remove(self, person: bytes, *, by: bytes | None, now: int) -> list[bytes]:
        """Delete a person with every passkey and certificate; returns the devices that must be cut off.

        Raises:
            RecordsRefused: not_found, last_manager.
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.write() as connection:
            theirs = await _going(connection, person)
            await audit.note(connection, audit.Action.REMOVED, at=now, actor=by, subject=person)
            await connection.execute(delete(staff).where(staff.c.id == person))
        return theirs


async def _going(connection: AsyncConnection, person: bytes) -> list[bytes]:
    if await connection.scalar(select(staff.c.id).where(staff.c.id == person).with_for_update()) is None:
        raise RecordsRefused(Refusal.NOT_FOUND)
    theirs = list(await connection.scalars(select(devices.c.id).where(devices.c.staff == person)))
    await keep_a_manager(connection, set(theirs))
    return theirs
