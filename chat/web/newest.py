# SPDX-License-Identifier: AGPL-3.0-or-later
"""Of what is said again and again with a larger number, only the newest, and a moment later.

Receipts and `Stored` speak for everything before them. Of those that come within a moment only the last
is passed on: in a lively lane that is one write for many. Should the worker die in that moment, nothing
is lost: what was not acknowledged is delivered or sent once more, and taken no second time.

The moment of each begins with the first that is noted, so they come due one after the other. All of them at
once would hold up every message that comes just then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from itertools import takewhile
from typing import Generic, TypeVar

AFTER = 0.05
"""Seconds; nobody sees it."""
TOGETHER = 0.005
"""Seconds: those that come due within it are passed on in one go."""

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class Newest(Generic[KeyT, ValueT]):
    """Values by what they are about; one timer for all of them."""

    __slots__ = ("_due", "_pass_on", "_values")

    def __init__(self, pass_on: Callable[[KeyT, ValueT], None]) -> None:
        self._pass_on = pass_on
        self._values: dict[KeyT, ValueT] = {}
        self._due: dict[KeyT, float] = {}
        """When each comes due, the earliest first."""

    def note(self, key: KeyT, value: ValueT) -> None:
        """This stands for everything that was noted under the same key."""
        self._values[key] = value
        if key not in self._due:
            loop = asyncio.get_running_loop()
            at = loop.time() + AFTER
            if not self._due:
                loop.call_at(at, self._some, loop)
            self._due[key] = at

    def _some(self, loop: asyncio.AbstractEventLoop) -> None:
        until = loop.time() + TOGETHER
        keys = [key for key, _ in takewhile(lambda item: item[1] <= until, self._due.items())]
        passed = [(key, self._values.pop(key)) for key in keys]
        for key in keys:
            del self._due[key]
        if self._due:
            loop.call_at(next(iter(self._due.values())), self._some, loop)
        for key, value in passed:
            self._pass_on(key, value)
