# SPDX-License-Identifier: AGPL-3.0-or-later
"""Short-lived bytes of a passkey ceremony, given out once, whichever worker asks."""

from __future__ import annotations

from chat.live import keys
from chat.live.resp import Store


class Challenges:
    """Names are random; who does not know one gets nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def put(self, name: bytes, value: bytes, ttl_s: int) -> None:
        """Keep `value` for so many seconds.

        Raises:
            StoreError: no answer.
        """
        await self._store.call(b"SET", keys.challenge(name), value, b"EX", ttl_s)

    async def take(self, name: bytes) -> bytes | None:
        """Give it out and forget it, in one step; None when it is not there (any more).

        Raises:
            StoreError: no answer.
        """
        value: bytes | None = await self._store.call(b"GETDEL", keys.challenge(name))
        return value
