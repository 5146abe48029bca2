# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two commands, as an operator gives them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chat import set_up
from chat.records import Records
from chat.records.tallies import Tally
from chat.settings import load

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def kentering(data: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    # A careless mask: the file has to be private by itself.
    command = ["sh", "-c", 'umask 0; exec "$@"', "sh", sys.executable, "-m", "chat", *words]
    environ = {"PATH": os.environ["PATH"], "KENTERING_DATA": str(data)}
    return subprocess.run(command, env=environ, input=given, capture_output=True, check=False)


async def a_line(data: Path) -> None:
    (data / "records").mkdir(parents=True)
    records = await Records.open(load({"KENTERING_DATA": str(data)}).records_location)
    await records.settings.put("cap", "4", version=0, by=None, now=1_800_000_000)
    await records.tallies.write_day("2027-01-13", {("began", "nl"): 7})
    await records.close()


async def counts(data: Path) -> tuple[str | None, list[Tally]]:
    records = await Records.open(load({"KENTERING_DATA": str(data)}).records_location)
    setting = await records.settings.find("cap")
    tallies = await records.tallies.between("2027-01-01", "2027-01-31")
    await records.close()
    return setting.value if setting else None, tallies


async def test_a_file_that_only_its_owner_reads_and_back_on_another_machine(tmp_path: Path) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "records.backup"
    await a_line(old)

    assert kentering(old, "backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert kentering(new, "restore", str(file)).returncode == 0

    assert await counts(new) == await counts(old) == ("4", [Tally("2027-01-13", "began", "nl", 7)])


async def test_through_pipes_where_a_container_has_no_disk(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    await a_line(old)

    taken = kentering(old, "backup", "-")
    put = kentering(new, "restore", "-", given=taken.stdout)

    assert (taken.returncode, put.returncode) == (0, 0)
    assert await counts(new) == await counts(old)


async def test_each_refusal_is_one_plain_sentence(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "records.backup"
    file.write_bytes(b"mine")
    await a_line(data)

    for words in (
        ("backup", str(file)),
        ("backup", str(tmp_path / "no" / "where")),
        ("restore", str(file)),
        ("restore", str(tmp_path / "nothing")),
    ):
        done = kentering(data, *words)

        assert done.returncode == 1
        assert done.stderr.count(b"\n") == 1
        assert b"Traceback" not in done.stderr
    assert file.read_bytes() == b"mine"


async def test_a_machine_that_is_in_use_keeps_what_it_has(tmp_path: Path) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "records.backup"
    await a_line(old)
    kentering(old, "backup", str(file))
    await set_up.invite_manager(load({"KENTERING_DATA": str(new)}), "Maria")

    assert b"already" in kentering(new, "restore", str(file)).stderr
    assert (await counts(new)) == (None, [])
