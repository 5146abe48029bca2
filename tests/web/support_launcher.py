# SPDX-License-Identifier: AGPL-3.0-or-later
"""Starting the service as an operator would, and hearing what it says."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from chat.sealing import trust
from tests.support.service import free_port

PATIENCE = 120.0


HTTPS = {
    "KENTERING_HELP_SEEKER_ORIGIN": "https://talk.example.org",
    "KENTERING_DESK_ORIGIN": "https://desk.example.org",
    "KENTERING_DEMO": "0",
}


def start(folder: Path, **variables: str) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KENTERING_")}
    environment = {**kept, "PORT": str(free_port()), "KENTERING_DATA": str(folder / "data"), **variables}
    return subprocess.Popen(
        [sys.executable, "-m", "chat", "run"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def sentence(process: subprocess.Popen[bytes]) -> str:
    """It ends with exit code 1, and has said exactly one sentence, on standard error."""
    said, why = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1, why
    assert said == b""
    (line,) = why.decode().splitlines()
    assert "Traceback" not in line
    return line


def refuses(port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def organisation(folder: Path) -> Path:
    """The data directory of an organisation with a root of its own, whose private key is elsewhere."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    pinned = trust.Trust((bytes(32),), frozenset(), int(time.time()), demo=False)
    (data / "trust.json").write_text(trust.to_json(pinned), encoding="utf-8")
    return data
