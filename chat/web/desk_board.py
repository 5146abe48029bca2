# SPDX-License-Identifier: AGPL-3.0-or-later
"""The board as the desks of one worker see it: read once for all, a second apart at least.

A nudge says that something changed; many nudges become one look. A frame is encoded once for each kind
of viewer. Somebody whose own count of heavy contacts is shown to nobody else gets a frame of their own,
put together from the same encoded parts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from chat.actions import board
from chat.actions.board import Looked
from chat.actions.house import House
from chat.live.errors import StoreError
from chat.protocol import codec, frames
from chat.rules.board import Sees
from chat.web.shared_frame import for_many
from chat.web.switchboard import Switchboard

APART = 1.0
"""Seconds between two looks at the board, at least."""
_SOON = 0.05
_TAG = frames.Board.__struct_config__.tag


class BoardView:
    """One look at the board, encoded for whoever sees it."""

    def __init__(self, looked: Looked) -> None:
        self._people = looked.people
        self._plain = [_raw(msgspec.structs.replace(person, heavy=0)) for person in looked.people]
        self._conversations = [_raw(line) for line in looked.conversations]
        self._frames: dict[tuple[Sees, bytes], bytearray] = {}
        self.heavy = looked.heavy
        """Heavy contacts today, by staff."""

    def seen_by(self, staff: bytes, sees: Sees) -> bytearray:
        """The Board frame for one of the staff."""
        own = staff if self.heavy.get(staff) and not sees.heavy else b""
        found = self._frames.get((sees, own))
        if found is None:
            found = self._frames[sees, own] = self._encode(sees, own)
        return found

    def _encode(self, sees: Sees, own: bytes) -> bytearray:
        people = [
            _raw(person) if person.heavy and (sees.heavy or person.staff == own) else plain
            for person, plain in zip(self._people, self._plain, strict=True)
        ]
        return for_many(codec.encode((_TAG, people, self._conversations if sees.conversations else [])))


class DeskBoard:
    """When this worker looks at the board, and whom it shows what it saw."""

    def __init__(
        self,
        house: House,
        switchboard: Switchboard,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        languages_changed: Callable[[], None],
    ) -> None:
        """`languages_changed` is called when somebody is on duty in other languages than before."""
        self._house = house
        self._switchboard = switchboard
        self._spawn = spawn
        self._languages_changed = languages_changed
        self._languages: frozenset[str] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looked_at = float("-inf")

    def changed(self) -> None:
        """Something on the board is otherwise than before: look soon, once for many changes."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            wait = max(_SOON, self._looked_at + APART - loop.time())
            self._timer = loop.call_later(wait, self._look_now)

    def _look_now(self) -> None:
        self._timer = None
        self._looked_at = asyncio.get_running_loop().time()
        self._spawn(self._look())

    async def _look(self) -> None:
        if not self._switchboard.connections:
            return
        wanted = [sees for one in self._switchboard.connections if (sees := one.sees()) is not None]
        try:
            looked = await board.look(
                self._house, people=bool(wanted), conversations=any(sees.conversations for sees in wanted)
            )
        except StoreError:
            return  # when it is back everybody connects anew
        if looked.languages != self._languages:
            self._languages = looked.languages
            self._languages_changed()
        view = BoardView(looked)
        self._switchboard.each(lambda connection: connection.show_board(view))


def _raw(part: msgspec.Struct) -> msgspec.Raw:
    return msgspec.Raw(codec.encode(part))
