# SPDX-License-Identifier: AGPL-3.0-or-later
"""The desk's pages for managing, as a manager uses them: only this file knows their markup."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import DeskPage

PAGES = (
    "Opening hours",
    "Texts",
    "Helplines",
    "Quick replies",
    "Wrap-up choices",
    "Procedure",
    "Limits",
    "A lost device",
    "Staff actions",
    "Figures",
)


class ManagePages:
    """The pages below *Manage* on one person's desk."""

    def __init__(self, desk: DeskPage) -> None:
        self.desk = desk
        self.page: Page = desk.page

    @property
    def list(self) -> Locator:
        return self.page.get_by_role("navigation", name="Pages for managing")

    def open(self, name: str) -> None:
        self.page.get_by_role("navigation", name="Places").get_by_role("button", name="Manage").click()
        self.list.get_by_role("button", name=re.compile(f"^{name}")).click()
        self.page.get_by_role("heading", level=1, name=name).wait_for()

    def loaded(self, state: str = "Everything is saved") -> None:
        """What is edited has come from the service."""
        self.says(state)

    def says(self, state: str | re.Pattern[str]) -> None:
        expect(self.page.locator(".save-state")).to_have_text(state)

    def save(self) -> None:
        self.page.get_by_role("button", name="Save", exact=True).click()
        self.says(re.compile("^Saved at "))

    def language(self, name: str) -> None:
        self.page.get_by_role("group", name="Language", exact=True).get_by_role("button", name=name).click()

    def day(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("group", name=name, exact=True)

    def hours(self, day: str, number: int, start: str, end: str) -> None:
        row = self.day(day)
        row.get_by_role("textbox", name=f"{day}, from, {number}").fill(start)
        row.get_by_role("textbox", name=f"{day}, to, {number}").fill(end)
        row.get_by_role("textbox", name=f"{day}, to, {number}").blur()

    def add_hours(self, day: str) -> None:
        self.day(day).get_by_role("button", name="Add hours").click()

    def seen(self, title: str) -> Locator:
        """The preview of what help-seekers see."""
        return self.page.get_by_role("region", name=title)

    def marked(self, name: str) -> None:
        """The list of pages says that something on that page is not saved."""
        expect(self.list.get_by_role("button", name=name)).to_contain_text("not saved")

    def download(self) -> str:
        """The figures as they are saved, without the mark of their encoding."""
        with self.page.expect_download() as expected:
            self.page.get_by_role("button", name="Save as a table").click()
        text: str = Path(expected.value.path()).read_text(encoding="utf-8-sig")
        return text
