# SPDX-License-Identifier: AGPL-3.0-or-later
"""What managers decide: opening hours, limits, the organisation's own texts. Key, value, version."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from chat.records import audit
from chat.records.database import Database
from chat.records.refusals import RecordsRefused, Refusal
from chat.records.tables import settings


@dataclass(frozen=True, slots=True)
class Setting:
    """One value; `version` counts its changes from 1."""

    key: str
    value: str
    version: int


class Settings:
    """Values by their key. Which keys there are and what they may hold is the caller's table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: str) -> Setting | None:
        """One setting, or None when nobody has set it.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.read() as connection:
            row = (await connection.execute(select(settings).where(settings.c.key == key))).one_or_none()
        return Setting(row.key, row.value, row.version) if row else None

    async def all(self) -> dict[str, Setting]:
        """Every setting by its key.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.read() as connection:
            rows = (await connection.execute(select(settings).order_by(settings.c.key))).all()
        return {row.key: Setting(row.key, row.value, row.version) for row in rows}

    async def put(self, key: str, value: str, *, version: int, by: bytes | None, now: int) -> Setting:
        """Set a value that still has this version (0: not set yet), so that nobody overwrites unseen.

        Raises:
            RecordsRefused: stale.
            RecordsUnreachable: the database does not answer.
        """
        try:
            async with self._database.write() as connection:
                if version == 0:
                    await connection.execute(insert(settings).values(key=key, value=value, version=1))
                else:
                    done = await connection.execute(
                        update(settings)
                        .where(settings.c.key == key, settings.c.version == version)
                        .values(value=value, version=version + 1)
                    )
                    if done.rowcount != 1:
                        raise RecordsRefused(Refusal.STALE)
                await audit.note(
                    connection, audit.Action.CHANGED_SETTING, at=now, actor=by, subject_alias=key[:48]
                )
        except IntegrityError:
            raise RecordsRefused(Refusal.STALE) from None
        return Setting(key, value, version + 1)
