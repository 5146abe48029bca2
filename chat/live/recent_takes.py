# SPDX-License-Identifier: AGPL-3.0-or-later
"""Waits that ended with a counsellor in the last hour: what the next ones are likely to be told of theirs.

Only the language, the minute, and the wait rounded to a few steps: neither which conversation nor whose.
"""

from __future__ import annotations

from chat.live import keys
from chat.live.resp import Store
from chat.rules.wait_estimate import MINUTE_MS, SPAN_MIN, Take


class RecentTakes:
    """Takes of the last hour, on the whole service."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, take: Take, name: bytes) -> None:
        """One more; `name` is random, and tells it from the others. No answer: one less does no harm."""
        value = b"%b|%d|%b" % (take.language.encode(), take.waited_min, name.hex().encode())
        self._store.fire(b"ZADD", keys.TAKES, take.at_min, value)
        self._store.fire(b"EXPIRE", keys.TAKES, keys.TAKES_TTL)
        self._store.fire(b"ZREMRANGEBYSCORE", keys.TAKES, b"-inf", take.at_min - SPAN_MIN - 1)

    async def all(self, now: int) -> list[Take]:
        """Those of the hour before `now` (unix milliseconds), oldest first.

        Raises:
            StoreError: no answer.
        """
        since = now // MINUTE_MS - SPAN_MIN
        flat = await self._store.call(b"ZRANGE", keys.TAKES, since, b"+inf", b"BYSCORE", b"WITHSCORES")
        return [_take(value, score) for value, score in zip(flat[::2], flat[1::2], strict=True)]


def _take(value: bytes, score: bytes) -> Take:
    language, waited, _ = value.split(b"|")
    return Take(language.decode(), int(float(score)), int(waited))
