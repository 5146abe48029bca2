# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the desk keeps when its browser is killed, and what both sides hear when the live store is lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Error

from tests.browser.conftest import ARGUMENTS
from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.browser.test_road import found_in
from tests.support.service import Service, running

CONTROL = "planted-control"
PLANT = """
(text) => new Promise((resolve, reject) => {
  const opening = indexedDB.open("control", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("texts");
  opening.onsuccess = () => {
    const change = opening.result.transaction("texts", "readwrite", { durability: "strict" });
    change.objectStore("texts").put(text, "text");
    change.oncomplete = () => resolve();
    change.onabort = () => reject(change.error);
  };
})
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with running(tmp_path, fronted=True) as started:
        yield started


def on_profile(chromium: Browser, folder: Path) -> BrowserContext:
    """A browser of its own, with everything it keeps below `folder`."""
    return chromium.browser_type.launch_persistent_context(
        folder, executable_path=shutil.which("chromium"), args=ARGUMENTS
    )


def kill(folder: Path) -> None:
    """Every process of the browser on this profile, at once and without a word."""
    ours = f"--user-data-dir={folder}"
    for browser in psutil.process_iter(["cmdline"]):
        if ours in (browser.info["cmdline"] or ()):
            for process in (browser, *browser.children(recursive=True)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)


def test_a_killed_browser_comes_back_to_its_conversation_and_its_disk_tells_nothing(
    chromium: Browser, service: Service, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    desk = DeskPage.open(on_profile(chromium, profile), service)
    desk.enrol(service.first_link(), "Anna")
    person = HelpSeekerPage.open(chromium, service)
    person.start()
    desk.help_next()
    person.with_counsellor("Anna")
    (label,) = desk.labels()
    person.write("A lighthouse by the sea")
    desk.shows(label, "A lighthouse by the sea")
    desk.write(label, "A harbour in the mist")
    person.shows("A harbour in the mist")
    desk.all_delivered(label, 1)
    person.all_delivered(1)
    desk.page.get_by_role("textbox", name=f"Reply to {label}").fill("An unfinished bridge")
    desk.page.evaluate(PLANT, CONTROL)
    passkeys = desk.passkeys()

    kill(profile)
    person.write("A ferry in the meantime")
    kept = b"".join(
        path.read_bytes() for path in profile.rglob("*") if path.is_file() and not path.is_symlink()
    )
    again = DeskPage.open(on_profile(chromium, profile), service)
    again.give_passkeys(*passkeys)
    again.page.goto(service.desk)
    again.sign_in()
    again.shows(label, "A ferry in the meantime")
    again.write(label, "A quay after the restart")
    person.shows("A quay after the restart")
    again.all_delivered(label, 2)
    person.all_delivered(2)

    mirrored = {"own": "peer", "peer": "own"}
    assert again.lines(label) == [
        ("peer", "A lighthouse by the sea"),
        ("own", "A harbour in the mist"),
        ("peer", "A ferry in the meantime"),
        ("own", "A quay after the restart"),
    ]
    assert person.lines() == [(mirrored[side], text) for side, text in again.lines(label)]
    assert found_in(kept, CONTROL)
    assert [word for word in ("lighthouse", "harbour in", "unfinished") if found_in(kept, word)] == []

    person.end()
    person.is_over()
    person.close()
    with contextlib.suppress(Error):  # it is dead; the driver may not have noticed
        desk.close()
    again.close()


@pytest.mark.parametrize("connected", [True, False])
def test_when_the_live_store_is_lost_both_sides_are_told(
    chromium: Browser, service: Service, *, connected: bool
) -> None:
    """The desk's session is lost with the rest; what it is told must outlive signing in again."""
    store = service.store
    assert store is not None
    desk = DeskPage.open(chromium.new_context(), service)
    desk.enrol(service.first_link(), "Anna")
    person = HelpSeekerPage.open(chromium, service)
    person.start()
    desk.help_next()
    person.with_counsellor("Anna")
    (label,) = desk.labels()
    person.write("The weather is mild")
    desk.shows(label, "The weather is mild")
    person.all_delivered(1)
    network = service.fronts[1]

    if not connected:
        network.shut()
        desk.page.get_by_text("Not connected. We try again.").wait_for()
    assert store.pid is not None
    os.kill(store.pid, signal.SIGKILL)
    store.join()
    store.start()
    person.page.get_by_role("heading", name="The conversation was lost").wait_for()
    network.open()
    if connected:  # it was told at once; else it only hears that it has to sign in
        desk.page.get_by_role("alert").get_by_text("The service lost its memory").wait_for()
    else:
        desk.page.get_by_text("The service signed you out.").wait_for()
    desk.sign_in()
    desk.page.get_by_text("The service lost its memory").wait_for()

    assert desk.page.get_by_role("textbox").count() == 0
    assert service.conversation_keys() == []

    person.close()
    desk.close()
