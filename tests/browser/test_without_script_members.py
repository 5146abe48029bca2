# SPDX-License-Identifier: AGPL-3.0-or-later
"""Without script: who else is in the conversation, and what the person is asked before."""

from __future__ import annotations

import time

from playwright.sync_api import Browser, expect

from chat.sealing.certificate import Role
from chat.sealing.envelope import Kind
from chat.sealing.offer import Purpose
from chat.sealing.star import WHOEVER
from tests.browser.without_script import talking
from tests.support.sealed import Beside, Organisation
from tests.support.service import Service


def test_a_supervisor_comes_only_with_a_yes_and_is_named(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside
) -> None:
    person, counsellor = talking(chromium, known, organisation, other)
    sid = counsellor.seat.sid
    refused = other.supervise(known, sid, organisation.counsellor("Carla", Role.SUPERVISOR))
    person.is_asked("May Carla listen in?")
    person.answers("No")
    person.is_asked_nothing()
    assert refused.seat.phase != "active"

    supervisor = other.supervise(known, sid, organisation.counsellor("Sara", Role.SUPERVISOR))
    person.is_asked("May Sara listen in?")
    person.answers("Yes")
    person.is_told("Sara, a supervisor, is here too and reads along.")
    person.write("The weather is mild")
    other.wait(supervisor, "texts", 1)
    other.do(supervisor.say("Good day"))
    person.shows("Good day")
    other.wait(supervisor, "delivered", 1)
    other.wait(counsellor, "texts", 2)

    assert person.lines() == [("own", "The weather is mild"), ("peer", "Good day")]
    person.close()


def test_going_on_with_a_colleague_is_asked_by_name_and_shows_nothing_of_before(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside
) -> None:
    person, anna = talking(chromium, known, organisation, other)
    person.write("to Anna")
    other.wait(anna, "texts", 1)
    other.do(anna.act(anna.seat.compose("What we spoke of", time.time(), Kind.SUMMARY)))
    person.shows("What we spoke of")
    ben = other.hand_over(known, anna, organisation.counsellor("Ben"))
    person.is_asked("Go on with Ben?")
    expect(person.question.get_by_text("Anna hands the conversation over to Ben.")).to_be_visible()
    person.question.get_by_label("Give them this summary").check()
    person.answers("Yes")
    person.with_counsellor("Ben")
    person.write("to Ben")
    other.wait(ben, "texts", 2)
    other.do(ben.say("Good day"))
    person.shows("Good day")
    other.wait(ben, "delivered", 1)

    assert ben.texts() == [("peer", "What we spoke of"), ("peer", "to Ben"), ("own", "Good day")]
    assert person.lines() == [
        ("own", "to Anna"),
        ("peer", "What we spoke of"),
        ("own", "to Ben"),
        ("peer", "Good day"),
    ]
    person.close()


def test_back_to_whoever_is_next_is_asked_no_longer_once_it_is_taken_back(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside
) -> None:
    person, anna = talking(chromium, known, organisation, other)

    async def asks() -> None:
        await anna.act(anna.seat.propose(Purpose.HANDOVER, WHOEVER, time.time()))

    async def takes_back() -> None:
        await anna.act(anna.seat.take_back(Purpose.HANDOVER, WHOEVER, time.time()))

    other.do(asks())
    person.is_asked("Go on with somebody else?")
    other.do(takes_back())
    person.is_asked_nothing()
    person.with_counsellor("Anna")
    person.write("I would have said yes")
    other.wait(anna, "texts", 1)
    other.do(anna.say("I can stay after all"))
    person.shows("I can stay after all")

    other.do(asks())
    person.is_asked("Go on with somebody else?")
    person.answers("Yes")
    person.is_asked_nothing()
    assert person.lines() == [("own", "I would have said yes"), ("peer", "I can stay after all")]
    person.close()
