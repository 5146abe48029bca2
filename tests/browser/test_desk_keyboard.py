# SPDX-License-Identifier: AGPL-3.0-or-later
"""The desk without a mouse, and what axe-core finds in every state of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.pages import PATIENCE, DeskPage, HelpSeekerPage
from tests.support.service import Service, running

MOST_TABS = 60
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SCREENS = ({"width": 1024, "height": 768}, {"width": 1440, "height": 900})
NAME = "(document.activeElement?.ariaLabel || document.activeElement?.textContent || '').trim()"


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("keys"), fronted=True) as started:
        yield started


def press(page: Page, name: str) -> None:
    """Go to the button of this name with the Tab key, and press it."""
    for _ in range(MOST_TABS):
        if page.evaluate(NAME) == name:
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not come to {name!r}")


def focused(page: Page, label: str) -> None:
    expect(page.get_by_role("textbox", name=f"Reply to {label}")).to_be_focused(timeout=PATIENCE)


def test_everything_can_be_done_by_keyboard(chromium: Browser, service: Service) -> None:
    desk = DeskPage.open(chromium.new_context(), service)
    page, keys = desk.page, desk.page.keyboard
    desk.give_passkeys()
    page.goto(service.first_link())
    page.get_by_label("The name that help-seekers see").wait_for()
    keys.press("Tab")
    keys.press("Control+A")
    keys.type("Anna")
    keys.press("Enter")
    page.get_by_role("button", name="Sign in").wait_for()
    press(page, "Sign in")
    desk.is_open()
    press(page, "Go on duty")
    page.get_by_role("dialog", name="Go on duty").wait_for()
    press(page, "Go on duty")
    page.get_by_role("button", name="Take a break").wait_for()

    keys.press("Alt+k")
    page.get_by_role("dialog", name="Shortcuts").wait_for()
    keys.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    keys.press("Alt+n")
    page.locator(".notice").get_by_text("Nobody is waiting.").wait_for()
    keys.press("Alt+w")
    expect(page.get_by_role("button", name="Help the next person")).to_be_focused()

    people = []
    for _ in range(2):
        person = HelpSeekerPage.open(chromium, service)
        person.start()
        desk.sees_waiting(1)
        keys.press("Alt+n")
        person.with_counsellor("Anna")
        people.append(person)
    first, second = desk.labels()
    keys.press("Alt+r")
    keys.type("The weather is mild")
    keys.press("Shift+Enter")
    keys.type("and dry")
    keys.press("Enter")
    people[0].shows("and dry")
    keys.press("Alt+ArrowDown")  # the very next key must go to the other conversation
    keys.type("It rains here")
    press(page, f"Send to {second}")
    keys.type("and it is cold")
    keys.press("Enter")
    people[1].shows("and it is cold")
    keys.press("Alt+ArrowUp")
    focused(page, first)
    assert people[0].lines() == [("peer", "The weather is mild\nand dry")]
    assert people[1].lines() == [("peer", "It rains here"), ("peer", "and it is cold")]

    keys.press("Alt+x")
    page.get_by_role("dialog", name=f"End {first}?").wait_for()
    press(page, "Go on talking")
    page.get_by_role("dialog").wait_for(state="detached")
    focused(page, first)
    keys.press("Alt+x")
    page.get_by_role("dialog").wait_for()
    press(page, "End the conversation")
    people[0].is_over()
    expect(desk.pane(first)).to_be_focused()
    keys.press("Alt+u")
    for _ in range(3):
        keys.press("Space")
        keys.press("Tab")
    press(page, "Send, and put the text away")
    desk.pane(first).wait_for(state="detached")
    focused(page, second)

    press(page, "Sign out")
    page.get_by_role("dialog", name="Sign out?").wait_for()
    press(page, "Stay signed in")
    expect(page.get_by_role("button", name="Sign out")).to_be_focused()
    press(page, "Sign out")
    page.get_by_role("dialog", name="Sign out?").wait_for()
    press(page, "Sign out and leave them")
    desk.is_signed_out()
    press(page, "Sign in")
    desk.is_open()
    desk.shows(second, "It rains here")

    people[1].end()
    people[1].is_over()
    for person in people:
        person.close()
    desk.close()


class Look:
    """axe on each state, in both colour schemes and on two screens."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def __call__(self, desk: DeskPage, state: str) -> None:
        page = desk.page
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for screen in SCREENS:
                page.set_viewport_size(screen)  # type: ignore[arg-type]  # two whole numbers
                broken = [*violations(page), *outside(page)]
                if broken:
                    self.found[f"{state}, {scheme}, {screen['width']}"] = broken


