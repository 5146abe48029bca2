# SPDX-License-Identifier: AGPL-3.0-or-later
"""However many counsellors press *take*, whoever dies in between: one conversation, one counsellor."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from chat.protocol import frames
from chat.protocol.types import EndHow, ErrorCode
from tests.support.clients import PATIENCE, Desk
from tests.support.people import desk_on, help_seeker_on
from tests.support.service import Service, running

pytestmark = pytest.mark.anyio


async def one_gets_it(service: Service, desks: list[Desk]) -> None:
    person = await help_seeker_on(service)
    answers = await asyncio.gather(*(desk.take(person.sid) for desk in desks))
    winners = [desk for desk, answer in zip(desks, answers, strict=True) if isinstance(answer, frames.Taken)]

    assert len(winners) == 1
    assert {a.code for a in answers if isinstance(a, frames.DeskRefused)} == {ErrorCode.TAKEN}

    await winners[0].send(frames.DeskEnd(person.sid, 0, EndHow.USUAL))
    await person.expect(frames.Closed)
    await person.close()


async def press_together(service: Service, times: int) -> None:
    workers = list(service.workers())
    desks = [await desk_on(service, workers[place % 2]) for place in range(20)]
    assert {desk.welcome.worker for desk in desks if desk.welcome} == set(workers)
    for _ in range(times):
        await one_gets_it(service, desks)
    for desk in desks:
        await desk.close()


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """No counsellor presses forty times a second for minutes; this test does."""
    pace = {"KENTERING_MESSAGES_BURST": "100000", "KENTERING_MESSAGES_PER_SECOND": "100000"}
    with running(tmp_path_factory.mktemp("hurried"), **pace) as started:
        yield started


async def test_twenty_counsellors_on_two_workers_press_take_together(hurried: Service) -> None:
    await press_together(hurried, 25)


@pytest.mark.long
async def test_twenty_counsellors_on_two_workers_press_take_together_a_thousand_times(
    hurried: Service,
) -> None:
    await press_together(hurried, 1000)


async def kill_between_claim_and_move(service: Service, at_once: int) -> None:
    """The store has made a claim; the worker dies before it hears of it, and others are on their way there.

    From the first claim on the worker hears nothing, so of the rest some are claimed too, some reserved.
    """
    proxy = service.proxy
    assert proxy is not None
    workers = service.workers()
    victim, other = await victims(service)
    desks = [await desk_on(service, victim) for _ in range(at_once)]
    people = [await help_seeker_on(service, other) for _ in range(at_once)]
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    def strike(pid: int, request: bytes) -> bool:
        if pid != workers[victim] or b"k:{room}:claims" not in request:
            return False
        loop.call_soon_threadsafe(done.set)
        return True  # the store does it, the worker never hears

    proxy.on_request = strike
    for desk, person in zip(desks, people, strict=True):
        await desk.send(frames.Take(person.sid, os.urandom(32)))
    await asyncio.wait_for(done.wait(), PATIENCE)
    os.kill(workers[victim], signal.SIGKILL)
    proxy.on_request = None

    for desk in desks:
        desk.drop()

    rescuer = await desk_on(service, other)
    waiting: set[bytes] = set()
    while not waiting >= {person.sid for person in people}:
        waiting = {entry.sid for entry in (await rescuer.expect(frames.Room)).entries}
    for person in people:
        assert isinstance(await rescuer.take(person.sid), frames.Taken)
        assert isinstance(await rescuer.take(person.sid), frames.DeskRefused)
        await rescuer.send(frames.DeskEnd(person.sid, 0, EndHow.USUAL))
        await person.expect(frames.Closed)
        await person.close()
    await rescuer.close()


async def victims(service: Service) -> tuple[str, str]:
    """Both workers are there again; which one dies, which one stays."""
    while len(service.workers()) < 2:  # noqa: ASYNC110 - another process, there is nothing to wait on
        await asyncio.sleep(0.1)
    first, second = service.workers()
    return first, second


async def test_a_worker_killed_between_claim_and_move_loses_nothing(proxied: Service) -> None:
    await kill_between_claim_and_move(proxied, 10)


@pytest.mark.long
async def test_a_worker_killed_between_claim_and_move_again_and_again(proxied: Service) -> None:
    for _ in range(10):
        await kill_between_claim_and_move(proxied, 20)
