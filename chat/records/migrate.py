# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bring the schema to the newest migration, once, however many workers start together.

One transaction holds a lock while it migrates: SQLite's write lock, or an advisory lock of PostgreSQL.
Who comes second waits, finds the schema new, and does nothing. A migration that fails leaves the old
schema whole, because both databases can roll back a change of tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from chat.records.database import Database, RecordsUnreachable

LOCK: Final = 0x6B656E74
"""Number of our advisory lock in PostgreSQL ("kent" in ASCII)."""


def config(connection: Connection) -> Config:
    """Alembic's configuration for this connection; there is no alembic.ini."""
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    found.attributes["connection"] = connection
    return found


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Up to a revision, inside the transaction of the caller."""
    command.upgrade(config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Down to a revision, inside the transaction of the caller; used by the tests of each migration."""
    command.downgrade(config(connection), revision)


def _to_newest(connection: Connection) -> None:
    ours = ScriptDirectory.from_config(config(connection))
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {script.revision for script in ours.walk_revisions()}:
        raise RecordsUnreachable("The records were written by a newer version of Kentering.")
    upgrade(connection)


async def migrate(database: Database) -> None:
    """To the newest schema, under a lock.

    Raises:
        RecordsUnreachable: the database does not answer, or its schema is newer than this program.
    """
    async with database.write() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.run_sync(_to_newest)
