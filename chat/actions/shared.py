# SPDX-License-Identifier: AGPL-3.0-or-later
"""Something that many ask for and that is read once for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

FRESH_MS: Final = 2_000
"""How long an answer holds, in milliseconds, when nothing else is said."""

T = TypeVar("T")


class Shared(Generic[T]):
    """What `read` gives, kept for a time; who asks while it is being read waits for that answer."""

    def __init__(
        self, read: Callable[[], Awaitable[T]], now: Callable[[], int], fresh_ms: int = FRESH_MS
    ) -> None:
        """`now` gives milliseconds; one that went back makes the answer old."""
        self._read = read
        self._now = now
        self._fresh_ms = fresh_ms
        self._at = 0
        self._last: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """The answer.

        Raises:
            What `read` raises; the next one who asks then tries again.
        """
        task = self._last
        if task is None or (task.done() and not self._holds(task)):
            self._at = self._now()
            task = self._last = asyncio.get_running_loop().create_task(self._asked())
            task.add_done_callback(_heard)
        return await asyncio.shield(task)  # whoever leaves takes it from nobody else

    async def _asked(self) -> T:
        return await self._read()

    def _holds(self, task: asyncio.Task[T]) -> bool:
        failed = task.cancelled() or task.exception() is not None
        return not failed and 0 <= self._now() - self._at < self._fresh_ms


def _heard(task: asyncio.Task[T]) -> None:
    """Whoever waited for it may be gone: its error is nobody's then."""
    if not task.cancelled():
        task.exception()
