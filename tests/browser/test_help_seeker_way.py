# SPDX-License-Identifier: AGPL-3.0-or-later
"""The help-seeker's page in a real browser: what it loads, what it keeps, what it says."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.browser.axe import violations
from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.support.service import Service, running

PHONE = {"width": 360, "height": 740}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture(scope="module")
def fronted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("way"), fronted=True) as started:
        yield started


@pytest.fixture(scope="module")
def desk(chromium: Browser, fronted: Service) -> Iterator[DeskPage]:
    page = DeskPage.open(chromium.new_context(), fronted)
    page.enrol(fronted.first_link(), "Anna")
    yield page
    page.close()


def talking(
    chromium: Browser, service: Service, desk: DeskPage, **context: object
) -> tuple[HelpSeekerPage, str]:
    """A conversation that has just been opened, and its label at the desk."""
    person = HelpSeekerPage.open(chromium, service, **context)
    person.start()
    before = set(desk.labels())
    desk.help_next()
    person.with_counsellor("Anna")
    (label,) = set(desk.labels()) - before
    return person, label


def finish(desk: DeskPage, person: HelpSeekerPage, label: str) -> None:
    person.end()
    person.is_over()
    person.close()
    desk.put_away(label)


def test_nobody_waits_where_nobody_sits(chromium: Browser, fronted: Service) -> None:
    """Before the first desk opens (this test comes first) the page says so and has no button."""
    page = chromium.new_context().new_page()
    page.goto(fronted.help_seeker)
    page.get_by_text("Nobody is here to talk with you now").wait_for()

    assert page.get_by_role("button", name="Start talking").count() == 0

    page.context.close()


def test_the_button_works_within_30_kb_in_4_requests(
    chromium: Browser, fronted: Service, desk: DeskPage
) -> None:
    del desk  # somebody is on duty
    context = chromium.new_context()
    page = context.new_page()
    before_script: list[Response] = []
    page.on("response", lambda response: before_script.append(response))  # noqa: PLW0108 - it sets attributes on its handler
    page.goto(fronted.help_seeker, wait_until="domcontentloaded")
    page.get_by_role("button", name="Start talking").wait_for()
    page.wait_for_load_state("networkidle")
    # The sealing is fetched while the page is being read: the button works before it is there.
    needed = [
        response
        for response in before_script
        if not any(part in response.url for part in ("-part-", "trust.js", "/work"))
    ]
    others = [response.url for response in before_script if not response.url.startswith(fronted.help_seeker)]
    later = [response for response in before_script if response not in needed]
    weight = sum(len(gzip.compress(response.body(), 9)) for response in needed)

    assert others == []
    assert later
    assert len(needed) <= 4
    assert weight < 30_000
    assert context.cookies() == []
    context.close()


def test_no_cookie_and_only_a_sealed_blob_while_talking(
    chromium: Browser, fronted: Service, desk: DeskPage
) -> None:
    person, label = talking(chromium, fronted, desk)
    person.write("The weather is mild")
    desk.shows(label, "The weather is mild")

    assert person.page.context.cookies() == []
    assert person.page.evaluate("Object.keys(localStorage).length") == 0
    kept = person.page.evaluate("Object.values(sessionStorage).join(' ')")
    assert "weather" not in kept
    assert len(kept) > 20_000
    assert person.page.url == fronted.help_seeker + "/"
    assert person.page.title() == "Kentering"

    finish(desk, person, label)


def test_nothing_is_left_in_the_tab_after_the_end(
    chromium: Browser, fronted: Service, desk: DeskPage
) -> None:
    person, label = talking(chromium, fronted, desk)
    person.end()
    person.is_over()

    assert person.page.evaluate("sessionStorage.length") == 0

    person.close()
    desk.put_away(label)


def test_a_duplicated_tab_takes_over_and_the_old_one_says_so(
    chromium: Browser, fronted: Service, desk: DeskPage
) -> None:
    person, label = talking(chromium, fronted, desk)
    person.write("before the second tab")
    desk.shows(label, "before the second tab")
    person.all_delivered(1)
    copied = person.page.evaluate("JSON.stringify(sessionStorage)")
    second = HelpSeekerPage(person.page.context.new_page(), fronted)
    second.page.add_init_script(
        f"const copy = Object.entries({copied});"
        "if (!sessionStorage.length) for (const [k, v] of copy) sessionStorage.setItem(k, v)"
    )
    second.page.goto(fronted.help_seeker)
    second.page.get_by_role("button", name="Continue", exact=True).click()
    second.with_counsellor("Anna")

    person.page.get_by_role("heading", name="The conversation goes on in another tab").wait_for()
    assert person.page.locator("[role=log] .line").count() == 0
    second.write("from the second tab")
    desk.shows(label, "from the second tab")
    assert [text for _, text in second.lines()] == ["before the second tab", "from the second tab"]

    finish(desk, second, label)


def test_the_first_message_may_be_written_while_waiting(
    chromium: Browser, fronted: Service, desk: DeskPage
) -> None:
    person = HelpSeekerPage.open(chromium, fronted)
    person.start()
    person.write("written while waiting")
    before = set(desk.labels())
    desk.help_next()
    person.with_counsellor("Anna")
    (label,) = set(desk.labels()) - before
    desk.shows(label, "written while waiting")
    person.all_delivered(1)

    finish(desk, person, label)


def test_a_locked_phone_keeps_its_place(chromium: Browser, fronted: Service, desk: DeskPage) -> None:
    del desk
    first = HelpSeekerPage.open(chromium, fronted)
    first.start()
    second = HelpSeekerPage.open(chromium, fronted)
    second.start()
    second.page.get_by_text("1 person is before you").wait_for()
    fronted.fronts[0].drop()
    second.page.get_by_text("1 person is before you").wait_for()
    first.stop_waiting()
    second.page.get_by_text("You are next").wait_for()
    second.stop_waiting()
    first.close()
    second.close()


def test_links_are_refused_and_shown_text_is_plain(
    chromium: Browser, fronted: Service, desk: DeskPage
) -> None:
    person, label = talking(chromium, fronted, desk)
    person.write("look at https://example.org")
    person.page.get_by_text("You can't send links here").wait_for()
    assert person.lines() == []
    person.write("<a href=x>plain</a>")
    desk.shows(label, "<a href=x>plain</a>")
    assert desk.pane(label).locator("[role=log] a").count() == 0

    finish(desk, person, label)


def check(page: Page, state: str, found: dict[str, list[str]]) -> None:
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for viewport in (PHONE, {"width": 1280, "height": 900}):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]  # two whole numbers
            broken = violations(page)
            if broken:
                found[f"{state}, {scheme}, {viewport['width']}"] = broken


def test_axe_finds_nothing_in_any_state(chromium: Browser, fronted: Service, desk: DeskPage) -> None:
    found: dict[str, list[str]] = {}
    person = HelpSeekerPage.open(chromium, fronted)
    check(person.page, "first", found)
    for path in ("/private", "/reading", "/leave", "/nowhere"):
        page = person.page.context.new_page()
        page.goto(fronted.help_seeker + path)
        check(page, path, found)
        page.close()
    person.start()
    check(person.page, "waiting", found)
    before = set(desk.labels())
    desk.help_next()
    person.with_counsellor("Anna")
    (label,) = set(desk.labels()) - before
    person.write("The weather is mild")
    desk.write(label, "It is")
    person.shows("It is")
    person.page.get_by_text("Sealed, verified").click()
    check(person.page, "open", found)
    fronted.fronts[0].shut()
    person.page.get_by_text("Your connection is interrupted").wait_for()
    check(person.page, "interrupted", found)
    fronted.fronts[0].open()
    person.page.get_by_text("Anna is here", exact=True).wait_for()
    person.page.reload()
    person.page.get_by_role("heading", name="Continue the conversation?").wait_for()
    check(person.page, "continue", found)
    person.page.get_by_role("button", name="Continue", exact=True).click()
    person.with_counsellor("Anna")
    person.page.get_by_role("button", name="End the conversation").click()
    check(person.page, "confirm", found)
    person.page.get_by_role("button", name="Yes, end it").click()
    person.is_over()
    check(person.page, "ended", found)

    assert found == {}

    person.close()
    desk.put_away(label)
