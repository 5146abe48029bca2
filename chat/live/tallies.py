# SPDX-License-Identifier: AGPL-3.0-or-later
"""The running day's counts, and handing a finished day to the records once.

How a day is handed over: `close` freezes it (later counts are refused) and gives it to one caller,
for a minute. The caller writes it to the records under the unique day, then says `handed`. A caller
who dies in between is followed by another, who gets the same frozen numbers; the unique day in the
records makes the second writing nothing.
"""

from __future__ import annotations

import datetime as dt

from chat.live import keys
from chat.live.resp import Store

LEASE_S = 60
"""Seconds a caller has to write a day to the records."""


class Tallies:
    """(day, one measure, one value) -> count; never two properties together."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scripts = store.scripts

    async def count(self, day: dt.date, measure: str, value: str) -> bool:
        """One more. False when the day was closed already: it is not counted.

        Raises:
            StoreError: no answer; counted or not. Do not repeat it: a count less does no harm.
        """
        name = day.isoformat()
        reply = await self._store.run(
            self._scripts.tally_count, _keys(name)[:2], f"{measure}:{value}", keys.TALLY_TTL
        )
        return bool(reply)

    async def finished(self, today: dt.date) -> list[dt.date]:
        """The days before today that wait to be handed over, oldest first.

        Raises:
            StoreError: no answer.
        """
        days = [today - dt.timedelta(days=back) for back in (3, 2, 1)]
        found = await self._store.calls(*((b"EXISTS", *_keys(day.isoformat())[:2]) for day in days))
        return [day for day, there in zip(days, found, strict=True) if there]

    async def close(self, day: dt.date) -> dict[tuple[str, str], int] | None:
        """Freeze a finished day and take it for a minute.

        Returns:
            (measure, value) -> count; None when there is nothing, or somebody else has it just now.

        Raises:
            StoreError: no answer; it can be taken again after a minute.
        """
        flat = await self._store.run(
            self._scripts.tally_close, _keys(day.isoformat()), keys.TALLY_TTL, LEASE_S
        )
        if not flat:
            return None
        pairs = zip(flat[::2], flat[1::2], strict=True)
        return {_name(name): int(count) for name, count in pairs}

    async def handed(self, day: dt.date) -> None:
        """The records have the day: forget it. May be sent again.

        Raises:
            StoreError: no answer.
        """
        await self._store.call(b"DEL", *_keys(day.isoformat()))


def _keys(day: str) -> tuple[bytes, bytes, bytes]:
    key = keys.tally(day)
    return key, key + b":closed", key + b":lease"


def _name(field: bytes) -> tuple[str, str]:
    measure, _, value = field.decode().partition(":")
    return measure, value
