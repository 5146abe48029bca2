# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ordinary traffic of other people, as every line has it: it writes over buffers that connections share.

What a worker and a proxy hold of a connection stays until they serve somebody else, which on a line in use
they do all the time. So each worker serves a conversation in which much is written and read again. The live
store's buffers need none of it: workers write over them by themselves (chat/live/link.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
from typing import Final

from chat.live import keys
from chat.live.live import Live
from chat.machine.reach import Reach
from chat.prove.canaries import Canaries
from chat.prove.desk import Desk
from chat.prove.line import Failed
from chat.prove.ways import Day, ordinary

_PAGES: Final = 60
_VALUES: Final = 5
_LONG: Final = 40_000
_EACH: Final = 2
_TRIES: Final = 30
"""For each worker: which one takes a connection is chance."""


async def fill(live: Live, reach: Reach, desk: Desk, workers: int) -> int:
    """Conversations until each of the workers has had two; returns how many there were.

    Raises:
        Failed: one did not come about, or some worker had none.
        StoreError: the live store does not answer.
    """

    async def look_nowhere() -> None:
        return

    day = Day(reach, desk, Canaries(), look_nowhere)
    served: list[str] = []
    while not _reached(served, workers):
        if len(served) >= _TRIES * workers:
            raise Failed(f"of {workers} workers {len(set(served))} took part in {len(served)} conversations")
        served.append(await ordinary(day))
    names = [keys.checked(n) for n in range(1, _VALUES + 1)]
    await live.store.calls(*((b"SET", name, bytes(_LONG), b"EX", keys.CHECKED_TTL) for name in names))
    await live.store.calls(*((b"GET", name) for name in names))
    await live.store.calls(*((b"DEL", name) for name in names))
    await asyncio.to_thread(_read_pages, reach)
    return len(served)


def _reached(served: list[str], workers: int) -> bool:
    return len(set(served)) >= workers and all(served.count(one) >= _EACH for one in served)


def _read_pages(reach: Reach) -> None:
    for _ in range(_PAGES):
        with contextlib.suppress(OSError, http.client.HTTPException):
            reach.get("/private")
