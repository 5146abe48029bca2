# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import os
import secrets
import time

import msgspec
import pytest

from chat.counts import Line
from chat.metrics.coarse import Numbers
from chat.metrics.hearing import hear

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_line_that_is_none_takes_no_other_with_it() -> None:
    numbers = Numbers(time.monotonic, secrets.randbelow)
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        for worker in ("w1", "w2"):
            pipe.write(b'{"worker": 1}\nnothing of ours\n')
            pipe.write(msgspec.json.encode(Line(worker, {}, {})) + b"\n")

    await hear(numbers, reading)

    assert numbers.workers() == 2
