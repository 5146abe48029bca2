# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the page loads and looks: size, requests, accessibility, every scheme, without script."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chat.web.texts import LOCALE, Texts
from tests.browser.help_seeker.people import Counsellor, Person
from tests.support.service import Service

MOST_REQUESTS = 4
MOST_BYTES = 30 * 1024
ASSETS = Path(__file__).parents[3] / "build/assets"
CATALOGUE = b"texts:{"
"""What only a catalogue's module has."""


def is_needed(url: str) -> bool:
    """Whether the button waits for it: for a catalogue, but not for sealing, pinned roots or icon."""
    if url.endswith(("/trust.js", "/icon.svg")):
        return False
    return "part-" not in url or CATALOGUE in (ASSETS / url.rpartition("/")[2]).read_bytes()


@pytest.mark.parametrize("language", [path.name for path in LOCALE.iterdir() if path.is_dir()])
def test_the_button_works_after_few_requests_and_few_bytes(
    chromium: Browser, service: Service, counsellor: Counsellor, language: str
) -> None:
    context = chromium.new_context()
    # What is loaded for later must not be needed for the button: it never arrives here.
    context.route(
        "**/assets/*",
        lambda route: route.continue_() if is_needed(route.request.url) else route.abort(),
    )
    person = Person(context.new_page(), service)
    person.page.goto(f"{person.address}?language={language}")
    expect(person.page.locator("#start")).to_be_enabled()
    needed = [url for url in person.requests if is_needed(url)]
    sizes = [len(gzip.compress(context.request.get(url).body(), 9)) for url in needed]

    assert len(needed) <= MOST_REQUESTS
    assert sum(sizes) <= MOST_BYTES
    person.page.locator("#start").click()
    person.is_told(Texts.load().choose(language).t("A part of this page did not arrive"))
    person.close()


def test_without_its_catalogue_the_page_goes_on_in_english(
    chromium: Browser, service: Service, counsellor: Counsellor
) -> None:
    context = chromium.new_context()
    context.route(
        "**/assets/*part-*",
        lambda route: route.abort() if is_needed(route.request.url) else route.continue_(),
    )
    person = Person(context.new_page(), service)
    person.page.goto(f"{person.address}?language=fr")
    person.page.locator("#start").click()
    person.is_told("You are in the waiting room")
    person.stop_waiting()
    person.close()


def test_everything_comes_from_this_origin(person: Person) -> None:
    person.start()
    person.stop_waiting()

    assert [url for url in person.requests if not url.startswith(person.address)] == []


def test_without_script_everything_can_be_read_and_no_dead_button_stands_there(
    chromium: Browser, service: Service, counsellor: Counsellor
) -> None:
    person = Person.open(chromium, service, java_script_enabled=False)

    # By class: Playwright's search by text leaves <noscript> out.
    expect(person.page.locator(".without-script")).to_be_visible()
    expect(person.page.locator("#start")).to_be_hidden()
    expect(person.page.get_by_role("button", name="Start talking")).to_have_count(1)
    expect(person.page.get_by_text("You stay anonymous.")).to_be_visible()
    person.page.get_by_text("Someone is in danger now").click()
    expect(person.page.get_by_text("the number is 112")).to_be_visible()
    person.page.get_by_role("link", name="Leave this page fast").click()
    person.page.wait_for_url("**/leave")
    person.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("contrast", ["no-preference", "more"])
def test_no_page_has_an_accessibility_fault(
    chromium: Browser, service: Service, counsellor: Counsellor, scheme: str, contrast: str
) -> None:
    person = Person.open(chromium, service, color_scheme=scheme, contrast=contrast)
    for path in ("private", "leave", "nothing-here", ""):
        person.page.goto(person.address + path)
        assert (path, person.axe()) == (path, [])
    person.start()
    person.write("The weather is mild")
    assert person.axe() == []
    counsellor.takes(person)
    person.page.get_by_text("Sealed, verified").click()
    person.press("End the conversation")
    assert person.axe() == []
    assert person.small_targets() == []
    person.press("Yes, end it")
    person.is_told("The conversation is over")
    assert person.axe() == []
    counsellor.puts_away()
    person.close()


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_is_wider_than_the_screen(
    chromium: Browser, service: Service, counsellor: Counsellor, width: int
) -> None:
    person = Person.open(chromium, service, viewport={"width": width, "height": 740})
    person.start()
    person.write("x" * 300)
    expect(person.log.locator(".line")).to_have_count(1)

    assert person.page.evaluate("document.documentElement.scrollWidth") <= width
    person.stop_waiting()
    person.close()


def test_a_right_to_left_page_mirrors_itself(person: Person) -> None:
    person.start()
    person.page.evaluate("document.documentElement.dir = 'rtl'")
    person.write("The weather is mild")
    send = person.page.get_by_role("button", name="Send").bounding_box()
    field = person.field.bounding_box()
    own = person.log.locator(".line.own").bounding_box()

    assert send is not None
    assert field is not None
    assert own is not None
    assert send["x"] < field["x"]
    assert own["x"] < 40
    person.stop_waiting()


def test_nothing_moves_with_reduced_motion(
    chromium: Browser, service: Service, counsellor: Counsellor
) -> None:
    person = Person.open(chromium, service, reduced_motion="reduce")
    durations = person.page.evaluate(
        "[...document.querySelectorAll('*')].map((element) => getComputedStyle(element).transitionDuration)"
    )

    assert set(durations) <= {"0s", "0s, 0s"}
    person.close()
