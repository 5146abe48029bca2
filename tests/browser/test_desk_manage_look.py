# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages for managing as they look, and by keyboard alone: axe, both colour schemes, tablet to 4K.

Each page is laid out on each screen, and axe is asked once in each colour scheme: on the smallest screen, and
on one where there is room beside the list. The long run asks it on each screen in each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, get_args

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.manage_pages import PAGES, ManagePages
from tests.browser.pages import DeskPage
from tests.support.service import Service, running

Look = tuple[int, int, Literal["light", "dark"], bool]
"""Width and height of the screen, colours, and whether axe is asked."""
LOOKS: tuple[Look, ...] = (
    (768, 1024, "light", True),
    (3840, 2160, "light", False),
    (1280, 800, "dark", True),
)
EVERY: tuple[Look, ...] = tuple(
    (width, height, scheme, True)
    for width, height in ((768, 1024), (1280, 800), (3840, 2160))
    for scheme in get_args(Literal["light", "dark"])
)


@pytest.fixture(scope="module")
def manage(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManagePages]:
    with running(tmp_path_factory.mktemp("look")) as service:
        yield from opened(chromium, service)


def opened(chromium: Browser, service: Service) -> Iterator[ManagePages]:
    desk = DeskPage.open(chromium.new_context(locale="en-GB", reduced_motion="reduce"), service)
    desk.enrol(service.first_link(), "Anna")
    yield ManagePages(desk)
    desk.close()


def broken(page: Page, looks: Sequence[Look] = LOOKS) -> dict[str, list[str]]:
    """What axe finds, and whether the page is wider than its screen."""
    found = {}
    for width, height, scheme, asked in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": height})
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        wrong = [*(violations(page) if asked else []), *(["wider than the screen"] if wide else [])]
        if wrong:
            found[f"{scheme}, {width}"] = wrong
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


def press(page: Page, name: str) -> None:
    """By keyboard alone: go there as Tab would, and press Enter."""
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("looks", [LOOKS, pytest.param(EVERY, marks=pytest.mark.long)], ids=["usual", "each"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_any_page(manage: ManagePages, name: str, looks: tuple[Look, ...]) -> None:
    manage.open(name)
    if name not in {"A lost device", "Staff actions", "Figures"}:
        manage.loaded()

    assert broken(manage.page, looks) == {}


def test_axe_finds_nothing_while_hours_are_wrong(manage: ManagePages) -> None:
    manage.open("Opening hours")
    manage.language("Dutch")
    manage.page.get_by_label("at these hours of the week").check()
    manage.add_hours("Friday")
    manage.hours("Friday", 1, "16:00", "later")
    manage.page.get_by_role("button", name="Add a day").click()
    manage.page.get_by_role("button", name="Undo the changes").click()

    assert broken(manage.page) == {}

    manage.page.get_by_role("button", name="Undo them").click()


def test_axe_finds_nothing_while_something_is_compared(manage: ManagePages) -> None:
    manage.open("Limits")
    manage.page.get_by_label("Conversations at once").fill("4")
    manage.save()
    manage.page.get_by_role("button", name="Earlier versions").click()
    dialog = manage.page.get_by_role("dialog", name="Earlier versions")
    dialog.get_by_role("listitem").last.get_by_role("button", name="Compare").click()
    dialog.get_by_role("row", name="Conversations at once").wait_for()

    assert broken(manage.page) == {}

    manage.page.keyboard.press("Escape")
    expect(manage.page.get_by_role("button", name="Earlier versions")).to_be_focused()


def test_hours_are_set_by_keyboard_alone(manage: ManagePages) -> None:
    page, keys = manage.page, manage.page.keyboard
    manage.open("Figures")  # wherever the last test was
    press(page, "Manage")
    choice = manage.list.get_by_role("button", name="Limits")
    choice.focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Limits")).to_be_focused()
    manage.list.get_by_role("button", name="Opening hours").focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Opening hours")).to_be_focused()
    manage.loaded()
    page.get_by_role("group", name="Language", exact=True).get_by_role("button", name="French").focus()
    keys.press("Space")
    page.get_by_label("whenever somebody is on duty").focus()
    keys.press("ArrowDown")
    expect(page.get_by_label("at these hours of the week")).to_be_checked()
    press(page, "Add hours on Monday")
    start = page.get_by_role("textbox", name="Monday, from, 1")
    expect(start).to_be_focused()
    keys.press("Control+a")
    keys.type("1730")
    keys.press("Tab")
    keys.type("2130")
    keys.press("Control+s")
    manage.says(re.compile("^Saved at "))

    expect(start).to_have_value("17:30")
    expect(page.get_by_role("textbox", name="Monday, to, 1")).to_have_value("21:30")


def test_entries_are_added_moved_and_taken_away_by_keyboard_alone(manage: ManagePages) -> None:
    page, keys = manage.page, manage.page.keyboard
    manage.open("Quick replies")
    manage.loaded()
    manage.language("English")
    press(page, "Add a quick reply")
    expect(page.get_by_label("Name").last).to_be_focused()
    keys.type("weather")
    keys.press("Tab")
    keys.type("The weather is mild")
    press(page, "Up: weather")
    expect(page.get_by_role("button", name="Up: weather")).to_be_focused()
    press(page, "Take away weather")
    expect(page.get_by_role("list", name="Quick replies in English")).to_be_focused()
    manage.says("Everything is saved")
