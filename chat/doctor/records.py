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
    "log_statement": {"none"},
    "log_min_duration_statement": {"-1"},
    "log_min_duration_sample": {"-1"},
    "log_transaction_sample_rate": {"0"},
    "log_parameter_max_length_on_error": {"0"},
    "log_connections": {"off", ""},
    "log_disconnections": {"off"},
    "log_duration": {"off"},
}
"""Settings of PostgreSQL, and what they may be: else queries or addresses are written down."""
_FAILED: Final = ("log_min_error_statement", "log_min_messages")
"""One of the two keeps a failed statement from being quoted."""


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
        f"PostgreSQL writes down what is asked of it: set {name} to {max(values)}."
        for name, values in _MUST_BE.items()
        if name in now and now[name] not in values
    ]
    if all(now.get(name) != "panic" for name in _FAILED):
        wrong.append(f"PostgreSQL writes down what is asked of it and fails: set {_FAILED[0]} to panic.")
    named = connection.scalars(text("SELECT extname FROM pg_extension WHERE extname = 'pg_stat_statements'"))
    return wrong + [f"PostgreSQL keeps statements: remove the extension {name}." for name in named]
