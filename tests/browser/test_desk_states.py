# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every state of the desk: it says what it should, axe finds nothing, everything to press is large enough.

The list of states is `desk_states/states.ts`, made from the desk's own closed sets; here stands what each
must show. A state without its line here fails, and so does a line without its state. Each is
photographed into the folder that pytest keeps of this test.

Each state is laid out on each screen. What axe finds depends on the colours, and on whether there is room for
one thing or for all: the short run asks it, and takes the photograph, on the two screens of `ASKED`, the long
run on all.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.axe import violations
from tests.browser.desk_states.stage import DeskStage, build

SHOWS = {
    "help next: not_connected": "We are not connected at this moment.",
    "help next: off_duty": "You are off duty. Go on duty to take a conversation.",
    "help next: on_break": "You are on a break.",
    "help next: cap": "You have as many conversations as one person may have.",
    "help next: asked": "Looking for the next person.",
    "help next: nobody_waits": "Nobody is waiting.",
    "help next: other_languages": "Nobody waits in a language you ticked.",
    "help next: all_away": "Nobody who waits is connected at this moment. Their places are kept.",
    "stage: taking": "Their browser is answering",
    "stage: open": "1 new",
    "stage: resuming": "The two browsers are finding each other again.",
    "stage: ended": "The other person ended the conversation.",
    "ending: they_ended": "The other person ended the conversation.",
    "ending: we_ended": "You ended the conversation.",
    "ending: damaged": "What came from the other side could not be read, so the conversation was ended.",
    "ending: 0": "The conversation was ended on the other side.",
    "ending: 1": "You ended the conversation.",
    "ending: 2": "The conversation ended because one of you was away for too long.",
    "ending: 3": "The conversation ended because nobody wrote for an hour.",
    "ending: 4": "The conversation ended after six hours.",
    "ending: 5": "The conversation is over. The service no longer knows why.",
    "ending: 6": "The service lost its memory, and with it this conversation.",
    "ending: 7": "You ended the conversation.",
    "ending: handed_over": "A colleague talks with this person now.",
    "ending: given_back": "The conversation is back in the waiting room, first in line.",
    "ending: lost_seat": "This desk was away for too long.",
    "ending: declined": "The other person does not want to go on with somebody else.",
    "ending: lapsed": "The other person did not answer in time.",
    "ending: removed": "This device may no longer hold conversations.",
    "ending: left": "You left. The other person sees that you are not there any more.",
    "risk: No concern": "How dangerous is it, for a child or for this person?",
    "risk: Concern": "A draft: your organisation has not approved it.",
    "risk: Imminent danger": "A supervisor knows",
    "wrap-up: open": "Send, and put the text away",
    "wrap-up: sending": "Sending",
    "wrap-up: unsent": "It could not be sent. We try again by ourselves.",
    "pause: none": "Help the next person",
    "pause: offered": "Pause for 10 minutes",
    "pause: taken": "left",
    "stopped: superseded": "You continued in another tab",
    "stopped: held_elsewhere": "The desk is open in another tab",
    "stopped: out_of_date": "The desk has a new version",
    "stopped: no_certificate": "The service does not accept this device's certificate. Ask a manager.",
    "notice: taken_by_another": "A colleague has taken this conversation, or the person has left.",
    "notice: not_available": "You can't take another conversation now.",
    "notice: nobody_for_you": "There is nobody you could help at this moment.",
    "notice: closed_intake": "Nobody takes conversations in this language at this moment.",
    "notice: not_allowed": "Your role does not allow this.",
    "notice: store_lost": "The service can't keep messages at this moment. We try again.",
    "notice: too_fast": "That was too fast for the service. We try again.",
    "notice: not_kept": "This browser can't store anything. Make room on the disk, then reload.",
    "notice: ended_while_away": "or went back to the waiting room, while this desk was closed.",
    "notice: lost": "The service lost its memory, and with it your open conversations and their text.",
    "notice: supervisor_declined": "The other person does not want a supervisor to join.",
    "notice: went_wrong": "That did not work. Please try again.",
    "place: desk": "Blue 1",
    "place: board": "Open conversations",
    "passing: colleague": "Ben is asked whether to take this over.",
    "passing: person": "Ben has accepted. Now the other person is asked.",
    "passing: agreed": "The other person agrees. Ben takes over.",
    "passing: not_now": "Ben can't take it now. You go on.",
    "passing: nobody_there": "Ben is not on duty, or has as many conversations as one may have.",
    "passing: declined": "The other person wants to stay with you.",
    "passing: lapsed": "Nobody answered in time. You go on.",
    "members: giving back": "The other person is asked whether somebody else may go on.",
    "members: given back": "The other person agrees. The conversation goes back to the waiting room.",
    "members: handover dialog": "Whoever is next: first in the waiting room",
    "members: a colleague asks": "Ben asks you to take over a conversation",
    "members: newcomer": "They are asked by your name.",
    "members: joining": "They are asked whether you may join.",
    "members: supervising": "You are here as a supervisor, and the other person knows it.",
    "members: supervising alone": "No counsellor is here at this moment.",
    "members: supervised": "The supervisor, as shown by the help-seeker:",
    "members: summaries": "Given by the help-seeker:",
    "among staff: opening": "The two browsers are finding each other.",
    "among staff: open": "Can you look at the blue one?",
    "among staff: away": "desk is not open now. What you write waits here.",
    "among staff: over": "tab was loaded again, and has lost this.",
    "among staff: unread": "1 new",
    "duty dialog, off": "Languages you talk in today",
    "duty dialog, on": "Stay on duty with these",
    "heavy contacts": "2 heavy contacts today",
    "a full room": "Show all who wait",
    "three conversations": "Violet 3",
    "left and back": "The other person is back",
    "a line not delivered": "1 line of yours was not delivered. It is marked above.",
    "the lane is full": "Much is waiting to be delivered. Wait until the other person is back.",
    "alarms": "Ben sees imminent danger",
    "own call": "Every supervisor on duty is called.",
    "own call, answered": "Carla is on it.",
    "end dialog": "End with a boundary",
    "sign-out dialog": "Sign out and leave them",
    "shortcuts": "Call a supervisor about this conversation",
    "locked": "1 new line waits for you.",
}
LOOKS: dict[str, dict[str, object]] = {
    "smallest": {"viewport": {"width": 1024, "height": 768}, "color_scheme": "light"},
    "usual, dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "tablet": {"viewport": {"width": 768, "height": 1024}, "color_scheme": "light", "has_touch": True},
    "small window": {"viewport": {"width": 600, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light", "has_touch": True},
    "4K, dark": {"viewport": {"width": 3840, "height": 2160}, "color_scheme": "dark"},
}
ASKED = ("usual, dark", "phone")
SCREENS = [
    *(pytest.param(look, name in ASKED, id=name) for name, look in LOOKS.items()),
    *(
        pytest.param(look, True, id=f"{name}, asked", marks=pytest.mark.long)
        for name, look in LOOKS.items()
        if name not in ASKED
    ),
]
SMALL = """
() => [...document.querySelectorAll("button, label.check, label.choice, [role=option]")]
  .filter((element) => element.checkVisibility() && !element.closest(".visually-hidden"))
  .filter((element) => element.getBoundingClientRect().height < 43.5)
  .map((element) => element.textContent.trim())
"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))"
WIDE = "() => document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("states"))


@pytest.fixture
def desk(chromium: Browser, folder: Path) -> Iterator[DeskStage]:
    stage = DeskStage.open(chromium, folder)
    yield stage
    stage.close()


def bring_forward(desk: DeskStage, said: Locator) -> None:
    """Where there is room for one thing, the list is in front: choose one conversation after the other."""
    rows, back = desk.page.locator(".list-row"), desk.page.locator(".back-to-list")
    desk.page.evaluate(DRAWN)
    for place in range(rows.count()):
        if said.count() == 0 and back.is_visible():
            back.click()
            desk.page.evaluate(DRAWN)
        if said.count() > 0 or not rows.nth(place).is_visible():
            return
        rows.nth(place).click()
        desk.page.evaluate(DRAWN)


def test_every_state_has_its_line_here(desk: DeskStage) -> None:
    assert sorted(desk.names()) == sorted(SHOWS)


@pytest.mark.parametrize(("look", "asked"), SCREENS)
def test_every_state_on_every_screen(
    chromium: Browser, folder: Path, tmp_path: Path, look: dict[str, object], asked: bool
) -> None:
    desk = DeskStage.open(chromium, folder, reduced_motion="reduce", **look)
    broken: dict[str, list[str]] = {}
    for name in desk.names():
        desk.show(name)
        said = desk.page.get_by_text(SHOWS[name]).filter(visible=True)
        bring_forward(desk, said)
        expect(said.first).to_be_visible()
        found = [f"low: {small}" for small in desk.page.evaluate(SMALL)]
        if asked:
            desk.page.screenshot(path=tmp_path / f"{name.replace(':', '')}.png")
            found += violations(desk.page)
        if desk.page.evaluate(WIDE):
            found.append("the page is wider than the screen")
        if found:
            broken[name] = found

    assert broken == {}
    assert len(list(tmp_path.glob("*.png"))) == (len(SHOWS) if asked else 0)

    desk.close()
