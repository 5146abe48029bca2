# SPDX-License-Identifier: AGPL-3.0-or-later
"""What staff did: signing in, inviting, certifying, revoking. Never a conversation; kept for 90 days.

Every other noun writes its line in the same transaction as the change itself, so that there is no
change without a line and no line without a change.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.records.database import Database
from chat.records.tables import staff, staff_actions

KEPT_S: Final = 90 * 24 * 3600
"""How long a line is kept, in seconds."""

MOST: Final = 1000
"""Lines shown at once."""


class Action(enum.StrEnum):
    """Everything that is written down about staff."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    INVITED = "invited"
    CANCELLED = "cancelled"
    REQUESTED = "requested"
    CERTIFIED = "certified"
    RENEWED = "renewed"
    REVOKED = "revoked"
    REMOVED = "removed"
    CHANGED_SETTING = "changed_setting"
    CLOSED_INTAKE = "closed_intake"
    OPENED_INTAKE = "opened_intake"


@dataclass(frozen=True, slots=True)
class StaffAction:
    """One line. The actor is nobody when the operator's command line did it."""

    at: int
    action: Action
    actor: bytes | None
    actor_alias: str | None
    subject: bytes | None
    subject_alias: str | None


async def note(
    connection: AsyncConnection,
    action: Action,
    *,
    at: int,
    actor: bytes | None,
    subject: bytes | None = None,
    subject_alias: str | None = None,
) -> None:
    """Write one line within the caller's transaction; aliases are copied, since people are removed."""

    async def alias_of(person: bytes | None) -> str | None:
        return await connection.scalar(select(staff.c.alias).where(staff.c.id == person)) if person else None

    await connection.execute(
        insert(staff_actions).values(
            at=at,
            action=action.value,
            actor=actor,
            actor_alias=await alias_of(actor),
            subject=subject,
            subject_alias=subject_alias or await alias_of(subject),
        )
    )


class Audit:
    """Reading and ageing of the staff actions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self,
        action: Action,
        *,
        at: int,
        actor: bytes | None,
        subject: bytes | None = None,
        subject_alias: str | None = None,
    ) -> None:
        """Write a line for something that changes no other row.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.write() as connection:
            await note(connection, action, at=at, actor=actor, subject=subject, subject_alias=subject_alias)

    async def newest(self, *, since: int) -> list[StaffAction]:
        """Lines since a unix time, newest first, at most 1000.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        query = (
            select(staff_actions)
            .where(staff_actions.c.at >= since)
            .order_by(staff_actions.c.number.desc())
            .limit(MOST)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            StaffAction(r.at, Action(r.action), r.actor, r.actor_alias, r.subject, r.subject_alias)
            for r in rows
        ]

    async def forget(self, *, now: int) -> int:
        """Delete what is older than 90 days; returns how many lines.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.write() as connection:
            gone = await connection.execute(delete(staff_actions).where(staff_actions.c.at < now - KEPT_S))
            return gone.rowcount
