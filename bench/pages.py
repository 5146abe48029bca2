# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a help-seeker's browser loads until the button can be pressed, and until the first message."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.generator import NotMeasuredError
from tests.browser.conftest import ARGUMENTS
from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.support.service import running


@dataclass
class _Traffic:
    """Requests of a page and the bytes of their answers as they crossed the network, headers included."""

    bytes: float = 0
    answers: int = 0
    addresses: list[str] = field(default_factory=list)
    at_load: dict[str, float] = field(default_factory=dict)
    """As it was when everything that the page needs to be shown and pressed was there."""

    def watch(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Page.enable")
        session.on("Network.requestWillBeSent", self._request)
        session.on("Network.loadingFinished", self._finished)
        session.on("Page.loadEventFired", self._loaded)

    def _request(self, event: dict[str, Any]) -> None:
        self.addresses.append(event["request"]["url"])

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]
        self.answers += 1

    def _loaded(self, _event: dict[str, Any]) -> None:
        self.at_load = {"page_bytes": self.bytes, "page_requests": float(self.answers)}


def measure(folder: Path) -> dict[str, float]:
    """Bytes and requests at the two moments; a new browser, nothing cached.

    Raises:
        NotMeasuredError: there is no Chromium.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise NotMeasuredError("What the pages load is not measured: there is no Chromium on this computer.")
    with running(folder) as service, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        desk = DeskPage.open(browser.new_context(), service)
        desk.enrol(service.first_link(), "Anna")
        traffic = _Traffic()
        person = HelpSeekerPage(browser.new_context().new_page(), service)
        traffic.watch(person.page)
        person.page.goto(service.help_seeker)
        person.page.locator("#start:enabled").wait_for()
        person.start()
        desk.help_next()
        person.with_counsellor("Anna")
        person.write("The weather is mild today")
        person.all_delivered(1)
        browser.close()
    foreign = [address for address in traffic.addresses if not address.startswith(service.help_seeker)]
    if foreign:
        raise NotMeasuredError(f"The page asked another host: {foreign[0]}")
    return {
        **traffic.at_load,
        "message_bytes": traffic.bytes,
        "message_requests": float(traffic.answers),
    }
