# SPDX-License-Identifier: AGPL-3.0-or-later
"""A start costs work: once, for everybody alike, and never for a door that is closed."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import urllib.request
from collections.abc import Iterator

import pytest

from chat.protocol import frames
from chat.protocol.types import VERSION, About, ErrorCode, Urgency
from tests.support.clients import HelpSeeker
from tests.support.people import desk_on
from tests.support.service import Service, running
from tests.support.work import solve

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("paid"), KENTERING_WORK="1") as started:
        yield started


async def challenge(service: Service, query: str = "") -> dict[str, object]:
    def fetch() -> dict[str, object]:
        with urllib.request.urlopen(f"{service.help_seeker}/work{query}") as answer:  # noqa: S310 - our own service
            assert answer.headers["cache-control"] == "no-store"
            return dict(json.load(answer))

    return await asyncio.to_thread(fetch)


async def solved(service: Service) -> bytes:
    made = await challenge(service)
    return await asyncio.to_thread(solve, made)


async def enter(person: HelpSeeker, work: bytes | None) -> frames.ToHelpSeeker:
    if work is not None:
        await person.send(frames.Work(work))
    hashed = hashlib.sha256(person.ticket).digest()
    start = frames.Start(VERSION, person.sid, hashed, person.half, "en", About.UNSAID, Urgency.USUAL)
    await person.send(start)
    return await person.next()


async def test_a_closed_door_costs_nothing(paid: Service) -> None:
    async with await HelpSeeker.open(paid) as person:
        work = await solved(paid)
        assert await enter(person, work) == frames.Refused(ErrorCode.CLOSED_INTAKE)

        async with await desk_on(paid):
            assert isinstance(await enter(person, work), frames.Welcome)


async def test_each_solution_lets_one_person_in(paid: Service) -> None:
    async with await desk_on(paid):
        work = await solved(paid)
        people = [await HelpSeeker.open(paid) for _ in range(6)]
        answers = await asyncio.gather(*(enter(person, work) for person in people))
        for person in people:
            await person.close()

    assert sum(isinstance(answer, frames.Welcome) for answer in answers) == 1
    assert answers.count(frames.Refused(ErrorCode.WORK_NEEDED)) == 5


@pytest.mark.parametrize("work", [None, b"nothing", b"e30=", b"A" * 1024])
async def test_without_work_nobody_new_comes_in(paid: Service, work: bytes | None) -> None:
    async with await desk_on(paid), await HelpSeeker.open(paid) as person:
        assert await enter(person, work) == frames.Refused(ErrorCode.WORK_NEEDED)
        assert isinstance(await enter(person, await solved(paid)), frames.Welcome)


async def test_a_start_that_is_sent_again_pays_once(paid: Service) -> None:
    async with await desk_on(paid):
        first = await HelpSeeker.open(paid)
        assert isinstance(await enter(first, await solved(paid)), frames.Welcome)
        first.drop()

        async with await HelpSeeker.open(paid) as again:
            again.same_browser(first)
            assert isinstance(await enter(again, None), frames.Welcome)


async def test_the_page_of_an_end_with_a_boundary_gets_the_dearer_challenge(paid: Service) -> None:
    usual, dearer = await challenge(paid), await challenge(paid, "?after=boundary")

    counters = [await asyncio.to_thread(_counter, one) for one in (usual, dearer)]

    assert counters[0] < 800 <= counters[1]  # a few people may wait already


def _counter(made: dict[str, object]) -> int:

    return int(json.loads(base64.b64decode(solve(made)))["solution"]["counter"])
