# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every state of the help-seeker's pages: it says what it should, axe finds nothing, nothing is too small.

The lists are made from the pages' own closed sets, `states/states.ts` of what a script shows and
`states/server.py` of what the server renders; `states/said.py` has what each must say. A state without
its line fails, and so does a line without its state. Each is photographed into the folder that pytest
keeps of this test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from chat.web.help_seeker_pages import PAGES
from tests.browser.axe import violations
from tests.browser.help_seeker.states.said import RENDERED, SHOWS, URGENT, says
from tests.browser.help_seeker.states.server import TEXTS, ServerStates
from tests.browser.help_seeker.states.stage import Stage, build

LANGUAGES = [text.language for text in TEXTS.translators]
LOOKS = {360: {"width": 360, "height": 740}, 1280: {"width": 1280, "height": 900}}
SHORT = {("en", 1280), ("ar", 360)}
SMALL = """
() => [...document.querySelectorAll("button, summary, nav a, a.button, textarea")]
  .filter((element) => element.checkVisibility())
  .filter((element) => element.getBoundingClientRect().height < 43.5)
  .map((element) => element.textContent.trim())
"""
HEIGHT = "() => document.documentElement.scrollHeight"
WIDE = "() => document.documentElement.scrollWidth > innerWidth"
CUT = """
() => [...document.querySelectorAll("body *")]
  .filter((element) => element.checkVisibility() && element.closest(".visually-hidden, .skip") === null)
  .filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return left < -0.5 || right > document.documentElement.clientWidth + 0.5;
  })
  .map((element) => element.textContent.trim().slice(0, 60))
"""
"""What a box that scrolls or hides cuts off at its side: no page gets wider by it."""
EVERYWHERE = [
    pytest.param(
        language,
        width,
        id=f"{language}, {width}",
        marks=[] if (language, width) in SHORT else [pytest.mark.long],
    )
    for language in LANGUAGES
    for width in LOOKS
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("states"))


@pytest.fixture
def english(chromium: Browser, folder: Path) -> Iterator[Stage]:
    stage = Stage.open(chromium, folder, "en")
    yield stage
    stage.close()


def test_every_state_of_the_script_has_its_line_here(english: Stage) -> None:
    assert sorted(english.names()) == sorted(SHOWS)


def test_every_state_of_the_server_has_its_line_here_and_every_template_its_state() -> None:
    states = ServerStates()
    for name in states.names():
        states.render(name, TEXTS.choose("en"))

    assert sorted(states.names()) == sorted(RENDERED)
    templates = {str(path.relative_to(PAGES)) for path in PAGES.rglob("*.html")}
    assert templates - states.templates() == {"desk.html"}


def look(page: Page, path: Path) -> list[str]:
    """What is wrong with what is on the screen, of which a picture is taken."""
    page.screenshot(path=path)
    found = [f"low: {small}" for small in page.evaluate(SMALL)]
    found += [f"cut off: {cut}" for cut in page.evaluate(CUT)]
    if page.evaluate(WIDE):
        found.append("the page is wider than the screen")
    # As high as all that is on it: what is scrolled half under the foot is not too small for that.
    # Twice, since the foot, too, is higher where there is more room for it.
    size = page.viewport_size
    assert size is not None
    for _ in range(2):
        page.set_viewport_size({**size, "height": max(size["height"], page.evaluate(HEIGHT))})
    found += violations(page)
    page.set_viewport_size(size)
    return found


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_every_state_of_the_script(
    chromium: Browser, folder: Path, tmp_path: Path, language: str, width: int
) -> None:
    stage = Stage.open(chromium, folder, language, viewport=LOOKS[width], reduced_motion="reduce")
    broken: dict[str, list[str]] = {}
    for name in stage.names():
        stage.show(name)
        # "delivered" stands in "not delivered", too
        wanted = stage.page.get_by_text(says(stage.text, SHOWS[name]), exact=name.startswith("line: "))
        expect(wanted.filter(visible=True).first).to_be_visible()
        found = look(stage.page, tmp_path / f"{name.replace(':', '').replace('?', '')}.png")
        if found:
            broken[name] = found

    assert broken == {}
    assert len(list(tmp_path.glob("*.png"))) == len(SHOWS)

    stage.close()


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_every_state_of_the_server(
    chromium: Browser, folder: Path, tmp_path: Path, language: str, width: int
) -> None:
    stage = Stage.open(chromium, folder, language, viewport=LOOKS[width], reduced_motion="reduce")
    broken: dict[str, list[str]] = {}
    for name in stage.server.names():
        stage.show_rendered(name)
        wanted = says(stage.text, RENDERED[name])
        expect(place(stage.page, name).get_by_text(wanted).filter(visible=True).first).to_be_visible()
        found = look(stage.page, tmp_path / f"{name.replace(':', '')}.png")
        if found:
            broken[name] = found

    assert broken == {}
    assert len(list(tmp_path.glob("*.png"))) == len(RENDERED)

    stage.close()


