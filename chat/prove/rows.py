# SPDX-License-Identifier: AGPL-3.0-or-later
"""The records as rows, whatever database keeps them; and its processes and files where they are here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.machine import processes
from chat.machine.members import Member, Role
from chat.prove import files
from chat.records.database import Database

Rows = dict[str, set[str]]
"""Table -> its rows as text."""


async def rows(database: Database) -> Rows:
    """Every row of every table.

    Raises:
        RecordsUnreachable: the database does not answer.
    """
    async with database.read() as connection:
        return await connection.run_sync(_rows)


def _rows(connection: Connection) -> Rows:
    quote = connection.dialect.identifier_preparer.quote
    return {
        table: {
            "|".join(_text(value) for value in row)
            for row in connection.execute(text(f"SELECT * FROM {quote(table)}"))  # noqa: S608 - its own name
        }
        for table in inspect(connection).get_table_names()
    }


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def written(found: Rows) -> Iterator[bytes]:
    """Rows as they are searched: bytes stand as bytes."""
    for table, lines in found.items():
        yield "\n".join([table, *sorted(lines)]).encode("latin-1", "backslashreplace")


def changed(before: Rows, after: Rows) -> list[str]:
    """Tables of which some row is another."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def database_files(database: Database) -> Iterator[bytes]:
    """SQLite's file with its journals; those first, since what stands there moves into the file.

    Raises:
        Unreadable: one cannot be read.
    """
    path = Path(database.url.database or "")
    for ending in ("-wal", "-journal", "", "-shm"):
        yield from files.pieces(path.with_name(path.name + ending))


async def server_processes(connection: AsyncConnection) -> list[Member]:
    """PostgreSQL's processes when it runs on this computer, in our sight; else none."""
    backend = await connection.scalar(text("SELECT pg_backend_pid()"))
    if backend is None or processes.name(backend) != "postgres":
        return []
    first = processes.parent(backend)
    return [
        Member(Role.DATABASE, f"database {processes.name(pid)} {pid}", pid)
        for pid in [first, *processes.descendants(first)]
    ]
