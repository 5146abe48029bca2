# SPDX-License-Identifier: AGPL-3.0-or-later
"""Of what is said again and again with a larger number, only the newest, and a moment later.

Receipts and `Stored` speak for everything before them. Of those that come within a moment only the last
is passed on: in a lively lane that is one write for many. Should the worker die in that moment, nothing
is lost: what was not acknowledged is delivered or sent once more, and taken no second time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

AFTER = 0.05
"""Seconds; nobody sees it."""

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class Newest(Generic[KeyT, ValueT]):
    """Values by what they are about; one timer for all of them."""

    __slots__ = ("_pass_on", "_values")

    def __init__(self, pass_on: Callable[[KeyT, ValueT], None]) -> None:
        self._pass_on = pass_on
        self._values: dict[KeyT, ValueT] = {}

    def note(self, key: KeyT, value: ValueT) -> None:
        """This stands for everything that was noted under the same key."""
        if not self._values:
            asyncio.get_running_loop().call_later(AFTER, self._all)
        self._values[key] = value

    def _all(self) -> None:
        values, self._values = self._values, {}
        for key, value in values.items():
            self._pass_on(key, value)
