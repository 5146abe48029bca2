# SPDX-License-Identifier: AGPL-3.0-or-later
"""A running service, watched from the first hostile byte to the last, and a conversation beside all of it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest

from chat import log
from chat.protocol import frames
from chat.protocol.types import EndedBy
from tests.fuzz import canary
from tests.fuzz.callers import ONION
from tests.support.people import Talk, desk_on, help_seeker_on, talk
from tests.support.service import Service, free_port, running

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
        assert [line for line in new if not _LINE.fullmatch(line)] == []

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


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, metrics_port: int) -> Iterator[Service]:
    """With an onion address, and metrics: every address that a service ever listens on."""
    open_ = {
        "KENTERING_ONION": ONION,
        "KENTERING_METRICS": f"127.0.0.1:{metrics_port}",
        "KENTERING_MESSAGES_BURST": "300",
    }
    with running(tmp_path_factory.mktemp("fuzz"), **open_) as started:
        yield started


@pytest.fixture
async def watch(service: Service) -> AsyncIterator[Watch]:
    """Watches the service; a conversation that begins now ends as it should."""
    desk = await desk_on(service)
    beside = await talk(await help_seeker_on(service), desk)
    watching = Watch(service, beside)
    assert watching.heard() <= {service.output, Path("/dev/null")}  # nothing is said anywhere else
    await watching.goes_on()
    yield watching

    await watching.goes_on()
    watching.over()
    assert await beside.end() is EndedBy.HELP_SEEKER
    await beside.person.close()
    await desk.close()
