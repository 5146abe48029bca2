# SPDX-License-Identifier: AGPL-3.0-or-later
"""The durable store as one object. Everything that comes out of it is a frozen value."""

from __future__ import annotations

from sqlalchemy import text

from chat.records.audit import Audit
from chat.records.content import Content
from chat.records.database import Database
from chat.records.devices import Devices
from chat.records.invitations import Invitations
from chat.records.migrate import migrate
from chat.records.own_quick_replies import OwnQuickReplies
from chat.records.settings import Settings
from chat.records.staff import Staff
from chat.records.tallies import Tallies


class Records:
    """Staff, devices, invitations, settings and what they hold, staff actions, tallies."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.staff = Staff(database)
        self.devices = Devices(database)
        self.invitations = Invitations(database)
        self.settings = Settings(database)
        self.content = Content(self.settings)
        self.own_quick_replies = OwnQuickReplies(database)
        self.audit = Audit(database)
        self.tallies = Tallies(database)

    @classmethod
    async def open(cls, url: str) -> Records:
        """Connect, and bring the schema to its newest form; several workers may do so at once.

        `sqlite:////absolute/path` or `postgresql://user:password@host/name`.

        Raises:
            RecordsUnreachable: wrong address, no answer, or a schema newer than this program.
        """
        database = Database.create(url)
        try:
            await migrate(database)
        except BaseException:
            await database.close()
            raise
        return cls(database)

    async def check(self) -> None:
        """Ask the database for an answer, for the health page.

        Raises:
            RecordsUnreachable: there is none.
        """
        async with self._database.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def forget_old(self, *, now: int) -> None:
        """Once a day: delete staff actions over 90 days and invitations that ran out, from the disk, too.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        await self.audit.forget(now=now)
        await self.invitations.forget(now=now)
        await self._database.fold_journal()

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()
