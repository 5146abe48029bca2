# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a running launcher says of itself to whoever has its account: its processes, and its live store.

How this works: a socket lies in the directory of the running service, which nobody else may enter. The
launcher writes one answer to whoever connects and closes; it reads nothing. `kentering doctor` and
`kentering prove` find the processes this way, and the embedded store, whose password stands in no file.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from chat.settings import Settings

_NAME: Final = "launcher.sock"
_PATIENCE_S: Final = 30.0


class Whereabouts(msgspec.Struct, frozen=True):
    """A running service."""

    launcher: int
    """Process ids here and below."""
    workers: dict[str, int]
    store: int | None
    """The embedded live store; None when it is another server."""
    live_url: str = msgspec.field(name="live")
    recycle_s: int
    """Seconds after which a worker has been replaced."""

    def __repr__(self) -> str:
        """Without the address: it holds a password."""
        return f"Whereabouts({self.launcher}, {self.workers}, {self.store})"


@contextlib.contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A name of the socket that fits the 108 bytes there are, however deep the folder lies."""
    try:
        fd = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    except (OSError, AttributeError):  # another system: its name as it is
        yield str(folder / _NAME)
        return
    try:
        yield f"/proc/self/fd/{fd}/{_NAME}"
    finally:
        os.close(fd)


async def answer(folder: Path, now: Callable[[], Whereabouts]) -> asyncio.Server | None:
    """Answer whoever asks until closed; None where this system gives no such socket."""

    def said(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(msgspec.json.encode(now()))
        writer.close()

    listening = socket.socket(socket.AF_UNIX)
    try:
        (folder / _NAME).unlink(missing_ok=True)
        with _short(folder) as name:
            listening.bind(name)
        (folder / _NAME).chmod(0o600)
        return await asyncio.start_unix_server(said, sock=listening)
    except OSError:
        listening.close()
        return None


def ask(settings: Settings) -> Whereabouts | None:
    """The service that runs with these settings on this computer; None when there is none."""
    data = b""
    try:
        with socket.socket(socket.AF_UNIX) as asking, _short(settings.run_dir) as name:
            asking.settimeout(_PATIENCE_S)
            asking.connect(name)
            while piece := asking.recv(1 << 16):
                data += piece
        return msgspec.json.decode(data, type=Whereabouts)
    except (OSError, msgspec.DecodeError):
        return None
