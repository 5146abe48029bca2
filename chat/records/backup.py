# SPDX-License-Identifier: AGPL-3.0-or-later
"""The records as one file, and back into an empty database.

How this works: the file is a line of its own (what it is, its version, the SHA-256 of the rest) and then
JSON that people can read. `TABLES` is the whole of what goes in: the columns of those tables, as the program
declares them, and nothing else, whatever the database may hold. Conversations are in the live store, which
is never opened here. A file of an older schema is put into tables of that schema, which are then migrated.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from typing import Any, Final

import msgspec
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, select, text
from sqlalchemy import table as named
from sqlalchemy.exc import StatementError

from chat.records.database import Database, RecordsUnreachable
from chat.records.migrate import LOCK, config, downgrade, upgrade
from chat.records.tables import metadata

TABLES: Final = (
    "staff",
    "devices",
    "settings",
    "setting_versions",
    "own_quick_replies",
    "staff_actions",
    "tallies",
    "tally_days",
)
"""Everything that is kept, in an order in which each row finds what it refers to.

Not `invitations`: one that was used or cancelled since would be open again.
"""

_LEFT_OUT: Final = {("staff_actions", "number")}
"""Given anew, in the same order, by the database's own counter."""

_VERSION: Final = 1
_HEAD: Final = b"kentering records "


class BackupError(Exception):
    """Why nothing was written or put back; one plain sentence without anything of the content."""


def _foreign() -> BackupError:
    return BackupError("This backup holds something that is not of the records.")


class _Content(msgspec.Struct, forbid_unknown_fields=True):
    form: str
    """Revision of the schema."""
    day: str
    tables: dict[str, list[dict[str, Any]]]


async def take(database: Database, day: str) -> bytes:
    """Everything of `TABLES` at one moment, as the bytes of a file.

    Args:
        database: the records.
        day: today as `YYYY-MM-DD`, for people who look into the file.

    Raises:
        BackupError: the records are in the form of another version, or there are none.
        RecordsUnreachable: the database does not answer.
    """
    async with database.read() as connection:
        return pack(await connection.run_sync(_taken, day))


def _taken(connection: Connection, day: str) -> _Content:
    form = _form(connection)
    if form is None:
        raise BackupError("There are no records yet; nothing was written.")
    if form != _known(connection)[0]:
        raise BackupError(
            "The records are in the form of another version of Kentering. Start this one first."
        )
    rows: dict[str, list[dict[str, Any]]] = {}
    for name in TABLES:
        table = metadata.tables[name]
        columns = [column for column in table.columns if (name, column.name) not in _LEFT_OUT]
        found = connection.execute(select(*columns).order_by(*table.primary_key.columns))
        rows[name] = [dict(row) for row in found.mappings()]
    return _Content(form, day, rows)


def pack(content: _Content) -> bytes:
    """A file with its checksum."""
    body = msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"
    return _HEAD + f"{_VERSION} sha256 {hashlib.sha256(body).hexdigest()}\n".encode() + body


def unpack(data: bytes) -> _Content:
    """The content of a file that is whole.

    Raises:
        BackupError: it is no such file, of another version, or damaged.
    """
    line, _, body = data.partition(b"\n")
    if not line.startswith(_HEAD):
        raise BackupError("This is not a backup of Kentering's records.")
    words = line.removeprefix(_HEAD).split(b" ")
    if words[0] != str(_VERSION).encode():
        raise BackupError("This backup was written by another version of Kentering.")
    if words[1:] != [b"sha256", hashlib.sha256(body).hexdigest().encode()]:
        raise BackupError("This backup is damaged or not complete: its checksum is another one.")
    try:
        content = msgspec.json.decode(body, type=_Content)
    except msgspec.DecodeError:
        raise BackupError("This is not a backup of Kentering's records.") from None
    if not set(content.tables) <= set(TABLES):
        raise _foreign()
    return content


async def put_back(database: Database, data: bytes) -> None:
    """Fill an empty database from a file, and bring it to the newest schema; all of it or nothing.

    Raises:
        BackupError: the database is not empty, or the file cannot be used.
        RecordsUnreachable: the database does not answer.
    """
    content = unpack(data)
    try:
        async with database.write() as connection:
            if not database.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            await connection.run_sync(_put, content)
    except StatementError:  # rows that contradict each other; its text would quote them
        raise _foreign() from None


def _put(connection: Connection, content: _Content) -> None:
    if content.form not in _known(connection):
        raise BackupError("This backup was written by a newer version of Kentering.")
    if any(
        connection.execute(select(text("1")).select_from(named(name)).limit(1)).first()
        for name in inspect(connection).get_table_names()
        if name != "alembic_version"
    ):
        raise BackupError("There are records here already. A backup only goes into an empty database.")
    form = _form(connection)
    if form is None:
        upgrade(connection, content.form)
    elif form not in _known(connection):
        raise RecordsUnreachable("The records were written by a newer version of Kentering.")
    else:  # a service that was started made the tables: they are empty
        downgrade(connection, content.form)
    there = MetaData()
    for name in TABLES:
        if rows := content.tables.get(name):
            table = Table(name, there, autoload_with=connection)
            connection.execute(table.insert(), [_row(table, row) for row in rows])
    upgrade(connection)


def _row(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    expected = {column.name for column in table.columns if (table.name, column.name) not in _LEFT_OUT}
    if set(row) != expected:
        raise _foreign()
    return {name: _value(table, name, value) for name, value in row.items()}


def _value(table: Table, name: str, value: Any) -> Any:
    kind = table.columns[name].type.python_type
    if value is None or type(value) is kind:
        return value
    if kind is not bytes or not isinstance(value, str):
        raise _foreign()
    try:
        return b64decode(value, validate=True)
    except ValueError:
        raise _foreign() from None


def _form(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known(connection: Connection) -> list[str]:
    """Revisions of this program, the newest first."""
    return [script.revision for script in ScriptDirectory.from_config(config(connection)).walk_revisions()]
