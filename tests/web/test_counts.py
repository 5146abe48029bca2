# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio
import contextlib
import os
from types import SimpleNamespace

import msgspec
import pytest

from chat import log
from chat.counts import Counts, Line
from chat.protocol.types import ErrorCode
from chat.web.socket import Socket

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_what_was_taken_is_not_taken_again() -> None:
    log.errors_taken()
    counts = Counts()
    counts.refused(ErrorCode.TOO_FAST)
    counts.refused(ErrorCode.TOO_FAST)
    counts.refused(ErrorCode.GAP)
    log.write(log.Event.UNEXPECTED, error=KeyError)
    log.write(log.Event.UNEXPECTED)
    log.write(log.Event.STORE_LOST)

    assert counts.take("w1") == Line("w1", {"TOO_FAST": 2, "GAP": 1}, {"KeyError": 1, "other": 1})
    assert counts.take("w1") == Line("w1", {}, {})


def test_every_refusal_on_a_connection_is_counted() -> None:
    counts = Counts()
    at = SimpleNamespace(hub=SimpleNamespace(counts=counts), _faults=0)
    Socket.count_fault(at, ErrorCode.CAP_REACHED)  # type: ignore[arg-type]  # all that it needs of one

    assert counts.take("w1").refused == {"CAP_REACHED": 1}


async def test_a_line_goes_into_the_pipe_at_once() -> None:
    reading, writing = os.pipe()
    counts = Counts()
    counts.refused(ErrorCode.GAP)
    telling = asyncio.create_task(counts.tell("w1", writing))
    line = await asyncio.to_thread(os.read, reading, 4096)

    assert msgspec.json.decode(line, type=Line).refused == {"GAP": 1}
    telling.cancel()
    os.close(reading)
    os.close(writing)


async def test_a_pipe_that_nobody_empties_stops_nobody() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(4096))
    telling = asyncio.create_task(Counts().tell("w1", writing))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert not telling.done()
    telling.cancel()
    os.close(reading)
    os.close(writing)
