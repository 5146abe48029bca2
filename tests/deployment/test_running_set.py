# SPDX-License-Identifier: AGPL-3.0-or-later
"""The production set as it runs: real browsers by TLS and by the onion address, and each part killed.

For a machine with Docker where the set was started for trying out (docs/operating.md, "Trying the set"):

    KENTERING_SET=DIRECTORY KENTERING_SET_SOCKS=HOST:PORT pytest -m long tests/deployment/test_running_set.py

DIRECTORY holds docker-compose.yml and .env, with `internal` certificates, and in DIRECTORY/root a root that
was made only for this, with the passphrase below. HOST:PORT is a client of the network that Tor is in.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from chat import offline_root
from tests.browser.conftest import ARGUMENTS
from tests.browser.manage_pages import ManagePages
from tests.browser.pages import PATIENCE, DeskPage, HelpSeekerPage
from tests.browser.without_script import PlainPage
from tests.deployment.reached import FOLDER, SOCKS, compose, end_first_process, heals, kill, settings
from tests.support.service import Service

PASSPHRASE = "the tide turns twice"

pytestmark = [
    pytest.mark.long,
    pytest.mark.alone,
    pytest.mark.skipif(not FOLDER, reason="needs a running production set: KENTERING_SET"),
]


@dataclass
class Set:
    """The pages' classes ask for a service's addresses."""

    help_seeker: str
    desk: str


@dataclass
class Browsers:
    clear: Browser
    onion: Browser
    by_tls: Service
    by_onion: Service
    desk: DeskPage
    alias: str

    def way(self, name: str) -> tuple[Browser, Service]:
        return (self.clear, self.by_tls) if name == "tls" else (self.onion, self.by_onion)


@pytest.fixture(scope="module")
def browsers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsers]:
    found = settings()
    talk, desk, onion = (found[f"KENTERING_{n}"] for n in ("HELP_SEEKER_HOST", "DESK_HOST", "ONION"))
    path = shutil.which("chromium")
    here = [f"--host-resolver-rules=MAP {talk} 127.0.0.1,MAP {desk} 127.0.0.1", "--ignore-certificate-errors"]
    # As Tor Browser does: an onion address is its own key.
    over_tor = [
        f"--proxy-server=socks5://{SOCKS}",
        f"--unsafely-treat-insecure-origin-as-secure=http://{onion}",
    ]
    by_tls = cast("Service", Set(f"https://{talk}", f"https://{desk}"))
    by_onion = cast("Service", Set(f"http://{onion}", f"https://{desk}"))
    with sync_playwright() as playwright:
        clear = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *here])
        hidden = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *over_tor])
        alias = "Maria " + "".join(chr(ord("a") + byte % 26) for byte in os.urandom(6))
        maria = enrolled(clear, by_tls, alias, tmp_path_factory.mktemp("maria"))
        yield Browsers(clear, hidden, by_tls, by_onion, maria, alias)
        clear.close()
        hidden.close()


def enrolled(browser: Browser, service: Service, alias: str, folder: Path) -> DeskPage:
    """The first manager, by the road of docs/operating.md, who opens intake and goes on duty."""
    link = compose("exec", "-T", "app1", "kentering", "invite-manager", alias).splitlines()[-1]
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    desk = DeskPage(page, service)
    desk.give_passkeys()
    page.goto(link)
    page.get_by_role("button", name="Make my key and passkey").click()
    page.get_by_text("The root key is on another computer").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the request as a file").click()
    request, certificate = folder / "request.txt", folder / "maria.certificate"
    download.value.save_as(request)
    root = Path(FOLDER) / "root"
    offline_root.certify(root, request, certificate, PASSPHRASE, int(time.time()))
    page.get_by_label("Bring the certificate back").set_input_files(certificate)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Waiting room").wait_for()
    opens_intake(desk)
    desk.go("Desk")
    desk.go_on_duty()
    return desk


def opens_intake(desk: DeskPage) -> None:
    manage = ManagePages(desk)
    manage.open("Texts")
    manage.loaded()
    manage.language("English")
    approved = desk.page.get_by_label("Our organisation stands behind this wording")
    if not approved.is_checked():
        desk.page.get_by_label("What has to be passed on").fill("It rains")
        approved.check()
        manage.save()


@dataclass
class Talk:
    """A conversation of the manager's with somebody."""

    person: HelpSeekerPage
    desk: DeskPage
    label: str
    said: int = 0
    heard: int = 0

    def speaks(self) -> None:
        """A line each way, and each is delivered."""
        self.said += 1
        self.heard += 1
        there, back = f"The weather is mild ({self.said:02d})", f"It rains here ({self.heard:02d})"
        self.person.write(there)
        self.desk.write(self.label, back)
        self.desk.shows(self.label, there)
        self.person.shows(back)
        self.person.all_delivered(self.said)
        self.desk.all_delivered(self.label, self.heard)

    def ends(self) -> None:
        self.person.end()
        self.person.is_over()
        self.desk.put_away(self.label)
        self.person.close()


