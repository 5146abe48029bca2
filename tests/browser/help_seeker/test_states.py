# SPDX-License-Identifier: AGPL-3.0-or-later
# ruff: noqa: E501 - texts stand here as they stand in the pages
"""Every state of the help-seeker's pages: it says what it should, axe finds nothing, nothing is too small or too wide.

The lists are made from the pages' own closed sets, `states/states.ts` of what a script shows and
`states/server.py` of what the server renders; here stands what each must say. A state without its line here
fails, and so does a line without its state. Each is photographed into the folder that pytest keeps of this test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from chat.web.help_seeker_pages import PAGES
from tests.browser.axe import violations
from tests.browser.help_seeker.states.server import TEXTS, ServerStates
from tests.browser.help_seeker.states.stage import Stage, build

Said = str | tuple[str, dict[str, object]]
FIRST = "You can talk here about sexual thoughts about children that worry you."
ANNA = ("You are talking with {name}", {"name": "Anna"})
OVER = "The conversation is over"
WAITING = "You are in the waiting room"
SHOWS: dict[str, Said] = {
    "at: first": FIRST,
    "at: continue": "Continue the conversation?",
    "at: connecting": "We are connecting you.",
    "at: waiting": "You can write your first message now. It is sent when a counsellor is here.",
    "at: matched": "A counsellor is coming",
    "at: open": ANNA,
    "at: away": "The counsellor is not connected just now",
    "at: ended": OVER,
    "at: lost": "The conversation was lost",
    "at: superseded": "The conversation goes on in another tab",
    "at: refused": "A part of this page did not arrive",
    "ending: you": "You ended it.",
    "ending: erased": "Erased",
    "ending: counsellor": ("{name} ended the conversation.", {"name": "Anna"}),
    "ending: serverSaysCounsellor": "Our server says that the counsellor ended the conversation.",
    "ending: away": "One side was away for too long.",
    "ending: idle": "Nobody wrote for an hour.",
    "ending: tooLong": "It lasted six hours, which is the longest a conversation can last.",
    "ending: unknown": "It ended while you were away.",
    "ending: fault": "Something did not fit together in the sealing, so we stopped rather than risk it. It is not your fault.",
    "question: handover 1": ("Go on with {name}?", {"name": "Ben"}),
    "question: handover 2": ("Go on with {name}?", {"name": "Ben"}),
    "question: handover 3": ("Yes, go on with {name}", {"name": "Ben"}),
    "question: supervise 1": ("May {name} join?", {"name": "Sara"}),
    "question: supervise 2": ("May {name} join?", {"name": "Sara"}),
    "question: back 1": "May somebody else go on?",
    "question: summary 1": "We spoke about the weather.",
    "note: lost": ("The connection to {name} was lost.", {"name": "Anna"}),
    "note: gaveBack": ("{name} gave the conversation back.", {"name": "Anna"}),
    "note: left": (
        "{name} has left the conversation. From here on only {other} reads what you write.",
        {"name": "Sara", "other": "Anna"},
    ),
    "note: came": ("{name} is here now.", {"name": "Anna"}),
    "note: moved": (
        "{name} is here now, in place of {other}. {other} can no longer read what you write.",
        {"name": "Anna", "other": "Ben"},
    ),
    "note: joined": (
        "{name}, a supervisor, is here now, and reads what is written from here on.",
        {"name": "Sara"},
    ),
    "note: notComing": ("{name} is not coming after all.", {"name": "Sara"}),
    "line: waiting": "not sent yet",
    "line: kept": "not sent yet",
    "line: sent": "sent",
    "line: delivered": "delivered",
    "line: undelivered": "not delivered",
    "flaw: link": "You can't send links here. Please take it out.",
    "flaw: tooLong": "This is too long for one message. Please send it in two parts.",
    "noticed: phone": "Send it anyway",
    "noticed: email": "Send it anyway",
    "noticed: name": "Send it anyway",
    "noticed: address": "Send it anyway",
    "noticed: handle": "Send it anyway",
    "refused: MALFORMED": "That didn't work",
    "refused: VERSION": "This page is out of date",
    "refused: NOT_A_MEMBER": "This conversation can't be continued here",
    "refused: CLOSED_INTAKE": "Nobody is here at the moment",
    "refused: ROOM_FULL": "It is very busy",
    "refused: WORK_NEEDED": "Your browser could not do a small task",
    "refused: load": "A part of this page did not arrive",
    "trouble: STORE_LOST": "Our server has trouble at the moment. What you wrote is kept here, and we keep trying.",
    "trouble: LANE_FULL": "The counsellor has not been able to read for a while. Please wait a little before you write more.",
    "trouble: TOO_FAST": "That was a lot at once. The rest goes out in a few seconds.",
    "trouble: clock_ahead": ANNA,
    "trouble: bad_signature": "Somebody answered whom we could not verify as a counsellor. Nothing you wrote was sent to them.",
    "back: HANDED_OVER": ("The connection to {name} was lost. It is not because of you.", {"name": "Anna"}),
    "back: GIVEN_BACK": ("{name} gave the conversation back, as you agreed.", {"name": "Anna"}),
    "back: DECLINED": "You said no, and that is all right. Somebody else can come.",
    "back: LAPSED": "Whoever was to come did not come in time.",
    "back: REMOVED": ("{name} is no longer with this line.", {"name": "Anna"}),
    "next in line": "You are next.",
    "place not known": "We are looking up your place.",
    "moved back": "Somebody in acute need was let in before you.",
    "short wait": "You can write your first message now. It is sent when a counsellor is here.",
    "long wait": "Tell me when somebody comes",
    "long wait, no end known": "Something to read while you wait",
    "two taps": "How urgent does it feel?",
    "reading while waiting": "When an urge comes",
    "left the waiting room": "That is all right. You can start again at any time somebody is here.",
    "nobody on duty": WAITING,
    "waiting, no network": "Your connection is interrupted. We keep trying.",
    "talking, no network": "Your connection is interrupted. We keep trying.",
    "nothing is kept": "Your browser keeps nothing for this page. If you load it again, the conversation is lost.",
    "typing": ("{name} is writing", {"name": "Anna"}),
    "supervisor here": ("{name} and {other} are here", {"name": "Anna", "other": "Sara"}),
    "only the supervisor here": ("{name}, a supervisor, is in this conversation.", {"name": "Sara"}),
    "share": ("Does {name} need to know what was said?", {"name": "Anna"}),
    "stop waiting?": "Stop waiting?",
    "end it?": "End it now?",
    "erase it?": "Erase it now?",
    "ended, not confirmed": "Our server has not confirmed yet that it deleted what it held. Leave this page open for a moment.",
    "ended, not delivered": "The counsellor has not confirmed that this arrived:",
    "ended, last words": ("{name} wrote last", {"name": "Anna"}),
}
RENDERED: dict[str, Said] = {
    "first: open": "Now open.",
    "first: short wait": "Now open.",
    "first: short wait, a range": "Now open.",
    "first: long wait": "Now open, and busy.",
    "first: long wait, no end known": "Now open, and busy.",
    "first: full, open until": "We are open until:",
    "first: closed, may open": "After that we open again:",
    "first: full": "All counsellors are in conversation, and many people are waiting. Please try again in half an hour.",
    "first: closed": "Closed at the moment. Nobody is here to talk with you now. Please come back another time.",
    "first: closed, opens": "Closed at the moment. Nobody is here to talk with you now. We open again:",
    "first: lost": "Our server has trouble at the moment, and we can't see whether somebody is here. You can try, or come back in a few minutes.",
    "page: private": "How this stays private",
    "page: reading": "When an urge comes",
    "page: found": "If you came upon images of abuse",
    "page: others": "Others who can help",
    "page: leave": "Goodbye",
    "page: leaving": "Leaving this page fast",
    "page: seen": "What we can see of you",
    "error: 404": "There is nothing here",
    "error: 500": "Kentering",
    "error: 503": "Kentering",
    "without script: start": "Talking without scripts",
    "without script: waiting": WAITING,
    "without script: kept": WAITING,
    "without script: waiting for long": "You can wait on. You can also stop and come another time: that is all right.",
    "without script: left the waiting room": "That is all right. You can start again at any time somebody is here.",
    "without script: two taps": "How urgent does it feel?",
    "without script: taps too late": "This counts only while you wait. You can tell the counsellor yourself.",
    "without script: talking": "Everything you wrote: delivered",
    "without script: a link": "You can't send links here. Please take it out.",
    "without script: asked": ("Go on with {name}?", {"name": "Ben"}),
    "without script: noticed": ("{name} is here now.", {"name": "Anna"}),
    "without script: finished": ("{name} ended the conversation.", {"name": "Anna"}),
    "without script: gone": OVER,
    "without script: in another tab": "The conversation goes on in another tab",
    "without script: trouble": "Our server has trouble at the moment. This page tries again by itself.",
    "without script: erased": "Erased",
    "without script: what it felt like": "Thank you. It is counted, without you.",
    "without script: too late to count": "It is too late to count this now. That is all right.",
    "without script: may show who": "Send it anyway",
    "without script: ended, HELP_SEEKER": "You ended it.",
    "without script: ended, COUNSELLOR": "Our server says that the counsellor ended the conversation.",
    "without script: ended, AWAY": "One side was away for too long.",
    "without script: ended, IDLE": "Nobody wrote for an hour.",
    "without script: ended, TOO_LONG": "It lasted six hours, which is the longest a conversation can last.",
    "without script: ended, UNKNOWN": "It ended while you were away.",
    "without script: ended, LOST": "The conversation was lost",
    "without script: ended, BOUNDARY": "Our server says that the counsellor ended the conversation.",
    "without script: refused, MALFORMED": "That didn't work",
    "without script: refused, TOO_FAST": "Many people are starting at this moment. Please try again in a minute.",
    "without script: refused, CLOSED_INTAKE": "Nobody is here at the moment",
    "without script: refused, ROOM_FULL": "It is very busy",
}
LANGUAGES = [text.language for text in TEXTS.translators]
LOOKS = {360: {"width": 360, "height": 740}, 1280: {"width": 1280, "height": 900}}
SHORT = {("en", 1280), ("ar", 360)}
SMALL = """
() => [...document.querySelectorAll("button, summary, nav a, a.button, textarea")]
  .filter((element) => element.checkVisibility())
  .filter((element) => element.getBoundingClientRect().height < 43.5)
  .map((element) => element.textContent.trim())
