# SPDX-License-Identifier: AGPL-3.0-or-later
"""A worker that is due is replaced by one that serves, whatever becomes of those that do not come to it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chat import launcher, settings
from chat.launcher import CannotStart, Launcher
from chat.worker import LEAVES_WITHIN, MOVES_WITHIN, Worker

pytestmark = pytest.mark.anyio

NOW = 1000.0
Made = Callable[..., Worker]


@pytest.fixture
def started() -> Iterator[list[Worker]]:
    made: list[Worker] = []
    yield made
    for worker in made:
        worker.dismiss()


@pytest.fixture
def ready() -> dict[str, int]:
    """By name, the end of the pipe by which a worker says that it serves."""
    return {}


@pytest.fixture
def worker(started: list[Worker], ready: dict[str, int]) -> Made:
    def make(name: str, *, due: float = NOW + 3600, since: float = NOW) -> Worker:
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        process = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        made = Worker(name, process, since, due, ours)
        started.append(made)
        ready[name] = theirs
        return made

    return make


@pytest.fixture
def whole(worker: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Launcher:
    """Two workers, the first of which is due."""
    made = Launcher(settings.load({"KENTERING_DATA": str(tmp_path)}))
    made._workers = [worker("first", due=NOW - 1, since=0.0), worker("second", since=0.0)]
    made._workers[0].serves = made._workers[1].serves = True
    names = iter(("third", "fourth", "fifth"))
    monkeypatch.setattr(made, "_start", lambda _name: worker(next(names)))
    return made


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def says_ready(ready: dict[str, int], name: str) -> None:
    os.write(ready[name], b"1")
    os.close(ready[name])


def died(ready: dict[str, int], one: Worker) -> None:
    one.process.kill()
    one.process.wait()
    os.close(ready[one.name])


def names(whole: Launcher) -> list[str]:
    return [one.name for one in whole._workers]


async def test_it_is_replaced_when_the_other_serves(whole: Launcher, ready: dict[str, int]) -> None:
    whole._recycle(NOW)
    whole._recycle(NOW + 1)
    assert names(whole) == ["first", "second"]

    says_ready(ready, "third")
    whole._recycle(NOW + 2)

    assert names(whole) == ["third", "second"]
    assert whole._leaving is not None
    assert whole._leaving.killed_at == NOW + 2 + MOVES_WITHIN


@pytest.mark.parametrize("hangs", [False, True])
async def test_one_that_comes_to_nothing_is_let_go_whole_and_another_is_tried_later(
    whole: Launcher, ready: dict[str, int], hangs: bool
) -> None:
    files = open_files()
    now = NOW
    for name in ("third", "fourth"):
        whole._recycle(now)
        successor = whole._successor
        assert successor is not None
        assert successor.name == name
        if not hangs:
            died(ready, successor)
        now += launcher._SERVES_WITHIN + 1 if hangs else 1
        whole._recycle(now)
        assert whole._successor is None
        assert successor.is_gone
        if hangs:
            os.close(ready[name])
        assert open_files() == files

        whole._recycle(now + launcher._TRY_AGAIN - 1)
        assert whole._successor is None
        now += launcher._TRY_AGAIN

    assert names(whole) == ["first", "second"]


async def test_that_none_can_be_started_ends_nothing(
    whole: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_name: str) -> Worker:
        raise CannotStart

    monkeypatch.setattr(whole, "_start", refuse)
    whole._recycle(NOW)

    assert whole._successor is None
    assert names(whole) == ["first", "second"]


async def test_whoever_was_to_take_a_place_takes_one_that_becomes_free_before(whole: Launcher) -> None:
    whole._recycle(NOW)
    successor = whole._successor

    assert successor is not None
    assert whole._take_successor() is successor
    assert whole._take_successor() is None


async def test_who_is_asked_again_has_no_longer(worker: Made) -> None:
    one = worker("first")
    one.leave(NOW, move=True)
    one.leave(NOW + 1, move=False)
    assert one.killed_at == NOW + 1 + LEAVES_WITHIN

    one.leave(NOW + 2, move=True)
    assert one.killed_at == NOW + 1 + LEAVES_WITHIN
