# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every act on the sheet of shortcuts is done once, by the keys that stand beside it; nothing is clicked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.desk_states.stage import DeskStage, build

Act = Callable[[DeskStage], None]
"""What is to be seen after the keys were pressed."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("sheet"))


@pytest.fixture
def desk(chromium: Browser, folder: Path) -> Iterator[DeskStage]:
    stage = DeskStage.open(chromium, folder)
    yield stage
    stage.close()


def reply(desk: DeskStage, label: str) -> Locator:
    return desk.page.get_by_role("textbox", name=f"Reply to {label}")


def button(desk: DeskStage, name: str) -> Locator:
    return desk.page.get_by_role("button", name=name)


def focused(what: Callable[[DeskStage], Locator]) -> Act:
    return lambda desk: expect(what(desk)).to_be_focused()


def heading(name: str) -> Act:
    return lambda desk: desk.page.get_by_role("heading", name=name).wait_for()


def dialog(text: str) -> Act:
    return lambda desk: expect(desk.page.get_by_role("dialog")).to_contain_text(text)


def sent(frame: str) -> Act:
    def seen(desk: DeskStage) -> None:
        assert desk.frames() == [frame]

    return seen


def helped(desk: DeskStage) -> None:
    assert len(desk.sent("help_next")) == 1


def said(text: str) -> Act:
    def seen(desk: DeskStage) -> None:
        assert [one["text"] for one in desk.sent("say")] == [text]

    return seen


def two_lines(desk: DeskStage) -> None:
    expect(reply(desk, "Blue 1")).to_have_value("Rain\n")


def choosing_a_reply(desk: DeskStage) -> None:
    expect(desk.page.get_by_role("option").first).to_be_visible()


def first_matter(desk: DeskStage) -> Locator:
    return desk.page.get_by_role("group", name="What was it about?").get_by_role("radio").first


ACTS: dict[str, tuple[str, Act]] = {
    "Next conversation": ("", focused(lambda desk: reply(desk, "Amber 2"))),
    "Previous conversation": ("Alt+ArrowDown", focused(lambda desk: reply(desk, "Blue 1"))),
    "Write a reply": ("", focused(lambda desk: reply(desk, "Blue 1"))),
    "Put in a quick reply": ("Alt+r", choosing_a_reply),
    "Call a supervisor about this conversation": ("", sent("AskHelp")),
    "Risk and procedure of this conversation": (
        "",
        focused(lambda desk: desk.page.get_by_role("radio", name="No concern")),
    ),
    "Hand this conversation over": ("", dialog("Whoever is next")),
    "End this conversation": ("", dialog("End with a boundary")),
    "Wrap up an ended conversation": (
        "ended",
        focused(
            lambda desk: desk.page.get_by_role("group", name="What was it about?").get_by_role("radio").first
        ),
    ),
    "Help the next person": ("", helped),
    "Go to the waiting room": ("", focused(lambda desk: button(desk, "Help the next person"))),
    "On duty, break, off duty": ("", dialog("Languages you talk in today")),
    "Go to a supervisor's alarm": ("alarm", focused(lambda desk: button(desk, "I'm on it"))),
    "Board of supervisors": ("", heading("Board")),
    "Lock the desk": ("", heading("The desk is locked")),
    "Show these shortcuts": ("", dialog("Shortcuts")),
    "Send the reply": ("Alt+r Rain", said("Rain")),
    "New line in the reply": ("Alt+r Rain", two_lines),
}
"""What stands on the sheet -> what comes before it (an event, keys, a word), and what is then to be seen."""


def sheet(desk: DeskStage) -> dict[str, str]:
    """What the sheet itself lists: the act -> its keys, as Playwright writes them."""
    desk.press("Alt+k")
    rows = desk.page.locator(".shortcuts > div").all()
    shown = {row.locator("dd").inner_text(): row.locator("kbd").inner_text() for row in rows}
    desk.press("Escape")
    arrows = {"↓": "ArrowDown", "↑": "ArrowUp"}
    return {
        act: "+".join(arrows.get(key, key.lower() if len(key) == 1 else key) for key in keys.split(" + "))
        for act, keys in shown.items()
    }


def test_every_act_of_the_sheet_is_tried_here(desk: DeskStage) -> None:
    assert list(sheet(desk)) == list(ACTS)


@pytest.mark.parametrize("act", ACTS)
def test_it_is_done_by_the_keys_beside_it(desk: DeskStage, act: str) -> None:
    before, seen = ACTS[act]
    keys = sheet(desk)[act]
    for event in ("on()", "room(4)", "board()", "come(1)", "come(2)"):
        desk.stage(event)
    if before == "ended":
        desk.stage('inside(1, { kind: "ended", ending: "they_ended" })')
    elif before == "alarm":
        desk.stage("alarm(1, 1)")
    elif before:
        first, *words = before.split()
        desk.press(first)
        for word in words:
            desk.page.keyboard.type(word)

    desk.press(keys)

    seen(desk)
