# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chat.rules.admission import (
    AFTER_BOUNDARY,
    BASE_TRIES,
    MOST,
    is_full,
    is_full_without_script,
    price,
)

some = st.integers(min_value=0, max_value=10_000)


def test_a_start_in_a_quiet_hour_costs_the_base() -> None:
    found = price(0, 100, 0)

    assert (found.least, found.most) == (BASE_TRIES // 2, BASE_TRIES * 3 // 2)


def test_the_price_follows_the_room_and_the_ends_with_a_boundary() -> None:
    quiet = price(0, 100, 0).most

    assert price(100, 100, 0).most == 4 * quiet
    assert price(0, 100, 2).most == 2 * quiet
    assert price(0, 100, 0, after_boundary=True).most == AFTER_BOUNDARY * quiet


@given(some, some, some, st.booleans())
def test_the_price_stays_within_its_bounds(waiting: int, room: int, ends: int, after: bool) -> None:
    found = price(waiting, room, ends, after_boundary=after)

    assert BASE_TRIES // 2 <= found.least <= found.most <= MOST * BASE_TRIES * 3 // 2


@given(some, st.integers(min_value=1, max_value=10_000), some)
def test_more_people_or_more_boundaries_never_make_it_cheaper(waiting: int, room: int, ends: int) -> None:
    now = price(waiting, room, ends).most

    assert price(waiting + 1, room, ends).most >= now
    assert price(waiting, room, ends + 1).most >= now
    assert price(waiting, room, ends, after_boundary=True).most >= now


def test_the_room_is_full_at_its_number() -> None:
    assert not is_full(499, 500)
    assert is_full(500, 500)


def test_those_without_script_have_a_third_of_the_room_and_at_least_one_place() -> None:
    assert not is_full_without_script(165, 500)
    assert is_full_without_script(166, 500)
    assert not is_full_without_script(0, 1)
