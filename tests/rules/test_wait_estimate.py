# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chat.protocol.types import DutyStatus, Phase
from chat.rules import events as ev
from chat.rules.conversation import step
from chat.rules.duty import Attending, Duty
from chat.rules.roles import Role
from chat.rules.state import Conversation
from chat.rules.wait_estimate import (
    LONG_MIN,
    MINUTE_MS,
    SPAN_MIN,
    STEPS,
    Estimates,
    Queue,
    Take,
    Wait,
    before_each,
    ended_wait,
    estimate,
    queue_of,
    rounded,
)
from chat.rules.waiting_room import Entry

NOW_MIN = 30_000_000
NOW = NOW_MIN * MINUTE_MS
NL = frozenset({"nl"})

takes = st.lists(
    st.builds(
        Take,
        language=st.just("nl"),
        at_min=st.integers(NOW_MIN - SPAN_MIN, NOW_MIN),
        waited_min=st.sampled_from((*STEPS, STEPS[-1] + 1)),
    ),
    max_size=20,
)
places = st.integers(0, 9)


def queue(*waits: int, free: int = 0, ago: int = 5) -> Queue:
    return Queue(NL, free, tuple(Take("nl", NOW_MIN - ago, wait) for wait in waits))


def test_without_data_nothing_is_said():
    assert estimate(queue(), 0, NOW) is None
    assert estimate(queue(free=3), 0, NOW) is None
    assert estimate(queue(2, 2, free=3), 0, NOW) is None


def test_with_a_free_place_it_takes_as_long_as_it_took_the_last_ones():
    few = estimate(queue(1, 2, 2, free=1), 0, NOW)
    many = estimate(queue(*[1, 2, 2] * 3, free=1), 0, NOW)

    assert few == Wait(0, 5)
    assert many == Wait(0, 2)


def test_who_stands_before_somebody_takes_time_too():
    assert estimate(queue(*[2] * 9, free=2), 0, NOW) == Wait(1, 2)
    assert estimate(queue(*[2] * 9, free=2), 1, NOW) == Wait(1, 5)


def test_a_free_place_and_nobody_is_taken_widens_it():
    waits = queue(*[1] * 9, free=1, ago=30)

    assert estimate(waits, 0, NOW, waited_ms=0) == Wait(0, 1)
    assert estimate(waits, 0, NOW, waited_ms=12 * MINUTE_MS) == Wait(0, 15)


def test_when_all_are_busy_the_takes_of_the_last_hour_tell():
    steady = estimate(queue(*[10] * 8), 0, NOW)
    behind = estimate(queue(*[10] * 8), 3, NOW)

    assert steady == Wait(0, 30)
    assert behind == Wait(10, None)


def test_a_shift_that_took_many_at_once_promises_nothing():
    assert estimate(queue(*[1] * 9), 0, NOW) is None


def test_with_little_data_only_the_least_is_said():
    assert estimate(queue(10, 10), 0, NOW) == Wait(3, None)
    assert estimate(queue(10), 0, NOW) is None


def within(minutes: int, needed: int, n: int) -> Fraction:
    """`I_x(needed, n)` as the binomial sum of which it is another form, exactly."""
    x = Fraction(minutes, SPAN_MIN + minutes)
    tries = needed + n - 1
    return sum((comb(tries, j) * x**j * (1 - x) ** (tries - j) for j in range(needed, tries + 1)), Fraction())


@given(st.integers(2, 60), st.integers(0, 80))
def test_the_chances_are_those_of_the_model(count: int, before: int):
    exact = {step: within(step, before + 1, count) for step in STEPS}
    assume(all(abs(chance - bound) > 1e-9 for chance in exact.values() for bound in (0.1, 0.9)))
    least = max((step for step, chance in exact.items() if chance <= 0.1), default=0)
    most = next((step for step, chance in exact.items() if chance >= 0.9), None)

    told = estimate(queue(*[10] * count), before, NOW)

    assert told == (None if (least, most) == (0, None) else Wait(least, most))


