# SPDX-License-Identifier: AGPL-3.0-or-later
"""The help-seeker's pages as tests look at them: bundled once and answered from memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, Page, Route

from chat.web.apps import BUILD
from chat.web.first_page import Intake, Stands
from chat.web.headers import _POLICY, _TALK_POLICY
from chat.web.help_seeker_pages import PAGES, HelpSeekerPages
from chat.web.reading import as_json
from chat.web.texts import Translator
from tests.browser.help_seeker.states.server import (
    HOURS,
    NOW,
    TEXTS,
    Documents,
    ServerStates,
    at_once,
    site,
)

_BUNDLER = Path(__file__).parents[2] / "desk_states" / "build.mjs"
_SOURCE = Path(__file__).with_name("page.ts")
ORIGIN = "http://localhost:9"
"""Nothing listens there: every request is answered here."""


def build(folder: Path) -> Path:
    """Bundle the page's script into a folder."""
    node = Path(sys.executable).with_name("node")
    subprocess.run(
        [node, _BUNDLER, folder, _SOURCE], check=True, env={**os.environ, "NO_UPDATE_NOTIFIER": "1"}
    )
    return folder


class Stage:
    """One tab, in one language."""

    def __init__(self, page: Page, folder: Path, text: Translator) -> None:
        self.page = page
        self.text = text
        self.server = ServerStates()
        self._folder = folder
        self._documents: Documents = {}
        page.route("**/*", self._answer)

    @classmethod
    def open(cls, browser: Browser, folder: Path, language: str, **context: object) -> Self:
        page = browser.new_context(locale=language, **context).new_page()  # type: ignore[arg-type]  # options of a context
        made = cls(page, folder, TEXTS.choose(language))
        intake = Intake(Stands.OPEN, times=HOURS)
        first = at_once(HelpSeekerPages(site(lambda: intake), TEXTS).first(made.text))
        made._documents = {"/": first}
        page.clock.install(time=NOW)
        page.goto(ORIGIN)
        page.locator("html[data-ready]").wait_for()
        return made

    def names(self) -> list[str]:
        """Every state of the page with script."""
        found: list[str] = self.page.evaluate("helpSeekerTrial.names")
        return found

    def show(self, name: str) -> None:
        """Bring the page with script into a state."""
        minutes: int = self.page.evaluate("name => helpSeekerTrial.show(name)", name)
        if minutes:
            self.page.clock.fast_forward(minutes * 60_000)

    def show_rendered(self, name: str) -> None:
        """Load a page that the server rendered, with its frames."""
        self._documents = self.server.render(name, self.text)
        self.page.goto(ORIGIN + next(iter(self._documents)), wait_until="load")
        if "/assets/page.js" in self._documents.get("/", ""):
            self.page.locator("html[data-ready]").wait_for()

    def close(self) -> None:
        self.page.context.close()

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0] or "/"
        if path in self._documents:
            policy = _TALK_POLICY if path.startswith("/talk") else _POLICY
            route.fulfill(
                body=self._documents[path],
                content_type="text/html; charset=utf-8",
                headers={"content-security-policy": policy},
            )
        elif path == "/assets/page.js":
            route.fulfill(path=self._folder / "page.js")
        elif path.startswith("/assets/"):
            route.fulfill(path=BUILD / path.rpartition("/")[2])
        elif path == "/icon.svg":
            route.fulfill(path=PAGES / "static" / "icon.svg")
        elif path == "/reading/pieces":
            route.fulfill(json=as_json(self.text))
        else:
            route.fulfill(status=404)
