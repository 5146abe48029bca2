# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every test of the records runs on SQLite and, where the server is installed, on PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from chat.records import Records


def _as_somebody() -> str | None:
    """PostgreSQL refuses to run as root; its package brings an account for it."""
    if os.geteuid() != 0:
        return None
    return next(
        (name for name in ("postgres", "nobody") if name in {p.pw_name for p in pwd.getpwall()}), None
    )


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real server on a private socket; yields the folder of the socket."""
    initdb, server = shutil.which("initdb"), shutil.which("pg_ctl")
    if not initdb or not server:
        pytest.skip("PostgreSQL is not installed")
    user = _as_somebody()
    with tempfile.TemporaryDirectory(prefix="kentering-pg-") as folder:
        if user:
            shutil.chown(folder, user)
        data = f"{folder}/data"
        settings = f"-k {folder} -c listen_addresses= -c fsync=off"

        def run(*command: str) -> None:
            subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

        run(initdb, "-D", data, "-U", "kentering", "-A", "trust", "-N")
        run(server, "-D", data, "-w", "-l", f"{folder}/log", "-o", settings, "start")
        try:
            yield folder
        finally:
            run(server, "-D", data, "-w", "-m", "immediate", "stop")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str) -> str:
    """The address of a fresh, empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/records.sqlite"
    folder = request.getfixturevalue("postgres")
    name = f"test_{os.urandom(6).hex()}"
    connection = await asyncpg.connect(host=folder, user="kentering", database="postgres")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return f"postgresql://kentering@/{name}?host={folder}"


@pytest.fixture
async def records(url: str) -> AsyncIterator[Records]:
    opened = await Records.open(url)
    yield opened
    await opened.close()
