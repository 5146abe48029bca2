# SPDX-License-Identifier: AGPL-3.0-or-later
"""The records: nothing but what the schema names, and a database that writes no queries down."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, inspect, text

from chat.doctor.finding import Finding, verdict
from chat.records.database import Database
from chat.records.tables import metadata

_VERSION: Final = "alembic_version"
_MUST_BE: Final = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_connections": "off",
    "log_disconnections": "off",
    "log_duration": "off",
}
"""Settings of PostgreSQL, and what they must be: else queries or addresses are written down."""


async def schema(url: str) -> list[Finding]:
    """Compare what is there with what there should be.

    Raises:
        RecordsUnreachable: the database does not answer.
    """
    database = Database.create(url)
    try:
        async with database.read() as connection:
            wrong = await connection.run_sync(_unexpected)
            if not database.is_sqlite:
                wrong += await connection.run_sync(_loose)
    finally:
        await database.close()
    return verdict("records schema", wrong, "The records have the columns that docs/what-we-keep.md lists.")


def _unexpected(connection: Connection) -> list[str]:
    seen = inspect(connection)
    known = {table.name: {column.name for column in table.columns} for table in metadata.tables.values()}
    known[_VERSION] = {"version_num"}
    wrong = []
    for table in seen.get_table_names():
        columns = {column["name"] for column in seen.get_columns(table)}
        if table not in known:
            wrong.append(f"The records have a table that nobody knows: {table}.")
        else:
            wrong += [
                f"The records have a column that nobody knows: {table}.{name}."
                for name in sorted(columns - known[table])
            ]
    wrong += [f"The records have a view that nobody knows: {name}." for name in seen.get_view_names()]
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.dialect.name != "sqlite":
        query = "SELECT trigger_name FROM information_schema.triggers"
    wrong += [f"The records have a trigger: {name}." for name in connection.scalars(text(query))]
    return wrong


def _loose(connection: Connection) -> list[str]:
    rows = connection.execute(text("SELECT name, setting FROM pg_settings")).all()
    now = {row.name: row.setting for row in rows}
    wrong = [
        f"PostgreSQL writes down what is asked of it: set {name} to {value}."
        for name, value in _MUST_BE.items()
        if now.get(name, value) != value
    ]
    named = connection.scalars(text("SELECT extname FROM pg_extension WHERE extname = 'pg_stat_statements'"))
    return wrong + [f"PostgreSQL keeps statements: remove the extension {name}." for name in named]
