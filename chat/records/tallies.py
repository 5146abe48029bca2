# SPDX-License-Identifier: AGPL-3.0-or-later
"""Counts of past days: (day, one measure, one value) -> count, never two properties together.

A day is written once, whole, after it ended, in a fixed order: neither the time of a row nor its place
in the file says anything about one conversation. A day whose counts were lost with the live store is
marked, so that the yearly report does not call it a quiet day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from chat.records.database import Database
from chat.records.tables import tallies, tally_days


@dataclass(frozen=True, slots=True)
class Tally:
    """One count."""

    day: str
    measure: str
    value: str
    count: int


class Tallies:
    """Days of counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write_day(self, day: str, counts: Mapping[tuple[str, str], int], *, lost: bool = False) -> bool:
        """Write the counts of a day that ended, by (measure, value); False when that day stands already.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        rows = [
            {"day": day, "measure": measure, "value": value, "count": count}
            for (measure, value), count in sorted(counts.items())
        ]
        try:
            async with self._database.write() as connection:
                await connection.execute(insert(tally_days).values(day=day, lost=lost))
                if rows:
                    await connection.execute(insert(tallies), rows)
        except IntegrityError:
            return False
        return True

    async def between(self, first: str, last: str) -> list[Tally]:
        """Counts from one day to another, both included, in the order of day, measure, value.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        query = (
            select(tallies)
            .where(tallies.c.day.between(first, last))
            .order_by(tallies.c.day, tallies.c.measure, tallies.c.value)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Tally(*row) for row in rows]

    async def days(self, first: str, last: str) -> dict[str, bool]:
        """Days that were written, from one to another, and whether their counts were lost.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        query = select(tally_days).where(tally_days.c.day.between(first, last)).order_by(tally_days.c.day)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return {row.day: row.lost for row in rows}
