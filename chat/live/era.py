# SPDX-License-Identifier: AGPL-3.0-or-later
"""The identity of a store's memory: another value means that everything live was lost in between."""

from __future__ import annotations

import secrets

from chat.live import keys
from chat.live.resp import Store


async def era(store: Store) -> bytes:
    """The 32 bytes written at the first use of this store's memory.

    Read it at the start, after every reconnection and at least once a day: reading renews its clock.

    Raises:
        StoreError: no answer.
    """
    value: bytes = await store.run(store.scripts.era, (keys.ERA,), secrets.token_bytes(32), keys.ERA_TTL)
    return value
