# SPDX-License-Identifier: AGPL-3.0-or-later
"""The desk where there is room for one thing: list, conversation, and back; what comes behind it is new."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.desk_states.stage import DeskStage, build

PHONE = {"width": 360, "height": 740}


def test_list_conversation_and_back(chromium: Browser, tmp_path: Path) -> None:
    desk = DeskStage.open(chromium, build(tmp_path), viewport=PHONE)
    for event in ("on()", "room(2)", "come(1)", "come(2)"):
        desk.stage(event)
    help_next = desk.page.get_by_role("button", name="Help the next person")
    back = desk.page.get_by_role("button", name="Waiting room and your conversations")
    first, second = (
        desk.page.get_by_role("region", name=f"Conversation {name}") for name in ("Blue 1", "Amber 2")
    )
    expect(help_next).to_be_visible()
    expect(first).to_be_hidden()

    desk.page.get_by_role("button", name="Amber 2").click()
    expect(second).to_be_visible()
    expect(first).to_be_hidden()
    expect(help_next).to_be_hidden()
    expect(desk.page.get_by_role("textbox", name="Reply to Amber 2")).to_be_focused()
    desk.page.keyboard.type("It rains here")
    desk.press("Enter")
    assert [said["text"] for said in desk.sent("say")] == ["It rains here"]

    desk.stage('line(1, "m1", "peer", "The sun is out again.")')
    expect(back).to_contain_text("1 new")
    back.click()
    expect(help_next).to_be_focused()
    expect(second).to_be_hidden()
    desk.stage('line(2, "m2", "peer", "It has stopped.")')  # chosen, and behind the list: nobody looks at it
    expect(desk.page.get_by_role("button", name="Amber 2")).to_contain_text("1 new")

    desk.press("Alt+ArrowUp")  # by keyboard, too
    expect(desk.page.get_by_role("textbox", name="Reply to Blue 1")).to_be_focused()
    desk.press("Alt+w")
    expect(help_next).to_be_focused()
    desk.close()
