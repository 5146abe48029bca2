# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole way in both browsers, with script and without, in every language, on a phone and on a desk."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.ways import LANGUAGES, ChromiumTab, Way, whole_way
from tests.support import firefox
from tests.support.sealed import Beside, Organisation
from tests.support.service import Service

PHONE, COMPUTER = 360, 1280
SHORT = {
    ("chromium", True, "ar", PHONE),
    ("chromium", False, "fr", COMPUTER),
    ("firefox", True, "de", PHONE),
    ("firefox", False, "ar", PHONE),
    ("firefox", False, "nl", COMPUTER),
}
"""Always gone; the others are `-m long`."""
ALL = list(itertools.product(("chromium", "firefox"), (True, False), LANGUAGES, (PHONE, COMPUTER)))


def named(browser: str, script: bool, language: str, width: int) -> str:
    return f"{browser}, {'script' if script else 'no script'}, {language}, {width}"


WAYS = [pytest.param(*way, id=named(*way), marks=[] if way in SHORT else [pytest.mark.long]) for way in ALL]


@pytest.mark.parametrize(("browser", "script", "language", "width"), WAYS)
def test_the_whole_way(
    chromium: Browser,
    known: Service,
    organisation: Organisation,
    other: Beside,
    tmp_path: Path,
    browser: str,
    script: bool,
    language: str,
    width: int,
) -> None:
    if browser == "chromium":
        context = chromium.new_context(
            locale=language, java_script_enabled=script, viewport={"width": width, "height": 800}
        )
        tab = ChromiumTab.of(context.new_page())
        whole_way(Way(tab, language, script, other), known.help_seeker, known, organisation)
        context.close()
        return
    preferences: dict[str, object] = {"javascript.enabled": script, "intl.accept_languages": language}
    with firefox.running(tmp_path / "profile", preferences) as started:
        window = started.tab()
        window.wide(width, 800)
        whole_way(Way(window, language, script, other), known.help_seeker, known, organisation)
