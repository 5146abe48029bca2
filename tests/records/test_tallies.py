# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from chat.records import Records
from chat.records.tallies import Tally

pytestmark = pytest.mark.anyio
COUNTS = {("wait", "under 3 min"): 4, ("ended", "help_seeker"): 2, ("language", "nl"): 6}


async def test_a_day_is_written_once(records: Records) -> None:
    done = await asyncio.gather(*(records.tallies.write_day("2027-01-15", COUNTS) for _ in range(3)))

    assert sorted(done) == [False, False, True]
    assert not await records.tallies.write_day("2027-01-15", {("wait", "other"): 1})
    assert await records.tallies.between("2027-01-15", "2027-01-15") == [
        Tally("2027-01-15", "ended", "help_seeker", 2),
        Tally("2027-01-15", "language", "nl", 6),
        Tally("2027-01-15", "wait", "under 3 min", 4),
    ]


async def test_rows_lie_in_one_order_whatever_happened_first(records: Records) -> None:
    await records.tallies.write_day("2027-01-15", COUNTS)
    await records.tallies.write_day("2027-01-16", dict(reversed(COUNTS.items())))

    async with records._database.read() as connection:
        rows = (await connection.execute(text("SELECT day, measure FROM tallies"))).all()
    assert [row.measure for row in rows] == ["ended", "language", "wait"] * 2


async def test_a_lost_day_is_marked_and_not_zero(records: Records) -> None:
    await records.tallies.write_day("2027-01-15", COUNTS)
    await records.tallies.write_day("2027-01-16", {}, lost=True)

    assert await records.tallies.days("2027-01-01", "2027-01-31") == {"2027-01-15": False, "2027-01-16": True}
    assert await records.tallies.days("2027-01-16", "2027-01-16") == {"2027-01-16": True}
    assert await records.tallies.between("2027-01-16", "2027-01-31") == []
