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
from chat.protocol.types import ENVELOPE_SIZES
from chat.rules.shown import Held, Shown

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
        lines = longest = conversations = 0
        for begin in range(0, len(sids), _AT_ONCE):
            some = [keys.relay(sid) for sid in sids[begin : begin + _AT_ONCE]]
            found = await self._store.calls(*((b"HMGET", relay, *_COUNTS) for relay in some))
            clocks = await self._store.calls(*((b"TTL", relay) for relay in some))
            lines += sum(int(count or 0) for counts in found for count in counts)
            conversations += sum(clock > 0 for clock in clocks)
            longest = max(longest, *clocks)
        entries, with_clock = keyspace.counted(info)
        return Held(
            waiting=waiting,
            conversations=conversations,
            lines=lines,
            largest_line=ENVELOPE_SIZES[1],
            entries=entries,
            without_clock=entries - with_clock,
            longest_s=longest,
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