def outside(page: Page) -> list[str]:
    """The page itself is never wider than the screen; conversations are scrolled inside their place."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return ["the page is wider than the screen"] if wide else []


def test_axe_finds_nothing_in_any_state(chromium: Browser, service: Service) -> None:
    look = Look()
    desk = DeskPage.open(chromium.new_context(), service)
    arriving(desk, service, look)
    people = [HelpSeekerPage.open(chromium, service) for _ in range(4)]
    for person in people:
        person.start()
    desk.sees_waiting(4)
    look(desk, "waiting")
    for person in people[:3]:
        desk.help_next()
        person.with_counsellor("Anna")
    talking(desk, people, service, look)
    team(chromium, desk, service, look)
    tabs(desk, service, look)

    assert look.found == {}

    for person in people:
        person.close()
    desk.close()


def arriving(desk: DeskPage, service: Service, look: Callable[[DeskPage, str], None]) -> None:
    desk.page.goto(service.desk)
    desk.is_signed_out()
    look(desk, "signed out")
    desk.give_passkeys()
    desk.page.goto(service.first_link())
    desk.page.get_by_label("The name that help-seekers see").fill("Anna")
    look(desk, "enrol")
    desk.page.get_by_role("button", name="Make my key and passkey").click()
    desk.page.get_by_role("button", name="Sign in").wait_for()
    look(desk, "certified")
    desk.sign_in()
    look(desk, "empty")


def talking(
    desk: DeskPage, people: list[HelpSeekerPage], service: Service, look: Callable[[DeskPage, str], None]
) -> None:
    page = desk.page
    first, second, third = desk.labels()
    people[0].write("The weather is mild")
    desk.shows(first, "The weather is mild")
    desk.write(first, "It is")
    people[0].shows("It is")
    people[1].write("It rains here")
    desk.shows(second, "It rains here")
    page.get_by_role("textbox", name=f"Reply to {third}").fill("look at https://example.org")
    page.get_by_text("Links are not sent").wait_for()
    look(desk, "three conversations, a link typed")
    page.keyboard.press("Alt+x")
    page.get_by_role("dialog").wait_for()
    look(desk, "end dialog")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+k")
    page.get_by_role("dialog", name="Shortcuts").wait_for()
    look(desk, "shortcuts")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sign out").click()
    look(desk, "sign out dialog")
    page.keyboard.press("Escape")
    people[1].end()
    people[1].is_over()
    desk.pane(second).get_by_text("The other person ended the conversation.").wait_for()
    people[2].close()
    desk.pane(third).get_by_text("Away,").wait_for()
    look(desk, "one ended, one away")
    service.fronts[1].shut()
    page.get_by_text("Not connected. We try again.").wait_for()
    look(desk, "not connected")
    service.fronts[1].open()
    desk.is_open()


def team(chromium: Browser, desk: DeskPage, service: Service, look: Callable[[DeskPage, str], None]) -> None:
    page = desk.page
    desk.go("Team")
    page.get_by_role("heading", name="People").wait_for()
    look(desk, "team")
    page.get_by_label("Name", exact=True).fill("Ben")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("The link for this person").input_value()
    look(desk, "invitation link")
    ben = DeskPage.open(chromium.new_context(), service)
    ben.ask_to_be_certified(link)
    look(ben, "waits for the certificate")
    desk.go("Team")
    desk.asking("Ben").get_by_role("button", name="Certify").wait_for()
    look(desk, "certify")
    desk.certify("Ben")
    ben.sign_in()
    desk.go("Team")
    page.get_by_role("button", name="Remove from the team").click()
    look(desk, "team of two, removing one")
    page.get_by_role("button", name="Keep").click()
    desk.go("Devices")
    page.get_by_role("button", name="Make a link").click()
    page.get_by_label("Open this link once").wait_for()
    look(desk, "devices")
    stranger = DeskPage.open(chromium.new_context(), service)
    stranger.page.goto(link)
    stranger.page.get_by_role("heading", name="This link was used in another browser").wait_for()
    look(stranger, "used link")
    stranger.page.goto(f"{service.desk}/enrol#{'A' * 43}")
    stranger.page.get_by_role("heading", name="This link is no longer good").wait_for()
    look(stranger, "unknown link")
    stranger.close()
    ben.close()


def tabs(desk: DeskPage, service: Service, look: Callable[[DeskPage, str], None]) -> None:
    desk.go("Desk")
    second = DeskPage.open(desk.page.context, service)
    second.page.goto(service.desk)
    second.page.get_by_role("heading", name="The desk is open in another tab").wait_for()
    look(second, "second tab")
    second.page.get_by_role("button", name="Use this tab").click()
    desk.page.get_by_role("heading", name="You continued in another tab").wait_for()
    look(desk, "old tab")