def talk(browsers: Browsers, way: str) -> Talk:
    person = HelpSeekerPage.open(*browsers.way(way))
    person.start()
    return Talk(person, browsers.desk, taken(browsers, person.with_counsellor))


def taken(browsers: Browsers, arrived: Callable[[str], None]) -> str:
    """The label of the one who is helped next."""
    before = set(browsers.desk.labels())
    browsers.desk.help_next()
    arrived(browsers.alias)
    (label,) = set(browsers.desk.labels()) - before
    return label


@pytest.mark.parametrize("way", ["tls", "onion"])
def test_a_conversation_is_held(browsers: Browsers, way: str) -> None:
    made = talk(browsers, way)
    for _ in range(5):
        made.speaks()
    made.person.resume_after_reload()
    made.person.write("Once more")
    made.desk.shows(made.label, "Once more")
    made.ends()


@pytest.mark.parametrize("way", ["tls", "onion"])
def test_without_script_each_line_comes_while_the_page_still_grows(browsers: Browsers, way: str) -> None:
    browser, service = browsers.way(way)
    person = PlainPage.open(browser, service)
    person.start()
    label = taken(browsers, person.with_counsellor)
    for number in range(3):
        person.write(f"The weather is mild ({number})")
        browsers.desk.shows(label, f"The weather is mild ({number})")
        browsers.desk.write(label, f"It rains here ({number})")
        person.shows(f"It rains here ({number})")
    person.opens("Stop, or erase")
    person.page.get_by_role("button", name="End the conversation").click()
    expect(person.page.get_by_role("heading", name="The conversation is over")).to_be_visible()
    browsers.desk.put_away(label)
    person.page.context.close()


@pytest.mark.parametrize("part", ["app1", "app2", "caddy", "records", "front"])
def test_whatever_is_killed_heals_and_what_was_sent_is_delivered(browsers: Browsers, part: str) -> None:
    clear = talk(browsers, "tls")
    hidden = talk(browsers, "onion")
    for one in (clear, hidden):
        one.speaks()

    kill(part)

    for one in (clear, hidden):
        one.speaks()
        one.ends()


def test_tor_is_back_after_it_was_killed_and_nobody_else_notices(browsers: Browsers) -> None:
    """Who came that way may have to wait: a Tor client that asked too early asks again much later."""
    clear = talk(browsers, "tls")
    clear.speaks()

    kill("tor")

    clear.speaks()
    clear.ends()


def test_only_the_live_store_takes_conversations_with_it_and_both_sides_are_told(browsers: Browsers) -> None:
    # The last one: the desk's session goes, too.
    made = [talk(browsers, "tls") for _ in range(2)]

    pid = end_first_process("live")
    for one in made:
        one.person.page.get_by_text("Our server had to start anew").wait_for()
    browsers.desk.page.get_by_text("The service lost its memory").wait_for()

    heals("live", pid)
    for one in made:
        one.person.close()
