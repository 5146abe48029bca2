# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio

import pytest

from chat.actions.shared import FRESH_MS, Shared

pytestmark = pytest.mark.anyio


class Source:
    def __init__(self) -> None:
        self.now = 1_000
        self.reads = 0
        self.held = asyncio.Event()
        self.held.set()
        self.fails = False

    async def read(self) -> int:
        self.reads += 1
        number = self.reads
        await self.held.wait()
        if self.fails:
            raise LookupError
        return number


async def test_all_who_ask_meanwhile_get_the_same_answer() -> None:
    source = Source()
    shared = Shared(source.read, lambda: source.now)
    source.held.clear()
    asking = [asyncio.create_task(shared.get()) for _ in range(5)]
    await asyncio.sleep(0)
    asking[0].cancel()
    source.held.set()

    found = await asyncio.gather(*asking, return_exceptions=True)

    assert isinstance(found[0], asyncio.CancelledError)
    assert found[1:] == [1, 1, 1, 1]


async def test_an_answer_holds_for_its_time_and_not_when_the_clock_went_back() -> None:
    source = Source()
    shared = Shared(source.read, lambda: source.now)
    assert await shared.get() == 1

    source.now += FRESH_MS - 1
    assert await shared.get() == 1
    source.now += 1
    assert await shared.get() == 2
    source.now -= 1
    assert await shared.get() == 3


async def test_a_failure_is_not_kept() -> None:
    source = Source()
    shared = Shared(source.read, lambda: source.now)
    source.fails = True
    with pytest.raises(LookupError):
        await shared.get()
    source.fails = False

    assert await shared.get() == 2
