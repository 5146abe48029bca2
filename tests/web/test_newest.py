# SPDX-License-Identifier: AGPL-3.0-or-later
"""Receipts that speak for those before them: the newest alone goes on, and never all lanes in one go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from chat.web.newest import AFTER, TOGETHER, Newest


class Loop:
    """As much of an event loop as it takes, with a clock that the test turns."""

    def __init__(self) -> None:
        self.now = 0.0
        self._timers: list[tuple[float, Callable[..., None], tuple[object, ...]]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, at: float, callback: Callable[..., None], *arguments: object) -> None:
        self._timers.append((at, callback, arguments))

    def turn(self, until: float) -> None:
        while self._timers and min(timer[0] for timer in self._timers) <= until:
            timer = min(self._timers, key=lambda one: one[0])
            self._timers.remove(timer)
            self.now = max(self.now, timer[0])
            timer[1](*timer[2])
        self.now = until

    @property
    def timers(self) -> int:
        return len(self._timers)


Passed = list[tuple[float, str, int]]


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    made = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: made)
    return made


@pytest.fixture
def passed() -> Passed:
    return []


@pytest.fixture
def newest(loop: Loop, passed: Passed) -> Newest[str, int]:
    return Newest(lambda key, value: passed.append((loop.now, key, value)))


def test_only_the_newest_is_passed_on_and_the_first_says_when(
    newest: Newest[str, int], loop: Loop, passed: Passed
) -> None:
    newest.note("a", 1)
    loop.turn(AFTER / 2)
    newest.note("a", 2)
    loop.turn(AFTER)

    assert passed == [(AFTER, "a", 2)]
    assert loop.timers == 0


def test_each_comes_due_for_itself(newest: Newest[str, int], loop: Loop, passed: Passed) -> None:
    newest.note("a", 1)
    loop.turn(2 * TOGETHER)
    newest.note("b", 1)
    loop.turn(10 * AFTER)

    assert passed == [(AFTER, "a", 1), (AFTER + 2 * TOGETHER, "b", 1)]


def test_those_that_come_due_within_a_moment_go_together(
    newest: Newest[str, int], loop: Loop, passed: Passed
) -> None:
    for n, key in enumerate("abcd"):
        loop.turn(n * TOGETHER / 2)
        newest.note(key, n)
    loop.turn(10 * AFTER)

    assert [(key, n) for _, key, n in passed] == [("a", 0), ("b", 1), ("c", 2), ("d", 3)]
    assert len({at for at, _, _ in passed}) == 2
    assert all(at <= AFTER + n * TOGETHER / 2 for at, _, n in passed)


def test_it_begins_anew_after_it_was_passed_on(newest: Newest[str, int], loop: Loop, passed: Passed) -> None:
    newest.note("a", 1)
    loop.turn(AFTER)
    newest.note("a", 2)
    loop.turn(3 * AFTER)

    assert [value for _, _, value in passed] == [1, 2]


def test_one_that_cannot_be_passed_on_holds_up_no_other_moment(loop: Loop) -> None:
    heard: list[str] = []

    def pass_on(key: str, _: int) -> None:
        if key == "broken":
            raise ConnectionError
        heard.append(key)

    newest: Newest[str, int] = Newest(pass_on)
    newest.note("broken", 1)
    loop.turn(2 * TOGETHER)
    newest.note("a", 1)
    with pytest.raises(ConnectionError):
        loop.turn(10 * AFTER)
    loop.turn(20 * AFTER)

    assert heard == ["a"]
