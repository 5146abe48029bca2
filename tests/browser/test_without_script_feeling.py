# SPDX-License-Identifier: AGPL-3.0-or-later
"""Without script: how heavy it feels, before and after, becomes one count each; erasing leaves no key."""

from __future__ import annotations

import contextlib
import datetime
import time

from playwright.sync_api import Browser, expect

from tests.browser import axe
from tests.browser.without_script import PlainPage, wait_until
from tests.support.sealed import Beside, Counsellor, Organisation
from tests.support.service import Service

BEFORE = "How heavy does it feel at this moment?"


def felt(service: Service) -> dict[str, int]:
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    with contextlib.closing(service.look()) as store:
        counts = store.hgetall(f"k:{{tally}}:{day}")
    return {name.decode(): int(count) for name, count in counts.items() if name.startswith(b"felt")}


def says_before(person: PlainPage, weight: str) -> None:
    person.opens(BEFORE)
    question = person.page.frame_locator("iframe.felt")
    question.get_by_role("button", name=weight, exact=True).click()
    expect(question.get_by_text("Thank you.")).to_be_visible()
    person.opens(BEFORE)


def talking(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside
) -> tuple[PlainPage, Counsellor]:
    desk = other.counsellor(known)
    person = PlainPage.open(chromium, known)
    person.start()
    says_before(person, "Very heavy")
    person.is_told("You are in the waiting room")
    counsellor = other.take_next(desk, organisation.counsellor("Anna"))
    person.with_counsellor("Anna")
    return person, counsellor


def test_before_and_after_a_talk_that_the_person_ends(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside
) -> None:
    before = felt(known).get("felt_before:very_heavy", 0), felt(known).get("felt_after:fairly", 0)
    person, counsellor = talking(chromium, known, organisation, other)
    wait_until(lambda: felt(known).get("felt_before:very_heavy") == before[0] + 1)
    person.opens("Stop, or erase")
    person.page.get_by_role("button", name="End the conversation").click()
    ticket = person.page.locator("input[name=ticket]").get_attribute("value") or ""
    person.page.get_by_role("button", name="Fairly heavy").click()
    expect(person.page.get_by_text("Thank you.")).to_be_visible()
    assert felt(known)["felt_after:fairly"] == before[1] + 1

    again = person.page.context.request.post(
        f"{known.help_seeker}/talk/felt", form={"ticket": ticket, "weight": "2"}
    )
    assert "It is too late to count this now." in again.text()
    assert felt(known)["felt_after:fairly"] == before[1] + 1
    assert counsellor.texts() == []
    person.close()


def test_after_a_talk_that_the_counsellor_ends(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside
) -> None:
    person, counsellor = talking(chromium, known, organisation, other)
    before = felt(known).get("felt_after:not_heavy", 0)
    other.do(counsellor.act(counsellor.seat.end(time.time())))
    person.is_told("Anna ended the conversation.")
    person.stream.get_by_role("button", name="Not heavy").click()
    expect(person.stream.get_by_text("Thank you.")).to_be_visible()

    assert felt(known)["felt_after:not_heavy"] == before + 1
    person.close()


def test_erasing_leaves_no_key_and_asks_nothing(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside
) -> None:
    person, counsellor = talking(chromium, known, organisation, other)
    person.write("The weather is mild")
    other.wait(counsellor, "texts", 1)
    sid = counsellor.seat.sid.hex().encode()
    person.opens("Stop, or erase")
    person.page.get_by_role("button", name="Erase now").click()
    expect(person.page.get_by_role("heading", name="Erased")).to_be_visible()
    expect(person.page.get_by_text("How heavy does it feel now?")).to_have_count(0)

    wait_until(lambda: not [key for key in known.conversation_keys() if sid in key])
    assert person.cookies() == []
    person.close()


def test_what_it_asks_has_no_accessibility_fault(chromium: Browser, known: Service, other: Beside) -> None:
    """In a browser that runs scripts, since the one that looks is a script; the pages have none."""
    other.counsellor(known)
    person = PlainPage(chromium.new_context().new_page(), known)
    person.page.goto(f"{known.help_seeker}/talk")
    person.page.get_by_role("button", name="Start talking").click()
    person.is_told("You are next.")
    person.opens(BEFORE)
    expect(person.page.frame_locator("iframe.felt").get_by_role("button", name="Very heavy")).to_be_visible()

    assert axe.violations(person.page) == []
    person.close()
