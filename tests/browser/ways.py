# SPDX-License-Identifier: AGPL-3.0-or-later
"""The help-seeker's whole way, the same in every browser and language, with script and without.

From the first page to the goodbye. A browser's tab is `support.firefox.Tab` or the `ChromiumTab` here, which
does the same by Playwright.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, Self

from playwright.sync_api import FrameLocator, Page, expect

from chat.web.texts import Texts
from tests.browser.pages import PATIENCE
from tests.support.sealed import Beside, Counsellor, Organisation
from tests.support.service import Service

TEXTS = Texts.load()
LANGUAGES = tuple(text.language for text in TEXTS.translators)
FIRST, SECOND, ANSWER = "The weather is mild", "It rains now", "And the sky is grey"


class Tab(Protocol):
    """What a person does with a tab: everything is found by what they see of it."""

    def open(self, address: str) -> None: ...
    def part(self, path: str) -> Tab: ...
    def sees(self, text: str) -> None: ...
    def press(self, name: str, role: str = "button") -> None: ...
    def unfold(self, summary: str) -> None: ...
    def write(self, name: str, text: str) -> None: ...
    def evaluate(self, expression: str) -> Any: ...


@dataclass
class ChromiumTab:
    """A tab of Chromium."""

    page: Page
    inside: Page | FrameLocator

    @classmethod
    def of(cls, page: Page) -> Self:
        page.set_default_timeout(PATIENCE)
        return cls(page, page)

    def open(self, address: str) -> None:
        self.page.goto(address)

    def part(self, path: str) -> ChromiumTab:
        if path == "/talk/stream":  # in a frame of its own that brings it back when it breaks
            stream = self.page.frame_locator("iframe[name=stream]").frame_locator("iframe")
            return ChromiumTab(self.page, stream)
        return ChromiumTab(self.page, self.page.frame_locator(f"iframe[src^='{path}']"))

    def sees(self, text: str) -> None:
        found = self.inside.get_by_text(text).filter(visible=True).first
        expect(found).to_be_visible(timeout=PATIENCE)

    def press(self, name: str, role: str = "button") -> None:
        self.inside.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]  # a role

    def unfold(self, summary: str) -> None:
        self.inside.get_by_text(summary, exact=True).click()

    def write(self, name: str, text: str) -> None:
        self.inside.get_by_role("textbox", name=name, exact=True).press_sequentially(text)

    def evaluate(self, expression: str) -> Any:
        return self.page.evaluate(expression)


@dataclass
class Way:
    """One person's way through the pages, and the counsellor on the other side."""

    tab: Tab
    language: str
    script: bool
    other: Beside

    def __post_init__(self) -> None:
        self.t = TEXTS.choose(self.language).t

    @property
    def talk(self) -> Tab:
        """Where the conversation stands."""
        return self.tab if self.script else self.tab.part("/talk/stream")

    @property
    def field(self) -> Tab:
        """Where one writes."""
        return self.tab if self.script else self.tab.part("/talk/write")

    def arrives(self, address: str) -> None:
        self.tab.open(address)
        self.tab.sees(self.t("You can talk here about sexual thoughts about children that worry you."))

    def starts(self) -> None:
        self.tab.press(self.t("Start talking"))
        self.talk.sees(self.t("You are in the waiting room"))

    def writes(self, text: str) -> None:
        self.field.write(self.t("Your message"), text)
        self.field.press(self.t("Send"))
        self.talk.sees(text)

    def is_taken(self, service: Service, organisation: Organisation) -> Counsellor:
        """By Anna, who has just come on duty."""
        counsellor = self.other.take_next(self.other.counsellor(service), organisation.counsellor("Anna"))
        self.talk.sees(self.t("You are talking with {name}", name="Anna"))
        return counsellor

    def all_delivered(self) -> None:
        self.talk.sees(self.t("delivered" if self.script else "Everything you wrote: delivered"))

    def hears(self, counsellor: Counsellor, text: str) -> None:
        """The counsellor writes, and is told that it was read."""
        before = counsellor.delivered()
        self.other.do(counsellor.say(text))
        self.talk.sees(text)
        self.other.wait(counsellor, "delivered", before + 1)

    def ends(self) -> None:
        if self.script:
            self.tab.press(self.t("End the conversation"))
            self.tab.press(self.t("Yes, end it"))
        else:
            self.tab.unfold(self.t("Stop, or erase"))
            self.tab.press(self.t("End the conversation"))
        self.tab.sees(self.t("The conversation is over"))

    def leaves(self) -> None:
        self.tab.press(self.t("Leave this page"), "button" if self.script else "link")
        self.tab.sees(self.t("Goodbye"))


def whole_way(way: Way, address: str, service: Service, organisation: Organisation) -> None:
    """First page, waiting room, conversation, end, goodbye."""
    guard = way.other.counsellor(service)  # somebody is on duty, so that one may start
    way.arrives(address)
    way.starts()
    way.writes(FIRST)
    counsellor = way.is_taken(service, organisation)
    way.other.wait(counsellor, "texts", 1)
    way.hears(counsellor, ANSWER)
    way.writes(SECOND)
    way.other.wait(counsellor, "texts", 3)
    way.all_delivered()
    way.ends()
    way.leaves()
    del guard

    assert counsellor.texts() == [("peer", FIRST), ("own", ANSWER), ("peer", SECOND)]
    way.other.wait(counsellor, "ends", 1)
