# SPDX-License-Identifier: AGPL-3.0-or-later
"""Without script: the seats live in a store that takes a change only from the version it was read at."""

from __future__ import annotations

import threading

import pytest

from chat.sealing import actions
from chat.sealing.errors import Code, SealingError
from chat.sealing.lines import LineState
from chat.sealing.sealer import FORMS_KEPT, Sealer
from chat.sealing.staff_seat import StaffSeat
from tests.sealing.page import TOKEN, Page
from tests.sealing.world import ANNA_ID, Randomness
from tests.vectors.people import NOW, TRUST, flip, some


def test_a_conversation_in_which_nothing_stays_in_memory():
    page = Page()
    page.post(page.form(), "The weather is mild")
    page.open()
    page.post(page.form(), "It rains now")
    page.say("Good day")
    page.pump()

    assert page.s.texts(own=False) == ["The weather is mild", "It rains now"]
    assert page.shown() == [("", "The weather is mild"), ("", "It rains now"), ("Anna", "Good day")]


def test_n14_fifty_posts_at_once():
    page = Page().open()
    forms = [page.form() for _ in range(30)]
    threads = [
        threading.Thread(target=page.post, args=(form, f"line {i % 30}"))
        for i, form in enumerate([*forms, *forms[:20]])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = [a.envelope for _, a in page.store.published if isinstance(a, actions.SendEnvelope)]
    numbers = [int.from_bytes(data[7:11], "big") for data in sent]
    page.pump()

    assert numbers == list(range(numbers[0], numbers[0] + 30))
    assert sorted(page.s.texts(own=False)) == sorted(f"line {i}" for i in range(30))


def test_n14_a_repeated_post_is_dropped():
    page = Page().open()
    form = page.form()
    for _ in range(3):
        page.post(form, "once")
    page.post(bytes(16), "no form of ours")
    page.pump()

    assert page.s.texts(own=False) == ["once"]


def test_n14_a_text_that_is_too_long_leaves_the_form_good():
    page = Page().open()
    form = page.form()
    with pytest.raises(SealingError) as refused:
        page.post(form, "a" * 5000)
    assert refused.value.code is Code.TOO_LONG
    page.post(form, "shorter")
    page.pump()

    assert page.s.texts(own=False) == ["shorter"]


def test_n14_a_store_that_fell_back():
    """A number is sealed a second time, under another iv: a duplicate that is dropped, then a resume."""
    page = Page().open()
    before = page.store.state
    page.post(page.form(), "lost with the store")
    first = [a.envelope for _, a in page.store.published if isinstance(a, actions.SendEnvelope)]
    page.pump()
    page.store.state = before
    page.post(page.form(), "after the fall")
    second = [a.envelope for _, a in page.store.published if isinstance(a, actions.SendEnvelope)]
    page.pump()

    assert first[0][:11] == second[0][:11]
    assert first[0][11:23] != second[0][11:23]
    assert page.s.texts(own=False) == ["lost with the store"]
    page.change(lambda sealer: sealer.fell_behind(0, NOW))
    page.pump()
    assert page.s.texts(own=False) == ["lost with the store", "after the fall"]


def test_only_the_cookie_opens_it():
    page = Page()
    for sealed, token, code in (
        (page.store.state, some("other token", 32), Code.NOT_OPENED),
        (flip(page.store.state, 1), TOKEN, Code.NOT_OPENED),
        (b"\2" + page.store.state[1:], TOKEN, Code.UNKNOWN_VERSION),
        (page.store.state[:40], TOKEN, Code.BAD_LENGTH),
    ):
        with pytest.raises(SealingError) as refused:
            Sealer.open(sealed, token, TRUST, page.random)
        assert refused.value.code is code


def test_pages_left_open_do_not_pile_up():
    page = Page()
    forms = [page.form() for _ in range(FORMS_KEPT + 1)]

    assert page.sealer.forms == forms[1:]


def test_a_form_that_was_used_is_told_apart_from_one_that_never_was_ours():
    page = Page().open()
    form = page.form()
    page.post(form, "once")

    assert page.sealer.form(form) == "used"
    assert page.sealer.form(bytes(16)) == "unknown"
    fresh = page.form()
    assert page.sealer.form(fresh) == "open"


def test_what_is_published_with_the_state_is_sent_as_soon_as_the_state_is_kept():
    page = Page().open()
    page.post(page.form(), "It rains now")

    assert [said.state for said in page.sealer.star.lines()] == [LineState.SENT]


# --- what the person has seen ---


def test_nothing_is_acknowledged_before_it_was_on_the_screen():
    page = Page().open()
    for text in ("one", "two"):
        page.say(text)
    page.pump(sees=False)
    page.change(lambda sealer: sealer.star.say("an answer while nothing is shown", NOW))
    page.pump(sees=False)
    assert [line.state for line in page.s.own()] == [LineState.KEPT] * 2

    first = page.sealer.star.lines()[0]
    page.change(lambda sealer: sealer.star.seen(first.slot, first.mid, NOW + 10))
    page.pump(NOW + 10, sees=False)
    assert [line.state for line in page.s.own()] == [LineState.DELIVERED, LineState.KEPT]

    page.pump(NOW + 20)
    page.see(NOW + 20)
    page.pump(NOW + 20)
    assert [line.state for line in page.s.own()] == [LineState.DELIVERED] * 2


def test_a_resume_says_no_more_than_what_was_seen_and_shows_nothing_twice():
    page = Page().open()
    for text in ("one", "two"):
        page.say(text)
    page.pump(sees=False)
    page.s.carry_out(page.s.seat.gap(NOW + 60))
    page.pump(NOW + 60, sees=False)
    assert page.s.seat.phase == "active"
    assert [line.state for line in page.s.own()] == [LineState.KEPT] * 2

    page.say("three", NOW + 61)
    page.pump(NOW + 70)
    page.pump(NOW + 80)

    assert [line.state for line in page.s.own()] == [LineState.DELIVERED] * 3
    assert page.shown() == [("Anna", "one"), ("Anna", "two"), ("Anna", "three")]


def test_a_desk_that_was_rolled_back_loses_nothing_and_shows_nothing_twice():
    """Its lines get other numbers then; what was seen stays seen."""
    page = Page().open()
    page.say("one")
    page.pump()
    before = page.s.blobs[-1]
    page.say("lost with the desk")
    page.pump(sees=False)
    page.s.seat = StaffSeat.restore(before, ANNA_ID, Randomness("restored"))
    page.say("two", NOW + 30)
    page.s.carry_out(page.s.seat.connected(NOW + 30, page.sealer.star.seats[0]._highest))
    page.pump(NOW + 30)
    page.pump(NOW + 40)

    assert page.shown() == [("Anna", "one"), ("Anna", "lost with the desk"), ("Anna", "two")]
    assert [(line.text, line.state) for line in page.s.own()] == [
        ("one", LineState.DELIVERED),
        ("two", LineState.DELIVERED),
    ]
