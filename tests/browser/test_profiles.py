# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an ordinary browser's profile holds of a conversation: after an exit, and in its middle."""

from __future__ import annotations

import contextlib
import html
import itertools
import shutil
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from chat.protocol import frames
from chat.protocol.types import EndHow
from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.browser.profiles import AtHome, ChromiumAtHome, Name, at_home, contents, history
from tests.browser.ways import Tab, Way
from tests.browser.without_script import PlainPage, wait_until
from tests.privacy.scan import found, found_in
from tests.support.plain import Plain
from tests.support.sealed import Beside, Counsellor, Organisation
from tests.support.service import Service, running

TYPED, WAITING, READ, UNSENT = (
    "The weather is mild over there",
    "Het regent zachtjes vandaag",
    "And the sky is grey above us",
    "Perhaps it will clear up",
)
WORDS = {text: text.encode() for text in (TYPED, WAITING, READ, UNSENT)}
REMEMBERED = {
    True: {"/", "/leave", "/talk/leave"},
    False: {"/", "/leave", "/talk", "/talk/write", "/talk/leave"},
}
"""With script, and without: as "How this stays private" says."""
CONTROL = "planted-control-5c1e"
BROWSERS: list[tuple[Name, bool]] = list(itertools.product(("chromium", "firefox"), (True, False)))


def browsers(*, always: set[tuple[Name, bool]]) -> list[Any]:
    """Each browser with script and without; those that are not gone through always are `-m long`."""
    return [
        pytest.param(
            name,
            script,
            id=f"{name}, {'script' if script else 'no script'}",
            marks=[] if (name, script) in always else [pytest.mark.long],
        )
        for name, script in BROWSERS
    ]


def plant(browser: AtHome, service: Service, *, script: bool) -> None:
    """What must be found, or the search is worth nothing: an address, and what a page stored."""
    tab = browser.tab()
    tab.open(f"{service.desk}/?{CONTROL}")
    if script:
        tab.evaluate(f"void ['a', 'b'].map((one) => sessionStorage.setItem(one, '{CONTROL}-stored'))")
        tab.evaluate(f"void localStorage.setItem('a', '{CONTROL}-stored')")


def controls(*, script: bool) -> dict[str, bytes]:
    planted = [CONTROL, f"{CONTROL}-stored"] if script else [CONTROL]
    return {one: one.encode() for one in planted}


def talk(way: Way, service: Service, organisation: Organisation) -> Counsellor:
    """A conversation with lines from both sides, and one that is still in the field."""
    way.other.counsellor(service)
    way.arrives(service.help_seeker)
    way.starts()
    way.writes(WAITING)
    counsellor = way.is_taken(service, organisation)
    way.writes(TYPED)
    way.other.wait(counsellor, "texts", 2)
    way.hears(counsellor, READ)
    way.field.write(way.t("Your message"), UNSENT)
    return counsellor


def seen_in(profile: Path, needles: dict[str, bytes]) -> set[str]:
    return {name for name, _ in found_in(contents(profile), needles)}


def paths(name: Name, profile: Path, origin: str) -> set[str]:
    """Of one origin, in the history."""
    return {urlsplit(url).path for url in history(name, profile) if url.startswith(origin)}


@pytest.mark.parametrize(
    ("name", "script"),
    browsers(always={("chromium", True), ("chromium", False), ("firefox", False)}),
)
def test_after_an_exit_the_profile_holds_nothing_but_that_somebody_was_here(
    chromium: Browser,
    known: Service,
    organisation: Organisation,
    other: Beside,
    tmp_path: Path,
    name: Name,
    script: bool,
) -> None:
    profile = tmp_path / "profile"
    with at_home(name, chromium, profile, script=script) as browser:
        plant(browser, known, script=script)
        tab = browser.tab()
        way = Way(tab, "en", script, other)
        counsellor = talk(way, known, organisation)
        held = controls(script=script)
        wait_until(lambda: seen_in(profile, held) == set(held))  # what is kept has been written down
        tab.press(way.t("Leave this page fast"), "link")
        tab.sees("Goodbye")
        other.do(closed(counsellor))
    kept = seen_in(profile, {**WORDS, **held})

    assert kept == set(held)
    assert "/" in paths(name, profile, known.help_seeker)
    assert paths(name, profile, known.help_seeker) <= REMEMBERED[script]
    said = html.unescape(Plain(known).get("/private").text)
    assert "It doesn't remove this site from your history" in said
    assert "your browser may also remember that you talked here, and how often you wrote" in said


async def closed(counsellor: Counsellor) -> None:
    while not counsellor.closed:
        counsellor.changed.clear()
        await counsellor.changed.wait()


