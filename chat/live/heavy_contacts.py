# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many heavy contacts each of the staff had today: care for them, gone at midnight, in no record."""

from __future__ import annotations

from chat.live import keys
from chat.live.resp import Store


class HeavyContacts:
    """Counts by member of staff."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, staff: bytes, midnight: int) -> None:
        """One more; all counts end at `midnight` (unix seconds).

        Raises:
            StoreError: no answer.
        """
        await self._store.calls((b"HINCRBY", keys.HEAVY, staff, 1), (b"EXPIREAT", keys.HEAVY, midnight))

    async def of(self, staff: bytes) -> int:
        """Today's count of one person.

        Raises:
            StoreError: no answer.
        """
        return int(await self._store.call(b"HGET", keys.HEAVY, staff) or 0)

    async def all(self) -> dict[bytes, int]:
        """Today's counts of everybody who has one.

        Raises:
            StoreError: no answer.
        """
        flat = await self._store.call(b"HGETALL", keys.HEAVY)
        return {staff: int(count) for staff, count in zip(flat[::2], flat[1::2], strict=True)}
