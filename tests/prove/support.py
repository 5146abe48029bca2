# SPDX-License-Identifier: AGPL-3.0-or-later
"""A proof beside a service that a test runs."""

from __future__ import annotations

import asyncio
import contextlib

from chat.prove import Report, prove
from chat.prove.ways import WAYS
from chat.settings import Settings, load
from tests.faults.ageing import age
from tests.support.service import Service

QUARTER_MS = 16 * 60_000


def settings_of(service: Service, **more: str) -> Settings:
    """Those that the service runs with."""
    return load(
        {
            "PORT": str(service.port),
            "KENTERING_DATA": str(service.data),
            "KENTERING_HELP_SEEKER_ORIGIN": service.help_seeker,
            "KENTERING_DESK_ORIGIN": service.desk,
            **more,
        }
    )


async def proved(service: Service, *ways: str, deep: bool = True, settings: Settings | None = None) -> Report:
    """A proof; while it waits for clocks, time passes for every conversation there is."""
    passing: list[asyncio.Task[None]] = []

    def say(sentence: str) -> None:
        if sentence.startswith("Waiting for the clocks"):
            passing.append(asyncio.ensure_future(_time_passes(service)))
        elif sentence == "Others talk.":
            passing[-1].cancel()

    try:
        return await prove(settings or settings_of(service), say, ways=ways or tuple(WAYS), deep=deep)
    finally:
        for one in passing:
            one.cancel()
        await asyncio.gather(*passing, return_exceptions=True)


async def _time_passes(service: Service) -> None:
    """Who was just lost counts as away a moment later, and only from then on."""
    while True:
        with contextlib.closing(service.look()) as store:
            for key in store.keys("k:{*}:state"):
                with contextlib.suppress(TypeError):  # it has just ended
                    age(service, bytes.fromhex(key[3:35].decode()), QUARTER_MS)
        await asyncio.sleep(1)