@pytest.mark.parametrize(("name", "script"), browsers(always={("chromium", True), ("chromium", False)}))
def test_a_copy_taken_in_the_middle_opens_nothing_once_it_is_over(
    chromium: Browser,
    known: Service,
    organisation: Organisation,
    other: Beside,
    tmp_path: Path,
    name: Name,
    script: bool,
) -> None:
    profile, copy = tmp_path / "profile", tmp_path / "copy"
    with at_home(name, chromium, profile, script=script) as browser:
        plant(browser, known, script=script)
        tab = browser.tab()
        counsellor = talk(Way(tab, "en", script, other), known, organisation)
        held = controls(script=script)
        blob = blob_of(tab) if script else ""
        if script and name == "chromium":  # Firefox writes down no more than 2 KiB of a page, so none of it
            held["blob"] = blob[:60].encode()  # number and salt, the same through the conversation
        cookies = browser.cookies(f"{known.help_seeker}/talk")
        wait_until(lambda: seen_in(profile, held) == set(held))
        browser.kill()
    shutil.copytree(profile, copy, symlinks=True, ignore_dangling_symlinks=True, ignore=leftovers)
    halves = server_halves(known, counsellor.seat.sid)
    assert halves != {}
    other.do(end(counsellor))
    wait_until(lambda: not keys_of(known, counsellor.seat.sid))

    assert seen_in(copy, {**WORDS, **held}) == set(held)
    assert found(known, halves) == set()
    if script:
        goes_on_with_blob(name, chromium, copy, known, blob)
    else:
        over = Plain(known, f"kentering_talk={cookies['kentering_talk']}").get("/talk")
        assert "The conversation is over" in over.text
        assert all(text not in over.text for text in WORDS)


def leftovers(_folder: str, names: list[str]) -> set[str]:
    """Locks and sockets of a browser that was killed."""
    return {one for one in names if one.startswith("Singleton") or one in {"lock", ".parentlock"}}


def blob_of(tab: Tab) -> str:
    return str(tab.evaluate("sessionStorage.getItem('kentering')"))


def server_halves(service: Service, sid: bytes) -> dict[str, bytes]:
    """What opens the blob together with it, and the sealed state that the cookie opens."""
    with contextlib.closing(service.look()) as store:
        half = store.hget(b"k:{%b}:seat" % sid.hex().encode(), b"half:h")
        state = store.hget(b"k:{%b}:sealed" % sid.hex().encode(), b"d")
    return {name: value for name, value in {"half": half, "state": state}.items() if value}


def keys_of(service: Service, sid: bytes) -> list[bytes]:
    with contextlib.closing(service.look()) as store:
        return [key for key in store.keys("*") if sid.hex().encode() in key]


async def end(counsellor: Counsellor) -> None:
    """The counsellor ends it, while nobody is on the other side."""
    await counsellor.act(counsellor.seat.end(time.time()))
    await counsellor.client.send(frames.DeskEnd(counsellor.seat.sid, 0, EndHow.USUAL))


def goes_on_with_blob(name: Name, chromium: Browser, copy: Path, service: Service, blob: str) -> None:
    """A browser with the copied profile, in the same place: it asks the server, and gets nothing."""
    with at_home(name, chromium, copy) as browser:
        tab = browser.tab()
        tab.open(service.help_seeker)
        tab.evaluate(f"void sessionStorage.setItem('kentering', '{blob}')")
        tab.open(service.help_seeker)
        tab.press("Continue")
        tab.sees("The conversation is over")
        tab.sees("It ended while you were away.")
        shown = str(tab.evaluate("document.body.textContent"))

        assert all(text not in shown for text in WORDS)
        assert tab.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_exit_in_one_tab_leaves_the_desk_of_the_same_browser_as_it_was(
    chromium: Browser, tmp_path: Path, script: bool
) -> None:
    """Signed in, and with its key: it takes the next conversation, verified."""
    with (
        running(tmp_path) as service,
        at_home("chromium", chromium, tmp_path / "profile") as browser,
    ):
        assert isinstance(browser, ChromiumAtHome)
        context = browser.context
        desk = DeskPage(context.new_page(), service)
        desk.enrol(service.first_link(), "Anna")
        page = context.new_page()
        if script:
            leaver = HelpSeekerPage(page, service)
            page.goto(service.help_seeker)
            leaver.start()
        else:
            plain = PlainPage(page, service)
            page.goto(f"{service.help_seeker}/talk")
            page.get_by_role("button", name="Start talking").click()
            plain.is_told("You are in the waiting room")
        page.get_by_role("link", name="Leave this page fast").click()
        page.wait_for_url("**/leave")
        desk.page.reload()
        desk.is_open()
        person = HelpSeekerPage.open(chromium, service)
        person.start()
        desk.help_next()
        person.with_counsellor("Anna")
        (label,) = desk.labels()
        person.write("The weather is mild")
        desk.shows(label, "The weather is mild")
        expect(desk.page.get_by_text("Connected", exact=True)).to_be_visible()
        person.close()
