# SPDX-License-Identifier: AGPL-3.0-or-later
"""The running day's counts, and handing a finished day to the records once.

How a day is handed over: `close` freezes it (later counts are refused) and gives it to one caller,
for a minute. The caller writes it to the records under the unique day, then says `handed`. A caller
who dies in between is followed by another, who gets the same frozen numbers; the unique day in the
records makes the second writing nothing.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from chat.live import keys
from chat.live.resp import Store

LEASE_S = 60
"""Seconds a caller has to write a day to the records."""


_LOST: Final = b"lost"
_BEGUN: Final = b"begun"


@dataclass(frozen=True, slots=True)
class FinishedDay:
    """What was counted on a day, by (measure, value)."""

    counts: dict[tuple[str, str], int]
    lost: bool
    """This memory began on that day, so what was counted before is lost."""


class Tallies:
    """(day, one measure, one value) -> count; never two properties together."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scripts = store.scripts

    def count(self, day: dt.date, measure: str, value: str) -> asyncio.Future[bool]:
        """One more. False when the day was closed already: it is not counted.

        Raises (from the future):
            StoreError: no answer; counted or not. Do not repeat it: a count less does no harm.
        """
        names = _keys(day.isoformat())[:2]
        return self._store.run_as(
            bool, self._scripts.tally_count, names, f"{measure}:{value}", keys.TALLY_TTL
        )

    async def begin(self, day: dt.date) -> None:
        """This day is running: it will be written, also when nothing is counted. May be said again.

        Said for the first time in a store's memory, it marks the day: earlier counts are not there.

        Raises:
            StoreError: no answer.
        """
        name = day.isoformat()
        running, closed, _ = _keys(name)
        await self._store.run(
            self._scripts.tally_begin,
            (keys.TALLY_SINCE, running, closed),
            name,
            keys.TALLY_TTL,
            keys.SINCE_TTL,
        )

    async def count_once(self, day: dt.date, once: bytes, counts: Iterable[tuple[str, str]]) -> bool:
        """Count several in one step, each alone. False when `once` was counted before, or the day is closed.

        Args:
            day: the running day.
            once: 16 random bytes; known for 15 minutes.
            counts: (measure, value).

        Raises:
            StoreError: no answer; send it again with the same `once`.
        """
        running, closed, _ = _keys(day.isoformat())
        reply = await self._store.run(
            self._scripts.tally_once,
            (running, closed, keys.wrap_up(once)),
            keys.TALLY_TTL,
            keys.WRAP_UP_TTL,
            *(f"{measure}:{value}" for measure, value in counts),
        )
        return bool(reply)

    async def ask_after(self, ticket: bytes) -> None:
        """Let whoever shows these 16 random bytes say once how it feels after a talk. They name nothing else.

        Raises:
            StoreError: no answer.
        """
        await self._store.call(b"SET", keys.asked_after(ticket), b"1", b"EX", keys.ASKED_AFTER_TTL)

    async def answers(self, ticket: bytes) -> bool:
        """Spend it; False when there is none, or none any more.

        Raises:
            StoreError: no answer.
        """
        return await self._store.call(b"GETDEL", keys.asked_after(ticket)) is not None

    async def finished(self, today: dt.date) -> list[dt.date]:
        """The days before today that wait to be handed over, oldest first.

        Raises:
            StoreError: no answer.
        """
        days = [today - dt.timedelta(days=back) for back in (3, 2, 1)]
        found = await self._store.calls(*((b"EXISTS", *_keys(day.isoformat())[:2]) for day in days))
        return [day for day, there in zip(days, found, strict=True) if there]

    async def close(self, day: dt.date) -> FinishedDay | None:
        """Freeze a finished day and take it for a minute.

        Returns:
            What was counted; None when there is nothing, or somebody else has it just now.

        Raises:
            StoreError: no answer; it can be taken again after a minute.
        """
        flat = await self._store.run(
            self._scripts.tally_close, _keys(day.isoformat()), keys.TALLY_TTL, LEASE_S
        )
        if not flat:
            return None
        found = dict(zip(flat[::2], flat[1::2], strict=True))
        counts = {_name(name): int(count) for name, count in found.items() if name not in {_LOST, _BEGUN}}
        return FinishedDay(counts, lost=_LOST in found)

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
