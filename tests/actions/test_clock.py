# SPDX-License-Identifier: AGPL-3.0-or-later
"""Deadlines and finished days, with every worker at them at once."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Mapping

import pytest

from chat.actions.clock import fire_due, hand_over_days
from chat.actions.house import House
from chat.live.deadlines import LEASE_MS
from chat.live.era import era
from chat.live.live import Live
from chat.rules.deadlines import LONGEST_MS
from chat.rules.presence import LEASE_MS as PRESENCE_MS
from chat.rules.state import Member, Presence
from tests.actions.building import Clock, house, standing, started
from tests.support.valkey import WatchedStore

pytestmark = pytest.mark.anyio

DAY = datetime.date(2023, 11, 14)
"""Of the clock's first moment."""
ONE_DAY_MS = 86_400_000


async def workers(store: WatchedStore, clock: Clock, count: int) -> list[tuple[House, Live]]:
    """Houses with a connection each."""
    lives = [await Live.open(store.url) for _ in range(count)]
    return [(await house(live, clock, f"w{number}"), live) for number, live in enumerate(lives)]


async def close(houses: list[tuple[House, Live]]) -> None:
    for _, live in houses:
        await live.close()


async def until_quiet(house_: House) -> int:
    """How many deadlines this worker dealt with."""
    total = 0
    while fired := await fire_due(house_):
        total += fired
    return total


async def counts(live: Live, day: datetime.date) -> dict[bytes, bytes]:
    flat = await live.store.call(b"HGETALL", f"k:{{tally}}:{day.isoformat()}")
    return dict(zip(flat[::2], flat[1::2], strict=True))


async def every_deadline_once(live: Live, store: WatchedStore, conversations: int) -> None:
    clock = Clock()
    houses = await workers(store, clock, 6)
    sids = [await started(houses[0][0]) for _ in range(conversations)]
    clock.now += LONGEST_MS
    fired = sum(await asyncio.gather(*(until_quiet(one) for one, _ in houses)))

    assert fired >= conversations
    for sid in sids:
        assert await live.conversations.load(sid) is None
    assert (await counts(live, DAY))[b"started:yes"] == b"%d" % conversations
    ended = await counts(live, DAY + datetime.timedelta(days=1))
    # Of the three that are due by now the place kept is the earliest; whichever it is, each is counted once.
    assert sum(int(value) for name, value in ended.items() if name.startswith(b"left:")) == conversations
    assert await live.waiting_room.size() == 0
    await close(houses)


async def test_many_workers_fire_every_deadline_once(live: Live, embedded_store: WatchedStore) -> None:
    await every_deadline_once(live, embedded_store, 150)


@pytest.mark.long
async def test_many_workers_fire_thousands_of_deadlines_once(
    live: Live, embedded_store: WatchedStore
) -> None:
    await every_deadline_once(live, embedded_store, 5_000)


async def test_what_a_dead_worker_held_is_fired_by_another(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    sid = await started(ours)
    clock.now += LONGEST_MS
    assert await ours.deadlines.claim(clock.now)  # and then it dies

    assert await fire_due(ours) == 0
    clock.now += LEASE_MS
    assert await until_quiet(ours) >= 1
    assert await ours.conversations.load(sid) is None


async def test_a_lease_that_ends_makes_somebody_away_and_one_that_is_renewed_does_not(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    silent, alive = await started(ours), await started(ours)
    clock.now += PRESENCE_MS - 1
    assert await until_quiet(ours) == 0
    ours.here(alive, Member.HELP_SEEKER, 1)
    clock.now += 1
    await until_quiet(ours)

    assert (await standing(ours, silent))[1].help_seeker.presence is Presence.AWAY
    assert (await standing(ours, alive))[1].help_seeker.presence is Presence.PRESENT
    entries = await ours.room.snapshot()
    assert (entries[silent].present, entries[alive].present) == (False, True)


async def test_the_lease_of_an_older_connection_means_nothing(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    sid = await started(ours)
    ours.deadlines.renew([(sid, Member.HELP_SEEKER, 0)], clock.now - 1)

    assert await until_quiet(ours) == 1
    assert (await standing(ours, sid))[1].help_seeker.presence is Presence.PRESENT


class Book:
    """Where the days go; it can fail, as a database does."""

    def __init__(self) -> None:
        self.days: list[tuple[datetime.date, dict[tuple[str, str], int]]] = []
        self.lost: list[datetime.date] = []
        self.fails = False

    async def forget_old(self, now: int) -> None: ...

    async def write_day(
        self, day: datetime.date, counts: Mapping[tuple[str, str], int], *, lost: bool
    ) -> None:
        await asyncio.sleep(0)
        if self.fails:
            raise ConnectionError
        self.days.append((day, dict(counts)))
        if lost:
            self.lost.append(day)


async def test_a_finished_day_is_handed_over_once_by_many_workers(embedded_store: WatchedStore) -> None:
    clock, book = Clock(), Book()
    houses = await workers(embedded_store, clock, 6)
    for one, _ in houses:
        await started(one, "nl")
    await asyncio.gather(*(hand_over_days(one, book) for one, _ in houses))
    assert book.days == []  # it is not over

    clock.now += ONE_DAY_MS
    written = await asyncio.gather(*(hand_over_days(one, book) for one, _ in houses))

    assert sum(written) == 1
    assert book.days == [(DAY, {("started", "yes"): 6, ("language", "nl"): 6})]
    assert await hand_over_days(houses[0][0], book) == 0
    await close(houses)


async def test_a_day_the_records_refused_is_handed_over_later_and_the_same(live: Live) -> None:
    clock, book = Clock(), Book()
    ours = await house(live, clock)
    await started(ours)
    clock.now += ONE_DAY_MS
    book.fails = True
    with pytest.raises(ConnectionError):
        await hand_over_days(ours, book)
    assert not await ours.tallies.count(DAY, "started", "yes")  # frozen

    book.fails = False
    assert await hand_over_days(ours, book) == 0  # somebody may be writing it still
    await live.store.call(b"DEL", f"k:{{tally}}:{DAY.isoformat()}:lease")  # a minute passes
    assert await hand_over_days(ours, book) == 1
    assert book.days == [(DAY, {("started", "yes"): 1, ("language", "en"): 1})]


async def test_a_day_on_which_nobody_came_is_written_too(live: Live) -> None:
    clock, book = Clock(), Book()
    ours = await house(live, clock)
    for _ in range(3):
        await hand_over_days(ours, book)
        clock.now += ONE_DAY_MS

    assert book.days == [(DAY, {}), (DAY + datetime.timedelta(days=1), {})]
    assert book.lost == [DAY]  # counting began in the middle of it


async def test_a_store_that_lost_its_memory_marks_the_day(live: Live, embedded_store: WatchedStore) -> None:
    clock, book = Clock(), Book()
    ours = await house(live, clock)
    await hand_over_days(ours, book)
    clock.now += ONE_DAY_MS
    await hand_over_days(ours, book)
    await started(ours)

    await embedded_store.forget_everything()
    ours.era = await era(live.store)
    await hand_over_days(ours, book)
    await started(ours)
    clock.now += ONE_DAY_MS
    await hand_over_days(ours, book)

    second = DAY + datetime.timedelta(days=1)
    assert book.days == [(DAY, {}), (second, {("started", "yes"): 1, ("language", "en"): 1})]
    assert book.lost == [DAY, second]
