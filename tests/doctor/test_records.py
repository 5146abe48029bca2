# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text

from chat.doctor import records
from chat.doctor.finding import Standing
from chat.records import Records
from chat.records.database import Database
from tests.architecture.tree import ROOT
from tests.support.postgresql import postgresql

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("ALTER TABLE staff ADD COLUMN address TEXT", "a column that nobody knows: staff.address."),
        ("CREATE TABLE visits (at INTEGER)", "a table that nobody knows: visits."),
        ("CREATE VIEW seen AS SELECT alias FROM staff", "a view that nobody knows: seen."),
        (
            "CREATE TRIGGER note AFTER UPDATE ON staff BEGIN SELECT 1; END",
            "The records have a trigger: note.",
        ),
    ],
)
async def test_anything_more_than_the_schema_is_wrong(tmp_path: Path, change: str, says: str) -> None:
    url = f"sqlite:///{tmp_path}/records.sqlite3"
    await (await Records.open(url)).close()
    assert [one.standing for one in await records.schema(url)] == [Standing.RIGHT]

    with contextlib.closing(sqlite3.connect(tmp_path / "records.sqlite3")) as connection:
        connection.execute(change)
        connection.commit()
    (found,) = await records.schema(url)

    assert found.standing is Standing.WRONG
    assert says in found.says


def of_the_set() -> list[str]:
    """What the production set starts PostgreSQL with, as far as it is about its log."""
    command = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["records"]["command"]
    return [option for option in command if option.startswith("-clog")]


async def changed(address: str, *statements: str) -> list[str]:
    """What is wrong after these statements; settings of a role hold from its next connection on."""
    database = Database.create(address)
    async with database.write() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await database.close()
    return [one.says for one in await records.schema(address) if one.standing is Standing.WRONG]


async def test_postgresql_that_writes_statements_down_is_wrong() -> None:
    with postgresql(*of_the_set()) as address:
        await (await Records.open(address)).close()
        assert await changed(address) == []
        for name, value, wanted in (
            ("log_statement", "all", "none"),
            ("log_min_duration_statement", "0", "-1"),
            ("log_min_duration_sample", "0", "-1"),
            ("log_transaction_sample_rate", "1", "0"),
            ("log_parameter_max_length_on_error", "-1", "0"),
            ("log_duration", "on", "off"),
        ):
            assert await changed(address, f"ALTER ROLE kentering SET {name} = '{value}'") == [
                f"PostgreSQL writes down what is asked of it: set {name} to {wanted}."
            ]
            await changed(address, f"ALTER ROLE kentering RESET {name}")

        loud = [
            f"ALTER ROLE kentering SET {name} = 'error'"
            for name in ("log_min_error_statement", "log_min_messages")
        ]
        assert await changed(address, loud[0]) == []  # nothing is written that could be quoted with it
        (says,) = await changed(address, *loud)
        assert says.endswith("fails: set log_min_error_statement to panic.")


async def test_postgresql_as_it_comes_quotes_what_fails() -> None:
    with postgresql() as address:
        await (await Records.open(address)).close()

        (says,) = await changed(address)
        assert says.endswith("fails: set log_min_error_statement to panic.")