OPEN = "We are open until"
MAY_OPEN = "Somebody may still come: our hours go on until"
HOURS_SAID = {
    "waiting for long": OPEN,
    "nobody on duty any more": MAY_OPEN,
    "left the waiting room": OPEN,
    "refused: CLOSED_INTAKE": MAY_OPEN,
    "refused: ROOM_FULL": OPEN,
    "without script: waiting for long": OPEN,
    "without script: nobody on duty": MAY_OPEN,
    "without script: left the waiting room": OPEN,
    "without script: refused, CLOSED_INTAKE": MAY_OPEN,
    "without script: refused, ROOM_FULL": OPEN,
}
"""What each says of the hours, with and without script alike."""


def test_the_hours_promise_nobody_while_nobody_is_on_duty(english: Stage) -> None:
    heard = {}
    for name in HOURS_SAID:
        if name in SHOWS:
            english.show(name)
        else:
            english.show_rendered(name)
        where = place(english.page, name)
        either = where.get_by_text(OPEN).or_(where.get_by_text(MAY_OPEN)).filter(visible=True)
        heard[name] = "".join(said for said in (OPEN, MAY_OPEN) if said in either.inner_text())

    assert heard == HOURS_SAID


def test_a_tap_that_was_not_heard_promises_nothing(english: Stage) -> None:
    english.show("two taps, not heard yet")
    tap = english.page.get_by_role("button", name="It is very urgent")
    expect(tap).to_have_attribute("aria-pressed", "true")
    expect(english.page.get_by_text(URGENT)).to_be_hidden()
    english.show("two taps")
    expect(english.page.get_by_text(URGENT)).to_be_visible()


def test_who_is_asked_to_load_the_page_again_has_a_button_that_says_so(english: Stage) -> None:
    for name in ("refused: VERSION", "refused: WORK_NEEDED", "refused: load"):
        english.show(name)
        expect(english.page.get_by_text("Please load the page again")).to_be_visible()
        expect(english.page.get_by_role("button", name="Load the page again")).to_be_visible()


def test_while_nobody_is_on_duty_it_is_said_once_that_one_may_stop(english: Stage) -> None:
    english.show("nobody on duty any more")
    expect(english.page.get_by_role("button", name="Wait on")).to_be_visible()
    expect(english.page.get_by_text("You can also stop")).to_have_count(1)


IN_FRAMES = {
    "nobody on duty",
    "waiting for long",
    "waiting",
    "kept",
    "talking",
    "asked",
    "noticed",
    "finished",
}
IN_LIVE = {"gone", "in another tab", "trouble", "too late to count"}


def place(page: Page, name: str) -> Page | FrameLocator:
    """Where a state says what it says."""
    state = name.removeprefix("without script: ")
    if state == name:
        return page
    if state in IN_FRAMES | IN_LIVE:
        return page.frame_locator("iframe[name=stream]").frame_locator("iframe")
    if state in {"a link", "may show who"}:
        return page.frame_locator("iframe[name=write]")
    return page
