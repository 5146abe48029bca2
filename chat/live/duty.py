# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which devices have a desk open now: a lease each, renewed with the desk's other signs of life.

Intake is open only while there is one: nobody waits at a desk where nobody sits.
"""

from __future__ import annotations

from collections.abc import Iterable

from chat.live import keys
from chat.live.resp import Store


class Duty:
    """Desks that are open."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def renew(self, devices: Iterable[str], until_ms: int) -> None:
        """These devices' desks are alive: one command for all. No answer."""
        pairs = [part for device in devices for part in (until_ms, device)]
        if pairs:
            self._store.fire(b"ZADD", keys.DUTY, *pairs)
            self._store.fire(b"EXPIRE", keys.DUTY, keys.DUTY_TTL)

    def ends(self, device: str, at_ms: int) -> None:
        """This device's desk closed: it counts until then, or less. No answer."""
        self._store.fire(b"ZADD", keys.DUTY, b"XX", b"LT", at_ms, device)

    async def is_open(self, device: str, now: int) -> bool:
        """Whether this device has a desk open (unix milliseconds).

        Raises:
            StoreError: no answer.
        """
        until = await self._store.call(b"ZSCORE", keys.DUTY, device)
        return until is not None and float(until) > now

    async def anybody(self, now: int) -> bool:
        """Whether any desk is open; forgets those that are long gone.

        Raises:
            StoreError: no answer.
        """
        _, count = await self._store.calls(
            (b"ZREMRANGEBYSCORE", keys.DUTY, b"-inf", now - keys.DUTY_TTL * 1000),
            (b"ZCOUNT", keys.DUTY, b"(%d" % now, b"+inf"),
        )
        return bool(count)
