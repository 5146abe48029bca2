# SPDX-License-Identifier: AGPL-3.0-or-later
"""Leaving fast in a real browser: what is gone at once, and what stands in the history."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.help_seeker.people import Counsellor, Person
from tests.browser.without_script import wait_until
from tests.support.service import Service

OBSERVE = """
new MutationObserver(() => told([document.body.textContent, sessionStorage.length]))
  .observe(document.body, { childList: true })
"""


def test_the_screen_is_empty_before_the_network_answers(person: Person, counsellor: Counsellor) -> None:
    held: list[Route] = []
    told: list[list[object]] = []

    def hold(route: Route) -> None:
        held.append(route)

    def tell(seen: list[object]) -> None:
        told.append(seen)

    person.start()
    person.write("The weather is mild")
    person.page.route("**/leave", hold)
    # The page tells by itself: nobody can ask it while a navigation is on its way.
    person.page.expose_function("told", tell)
    person.page.evaluate(OBSERVE)
    person.page.get_by_role("link", name="Leave this page fast").click(no_wait_after=True)
    wait_until(lambda: person.page.wait_for_timeout(20) or (held and told))

    assert told == [["Loading", 0]]
    counsellor.nobody_waits()
    held[0].continue_()
    person.page.wait_for_url("**/leave")


def test_the_page_is_replaced_in_the_history(person: Person) -> None:
    before = person.page.evaluate("history.length")
    person.page.get_by_role("link", name="Leave this page fast").click()
    person.page.wait_for_url("**/leave")

    assert person.page.evaluate("history.length") == before
    assert person.page.title() == "Kentering"


def test_who_listens_hears_how_many_presses_are_missing(person: Person) -> None:
    said = person.page.get_by_role("status").filter(has_text="Shift")
    person.page.keyboard.press("Shift")
    expect(said).to_have_text("Shift 2 more times to leave.")
    person.page.keyboard.press("Shift")
    expect(said).to_have_text("Shift 1 more time to leave.")
    person.page.keyboard.press("Shift")
    person.page.wait_for_url("**/leave")


def test_the_button_is_in_sight_however_long_the_page_and_in_the_danger_box(person: Person) -> None:
    leave = person.page.get_by_role("link", name="Leave this page fast")
    for path in ("private", "seen", "leaving", ""):
        person.page.goto(person.address + path)
        person.page.get_by_text("Someone is in danger now").click()
        person.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(leave).to_be_in_viewport(ratio=1)


def test_a_cookie_of_the_way_without_script_goes_too(person: Person, service: Service) -> None:
    context, address = person.page.context, service.help_seeker + "/talk"
    context.add_cookies([{"name": "kentering_talk", "value": "x", "domain": "127.0.0.1", "path": "/talk"}])
    person.page.get_by_role("link", name="Leave this page fast").click()
    person.page.wait_for_url("**/leave")

    assert context.cookies(address) == []
