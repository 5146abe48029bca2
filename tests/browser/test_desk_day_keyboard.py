# SPDX-License-Identifier: AGPL-3.0-or-later
"""Everything of the working day with the keyboard alone, on the desk's own views, without a service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from chat.protocol.types import EndHow
from tests.browser.axe import violations
from tests.browser.desk_states.stage import DeskStage, build

FIRST, SECOND = f"{1:032x}", f"{2:032x}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("stage"))


@pytest.fixture
def desk(chromium: Browser, folder: Path) -> Iterator[DeskStage]:
    stage = DeskStage.open(chromium, folder)
    yield stage
    stage.close()


@pytest.fixture
def talking(desk: DeskStage) -> DeskStage:
    """On duty, with the conversations Blue 1 and Amber 2; the first is selected."""
    desk.stage("on()")
    desk.stage("come(1)")
    desk.stage("come(2)")
    return desk


def reply(desk: DeskStage, label: str) -> Locator:
    return desk.page.get_by_role("textbox", name=f"Reply to {label}")


def button(desk: DeskStage, name: str) -> Locator:
    return desk.page.get_by_role("button", name=name)


def tab_to(desk: DeskStage, target: Locator) -> None:
    """Go there with the Tab key."""
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        desk.press("Tab")
    raise AssertionError("the Tab key does not come there")


def test_on_duty_a_break_and_off(desk: DeskStage) -> None:
    desk.press("Alt+p")
    expect(desk.page.get_by_role("checkbox", name="Dutch")).to_be_focused()
    desk.press("Space", "Tab", "Space")  # neither Dutch nor French today
    tab_to(desk, desk.page.get_by_role("dialog").get_by_role("button", name="Go on duty"))
    desk.press("Enter")
    expect(desk.page.get_by_label("Your duty")).to_contain_text("German, English")
    expect(button(desk, "Change")).to_be_visible()
    tab_to(desk, button(desk, "Take a break"))
    desk.press("Enter")
    expect(desk.page.get_by_label("Your duty")).to_contain_text("On a break")
    tab_to(desk, button(desk, "Back on duty"))
    desk.press("Enter")
    expect(button(desk, "Take a break")).to_be_visible()
    desk.press("Alt+p")
    tab_to(desk, button(desk, "Go off duty"))
    desk.press("Enter")
    expect(desk.page.get_by_label("Your duty")).to_contain_text("Off duty")

    assert desk.frames() == ["SetDuty"] * 4


def test_languages_are_remembered_in_this_browser(desk: DeskStage) -> None:
    desk.press("Alt+p")
    desk.press("Space")
    tab_to(desk, desk.page.get_by_role("dialog").get_by_role("button", name="Go on duty"))
    desk.press("Enter")
    expect(button(desk, "Take a break")).to_be_visible()
    desk.page.reload()
    desk.page.locator("#desk[data-ready]").wait_for()
    desk.press("Alt+p")

    expect(desk.page.get_by_role("checkbox", name="Dutch")).not_to_be_checked()
    expect(desk.page.get_by_role("checkbox", name="French")).to_be_checked()
    expect(desk.page.get_by_label("Your duty")).to_contain_text("Off duty")


def test_help_next_and_by_hand(desk: DeskStage) -> None:
    desk.press("Alt+n")
    expect(desk.page.locator(".notice")).to_have_text("You are off duty. Go on duty to take a conversation.")
    desk.stage("on()")
    desk.stage("room(8)")
    desk.press("Alt+w")
    expect(button(desk, "Help the next person")).to_be_focused()
    desk.press("Tab", "Enter")  # the first in the list: a supervisor may
    desk.press("Alt+n", "Alt+n")

    assert [take["sid"] for take in desk.sent("take")] == [f"{1000:032x}"]
    assert len(desk.sent("help_next")) == 1


def test_who_is_no_supervisor_picks_nobody_and_sees_no_board(desk: DeskStage) -> None:
    desk.stage('enter(["counsellor"])')
    desk.stage("on()")
    desk.stage("room(3)")

    expect(desk.page.locator(".entry")).to_have_count(3)
    expect(button(desk, "Take place")).to_have_count(0)
    expect(button(desk, "Board")).to_have_count(0)
    desk.press("Alt+m")
    expect(desk.page.get_by_role("heading", name="Waiting room")).to_be_visible()


def test_several_quick_replies_go_into_one_message(talking: DeskStage) -> None:
    desk = talking
    desk.press("Alt+r")
    field = reply(desk, "Blue 1")
    desk.page.keyboard.type("Hello. and/or /en")
    expect(desk.page.get_by_role("option")).to_contain_text(["Ending", "Limits", "Greeting", "Begroeting"])
    expect(field).to_have_attribute("aria-activedescendant", re.compile("-0$"))
    desk.press("ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown", "Enter")
    desk.press("Alt+q")
    desk.page.keyboard.type("weath")
    option = desk.page.get_by_role("option", name="Weather")
    expect(option).to_have_attribute("aria-selected", "true")
    desk.press("Tab")
    desk.press("Alt+q")
    expect(desk.page.get_by_role("listbox")).to_be_visible()
    desk.press("Escape")
    expect(desk.page.get_by_role("listbox")).to_have_count(0)
    expect(field).to_be_focused()
    desk.press("Backspace", "Enter")

    greeting = "Good evening. I am here. Where would you like to begin?"
    assert [said["text"] for said in desk.sent("say")] == [f"Hello. and/or {greeting} The weather is mild."]
    assert {said["sid"] for said in desk.sent("say")} == {FIRST}


def test_a_reply_in_the_conversations_language_comes_first(talking: DeskStage) -> None:
    talking.press("Alt+ArrowDown")
    expect(reply(talking, "Amber 2")).to_be_focused()
    talking.page.keyboard.type("/")

    expect(talking.page.get_by_role("option").first).to_contain_text("Begroeting")


def test_a_supervisor_is_called_and_the_caller_is_told(talking: DeskStage) -> None:
    desk = talking
    desk.stage("board()")
    desk.press("Alt+a", "Alt+a")
    desk.page.get_by_text("Every supervisor on duty is called.").wait_for()
    desk.stage("alarmAnswered(77, 3)")
    expect(desk.page.get_by_label("Calls for a supervisor")).to_contain_text("Carla is on it.")

    assert desk.frames() == ["AskHelp"]


def test_an_alarm_rings_takes_no_focus_and_is_answered(talking: DeskStage) -> None:
    desk = talking
    desk.stage("board()")
    desk.press("Alt+r")
    desk.page.keyboard.type("It has ")
    desk.stage("alarm(1, 1)")
    expect(desk.page.get_by_role("alert").filter(has_text="Ben sees imminent danger")).to_have_count(1)
    desk.page.keyboard.type("rained")
    expect(reply(desk, "Blue 1")).to_have_value("It has rained")
    assert "alarm" in desk.stage("bell.rung")

    desk.press("Alt+j", "Enter")
    expect(desk.page.get_by_text("You are on it.")).to_be_visible()
    assert desk.frames() == ["AnswerAlarm"]
    tab_to(desk, button(desk, "Put away"))
    desk.press("Enter")
    expect(desk.page.get_by_text("Ben sees imminent danger")).to_have_count(0)


def test_risk_and_procedure(talking: DeskStage) -> None:
    desk = talking
    desk.press("Alt+g")
    expect(desk.page.get_by_role("radio", name="No concern")).to_be_focused()
    desk.press("ArrowRight")
    expect(desk.page.get_by_role("radio", name="Concern", exact=True)).to_be_checked()
    tab_to(desk, desk.page.get_by_role("checkbox", name="A supervisor knows"))
    desk.press("Space", "Escape")
    expect(reply(desk, "Blue 1")).to_be_focused()
    desk.press("Alt+g")
    expect(desk.page.get_by_role("checkbox", name="A supervisor knows")).to_be_checked()

    assert desk.frames() == ["SetRisk"]


def test_handing_over(talking: DeskStage) -> None:
    talking.stage("board()")
    talking.press("Alt+o")
    dialog = talking.page.get_by_role("dialog")

    expect(dialog).to_contain_text("Blue 1")
    talking.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_boundary_a_wrap_up_that_fails_first_and_a_pause(talking: DeskStage) -> None:
    desk = talking
    desk.wrap_up_status = 503
    desk.press("Alt+x")
    tab_to(desk, button(desk, "End with a boundary"))
    desk.press("Enter")
    expect(desk.page.get_by_role("dialog")).to_contain_text("I end this conversation here.")
    tab_to(desk, button(desk, "Send this and end"))
    desk.press("Enter")
    pane = desk.page.get_by_role("region", name="Conversation Blue 1")
    expect(pane).to_contain_text("You ended the conversation.")
    assert [said["text"][:28] for said in desk.sent("say")] == ["I end this conversation here"]
    assert [(end["sid"], end["how"]) for end in desk.sent("end")] == [(FIRST, EndHow.BOUNDARY)]

    desk.press("Alt+u")
    desk.press("Space", "Tab", "Tab", "Space")  # the risk is chosen already
    expect(pane.get_by_role("checkbox", name="This was heavy for me")).to_be_checked()
    tab_to(desk, button(desk, "Send, and put the text away"))
    desk.press("Enter")
    expect(pane).to_contain_text("It could not be sent. We try again by ourselves.")
    expect(pane).to_contain_text("It has rained since this morning")
    desk.wrap_up_status = 204
    expect(pane).to_have_count(0)
    tab_to(desk, button(desk, "Pause for 10 minutes"))
    desk.press("Enter")
    expect(desk.page.get_by_label("Your duty")).to_contain_text("left")
    tab_to(desk, button(desk, "Back on duty"))
    desk.press("Enter")
    expect(button(desk, "Take a break")).to_be_visible()

    assert len({wrap_up["once"] for wrap_up in desk.wrap_ups}) == 1
    assert len(desk.wrap_ups) > 1
    assert {name: value for name, value in desk.wrap_ups[-1].items() if name != "once"} == {
        "matter": "own_thoughts",
        "risk": "none",
        "outcome": "talked_it_through",
        "referred": [],
        "boundary": True,
        "heavy": True,
    }


def test_the_text_goes_after_a_quarter_of_an_hour_without_a_wrap_up(desk: DeskStage) -> None:
    desk.page.clock.install()
    desk.page.reload()
    desk.page.locator("#desk[data-ready]").wait_for()
    desk.stage("come(1)")
    desk.stage('inside(1, { kind: "ended", ending: "they_ended" })')
    pane = desk.page.get_by_role("region", name="Conversation Blue 1")
    desk.page.clock.run_for("09:00")
    desk.press("Shift")  # somebody is there: the desk does not lock
    desk.page.clock.run_for("05:58")
    expect(pane).to_contain_text("It has rained since this morning")
    assert button(desk, "Done").count() == 0
    desk.page.clock.run_for("00:04")

    expect(pane).to_have_count(0)
    assert desk.wrap_ups == []


def test_a_desk_left_alone_locks_and_shows_no_text(talking: DeskStage) -> None:
    desk = talking
    expect(desk.page.get_by_text("It has rained since this morning")).to_have_count(2)
    desk.press("Alt+l")
    desk.page.get_by_role("heading", name="The desk is locked").wait_for()
    assert "rained" not in desk.page.content()
    desk.press("Alt+x", "Alt+n", "Alt+k")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    desk.stage('line(2, "new", "peer", "The sun is out again.")')

    expect(desk.page.get_by_text("1 new line waits for you.")).to_be_visible()
    expect(desk.page).to_have_title("(1) Kentering")
    assert "line" in desk.stage("bell.notified")
    assert "sun" not in desk.page.content()


def test_ten_minutes_without_a_touch_lock_it(desk: DeskStage) -> None:
    desk.page.clock.install()
    desk.page.reload()
    desk.page.locator("#desk[data-ready]").wait_for()
    desk.press("Shift")
    desk.page.clock.run_for("09:50")
    expect(desk.page.get_by_role("heading", name="Waiting room")).to_be_visible()
    desk.page.clock.run_for("00:12")

    expect(desk.page.get_by_role("heading", name="The desk is locked")).to_be_visible()


def test_new_people_ring_once_and_those_who_waited_do_not(desk: DeskStage) -> None:
    desk.stage("room(2)")
    desk.stage("on()")
    desk.stage('room(3, () => "nl")')
    assert desk.stage("bell.rung") == []
    desk.stage('room(4, () => "nl")')
    desk.stage('room(6, () => "nl")')

    assert desk.stage("bell.rung") == ["waiting"]


def test_shortcuts_do_nothing_while_one_types(talking: DeskStage) -> None:
    talking.press("Alt+r")
    talking.page.keyboard.type("anwxlgpujmqo")

    expect(reply(talking, "Blue 1")).to_have_value("anwxlgpujmqo")
    expect(talking.page.get_by_role("dialog")).to_have_count(0)
    assert talking.frames() == []


def test_the_board(desk: DeskStage) -> None:
    desk.stage("on()")
    desk.stage("board()")
    desk.press("Alt+m")
    desk.page.get_by_role("heading", name="Board").wait_for()
    rows = desk.page.get_by_label("Open conversations").get_by_role("row")

    expect(rows.nth(1)).to_contain_text("Imminent danger")
    expect(desk.page.get_by_label("Who is here").get_by_role("row").nth(1)).to_contain_text("On duty")


def test_intake_is_closed_and_opened_again(desk: DeskStage) -> None:
    desk.stage("on()")
    desk.stage("board()")
    desk.press("Alt+m")
    rows = desk.page.get_by_role("region", name="Intake").get_by_role("listitem")
    expect(rows.filter(has_text="English")).to_contain_text("Open")
    expect(rows.filter(has_text="French")).to_contain_text("Closed, since nobody is on duty")

    desk.page.get_by_role("button", name="Close intake English").focus()
    desk.press("Enter")
    again = desk.page.get_by_role("button", name="Open again English")
    expect(again).to_be_focused()
    expect(rows.filter(has_text="English")).to_contain_text("Closed by hand")
    assert desk.closed == {"en"}

    desk.page.get_by_role("button", name="Close all languages").focus()
    desk.press("Enter")
    expect(desk.page.get_by_role("button", name="Open all languages again")).to_be_focused()
    assert desk.closed == {"en", "nl", "fr"}
    desk.press("Enter")
    expect(desk.page.get_by_role("button", name="Close all languages")).to_be_focused()
    assert desk.closed == set()
    assert violations(desk.page) == []
