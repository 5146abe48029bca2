# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one worker counts for the metrics: refusals and unexpected errors, by closed names alone.

How this works: once a minute each worker writes one line into a pipe that it was given, with what it counted
since the last one. The process that serves the metrics adds the lines of all workers up (chat/metrics).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from typing import Final

import msgspec

from chat import log
from chat.protocol.types import ErrorCode

EVERY_S: Final = 60.0
"""Seconds from one line to the next."""


class Line(msgspec.Struct, frozen=True):
    """What a worker says of the last minute."""

    worker: str
    refused: dict[str, int]
    """Names of `ErrorCode`."""
    errors: dict[str, int]
    """Classes of unexpected errors."""


class Counts:
    """Of one worker, since they were last taken."""

    def __init__(self) -> None:
        self._refused: Counter[str] = Counter()

    def refused(self, code: ErrorCode) -> None:
        """A frame was answered with this code."""
        self._refused[code.name] += 1

    def take(self, worker: str) -> Line:
        """Everything since the last time."""
        refused, self._refused = self._refused, Counter()
        return Line(worker, dict(refused), log.errors_taken())

    async def tell(self, worker: str, pipe: int) -> None:
        """Say it once a minute; whoever does not listen misses it."""
        os.set_blocking(pipe, False)
        while True:
            with contextlib.suppress(OSError):  # full, or nobody reads: a line is whole or not written
                os.write(pipe, msgspec.json.encode(self.take(worker)) + b"\n")
            await asyncio.sleep(EVERY_S)
