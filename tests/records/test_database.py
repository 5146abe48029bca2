# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import stat
import traceback
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chat.records import Records, RecordsUnreachable
from chat.records.database import Database, parse
from chat.rules.roles import Role

pytestmark = pytest.mark.anyio
NOW = 1_800_000_000
SECRET = "correct-horse-battery"


def stands_in(folder: Path, word: bytes) -> bool:
    """Whether a word can be read in any file of a folder."""
    return any(word in file.read_bytes() for file in folder.iterdir())


@pytest.mark.parametrize(
    ("setting", "driver"),
    [
        ("sqlite:////var/lib/records.sqlite", "sqlite+aiosqlite"),
        ("postgresql://desk:secret@db/kentering", "postgresql+asyncpg"),
        ("postgres://desk:secret@db/kentering", "postgresql+asyncpg"),
    ],
)
def test_addresses_get_the_asynchronous_driver(setting: str, driver: str) -> None:
    assert parse(setting).drivername == driver


def test_the_usual_word_for_tls_is_understood() -> None:
    assert dict(parse("postgresql://desk@db/kentering?sslmode=require").query) == {"ssl": "require"}


@pytest.mark.parametrize(
    "setting", ["", "records", "mysql://desk:correct-horse-battery@db/x", "sqlite://", "sqlite:///:memory:"]
)
def test_other_addresses_are_refused_in_one_sentence(setting: str) -> None:
    with pytest.raises(RecordsUnreachable) as refused:
        parse(setting)

    said = str(refused.value)
    assert said.endswith(".")
    assert SECRET not in said


@pytest.mark.parametrize(
    "setting",
    [
        f"postgresql://desk:{SECRET}@127.0.0.1:1/kentering",
        f"postgresql://desk:{SECRET}@/kentering?host=/nowhere",
        "sqlite:////nowhere/at/all/records.sqlite",
    ],
)
async def test_what_does_not_answer_is_said_without_the_password(setting: str) -> None:
    with pytest.raises(RecordsUnreachable) as refused:
        await Records.open(setting)

    whole = "".join(traceback.format_exception(refused.value))
    assert SECRET not in whole
    assert str(refused.value).startswith("We can't")


async def test_a_database_that_is_not_there_is_told_as_such(postgres: str) -> None:
    with pytest.raises(RecordsUnreachable, match="database nothing_here"):
        await Records.open(f"postgresql://kentering@/nothing_here?host={postgres}")


async def test_a_server_that_refuses_us_is_told_without_the_password(postgres: str) -> None:
    with pytest.raises(RecordsUnreachable) as refused:
        await Records.open(f"postgresql://stranger:{SECRET}@/postgres?host={postgres}")

    assert SECRET not in "".join(traceback.format_exception(refused.value))


async def test_a_file_that_is_no_database_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"The weather is mild. " * 500)

    with pytest.raises(RecordsUnreachable, match="can't reach the records"):
        await Records.open(f"sqlite:///{tmp_path}/records.sqlite")


async def test_an_error_of_the_database_never_quotes_what_was_stored(url: str) -> None:
    records = await Records.open(url)
    await records.tallies.write_day("2027-01-01", {})
    database = Database.create(url)

    async def store_nothing() -> None:
        row = {"key": SECRET, "value": None, "version": 1}
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO settings VALUES (:key, :value, :version)"), row)

    with pytest.raises(IntegrityError) as refused:
        await store_nothing()
    assert SECRET not in str(refused.value)
    assert str(refused.value).count("SQL parameters hidden") == 1
    await database.close()
    await records.close()


async def test_a_block_that_raises_leaves_nothing(records: Records) -> None:
    async def half_done() -> None:
        async with records._database.write() as connection:
            await connection.execute(text("INSERT INTO settings VALUES ('hours', 'x', 1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half_done()

    assert await records.settings.all() == {}


async def test_sqlite_is_set_up_as_we_promise(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    records = await Records.open(f"sqlite:///{file}")

    async with records._database.read() as connection:
        found = {
            name: await connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "secure_delete", "synchronous")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1, "synchronous": 2}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await records.close()


async def test_what_was_deleted_is_gone_from_the_disk(tmp_path: Path) -> None:
    records = await Records.open(f"sqlite:///{tmp_path}/records.sqlite")
    await records.invitations.open(
        bytes(16), staff_id=bytes(16), alias="Wolkenbruch", roles={Role.COUNSELLOR}, by=None, now=NOW
    )
    await records.forget_old(now=NOW)
    assert stands_in(tmp_path, b"Wolkenbruch")

    await records.forget_old(now=NOW + 91 * 86_400)

    assert not stands_in(tmp_path, b"Wolkenbruch")
    await records.close()