def test_a_full_room_after_a_very_busy_hour_has_numbers_too():
    everybody = Estimates(queue(*[10] * 5000), NOW)
    told = [everybody.of(before) for before in range(2000)]

    assert told[0] == Wait(0, 1)
    assert told[-1] == Wait(60, None)
    assert all(later(back.most, front.most) for front, back in pairwise(told) if front and back)


def test_long_is_what_may_be_longer_than_ten_minutes():
    assert LONG_MIN == 10
    assert [Wait(0, 10).is_long, Wait(0, 15).is_long, Wait(5, None).is_long] == [False, True, True]


@given(takes, places, places)
def test_a_range_is_a_range_of_steps(found: list[Take], before: int, free: int):
    wait = estimate(Queue(NL, free, tuple(found)), before, NOW)
    if wait is None:
        return

    assert wait.least in {0, *STEPS}
    assert wait.most is None or (wait.most in STEPS and wait.least < wait.most)
    assert wait != (0, None)


def later(one: int | None, other: int | None) -> bool:
    """Whether the first end is at or after the second."""
    return one is None or (other is not None and one >= other)


@given(takes, places, places)
def test_who_stands_further_back_is_never_told_less(found: list[Take], before: int, free: int):
    line = Queue(NL, free, tuple(found))
    front, back = estimate(line, before, NOW), estimate(line, before + 1, NOW)
    assume(front is not None and back is not None and (before >= free or before + 1 < free))

    assert back.least >= front.least
    assert later(back.most, front.most)


@given(takes, places, st.integers(1, 9))
def test_a_place_more_never_makes_it_longer(found: list[Take], before: int, free: int):
    fewer, more = (Queue(NL, count, tuple(found)) for count in (free - 1, free))
    slow, fast = estimate(fewer, before, NOW), estimate(more, before, NOW)
    assume(slow is not None and fast is not None and (before >= free or before < free - 1))

    assert slow.least >= fast.least
    assert later(slow.most, fast.most)


@given(st.integers(2, 15), places)
def test_fewer_takes_never_make_it_shorter(count: int, before: int):
    fewer, more = (estimate(queue(*[10] * n), before, NOW) for n in (count, count + 1))
    assume(fewer is not None and more is not None)

    assert fewer.least >= more.least
    assert later(fewer.most, more.most)


@given(takes, places, st.integers(0, 90))
def test_waiting_in_vain_beside_a_free_place_only_widens_it(found: list[Take], free: int, minutes: int):
    line = Queue(NL, free + 1, tuple(found))
    fresh, tired = estimate(line, 0, NOW), estimate(line, 0, NOW, minutes * MINUTE_MS)
    assume(fresh is not None and tired is not None)

    assert tired.least == fresh.least
    assert later(tired.most, fresh.most)


@given(takes, places, places, st.randoms(use_true_random=False))
def test_every_worker_says_the_same(found: list[Take], before: int, free: int, random: Random):
    shuffled = list(found)
    random.shuffle(shuffled)
    one, other = (Queue(NL, free, tuple(order)) for order in (sorted(found), sorted(shuffled)))

    assert estimate(one, before, NOW) == estimate(other, before, NOW)


@given(takes, places, places)
def test_what_is_older_than_an_hour_is_forgotten(found: list[Take], before: int, free: int):
    line = Queue(NL, free, tuple(found))

    assert estimate(line, before, NOW + (SPAN_MIN + 1) * MINUTE_MS) is None


