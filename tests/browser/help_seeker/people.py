# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the tests of this folder ask of a page beyond its lines: its storage, its faults, its looks."""

from __future__ import annotations

import json
import pathlib

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import PATIENCE, DeskPage, HelpSeekerPage
from tests.support.service import Service

AXE = pathlib.Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js"


class Person(HelpSeekerPage):
    """Somebody on the help-seeker's page."""

    def __init__(self, page: Page, service: Service) -> None:
        super().__init__(page, service)
        self.address = service.help_seeker + "/"
        self.troubles: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda message: self.troubles.append(message.text))
        page.on("request", lambda request: self.requests.append(request.url))

    @property
    def field(self) -> Locator:
        return self.page.get_by_label("Your message")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def stop_waiting(self) -> None:
        self.press("Stop waiting")
        self.press("Yes, stop waiting")
        self.sees("You left the waiting room.")

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text, exact=True)).to_be_visible(timeout=PATIENCE)

    def is_told(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading, timeout=PATIENCE)

    def storage(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads(self.page.evaluate("JSON.stringify(sessionStorage)"))
        return kept

    def axe(self) -> list[str]:
        """What axe finds wrong, as `rule: element`."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("axe.run().then((result) => result.violations)")
        return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]

    def small_targets(self) -> list[str]:
        """Things to press that are lower than 44 pixels; links inside a sentence are excepted."""
        found: list[str] = self.page.evaluate(
            """[...document.querySelectorAll("button, summary, nav a, a.button, textarea")]
               .filter((element) => element.checkVisibility())
               .filter((element) => element.getBoundingClientRect().height < 44)
               .map((element) => element.textContent)"""
        )
        return found


class Counsellor:
    """The counsellor of the one conversation that a test has open."""

    def __init__(self, desk: DeskPage) -> None:
        self.desk = desk

    @property
    def label(self) -> str:
        return self.desk.labels()[-1]

    def takes(self, person: Person) -> None:
        self.desk.help_next()
        person.with_counsellor("Anna")

    def writes(self, text: str) -> None:
        self.desk.write(self.label, text)

    def shows(self, text: str) -> None:
        self.desk.shows(self.label, text)

    def nobody_waits(self) -> None:
        expect(self.desk.page.get_by_text("Nobody is waiting")).to_be_visible(timeout=PATIENCE)

    def puts_away(self) -> None:
        """The conversation ended; the desk is as before."""
        self.desk.put_away(self.label)
        expect(self.desk.page.locator(".list-label")).to_have_count(0)
