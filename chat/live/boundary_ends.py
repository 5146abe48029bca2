# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many conversations ended with a boundary in the last ten minutes, on the whole line.

Only when: neither which conversation nor whose. It prices the next starts of everybody.
"""

from __future__ import annotations

from chat.live import keys
from chat.live.resp import Store

SPAN_MS = 10 * 60_000


class BoundaryEnds:
    """Times of the last ten minutes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, now: int, name: bytes) -> None:
        """One more, now (unix milliseconds); `name` is random, and tells it from the others.

        Raises:
            StoreError: no answer.
        """
        await self._store.calls(
            (b"ZADD", keys.BOUNDARY, now, name),
            (b"EXPIRE", keys.BOUNDARY, SPAN_MS // 1000),
            (b"ZREMRANGEBYSCORE", keys.BOUNDARY, b"-inf", now - SPAN_MS),
        )

    async def count(self, now: int) -> int:
        """How many there were in the ten minutes before `now` (unix milliseconds).

        Raises:
            StoreError: no answer.
        """
        reply: int = await self._store.call(b"ZCOUNT", keys.BOUNDARY, b"(%d" % (now - SPAN_MS), b"+inf")
        return reply
