# SPDX-License-Identifier: AGPL-3.0-or-later
"""The records as a file: the same on an empty machine, and nothing of a conversation anywhere in it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, insert, select, text

from chat.records import Records, RecordsUnreachable
from chat.records import backup as subject
from chat.records.audit import Action
from chat.records.backup import TABLES, BackupError, pack, put_back, take, unpack
from chat.records.database import Database
from chat.records.migrate import downgrade, migrate, upgrade
from chat.records.tables import metadata
from tests.records.support import DAY, NOW, invited, manager, member

pytestmark = pytest.mark.anyio

TODAY = "2027-01-15"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database.create(url)
    yield opened
    await opened.close()


@pytest.fixture
async def filled(tmp_path: Path) -> AsyncIterator[Database]:
    """A line that has been running for a while."""
    url = f"sqlite:///{tmp_path}/filled.sqlite"
    records = await Records.open(url)
    mara, anna = await manager(records), await member(records)
    await invited(records, "Sam")
    for version, value in enumerate(("3", "4", "5")):
        await records.settings.put("cap", value, version=version, by=mara.staff, now=NOW + version * DAY)
    for minute in range(3):
        await records.audit.note(Action.SIGNED_IN, actor=anna.staff, at=NOW + minute * 60)
    await records.tallies.write_day("2027-01-13", {("began", "nl"): 7, ("ended", "boundary"): 2})
    await records.tallies.write_day("2027-01-14", {}, lost=True)
    await records.close()
    database = Database.create(url)
    yield database
    await database.close()


async def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all that a backup promises, in an order of their own."""
    found = {}
    async with database.read() as connection:
        for name in TABLES:
            columns = [
                column
                for column in metadata.tables[name].columns
                if (name, column.name) != ("staff_actions", "number")
            ]
            rows = (await connection.execute(select(*columns))).all()
            found[name] = sorted((tuple(row) for row in rows), key=repr)
    return found


async def file_of(database: Database) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((await take(database, TODAY)).partition(b"\n")[2])
    return content


def altered(content: dict[str, Any]) -> bytes:
    return pack(msgspec.convert(content, type=subject._Content))


async def refused(database: Database, data: bytes) -> str:
    with pytest.raises(BackupError) as error:
        await put_back(database, data)
    return str(error.value)


async def test_staff_settings_and_tallies_are_the_same_on_an_empty_machine(
    filled: Database, database: Database
) -> None:
    before = await everything(filled)
    assert all(before[name] for name in TABLES if name != "own_quick_replies")

    await put_back(database, await take(filled, TODAY))

    assert await everything(database) == before
    assert (await take(database, TODAY)) == (await take(filled, TODAY))


async def test_a_restored_service_goes_on_writing(filled: Database, url: str) -> None:
    database = Database.create(url)
    await put_back(database, await take(filled, TODAY))
    await database.close()
    records = await Records.open(url)

    assert await records.tallies.write_day("2027-01-15", {("began", "nl"): 1})
    assert not await records.tallies.write_day("2027-01-14", {("began", "nl"): 1})
    await records.audit.note(Action.SIGNED_OUT, actor=None, at=NOW + DAY)
    assert [line.action for line in await records.audit.newest(since=NOW)][:2] == [
        Action.SIGNED_OUT,
        Action.SIGNED_IN,
    ]
    await records.close()


async def test_tables_that_a_started_service_made_are_empty_enough(
    filled: Database, database: Database
) -> None:
    await migrate(database)

    await put_back(database, await take(filled, TODAY))

    assert await everything(database) == await everything(filled)


def test_what_is_taken_is_a_closed_list() -> None:
    assert set(TABLES) == set(metadata.tables) - {"invitations"}


async def test_a_table_or_a_column_that_is_not_on_the_list_is_never_taken(filled: Database) -> None:
    async with filled.write() as connection:
        await connection.execute(text("CREATE TABLE conversations (body TEXT)"))
        await connection.execute(text("INSERT INTO conversations VALUES ('The weather is mild')"))
        await connection.execute(text("ALTER TABLE tallies ADD COLUMN note TEXT DEFAULT 'The tide turns'"))

    taken = await take(filled, TODAY)

    assert b"mild" not in taken
    assert b"tide" not in taken
    assert b"Anna" in taken
    assert set(unpack(taken).tables) == set(TABLES)  # an open invitation would be open again


