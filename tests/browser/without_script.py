# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages without script as somebody uses them; only this file knows the markup."""

from __future__ import annotations

import contextlib
import time
from typing import Self

from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.browser.pages import PATIENCE
from tests.support.sealed import Beside, Counsellor, Organisation
from tests.support.service import Service


class PlainPage:
    """A help-seeker whose browser runs no script."""

    def __init__(self, page: Page, service: Service) -> None:
        self.page = page
        self.service = service
        page.set_default_timeout(PATIENCE)

    @classmethod
    def open(cls, browser: Browser, service: Service, **context: object) -> Self:
        made = cls(browser.new_context(java_script_enabled=False, **context).new_page(), service)  # type: ignore[arg-type]  # options of a context
        made.page.goto(service.help_seeker)
        return made

    @property
    def stream(self) -> FrameLocator:
        return self.page.frame_locator("iframe[name=stream]").frame_locator("iframe")

    @property
    def field(self) -> FrameLocator:
        return self.page.frame_locator("iframe[name=write]")

    @property
    def address(self) -> str:
        return self.page.url.removeprefix(self.service.help_seeker)

    def start(self) -> None:
        self.page.locator(".without-script button").click()
        self.is_told("You are in the waiting room")

    def is_told(self, heading: str) -> None:
        """The stream says so now."""
        expect(self.stream.locator(".now:visible").get_by_text(heading).first).to_be_visible(timeout=PATIENCE)

    def with_counsellor(self, alias: str) -> None:
        self.is_told(f"You are talking with {alias}")

    @property
    def question(self) -> Locator:
        return self.stream.locator(".asked:visible form")

    def is_asked(self, title: str) -> None:
        expect(self.question.get_by_role("heading", name=title)).to_be_visible(timeout=PATIENCE)

    def is_asked_nothing(self) -> None:
        expect(self.question).to_have_count(0, timeout=PATIENCE)

    def answers(self, word: str) -> None:
        self.question.get_by_role("button", name=word, exact=True).click()

    def write(self, text: str) -> None:
        self.type(text)
        self.send()

    def type(self, text: str) -> None:
        self.field.get_by_role("textbox", name="Your message").fill(text)

    def send(self) -> None:
        self.field.get_by_role("button", name="Send", exact=True).click()
        expect(self.field.locator("#words")).to_have_value("", timeout=PATIENCE)
        expect(self.field.locator(".status").get_by_text("Sent on.")).to_be_visible(timeout=PATIENCE)

    def row(self, text: str) -> Locator:
        return self.stream.locator(".line .text").filter(has_text=text)

    def shows(self, text: str) -> None:
        expect(self.row(text)).to_have_count(1, timeout=PATIENCE)

    def all_delivered(self) -> None:
        mark = self.stream.locator(".mark:visible")
        expect(mark).to_have_text("Everything you wrote: delivered", timeout=PATIENCE)

    def lines(self) -> list[tuple[str, str]]:
        """What the stream shows: ("own" | "peer", text), in order."""
        rows = self.stream.locator(".line")
        return [
            (
                "own" if "own" in (rows.nth(at).get_attribute("class") or "") else "peer",
                (rows.nth(at).locator(".text").text_content() or "").partition(": ")[2],
            )
            for at in range(rows.count())
        ]

    def opens(self, summary: str) -> None:
        self.page.get_by_text(summary, exact=True).click()

    def cookies(self) -> list[str]:
        return [cookie["name"] for cookie in self.page.context.cookies(self.service.help_seeker + "/talk")]

    def close(self) -> None:
        """Leave: nobody waits for the next test's counsellor in this one's place."""
        self.page.goto(f"{self.service.help_seeker}/talk/leave")
        wait_until(lambda: not waiting(self.service))
        self.page.context.close()


def waiting(service: Service) -> int:
    """How many wait."""
    with contextlib.closing(service.look()) as store:
        return int(store.hlen("k:{room}:entries"))


def wait_until(done: object, patience: float = PATIENCE / 1000) -> None:
    """Until a condition of the service holds."""
    until = time.monotonic() + patience
    while not done():  # type: ignore[operator]  # a condition
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def talking(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside, alias: str = "Anna"
) -> tuple[PlainPage, Counsellor]:
    desk = other.counsellor(known)
    person = PlainPage.open(chromium, known)
    person.start()
    counsellor = other.take_next(desk, organisation.counsellor(alias))
    person.with_counsellor(alias)
    return person, counsellor
