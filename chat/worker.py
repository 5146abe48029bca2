# SPDX-License-Identifier: AGPL-3.0-or-later
"""A worker as its launcher sees it: a process that is started, says when it serves, and is asked to leave.

How this works: the launcher writes one line, the order, to the worker's standard input, and keeps that pipe
open. When it closes, the worker ends. If `MOVE` came before, it sends its browsers elsewhere first
(chat/web/moving.py). Through another pipe the worker says once that its doors are open.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from chat.settings import Settings

MOVE: Final = b"move\n"
LEAVES_WITHIN: Final = 8.0
"""Seconds a worker gets to say goodbye."""
MOVES_WITHIN: Final = 26.0
"""Seconds it gets to send its browsers elsewhere and say goodbye."""


class Unstartable(Exception):
    """A worker could not be started."""


class WorkerOrder(msgspec.Struct, frozen=True):
    """What a worker is told, over its standard input and never on a command line."""

    name: str
    settings: Settings
    live_url: str
    listening: list[int]
    ready: int
    """The pipe by which it says that it serves."""
    counts: int | None = None
    """The pipe to the metrics; None: nobody wants any."""


@dataclass
class Worker:
    """A process that serves."""

    name: str
    process: subprocess.Popen[bytes]
    since: float
    """When it was started, on the event loop's clock."""
    due: float
    """When it is to be replaced."""
    ready: int | None = None
    """Our end of the pipe by which it says that it serves; None: it said so, or died."""
    serves: bool = False
    killed_at: float = field(default=float("inf"))
    """When it is killed, should it still be there: it was asked to leave before."""

    @classmethod
    def start(
        cls, name: str, settings: Settings, live_url: str, listening: Sequence[int], counts: int | None
    ) -> Worker:
        """Start one.

        Args:
            name: of its own among those that run.
            settings: of the service.
            live_url: of the live store; it holds a password.
            listening: sockets it accepts on.
            counts: the pipe to the metrics.

        Raises:
            Unstartable: there is no pipe to it, or no process.
        """
        try:
            ready, says_ready = os.pipe()
        except OSError:
            raise Unstartable from None
        os.set_blocking(ready, False)
        order = WorkerOrder(name, settings, live_url, list(listening), says_ready, counts)
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-m", "chat.main", name],  # the name: for a list of processes
                stdin=subprocess.PIPE,
                pass_fds=[*listening, says_ready, *(() if counts is None else (counts,))],
                start_new_session=True,  # Ctrl-C reaches the launcher alone, which stops all in order
            )
        except OSError:
            os.close(ready)
            raise Unstartable from None
        finally:
            os.close(says_ready)
        if process.stdin is None:
            raise Unstartable
        with contextlib.suppress(BrokenPipeError):  # it died at once: we see that soon, and start another
            process.stdin.write(msgspec.json.encode(order, enc_hook=str) + b"\n")
            process.stdin.flush()  # stays open: its end tells the worker that the launcher is gone
        now = asyncio.get_running_loop().time()
        return cls(name, process, now, now + settings.recycle_minutes * 60, ready)

    @property
    def is_gone(self) -> bool:
        """Whether the process has ended."""
        return self.process.poll() is not None

    def look(self) -> None:
        """See whether it serves by now."""
        if self.ready is None:
            return
        with contextlib.suppress(BlockingIOError):
            self.serves = os.read(self.ready, 1) != b""
            self._close()

    def leave(self, now: float, *, move: bool) -> None:
        """Ask it to say goodbye; `move`: when its browsers have gone elsewhere.

        Asked again, it has no longer than it had, nor than that.
        """
        asked = self.killed_at != float("inf")
        self.killed_at = min(self.killed_at, now + (MOVES_WITHIN if move else LEAVES_WITHIN))
        self._close()
        if self.process.stdin is not None and not asked:
            with contextlib.suppress(BrokenPipeError):
                if move:
                    self.process.stdin.write(MOVE)
                self.process.stdin.close()

    def dismiss(self) -> None:
        """It is dead, or to be: nothing of it stays."""
        self.leave(self.since, move=False)
        self.process.kill()
        self.process.wait()

    def _close(self) -> None:
        if self.ready is not None:
            os.close(self.ready)
            self.ready = None


async def told_to_end(order: asyncio.StreamReader) -> bool:
    """In the worker: wait until it is to end. True: its browsers go elsewhere first."""
    return await order.read() == MOVE
