# SPDX-License-Identifier: AGPL-3.0-or-later
"""The launcher's end of the metrics: one more process beside the workers, and the pipe between them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from typing import Final

import msgspec

from chat.settings import Settings

_GRACE_S: Final = 5.0
_AGAIN_S: Final = 5.0
"""Seconds from one start to the next: an address that is taken is no reason to start without end."""


class Order(msgspec.Struct, frozen=True):
    """What the process is told, over its standard input and never on a command line."""

    settings: Settings
    live_url: str
    pipe: int
    """Where workers' lines come from."""
    address: tuple[str, int]


class Metrics:
    """The process; started again when it dies."""

    def __init__(self, settings: Settings, live_url: str, address: tuple[str, int]) -> None:
        self._reading, self.writing = os.pipe()
        self._order = msgspec.json.encode(Order(settings, live_url, self._reading, address), enc_hook=str)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = float("-inf")

    def keep(self) -> None:
        """See that it runs."""
        running = self._process is not None and self._process.poll() is None
        if running or time.monotonic() < self._started + _AGAIN_S:
            return
        self._started = time.monotonic()
        process = self._process = subprocess.Popen(
            [sys.executable, "-m", "chat.metrics"],
            stdin=subprocess.PIPE,
            pass_fds=[self._reading],
            start_new_session=True,  # Ctrl-C reaches the launcher alone
        )
        if process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # it died at once, and is started again
                process.stdin.write(self._order + b"\n")
                process.stdin.flush()

    def stop(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for end in (self._reading, self.writing):
            os.close(end)
