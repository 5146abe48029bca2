# SPDX-License-Identifier: AGPL-3.0-or-later
"""Browsers whose profile stays on the disk, and everything that stands in such a profile."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import ARGUMENTS
from tests.browser.ways import ChromiumTab
from tests.support import firefox
from tests.support.firefox import Firefox

Name = Literal["chromium", "firefox"]
_HISTORY = {"chromium": ("Default/History", "urls"), "firefox": ("places.sqlite", "moz_places")}


@dataclass
class ChromiumAtHome:
    """A Chromium as people have it, not in private mode."""

    context: BrowserContext
    profile: Path

    def tab(self) -> ChromiumTab:
        return ChromiumTab.of(self.context.new_page())

    def cookies(self, address: str) -> dict[str, str]:
        return {one["name"]: one["value"] for one in self.context.cookies(address)}

    def kill(self) -> None:
        """As when the power goes."""
        for process in psutil.process_iter(["cmdline"]):
            command = process.info["cmdline"] or []
            if f"--user-data-dir={self.profile}" in command and "--type" not in " ".join(command[1:3]):
                with contextlib.suppress(psutil.Error):
                    process.kill()


@dataclass
class FirefoxAtHome:
    """A Firefox as people have it."""

    firefox: Firefox

    def tab(self) -> firefox.Tab:
        return self.firefox.tab()

    def cookies(self, address: str) -> dict[str, str]:
        del address
        found = self.firefox.call("storage.getCookies")["cookies"]
        return {one["name"]: one["value"]["value"] for one in found}

    def kill(self) -> None:
        """As when the power goes."""
        os.kill(self.firefox.process.pid, signal.SIGKILL)
        self.firefox.process.wait()


AtHome = ChromiumAtHome | FirefoxAtHome


@contextlib.contextmanager
def at_home(name: Name, chromium: Browser, profile: Path, *, script: bool = True) -> Iterator[AtHome]:
    """A browser with a profile that stays; `chromium` says which program."""
    if name == "firefox":
        settings: dict[str, object] = {
            "javascript.enabled": script,
            "intl.accept_languages": "en",
            "browser.sessionstore.interval": 500,  # it writes down often what it would bring back
            "browser.sessionstore.interval.idle": 500,
            "browser.startup.page": 3,  # and would bring it back
        }
        with firefox.running(profile, settings) as started:
            yield FirefoxAtHome(started)
        return
    context = chromium.browser_type.launch_persistent_context(
        profile,
        executable_path=shutil.which("chromium"),
        args=ARGUMENTS,
        java_script_enabled=script,
        locale="en",
    )
    try:
        yield ChromiumAtHome(context, profile)
    finally:
        with contextlib.suppress(Exception):  # it may have been killed
            context.close()


def contents(profile: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a profile, those unpacked that Firefox packs."""
    for path in sorted(profile.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        with contextlib.suppress(FileNotFoundError):  # it came and went
            data = path.read_bytes()
            yield str(path.relative_to(profile)), data
            if data.startswith(b"mozLz40\0"):
                yield f"{path.relative_to(profile)}, unpacked", _unpacked(data)


def history(name: Name, profile: Path) -> set[str]:
    """Every address this profile remembers."""
    file, table = _HISTORY[name]
    with contextlib.closing(
        sqlite3.connect(f"file:{profile / file}?mode=ro&immutable=0", uri=True)
    ) as database:
        return {url for (url,) in database.execute(f"select url from {table}")}  # noqa: S608 - a name of ours


def _unpacked(data: bytes) -> bytes:
    """Mozilla's packing: a word, the length, then one block of LZ4 (lz4_Block_format.md)."""
    (length,) = struct.unpack_from("<I", data, 8)
    out, at = bytearray(), 12

    def length_of(part: int) -> int:
        nonlocal at
        count = part
        while part == 15 or (count > 15 and data[at - 1] == 255):
            part = 0
            count += data[at]
            at += 1
        return count

    while len(out) < length:
        token = data[at]
        at += 1
        literals = length_of(token >> 4)
        out += data[at : at + literals]
        at += literals
        if len(out) < length:
            back = data[at] | data[at + 1] << 8
            at += 2
            for _ in range(4 + length_of(token & 15)):
                out.append(out[-back])
    return bytes(out)
