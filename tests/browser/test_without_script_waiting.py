# SPDX-License-Identifier: AGPL-3.0-or-later
"""Waiting without script: what can be said by a tap, read and done meanwhile, and that the place is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from tests.browser.pages import DeskPage
from tests.browser.without_script import PlainPage
from tests.support.service import Service, running

TAPS = "Two things you can tell us, if you like"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("waiting")) as started:
        yield started


@pytest.fixture(scope="module")
def desk(chromium: Browser, service: Service) -> Iterator[DeskPage]:
    page = DeskPage.open(chromium.new_context(), service)
    page.enrol(service.first_link(), "Anna")
    yield page
    page.close()


def taps(person: PlainPage) -> FrameLocator:
    return person.page.frame_locator("iframe.describe")


def pressed(person: PlainPage, name: str, value: str) -> None:
    button = taps(person).get_by_role("button", name=name, exact=True)
    expect(button).to_have_attribute("aria-pressed", value)


def stops(person: PlainPage) -> None:
    person.opens("Stop, or erase")
    person.page.get_by_role("button", name="End the conversation").click()
    expect(person.page.get_by_text("You left the waiting room.")).to_be_visible()


def test_a_tap_orders_the_room_is_kept_through_a_reload_and_leaves_the_text_in_its_field(
    chromium: Browser, service: Service, desk: DeskPage
) -> None:
    del desk
    first, second = (PlainPage.open(chromium, service) for _ in range(2))
    first.start()
    first.is_told("You are next.")
    second.start()
    second.is_told("1 person is before you.")
    second.is_told("We can't say how long it will be until a counsellor has time for you.")
    second.type("not sent yet")
    second.opens(TAPS)
    taps(second).get_by_role("button", name="About me").click()
    pressed(second, "About me", "true")
    taps(second).get_by_role("button", name="It is very urgent").click()

    pressed(second, "It is very urgent", "true")
    second.is_told("You are next.")
    first.is_told("1 person is before you.")
    expect(second.field.get_by_role("textbox", name="Your message")).to_have_value("not sent yet")

    second.page.reload(wait_until="commit")  # a stream never ends
    second.is_told("You are next.")
    second.opens(TAPS)
    pressed(second, "About me", "true")
    taps(second).get_by_role("button", name="It is very urgent").click()

    pressed(second, "It is very urgent", "false")
    second.is_told("1 person is before you.")
    stops(second)
    stops(first)
    for person in (second, first):
        person.close()


def test_reading_stays_in_this_page_and_who_stops_is_not_blamed(
    chromium: Browser, service: Service, desk: DeskPage
) -> None:
    del desk
    person = PlainPage.open(chromium, service)
    person.start()
    person.opens("Something to read while you wait")
    person.opens("When an urge comes")

    expect(person.page.get_by_text("An urge is like a wave")).to_be_visible()
    assert person.address == "/talk"

    stops(person)

    expect(person.page.get_by_text("That is all right. You can start again at any time")).to_be_visible()
    assert person.cookies() == []
    person.close()


def test_once_somebody_came_a_tap_changes_nothing(
    chromium: Browser, service: Service, desk: DeskPage
) -> None:
    person = PlainPage.open(chromium, service)
    person.start()
    person.opens(TAPS)
    expect(taps(person).get_by_role("button", name="About me")).to_be_visible()
    desk.help_next()
    person.with_counsellor("Anna")
    taps(person).get_by_role("button", name="About me").click()

    expect(taps(person).get_by_text("This counts only while you wait.")).to_be_visible()
    person.with_counsellor("Anna")
    person.close()
