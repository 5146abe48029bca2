# SPDX-License-Identifier: AGPL-3.0-or-later
"""What managers decide, as text by key: the value that holds, and its earlier versions.

Which keys there are and what they may hold is for `chat/records/content.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from chat.records import audit
from chat.records.database import Database
from chat.records.refusals import RecordsRefused, Refusal
from chat.records.tables import setting_versions, settings, staff
from chat.records.values import day_of

KEPT_VERSIONS: Final = 50
"""Versions of one setting that are kept, the newest one included."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value; `version` counts its changes from 1."""

    key: str
    value: str
    version: int


@dataclass(frozen=True, slots=True)
class SettingVersion:
    """One change of a setting. `by` is None when the person was removed, or nobody's session did it."""

    version: int
    at: str
    """The day, no time."""
    by: bytes | None
    alias: str | None


class Settings:
    """Values by their key."""

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

    async def numbers(self) -> dict[str, int]:
        """The version of every setting, without its value: cheap enough to ask every few seconds.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._database.read() as connection:
            rows = (await connection.execute(select(settings.c.key, settings.c.version))).all()
        return {row.key: row.version for row in rows}

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
                await connection.execute(
                    insert(setting_versions).values(
                        key=key, version=version + 1, at=day_of(now), by=by, value=value
                    )
                )
                await connection.execute(
                    delete(setting_versions).where(
                        setting_versions.c.key == key,
                        setting_versions.c.version <= version + 1 - KEPT_VERSIONS,
                    )
                )
                await audit.note(
                    connection, audit.Action.CHANGED_SETTING, at=now, actor=by, subject_alias=key[:48]
                )
        except IntegrityError:
            raise RecordsRefused(Refusal.STALE) from None
        return Setting(key, value, version + 1)

    async def versions(self, key: str) -> list[SettingVersion]:
        """Who changed a setting and on which day, newest first.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        query = (
            select(setting_versions.c.version, setting_versions.c.at, setting_versions.c.by, staff.c.alias)
            .select_from(setting_versions.outerjoin(staff, staff.c.id == setting_versions.c.by))
            .where(setting_versions.c.key == key)
            .order_by(setting_versions.c.version.desc())
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [SettingVersion(row.version, row.at, row.by, row.alias) for row in rows]

    async def earlier(self, key: str, version: int) -> str:
        """The value that a setting had in one of its versions.

        Raises:
            RecordsRefused: not_found.
            RecordsUnreachable: the database does not answer.
        """
        query = select(setting_versions.c.value).where(
            setting_versions.c.key == key, setting_versions.c.version == version
        )
        async with self._database.read() as connection:
            value = await connection.scalar(query)
        if value is None:
            raise RecordsRefused(Refusal.NOT_FOUND)
        return str(value)
