# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from chat.records import Records, RecordsUnreachable
from chat.records.database import Database
from chat.records.migrate import config, downgrade, migrate, upgrade
from chat.records.tables import metadata

pytestmark = pytest.mark.anyio


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_the_migrated_schema_is_the_one_that_the_program_uses(url: str) -> None:
    database = Database.create(url)
    await migrate(database)

    async with database.read() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_each_migration_goes_up_and_down_again(url: str) -> None:
    database = Database.create(url)
    async with database.write() as connection:
        scripts = ScriptDirectory.from_config(await connection.run_sync(config))
        upward = [script.revision for script in scripts.walk_revisions()][::-1]
        below = "base"
        seen = [await connection.run_sync(tables)]
        for revision in upward:
            await connection.run_sync(upgrade, revision)
            after = await connection.run_sync(tables)
            await connection.run_sync(downgrade, below)

            assert await connection.run_sync(tables) - {"alembic_version"} == seen[-1] - {"alembic_version"}

            await connection.run_sync(upgrade, revision)
            seen.append(after)
            below = revision
    assert seen[-1] - {"alembic_version"} == set(metadata.tables)
    await database.close()


async def test_workers_that_start_together_migrate_once(url: str) -> None:
    opened = await asyncio.gather(*(Records.open(url) for _ in range(4)))

    for records in opened:
        await records.check()
        await records.close()


async def test_records_of_a_newer_version_are_left_alone(url: str) -> None:
    database = Database.create(url)
    await migrate(database)
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(RecordsUnreachable, match="newer version"):
        await migrate(database)
    await database.close()