@pytest.mark.parametrize("table", [*TABLES, "invitations"])
async def test_one_row_is_enough_to_refuse_and_to_leave_everything_as_it_was(
    table: str, filled: Database, database: Database
) -> None:
    data = await take(filled, TODAY)
    await migrate(database)
    async with database.write() as connection:
        await connection.run_sync(one_row, table)
    before = await everything(database)

    assert "only goes into an empty database" in await refused(database, data)
    assert await everything(database) == before


def one_row(connection: Connection, name: str) -> None:
    made = {bytes: b"1" * 16, str: "1", int: 1, bool: False}
    table = metadata.tables[name]
    if name == "own_quick_replies":
        one_row(connection, "staff")
    nullable = {column.name for column in table.columns if column.nullable}
    names = [column.name for column in table.columns if column.name not in nullable]
    if name == "devices":
        one_row(connection, "staff")
    connection.execute(
        insert(table).values({name: made[table.columns[name].type.python_type] for name in names})
    )


async def test_a_table_of_somebody_else_is_not_written_beside(filled: Database, database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE other (number INTEGER)"))
        await connection.execute(text("INSERT INTO other VALUES (1)"))

    assert "only goes into an empty database" in await refused(database, await take(filled, TODAY))


@pytest.mark.parametrize("started", [False, True])
async def test_a_file_of_the_first_schema_is_migrated(
    started: bool, filled: Database, database: Database
) -> None:
    content = await file_of(filled)
    content["form"] = "0001"
    del content["tables"]["setting_versions"], content["tables"]["own_quick_replies"]
    if started:
        await migrate(database)

    await put_back(database, altered(content))

    expected = await everything(filled)
    assert await everything(database) == expected | {"setting_versions": [], "own_quick_replies": []}
    async with database.read() as connection:
        form = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
    assert form == (await file_of(filled))["form"]


async def test_a_file_of_a_newer_schema_is_refused(filled: Database, database: Database) -> None:
    content = await file_of(filled) | {"form": "9999"}

    assert "newer version" in await refused(database, altered(content))


async def test_a_database_of_a_newer_program_is_refused(filled: Database, database: Database) -> None:
    data = await take(filled, TODAY)
    await migrate(database)
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(RecordsUnreachable, match="newer version"):
        await put_back(database, data)


async def test_records_of_another_form_or_none_are_not_taken(database: Database) -> None:
    with pytest.raises(BackupError, match="no records yet"):
        await take(database, TODAY)
    async with database.write() as connection:
        await connection.run_sync(upgrade, "head")
        await connection.run_sync(downgrade, "0001")

    with pytest.raises(BackupError, match="another version"):
        await take(database, TODAY)


async def test_a_file_with_one_bit_turned_or_cut_short_is_refused(filled: Database) -> None:
    data = await take(filled, TODAY)
    turned = bytearray(data)
    turned[len(data) // 2] ^= 1

    for broken in (bytes(turned), data[:-1], data + b"\n"):
        with pytest.raises(BackupError, match="damaged"):
            unpack(broken)
    for other in (b"", b"PGDMP", data[1:]):
        with pytest.raises(BackupError, match="not a backup"):
            unpack(other)
    with pytest.raises(BackupError, match="another version"):
        unpack(data.replace(b"records 1 ", b"records 2 ", 1))


@pytest.mark.parametrize("change", ["table", "column", "missing", "kind", "bytes", "stranger"])
async def test_a_file_with_anything_else_in_it_is_refused_whole(
    change: str, filled: Database, database: Database
) -> None:
    content = await file_of(filled)
    tables = content["tables"]
    match change:
        case "table":
            tables["conversations"] = []
        case "column":
            tables["staff"][0]["address"] = "1"
        case "missing":
            del tables["staff"][0]["alias"]
        case "kind":
            tables["tallies"][0]["count"] = "many"
        case "bytes":
            tables["staff"][0]["id"] = "not base64"
        case _:
            tables["devices"][0]["staff"] = "AAAAAAAAAAAAAAAAAAAAAA=="

    assert "not of the records" in await refused(database, altered(content))
    await migrate(database)
    assert not any((await everything(database)).values())
