# SPDX-License-Identifier: AGPL-3.0-or-later
"""What nobody caught is logged by its class, and says nothing of what was being done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest

from chat import log

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("kentering")
    before = root.handlers[:], ours.handlers[:], ours.level, ours.propagate
    yield
    root.handlers[:], ours.handlers[:] = before[0], before[1]
    ours.setLevel(before[2])
    ours.propagate = before[3]
    log.errors_taken()


async def test_an_error_in_a_callback_is_logged_by_its_class(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up()
    log.errors_taken()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log.in_loop)
    done = loop.create_future()

    def mistaken() -> None:
        loop.call_soon(done.set_result, None)
        raise KeyError("The weather is mild")

    loop.call_soon(mistaken)
    await done
    loop.set_exception_handler(None)

    said = capsys.readouterr().err
    assert "an unexpected error" in said
    assert "error=builtins.KeyError" in said
    assert "weather" not in said
    assert log.errors_taken() == {"KeyError": 1}
