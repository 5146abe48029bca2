# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of the desk's states as tests use it. It is bundled once and answered from memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser, Page, Route

from chat.web.headers import _POLICY as POLICY

_BUILD = Path(__file__).with_name("build.mjs")
ORIGIN = "http://localhost:9"
"""Nothing listens there: every request is answered here."""
_DOCUMENT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Kentering</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/assets/page.css"></head>
<body><div id="desk"></div><script type="module" src="/assets/page.js"></script></body></html>
"""
_INTAKE = {"en": "open", "nl": "open", "fr": "nobody"}
_TRUST = f'export const trust = {{ roots: ["{"A" * 43}"], revoked: [], built: 0, demo: false }};'


def build(folder: Path) -> Path:
    """Bundle the page into a folder."""
    node = Path(sys.executable).with_name("node")
    subprocess.run([node, _BUILD, folder], check=True, env={**os.environ, "NO_UPDATE_NOTIFIER": "1"})
    return folder


class DeskStage:
    """The desk on a stage."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self._folder = folder
        self.wrap_ups: list[dict[str, Any]] = []
        """What was sent of wrap-ups, those refused included."""
        self.wrap_up_status = 204
        self.closed: set[str] = set()
        """Languages closed by hand."""
        page.route("**/*", self._answer)

    @classmethod
    def open(cls, browser: Browser, folder: Path, **context: object) -> Self:
        """A new browser context, signed in, off duty, nobody there."""
        made = cls(browser.new_context(**context).new_page(), folder)  # type: ignore[arg-type]  # options of a context
        made.page.goto(ORIGIN)
        made.page.locator("#desk[data-ready]").wait_for()
        return made

    def names(self) -> list[str]:
        """Every state there is."""
        found: list[str] = self.page.evaluate("trial.names")
        return found

    def show(self, name: str) -> None:
        """Bring the desk into a state."""
        self.page.evaluate("name => trial.show(name)", name)

    def stage(self, act: str) -> Any:
        """Something happens: a call on `Stage` of fake.ts, as `come(1)`."""
        return self.page.evaluate(f"trial.stage.{act}")

    def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def sent(self, what: str) -> list[dict[str, Any]]:
        """What the desk sent of one kind, oldest first."""
        found: list[dict[str, Any]] = self.stage("sent")
        return [one for one in found if one["what"] == what]

    def frames(self) -> list[str]:
        """Names of the frames of the working day that were sent."""
        return [one["frame"] for one in self.sent("frame")]

    def close(self) -> None:
        """Close the browser context."""
        self.page.context.close()

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("#")[0]
        answers: dict[str, Callable[[], None]] = {
            "/": lambda: route.fulfill(
                body=_DOCUMENT, content_type="text/html", headers={"content-security-policy": POLICY}
            ),
            "/assets/trust.js": lambda: route.fulfill(body=_TRUST, content_type="text/javascript"),
            "/api/wrap-up": lambda: self._wrap_up(route),
            "/api/intake": lambda: self._intake(route),
        }
        if path in answers:
            answers[path]()
        elif path.startswith("/api/"):
            route.fulfill(status=401, json={"error": "not_signed_in"})
        elif path.startswith("/assets/"):
            route.fulfill(path=self._folder / path.rpartition("/")[2])
        else:
            route.fulfill(status=404)

    def _intake(self, route: Route) -> None:
        if route.request.method == "PUT":
            wanted = route.request.post_data_json
            concerned = set(_INTAKE) if wanted["language"] is None else {wanted["language"]}
            self.closed = self.closed | concerned if wanted["closed"] else self.closed - concerned
        stands = {
            language: "by_hand" if language in self.closed else how for language, how in _INTAKE.items()
        }
        languages = [
            {"language": language, "stands": how, "by_hand": language in self.closed}
            for language, how in stands.items()
        ]
        route.fulfill(json={"languages": languages})

    def _wrap_up(self, route: Route) -> None:
        self.wrap_ups.append(route.request.post_data_json)
        if self.wrap_up_status == 204:
            route.fulfill(status=204)
        else:
            route.fulfill(status=self.wrap_up_status, json={"error": "store_lost"})