"""
WIDE = "() => document.documentElement.scrollWidth > innerWidth"
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


def says(stage: Stage, wanted: Said) -> str:
    text, values = wanted if isinstance(wanted, tuple) else (wanted, {})
    return stage.text.t(text, **values)


def look(page: Page, path: Path) -> list[str]:
    """What is wrong with what is on the screen, of which a picture is taken."""
    page.screenshot(path=path)
    found = [*violations(page), *(f"low: {small}" for small in page.evaluate(SMALL))]
    if page.evaluate(WIDE):
        found.append("the page is wider than the screen")
    return found


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_every_state_of_the_script(
    chromium: Browser, folder: Path, tmp_path: Path, language: str, width: int
) -> None:
    stage = Stage.open(chromium, folder, language, viewport=LOOKS[width], reduced_motion="reduce")
    broken: dict[str, list[str]] = {}
    for name in stage.names():
        stage.show(name)
        expect(stage.page.get_by_text(says(stage, SHOWS[name])).filter(visible=True).first).to_be_visible()
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
        wanted = says(stage, RENDERED[name])
        expect(place(stage.page, name).get_by_text(wanted).filter(visible=True).first).to_be_visible()
        found = look(stage.page, tmp_path / f"{name.replace(':', '')}.png")
        if found:
            broken[name] = found

    assert broken == {}
    assert len(list(tmp_path.glob("*.png"))) == len(RENDERED)

    stage.close()


IN_FRAMES = {"waiting for long", "waiting", "kept", "talking", "asked", "noticed", "finished"}
IN_LIVE = {"gone", "in another tab", "trouble", "too late to count"}


def place(page: Page, name: str) -> Page | FrameLocator:
    """Where a state says what it says."""
    state = name.removeprefix("without script: ")
    if state in IN_FRAMES | IN_LIVE:
        return page.frame_locator("iframe[name=stream]").frame_locator("iframe")
    if state in {"a link", "may show who"}:
        return page.frame_locator("iframe[name=write]")
    return page
