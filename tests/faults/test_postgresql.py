# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same service with its records in PostgreSQL, where one is installed."""

from __future__ import annotations

import os
import pwd
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.protocol import frames
from tests.support.people import desk_on, help_seeker_on, talk
from tests.support.service import free_port, running
from tests.web.support_launcher import PATIENCE, refuses


def postgres_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    """A PostgreSQL of our own; its address."""
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed on this computer")
    account = pwd.getpwnam("nobody").pw_name if os.geteuid() == 0 else None  # it refuses to run as root
    folder = Path("/tmp") / f"kentering-pg-{secrets.token_hex(4)}"  # noqa: S108 - random, and not to be guessed
    folder.mkdir(mode=0o700)
    if account is not None:
        os.chown(folder, pwd.getpwnam(account).pw_uid, -1)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": account, "cwd": folder}
    make = [binaries / "initdb", "-D", folder / "data", "-A", "trust", "-U", "kentering", "--no-sync"]
    subprocess.run(make, check=True, **quiet)  # type: ignore[call-overload]  # one table of options for two calls
    port = free_port()
    command = [
        binaries / "postgres",
        "-D",
        folder / "data",
        "-k",
        folder,
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-F",
    ]
    server = subprocess.Popen(command, **quiet)  # type: ignore[call-overload]  # as above
    try:
        until = time.monotonic() + PATIENCE
        while refuses(port):
            assert server.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        yield f"postgresql://kentering@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(PATIENCE)
        subprocess.run(["rm", "-rf", folder], check=True)


@pytest.mark.anyio
async def test_a_whole_conversation_with_records_in_postgresql(tmp_path: Path, postgres: str) -> None:
    with running(tmp_path, KENTERING_RECORDS_URL=postgres) as service:
        assert service.first_link().startswith(service.desk + "/enrol#")
        assert not list(service.data.rglob("*.sqlite3"))
        desk = await desk_on(service)
        opened = await talk(await help_seeker_on(service), desk)
        await opened.say(1)
        await opened.answer(1)
        await opened.end()
        await desk.expect(frames.DeskClosed)
        await opened.person.close()
        await desk.close()
        assert service.stop() == 0
        assert "error" not in service.lines()
