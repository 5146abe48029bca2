# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import dataclasses
import datetime
import time

import pytest

from chat.actions import wrap_up
from chat.live.live import Live
from chat.rules.wrap_up import UnknownChoice, WrapUp
from tests.actions.building import Clock, house

pytestmark = pytest.mark.anyio

DAY = datetime.date(2023, 11, 14)
"""Of the clock's first moment."""
SAID = WrapUp("online", "concern", "steps", frozenset({"care"}), boundary=False, heavy=True)
ANNA = b"a" * 16


async def test_a_wrap_up_is_counted_once_and_each_choice_alone(live: Live) -> None:
    ours = await house(live, Clock())

    for _ in range(3):
        await wrap_up.count(ours, ANNA, b"o" * 16, SAID)
    await wrap_up.count(ours, ANNA, b"p" * 16, dataclasses.replace(SAID, heavy=False, referred=frozenset()))

    counted = await live.tallies.close(DAY)
    assert counted is not None
    assert counted.counts == {
        ("matter", "online"): 2,
        ("risk", "concern"): 2,
        ("outcome", "steps"): 2,
        ("referred", "care"): 1,
        ("heavy", "yes"): 1,
    }


async def test_what_was_never_offered_counts_nothing_at_all(live: Live) -> None:
    ours = await house(live, Clock())

    with pytest.raises(UnknownChoice):
        await wrap_up.count(ours, ANNA, b"o" * 16, dataclasses.replace(SAID, outcome="a_free_text"))

    assert await live.tallies.close(DAY) is None


async def test_heavy_contacts_of_today_are_counted_once_for_who_had_them(live: Live) -> None:
    ours = await house(
        live, Clock(int(time.time() * 1000))
    )  # the store has its own clock, which ends the day
    easy = dataclasses.replace(SAID, heavy=False)

    await wrap_up.count(ours, ANNA, b"1" * 16, easy)
    for once in (b"2", b"2", b"3"):
        await wrap_up.count(ours, ANNA, once * 16, SAID)
    await wrap_up.count(ours, b"b" * 16, b"4" * 16, dataclasses.replace(easy, boundary=True))

    assert await ours.heavy.all() == {ANNA: 2, b"b" * 16: 1}
