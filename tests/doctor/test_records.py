# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from chat.doctor import records
from chat.doctor.finding import Standing
from chat.records import Records

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
