# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pictures of docs/desk.md, from the same states that the tests look at.

python -m tests.browser.desk_states.pictures
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser.desk_states.stage import DeskStage, build

_IMAGES = Path(__file__).parents[3] / "docs" / "images"
_Scheme = Literal["light", "dark"]
PICTURES: dict[str, tuple[str, _Scheme, int, int]] = {
    "desk": ("three conversations", "light", 1280, 760),
    "desk-risk": ("risk: Imminent danger", "dark", 1280, 760),
    "desk-board": ("place: board", "light", 1280, 1520),
    "desk-wrap-up": ("wrap-up: open", "light", 1280, 760),
    "desk-narrow": ("three conversations", "light", 360, 740),
}
"""Name of the file -> state, colours, and the size of the window."""


def main() -> int:
    """Take them all."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("chromium is not installed: scripts/ensure-browser.sh\n")
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        desk = DeskStage.open(browser, build(Path(folder)), viewport={"width": 1280, "height": 760})
        for name, (state, scheme, width, height) in PICTURES.items():
            desk.page.set_viewport_size({"width": width, "height": height})
            desk.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            desk.show(state)
            desk.page.screenshot(path=_IMAGES / f"{name}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
