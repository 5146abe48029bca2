# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many keys the live store has, and how many of them end by themselves."""

from __future__ import annotations

import asyncio
from typing import Final

from chat.live.resp import Store

_LOOKS: Final = 3
_AGAIN_S: Final = 0.3


def counted(info: bytes) -> tuple[int, int]:
    """From `INFO keyspace`: how many keys there are, and how many of them have a clock."""
    keys = clocks = 0
    for line in info.decode().splitlines():
        name, _, values = line.partition(":")
        if name.startswith("db"):
            found = dict(pair.split("=", 1) for pair in values.split(","))
            keys += int(found["keys"])
            clocks += int(found["expires"])
    return keys, clocks


async def without_clock(store: Store) -> int:
    """Keys without a time to live. One that just gets it is looked at again.

    Raises:
        StoreError: no answer.
    """
    left = 0
    for _ in range(_LOOKS):
        keys, clocks = counted(await store.call(b"INFO", b"keyspace"))
        left = keys - clocks
        if left == 0:
            break
        await asyncio.sleep(_AGAIN_S)
    return left
