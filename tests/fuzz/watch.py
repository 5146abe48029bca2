# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must be as before when the fuzzing is over, and a conversation beside it that knows nothing of it."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import psutil

from chat import log
from chat.protocol import frames
from tests.fuzz import canary
from tests.support.people import Talk
from tests.support.service import Service

GROWTH = 64 << 20
"""Bytes that all processes of the service, or the store, may have more afterwards, however much was sent."""
_LINE = re.compile(
    rf"\d\d:\d\d:\d\d {re.escape(log.Event.TALLIES_WRITTEN.value)}( worker=[\w-]+)?( count=\d+)?"
)
"""What may be said meanwhile: a day may end."""


def _memory(service: Service) -> int:
    launcher = psutil.Process(service.process.pid)
    return sum(one.memory_info().rss for one in (launcher, *launcher.children(recursive=True)))


def _store_memory(service: Service) -> int:
    with contextlib.closing(service.look()) as store:
        return int(store.info("memory")["used_memory"])


class Watch:
    """What must be as before when it is over."""

    def __init__(self, service: Service, beside: Talk) -> None:
        self._service, self._beside = service, beside
        self._workers = service.workers()
        self._said = service.lines()
        self._memory: tuple[int, int] | None = None
        self._n = 0

    async def goes_on(self) -> None:
        """The conversation beside: a message each way is stored, delivered and kept."""
        self._n += 1
        person, desk = self._beside.person, self._beside.desk
        await self._beside.say(self._n)
        await desk.expect(frames.DeskDelivery)
        await desk.send(frames.DeskTook(person.sid, 0, 1, self._n))
        await self._beside.answer(self._n)
        await person.expect(frames.Delivery)
        await person.send(frames.Took(0, 1, self._n))

    def warm(self) -> None:
        """By now everything has been used once: from here on memory counts."""
        self._memory = _memory(self._service), _store_memory(self._service)

    def quiet(self) -> None:
        """Nobody died, and nothing was said: no error, and nothing of what was sent."""
        assert self._service.workers() == self._workers, "a worker ended"
        output = self._service.output.read_bytes()
        assert not canary.found(output), "a log repeats what was sent"
        new = self._service.lines().removeprefix(self._said).splitlines()
        unexpected = [line for line in new if not _LINE.fullmatch(line)]
        assert unexpected == [], unexpected

    def heard(self) -> set[Path]:
        """Where every process of the service says what it says."""
        launcher = psutil.Process(self._service.process.pid)
        return {
            Path(f"/proc/{one.pid}/fd/{end}").resolve()
            for one in (launcher, *launcher.children(recursive=True))
            for end in (1, 2)
        }

    def over(self) -> None:
        """At the end."""
        self.quiet()
        if self._memory is not None:
            grown = _memory(self._service) - self._memory[0]
            kept = _store_memory(self._service) - self._memory[1]
            assert max(grown, kept) < GROWTH, (grown, kept)
