# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pictures of docs/help-seeker.md, from the same states that the tests look at.

python -m tests.browser.help_seeker.states.pictures
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser.help_seeker.states.stage import Stage, build

_IMAGES = Path(__file__).parents[4] / "docs" / "images"
_Scheme = Literal["light", "dark"]
PICTURES: dict[str, tuple[str, str, _Scheme]] = {
    "help-seeker-first": ("first: short wait", "en", "light"),
    "help-seeker-closed": ("first: closed, opens", "nl", "dark"),
    "help-seeker-talk": ("question: handover 1", "en", "dark"),
    "help-seeker-without-script": ("without script: talking", "ar", "light"),
}
"""Name of the file -> state, language and colours; all on a phone."""


def take(browser: Browser, folder: Path, name: str) -> None:
    """One picture."""
    state, language, scheme = PICTURES[name]
    phone = {"width": 390, "height": 780}
    stage = Stage.open(
        browser, folder, language, viewport=phone, color_scheme=scheme, reduced_motion="reduce"
    )
    if state in stage.names():
        stage.show(state)
    else:
        stage.show_rendered(state)
    stage.page.screenshot(path=_IMAGES / f"{name}.png")
    stage.close()


def main() -> int:
    """Take them all."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("chromium is not installed: scripts/ensure-browser.sh\n")
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        build(Path(folder))
        for name in PICTURES:
            take(browser, Path(folder), name)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
