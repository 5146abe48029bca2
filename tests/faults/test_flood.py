# SPDX-License-Identifier: AGPL-3.0-or-later
"""A flood of starts, from people nobody can tell apart: who needs to talk still comes in."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from chat.protocol import frames
from chat.protocol.types import ErrorCode
from tests.faults.test_price import challenge, enter
from tests.support.clients import HelpSeeker
from tests.support.people import Talk, desk_on, talk
from tests.support.plain import Plain
from tests.support.service import Service, running
from tests.support.work import solve

pytestmark = pytest.mark.anyio

ROOM = 500
PHONE = 4
"""Times slower than this computer."""
PHONE_S = 10.0
MOST_GROWTH = 64 << 20
"""Bytes of memory that the service may take for it: 30 KiB left behind by each start would be more."""
NEEDED, FULL = frames.Refused(ErrorCode.WORK_NEEDED), frames.Refused(ErrorCode.ROOM_FULL)


@dataclass(frozen=True)
class Flood:
    """Starts of somebody hostile, spread over this time; every third without script."""

    without_work: int
    solved: int
    seconds: float


async def by_socket(service: Service, work: bytes | None) -> str:
    """One start with script; the connection is left open until its answer came."""
    async with await HelpSeeker.open(service) as person:
        answer = await enter(person, work)
        if isinstance(answer, frames.Welcome):
            return "in"
        assert answer in {NEEDED, FULL}, answer
        return "refused"


async def by_form(service: Service) -> str:
    """One start without script, which no browser can be asked to work for."""
    answer = await asyncio.to_thread(Plain(service).post, "/talk", do="start", language="en")
    assert answer.status in {303, 429, 503}, answer.status
    return "in" if answer.status == 303 else "refused"


async def come(service: Service, flood: Flood, works: list[bytes]) -> Counter[tuple[str, str]]:
    """The flood; counts what became of each kind."""
    starts = flood.without_work + flood.solved
    unused = list(works)
    found: Counter[tuple[str, str]] = Counter()
    at_once = asyncio.Semaphore(40)

    async def one(number: int) -> None:
        await asyncio.sleep(flood.seconds * number / starts)
        async with at_once:
            if number % 3 == 2:
                found["form", await by_form(service)] += 1
            elif number % 7 == 0 and unused:
                found["solved", await by_socket(service, unused.pop())] += 1
            else:
                found["without work", await by_socket(service, None)] += 1

    await asyncio.gather(*(one(number) for number in range(starts)))
    for work in unused:
        found["solved", await by_socket(service, work)] += 1
    return found


async def solutions(service: Service, count: int) -> list[bytes]:
    return [await asyncio.to_thread(solve, await challenge(service)) for _ in range(count)]


async def of_a_phone(service: Service) -> float:
    """Somebody with a slow phone starts; returns the seconds until they wait, work and all."""
    began = time.monotonic()
    made = await challenge(service)
    for _ in range(PHONE):
        work = await asyncio.to_thread(solve, made)
    async with await HelpSeeker.open(service) as person:
        assert isinstance(await enter(person, work), frames.Welcome)
        taken = time.monotonic() - began
        await person.send(frames.Leave())
        await person.expect(frames.Closed)
    return taken


def forged(work: bytes) -> list[bytes]:
    """What somebody makes of a solution that is not theirs, or of none."""
    read = json.loads(base64.b64decode(work))
    found = []
    for place, value in (
        (("solution", "derivedKey"), "0" * len(read["solution"]["derivedKey"])),
        (("challenge", "signature"), "0" * len(read["challenge"]["signature"])),
        (("challenge", "parameters", "expiresAt"), read["challenge"]["parameters"]["expiresAt"] + 600),
        (("challenge", "parameters", "cost"), 1),
        (("challenge", "parameters", "keyPrefix"), ""),
    ):
        changed = json.loads(base64.b64decode(work))
        inner = changed
        for name in place[:-1]:
            inner = inner[name]
        assert place[-1] in inner, place
        inner[place[-1]] = value
        found.append(base64.b64encode(json.dumps(changed).encode()))
    return found


def memory(service: Service) -> int:
    launcher = psutil.Process(service.process.pid)
    assert service.store is not None
    assert service.store.pid is not None
    pids = [one.pid for one in launcher.children(recursive=True)] + [service.store.pid]
    return sum(psutil.Process(pid).memory_full_info().uss for pid in dict.fromkeys(pids))


async def go_on(opened: Talk, over: asyncio.Event) -> int:
    """Two who talk write on until it is over; every message comes."""
    rounds = 0
    while not over.is_set():
        rounds += 1
        await opened.say(rounds, b"going on")
        await asyncio.sleep(0.2)
    return rounds


async def flooded(folder: Path, flood: Flood) -> tuple[Counter[tuple[str, str]], list[float]]:
    """What came of the flood, and how long a phone took each time somebody tried."""
    with running(folder, KENTERING_WORK="1", KENTERING_ROOM=str(ROOM)) as service:
        async with await desk_on(service) as desk, await HelpSeeker.open(service) as person:
            works = await solutions(service, flood.solved - flood.solved // 3 + 1)
            assert isinstance(await enter(person, works.pop()), frames.Welcome)
            opened = await talk(person, desk)
            spare = await solutions(service, 1)
            before, over = memory(service), asyncio.Event()
            writing = asyncio.create_task(go_on(opened, over))
            coming = asyncio.create_task(come(service, flood, works))
            phones = []
            while not coming.done():
                phones.append(await of_a_phone(service))
                await asyncio.sleep(flood.seconds / 6)
            found = await coming
            over.set()
            assert await writing > 1

            replayed = [await by_socket(service, work) for work in works]
            assert set(replayed) == {"refused"}
            assert {await by_socket(service, work) for work in forged(spare[0])} == {"refused"}
            assert await by_socket(service, spare[0]) == "in"  # it was good, and only it
            assert memory(service) - before < MOST_GROWTH
        return found, phones


def seen_to(found: Counter[tuple[str, str]], flood: Flood) -> None:
    assert found["without work", "in"] == 0
    assert found["solved", "refused"] == 0
    assert found["form", "in"] <= ROOM // 3
    assert sum(found.values()) >= flood.without_work


async def test_who_needs_to_talk_comes_in_through_a_flood(tmp_path: Path) -> None:
    flood = Flood(without_work=120, solved=12, seconds=2)
    found, phones = await flooded(tmp_path, flood)
    seen_to(found, flood)
    assert phones


@pytest.mark.long
@pytest.mark.alone
async def test_a_slow_phone_is_in_the_waiting_room_within_ten_seconds(tmp_path: Path) -> None:
    flood = Flood(without_work=2000, solved=200, seconds=60)
    found, phones = await flooded(tmp_path, flood)
    seen_to(found, flood)
    assert max(phones) < PHONE_S
