# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real PostgreSQL for tests, where one is installed."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.service import free_port
from tests.web.support_launcher import PATIENCE


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


@contextmanager
def postgresql(*options: str) -> Iterator[str]:
    """A server of our own, started with these options; its address."""
    binaries = _binaries()
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
    where = ["-D", folder / "data", "-k", folder, "-h", "127.0.0.1", "-p", str(port), "-F"]
    server = subprocess.Popen([binaries / "postgres", *where, *options], **quiet)  # type: ignore[call-overload]  # as above
    try:
        until = time.monotonic() + PATIENCE
        ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        while subprocess.run(ready, check=False).returncode != 0:  # it listens before it lets anybody in
            assert server.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        yield f"postgresql://kentering@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(PATIENCE)
        shutil.rmtree(folder)
