# SPDX-License-Identifier: AGPL-3.0-or-later
"""The production set while twenty conversations are open: each container killed, and each copy replaced.

Real connections by TLS and by the onion address, without sealing: both sides write once a second, and all
that was stored has to come exactly once and in order. Started as tests/deployment/test_running_set.py is.
What is measured is printed; asserted is what is promised.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable

import pytest
from websockets.exceptions import ConnectionClosed

from chat.protocol import frames
from tests.deployment.reached import FOLDER, SOCKS, Reached, compose, end_first_process, heals, kill
from tests.faults.line import with_token
from tests.faults.moved import DeskEnd, End, PersonEnd, quiet
from tests.faults.waiting import dropped, until
from tests.support.people import talk

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.long,
    pytest.mark.skipif(not FOLDER, reason="needs a running production set: KENTERING_SET"),
]

EACH = 2
"""Conversations at a desk; more than three are not allowed unless managers set it."""
PERIOD_S = 1.0
TOLD_WITHIN_S = 10.0
DELIVERED_WITHIN_S = 2.0


@contextlib.asynccontextmanager
async def talking(reached: Reached, way: Reached, count: int, *, breaks: bool) -> AsyncIterator[list[End]]:
    """So many conversations of people who come this way, two at a desk, in which both sides write."""
    ends: list[End] = []
    for first in range(0, count, EACH):
        desk, token = await with_token(reached.as_service())
        sids = []
        for _ in range(first, min(first + EACH, count)):
            person = await reached.help_seeker_waits(way)
            await talk(person, desk)
            await person.send(frames.Took(0, 1, 0))
            await desk.send(frames.DeskTook(person.sid, 0, 1, 0))
            ends.append(PersonEnd(way.as_service(), person))
            sids.append(person.sid)
        ends.append(DeskEnd(reached.as_service(), desk, token, sids))
    for end in ends:
        end.breaks = breaks
    async with asyncio.TaskGroup() as group:
        readers = [group.create_task(end.read()) for end in ends]
        for end in ends:
            for lane in end.lanes.values():
                group.create_task(end.write(lane, PERIOD_S))
        yield ends
        for end in ends:
            end.writes = False
        for reader in readers:
            reader.cancel()
    for end in ends:
        if isinstance(end, PersonEnd) and not end.over:
            with contextlib.suppress(ConnectionClosed):  # Tor is away still
                await end.client.send(frames.Leave())
                await end.client.expect(frames.Closed)
        await dropped(end.client)


def afresh(ends: Iterable[End]) -> None:
    """Figures begin anew."""
    for end in ends:
        end.broken = end.moved = 0
        for lane in end.lanes.values():
            lane.took.clear()


def figures(ends: Iterable[End]) -> tuple[float, str]:
    """The 99th of a hundred deliveries, and a line for whoever reads."""
    ends = list(ends)
    took = sorted(seconds for end in ends for lane in end.lanes.values() for seconds in lane.took)
    p99 = took[len(took) * 99 // 100]
    broken, moved = sum(end.broken for end in ends), sum(end.moved for end in ends)
    lost = f"{broken} connections broken, {moved} made anew"
    return p99, f"{len(took)} messages, p99 {p99:.2f} s, slowest {took[-1]:.2f} s; {lost}"


async def goes_on(ends: Iterable[End]) -> None:
    """Every side hears something that is written from now on."""
    lanes = [lane for end in ends for lane in end.lanes.values()]
    heard = [lane.taken + 3 for lane in lanes]
    await until(
        "everybody hears everybody",
        lambda: all(lane.taken >= least for lane, least in zip(lanes, heard, strict=True)),
        patience=120,
    )


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a figure, for whoever asked for it."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", end="")  # noqa: T201 - it is what these tests are for

    return say


@pytest.fixture
async def reached() -> Reached:
    found = Reached.found()
    await found.opens_intake()
    return found


async def test_whatever_is_killed_twenty_conversations_go_on(
    reached: Reached, says: Callable[[str], None]
) -> None:
    onion = 4 if SOCKS else 0
    async with (
        talking(reached, reached, 20 - onion, breaks=True) as clear,
        talking(reached, reached.over_tor(), onion, breaks=True) as hidden,
    ):
        await goes_on([*clear, *hidden])
        for part in ("app1", "app2", "caddy", "records", "front", "tor"):
            # A Tor client that asks too early asks again much later: docs/operating.md, "Trying the set".
            ends = clear if part == "tor" else [*clear, *hidden]
            afresh(ends)
            begun = time.monotonic()
            await asyncio.to_thread(kill, part)
            healed = time.monotonic() - begun
            await goes_on(ends)
            says(f"{part} killed: {figures(ends)[1]}; well again after {healed:.0f} s")
        await quiet(clear)

        assert not any(end.told for end in [*clear, *hidden])


async def test_one_copy_after_the_other_is_replaced_and_nobody_sees_it(
    reached: Reached, says: Callable[[str], None]
) -> None:
    async with talking(reached, reached, 20, breaks=False) as ends:
        await goes_on(ends)
        for copy in ("app1", "app2"):
            await asyncio.to_thread(compose, "up", "-d", "--wait", "--no-deps", "--force-recreate", copy)
        await goes_on(ends)
        await quiet(ends)
        p99, said = figures(ends)
        says(f"Both copies replaced: {said}")

        assert min(end.moved for end in ends) >= 1
        assert p99 < DELIVERED_WITHIN_S, said


async def test_when_the_live_store_dies_both_sides_are_told_within_ten_seconds_and_all_goes_on(
    reached: Reached, says: Callable[[str], None]
) -> None:
    async with talking(reached, reached, 20, breaks=True) as ends:
        await goes_on(ends)
        killed = time.monotonic()
        pid = await asyncio.to_thread(end_first_process, "live")
        await until("everybody is told", lambda: all(end.over for end in ends), patience=120)
        times = sorted(told - killed for end in ends for told in end.told.values())
        says(f"live killed: both sides of 20 conversations told within {times[0]:.2f} to {times[-1]:.2f} s")

        assert len(times) == 40
        assert times[-1] < TOLD_WITHIN_S
    await asyncio.to_thread(heals, "live", pid)
    async with talking(reached, reached, 1, breaks=False) as fresh:
        await goes_on(fresh)
        await quiet(fresh)
