# SPDX-License-Identifier: AGPL-3.0-or-later
"""How much the live store holds, counted without looking at what it is, and the look that everybody is shown.

The service may not list keys (chat/live/policy.py), and need not: each conversation has its deadline, and so
is found there. The sids never leave this file.
"""

from __future__ import annotations

from binascii import unhexlify
from typing import Final

import msgspec

from chat.live import keys, keyspace
from chat.live.resp import Store
from chat.rules.shown import Held, Shown
from chat.rules.state import Member

_IS_THERE: Final = b"g:" + Member.HELP_SEEKER.encode()
_COUNTS: Final = tuple(b"x:%d:%d" % (slot, direction) for slot in (0, 1) for direction in (0, 1))
_AT_ONCE: Final = 500


class Holdings:
    """Counts, and the one look of the last ten minutes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def count(self) -> Held:
        """What is held now.

        Raises:
            StoreError: no answer.
        """
        waiting, due, info = await self._store.calls(
            (b"HLEN", keys.ROOM_ENTRIES), (b"ZRANGE", keys.DUE, 0, -1), (b"INFO", b"keyspace")
        )
        sids = [unhexlify(name[2:]) for name in due if name.startswith(b"d|")]
        lines = conversations = 0
        for begin in range(0, len(sids), _AT_ONCE):
            some = [keys.relay(sid) for sid in sids[begin : begin + _AT_ONCE]]
            found = await self._store.calls(*((b"HMGET", relay, _IS_THERE, *_COUNTS) for relay in some))
            lines += sum(int(count or 0) for _, *counts in found for count in counts)
            conversations += sum(generation is not None for generation, *_ in found)
        entries, with_clock = keyspace.counted(info)
        return Held(
            waiting=waiting,
            conversations=conversations,
            lines=lines,
            entries=entries,
            without_clock=entries - with_clock,
        )

    async def shown(self) -> Shown | None:
        """The look that everybody is shown now; None when it is time for another.

        Raises:
            StoreError: no answer.
        """
        kept = await self._store.call(b"GET", keys.SHOWN)
        return None if kept is None else msgspec.msgpack.decode(kept, type=Shown)

    async def show(self, shown: Shown) -> None:
        """Show this for ten minutes, unless somebody was faster.

        Raises:
            StoreError: no answer.
        """
        kept = msgspec.msgpack.encode(shown)
        await self._store.call(b"SET", keys.SHOWN, kept, b"NX", b"EX", keys.SHOWN_TTL)