def test_in_a_busy_evening_eight_of_ten_find_it_true_and_hardly_anybody_waits_longer():
    """Conversations of about 50 minutes, nine places, more people than places; what is told at the start."""
    random = Random(5)  # noqa: S311 - a simulation, the same each time
    told = right = longer = 0
    for _ in range(60):
        minute, busy = 0, [random.randint(1, 70) for _ in range(9)]
        waiting: list[tuple[int, Wait | None]] = []
        history: list[Take] = []
        while minute < 300:
            minute += 1
            if random.random() < 0.19 and len(waiting) < 6:
                wait = estimate(Queue(NL, 0, tuple(history)), len(waiting), minute * MINUTE_MS)
                waiting.append((minute, wait))
            busy = [left - 1 for left in busy]
            for at, left in enumerate(busy):
                if left <= 0 and waiting:
                    came, wait = waiting.pop(0)
                    history.append(Take("nl", minute, rounded((minute - came) * MINUTE_MS)))
                    busy[at] = max(5, round(random.gauss(50, 15)))
                    if wait is not None:
                        told += 1
                        longer += not later(wait.most, minute - came)
                        right += wait.least <= minute - came and later(wait.most, minute - came)

    assert told > 500
    assert right / told > 0.8
    assert longer / told < 0.02


@pytest.mark.parametrize(
    ("waited_s", "minutes"), [(-5, 1), (0, 1), (60, 1), (61, 2), (240, 5), (3600, 60), (3601, 61), (9999, 61)]
)
def test_a_wait_is_remembered_in_steps(waited_s: int, minutes: int):
    assert rounded(waited_s * 1000) == minutes


def conversation(*events: ev.Event) -> Conversation | None:
    state = None
    for event in events:
        state = step(state, event).state
    return state


def test_a_wait_ends_when_the_conversation_opens_for_the_first_time():
    told = (ev.Started("nl", 1, NOW), ev.Claimed(b"s", b"d", 1, NOW + 1), ev.ReplyPosted(1, NOW + 150_000))
    waiting, matched, opened = (conversation(*told[:count]) for count in (1, 2, 3))
    lost = conversation(*told, ev.GivenBack(1, NOW + 200_000))
    again = conversation(*told, ev.GivenBack(1, NOW + 200_000), ev.Claimed(b"s", b"d", 2, NOW + 300_000))
    reopened = step(again, ev.ReplyPosted(2, NOW + 400_000)).state

    assert opened.phase is Phase.OPEN
    assert ended_wait(matched, opened) == Take("nl", NOW_MIN + 2, 3)
    assert ended_wait(None, waiting) is None
    assert ended_wait(waiting, matched) is None
    assert ended_wait(opened, opened) is None
    assert ended_wait(opened, lost) is None
    assert ended_wait(again, reopened) is None
    assert ended_wait(opened, None) is None


def desk(device: str, staff: str, *languages: str, on: bool = True, alive: bool = True) -> Attending:
    status = DutyStatus.ON if on else DutyStatus.BREAK
    duty = Duty(staff.encode(), staff, (Role.COUNSELLOR,), status, languages)
    return Attending(device, duty, NOW + (1 if alive else -1))


def test_a_queue_is_all_languages_of_its_counsellors_and_their_free_places():
    desks = [
        desk("a1", "anna", "nl", "fr"),
        desk("a2", "anna", "nl", on=False),
        desk("b", "ben", "nl"),
        desk("c", "carla", "de"),
        desk("d", "dora", "nl", "en", alive=False),
        desk("e", "emil", "nl", "ar", on=False),
    ]
    found = [Take("nl", NOW_MIN, 1), Take("fr", NOW_MIN, 2), Take("de", NOW_MIN, 3)]
    held = {"a1": 1, "a2": 1, "b": 5, "c": 0, "d": 0}
    line = queue_of("nl", desks, held, 3, found, NOW)

    assert line == Queue(frozenset({"nl", "fr"}), 1, tuple(found[:2]))
    assert queue_of("de", desks, held, 3, found, NOW) == Queue(frozenset({"de"}), 3, (found[2],))
    assert queue_of("ar", desks, held, 3, found, NOW) == Queue(frozenset({"ar"}), 0, ())


def test_those_before_somebody_are_all_whom_the_same_counsellors_are_offered():
    room = {
        b"a": Entry(1, "fr"),
        b"b": Entry(2, "nl", present=False),
        b"c": Entry(3, "nl"),
        b"d": Entry(4, "de"),
        b"e": Entry(5, "nl"),
    }

    assert before_each(room, {"nl", "fr"}) == {b"a": 0, b"b": 1, b"c": 1, b"e": 2}
