# SPDX-License-Identifier: AGPL-3.0-or-later
"""Debian's Firefox ESR, driven by WebDriver BiDi, which it speaks without a driver.

Only what our tests do: open, find by role and name, press, type, read, look. Every wait is for a state of the
page, with one patience.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
PATIENCE = 90.0
_LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://(?:127\.0\.0\.1|localhost):\d+)")
_EVERY = 0.1

QUIET = {
    # Nothing is looked up or fetched but what a test opens.
    "app.update.auto": False,
    "app.normandy.enabled": False,
    "browser.aboutConfig.showWarning": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.disable_open_during_load": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


_FIND = """
(role, name) => {
  const kinds = {
    button: "button", link: "a[href]", summary: "summary", textbox: "textarea", heading: "h1, h2, h3",
  };
  const named = (one) => one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent;
  const wanted = (one) => one.checkVisibility() && (name === null || named(one).trim() === name);
  return [...document.querySelectorAll(kinds[role])].filter(wanted);
}
"""


class FirefoxError(Exception):
    """Firefox refused a command; holds its name and the kind of the error."""


@dataclass
class Tab:
    """One tab: `find` by role and name, as a person would."""

    firefox: Firefox
    context: str

    def open(self, address: str) -> None:
        self.firefox.call("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def wide(self, width: int, height: int = 900) -> None:
        size = {"width": width, "height": height}
        self.firefox.call("browsingContext.setViewport", context=self.context, viewport=size)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression, as JSON carries it; no promise.

        None would ever be kept where pages may run no script.
        """
        wrapped = f"JSON.stringify(({expression}) ?? null)"
        answer = self.firefox.call(
            "script.evaluate", expression=wrapped, target={"context": self.context}, awaitPromise=False
        )
        if answer["type"] != "success":
            raise FirefoxError("script.evaluate")
        return json.loads(answer["result"]["value"])

    def part(self, path: str) -> Tab:
        """The frame in this page that shows this path of its origin."""
        return Tab(self.firefox, self.until(f"a frame with {path}", lambda: self._frame(path)))

    def _frame(self, path: str) -> str | None:
        frames = list(self.firefox.call("browsingContext.getTree", root=self.context)["contexts"])
        for frame in frames:
            frames += frame["children"]
            if urlsplit(frame["url"]).path == path:
                return str(frame["context"])
        return None

    def find(self, role: str, name: str | None = None) -> list[dict[str, Any]]:
        """What can be seen and has this role and this name.

        Firefox can look by accessible name itself, but only in a page that has finished loading, and a page
        with a stream in it never has.
        """
        return self._function(_FIND, role, name)

    def until(self, what: str, true: Callable[[], Any]) -> Any:
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(FirefoxError):  # the page is being replaced
                found = true()
                if found:
                    return found
            assert time.monotonic() < end, f"waited for: {what}"
            time.sleep(_EVERY)

    def sees(self, text: str) -> None:
        self.until(text, lambda: text in self.text())

    def text(self) -> str:
        return str(self.evaluate("document.body === null ? '' : document.body.innerText"))

    def press(self, name: str, role: str = "button") -> None:
        node = self.until(f"{role} {name}", lambda: self.find(role, name))[0]
        self._on(node, "(one) => { one.scrollIntoView(); one.click(); }")

    def unfold(self, summary: str) -> None:
        """Open what is folded away under these words."""
        self.press(summary, "summary")

    def write(self, name: str, text: str) -> None:
        """Put text into the field of this name, as typing it would."""
        node = self.until(f"textbox {name}", lambda: self.find("textbox", name))[0]
        self._on(node, "(one) => one.focus()")
        keys = [
            part
            for key in text
            for part in ({"type": "keyDown", "value": key}, {"type": "keyUp", "value": key})
        ]
        source = {"type": "key", "id": "keyboard", "actions": keys}
        self.firefox.call("input.performActions", context=self.context, actions=[source])

    def look(self, path: Path) -> None:
        """A picture of what is on the screen."""
        answer = self.firefox.call("browsingContext.captureScreenshot", context=self.context)
        path.write_bytes(base64.b64decode(answer["data"]))

    def close(self) -> None:
        self.firefox.call("browsingContext.close", context=self.context)

    def _on(self, node: dict[str, Any], function: str) -> None:
        self._call(function, [{"sharedId": node["sharedId"]}])

    def _function(self, function: str, *arguments: str | None) -> list[dict[str, Any]]:
        given = [{"type": "null"} if one is None else {"type": "string", "value": one} for one in arguments]
        return list(self._call(function, given)["value"])

    def _call(self, function: str, arguments: list[dict[str, Any]]) -> dict[str, Any]:
        answer = self.firefox.call(
            "script.callFunction",
            functionDeclaration=function,
            arguments=arguments,
            target={"context": self.context},
            awaitPromise=False,
            userActivation=True,
        )
        if answer["type"] != "success":
            raise FirefoxError("script.callFunction")
        return dict(answer["result"])


@dataclass
class Firefox:
    """A running Firefox."""

    socket: ClientConnection
    process: subprocess.Popen[bytes]
    profile: Path
    _ids: Iterator[int] = field(default_factory=itertools.count)

    def call(self, method: str, **parameters: Any) -> Any:
        number = next(self._ids)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv(timeout=PATIENCE))
            if answer.get("id") != number:
                continue  # an event
            if answer["type"] != "success":
                raise FirefoxError(method, answer.get("error"))
            return answer["result"]

    def tab(self) -> Tab:
        return Tab(self, self.call("browsingContext.create", type="tab")["context"])

    def quit(self) -> None:
        with contextlib.suppress(Exception):
            self.call("browser.close")
        self.process.wait(PATIENCE)


@contextlib.contextmanager
def running(profile: Path, preferences: dict[str, object] | None = None) -> Iterator[Firefox]:
    """A Firefox with a profile that stays on the disk, so that a test can search it afterwards."""
    assert PROGRAM is not None, "Firefox ESR is missing (Debian: apt-get install firefox-esr)"
    profile.mkdir(parents=True, exist_ok=True)
    settings = {**QUIET, **(preferences or {})}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in settings.items()]
    (profile / "user.js").write_text("\n".join(lines) + "\n")
    command = [
        PROGRAM,
        "--headless",
        "--no-remote",
        "--remote-debugging-port",
        "0",
        "--profile",
        str(profile),
    ]
    messages = profile / "messages"
    with messages.open("wb") as out:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=out)
    try:
        end = time.monotonic() + PATIENCE
        while (found := _LISTENING.search(messages.read_bytes())) is None:
            assert process.poll() is None, "Firefox ended before it listened"
            assert time.monotonic() < end, "Firefox does not listen"
            time.sleep(_EVERY)
        with connect(found[1].decode() + "/session", max_size=None, open_timeout=PATIENCE) as socket:
            firefox = Firefox(socket, process, profile)
            firefox.call("session.new", capabilities={})
            yield firefox
            firefox.quit()
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
