# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rules.pace import Bucket, bucket, spend

steps = st.lists(st.integers(0, 3_000), min_size=1, max_size=60)


def run(held: Bucket, gaps: list[int], now: int = 0) -> list[tuple[int, bool]]:
    answers = []
    for gap in gaps:
        now += gap
        held, allowed = spend(held, now)
        answers.append((now, allowed))
    return answers


def test_a_burst_then_the_pace():
    answers = run(bucket(3, 2, 0), [0, 0, 0, 0, 499, 1, 499, 1])

    assert [allowed for _, allowed in answers] == [True, True, True, False, False, True, False, True]


def test_slow_paces_are_exact():
    answers = run(bucket(1, 0.2, 0), [0, 4_999, 1, 4_999, 1])

    assert [allowed for _, allowed in answers] == [True, False, True, False, True]


def test_a_pause_fills_no_more_than_the_burst():
    answers = run(bucket(2, 10, 0), [1_000_000, 0, 0])

    assert [allowed for _, allowed in answers] == [True, True, False]


def test_a_clock_that_goes_back_gives_nothing():
    held, first = spend(bucket(1, 1, 10_000), 10_000)
    held, second = spend(held, 0)
    held, third = spend(held, 10_999)
    held, fourth = spend(held, 11_000)

    assert [first, second, third, fourth] == [True, False, False, True]


@pytest.mark.parametrize(("burst", "per_second"), [(0, 1), (1, 0), (1, -1), (1, 0.0001)])
def test_a_bucket_that_never_gives_is_an_error(burst: int, per_second: float):
    with pytest.raises(ValueError, match="at least one token"):
        bucket(burst, per_second, 0)


@given(st.integers(1, 5), st.integers(1, 20), steps)
def test_never_more_than_the_burst_and_the_pace(burst: int, per_second: int, gaps: list[int]):
    allowed = [now for now, yes in run(bucket(burst, per_second, 0), gaps) if yes]
    for index, start in enumerate(allowed):
        for count, end in enumerate(allowed[index:], start=1):
            assert (count - burst) * 1000 <= (end - start) * per_second


@given(st.integers(1, 5), st.integers(1, 20), steps)
def test_a_refusal_costs_nothing(burst: int, per_second: int, gaps: list[int]):
    held, now = bucket(burst, per_second, 0), 0
    for gap in gaps:
        now += gap
        after, allowed = spend(held, now)
        if not allowed:
            needed = -(-(1_000_000 - after.level) // after.per_1000_s)

            assert spend(after, now + needed)[1]
            assert not spend(after, now + needed - 1)[1]
        held = after


def test_a_bucket_survives_the_store():
    held, _ = spend(bucket(3, 0.5, 0), 10)

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(held), type=Bucket) == held
