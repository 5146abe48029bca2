# SPDX-License-Identifier: AGPL-3.0-or-later
"""How soon an act at a full desk is painted: key presses in a real browser, while lists and board change.

50 wait, 20 are on duty, 60 conversations are open, three of them here with 60 lines each. Meanwhile room
and board come anew every second, as the service sends them at most. The browser itself measures each act
(Event Timing: from the key press to the next paint, in steps of 8 ms); no test depends on it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.generator import NotMeasuredError
from tests.browser.conftest import ARGUMENTS
from tests.browser.desk_states.stage import DeskStage, build

WAITING, PEOPLE, TALKS, HERE, LINES = 50, 20, 60, 3, 60
ROUNDS = 12
QUICK_ROUNDS = 3
_ACTS = {
    "select": ("Alt+ArrowDown",),
    "type": ("a", "b", "c"),
    "quick": ("Alt+q", "ArrowDown", "Escape"),
    "risk": ("Alt+g", "Escape"),
    "board": ("Alt+m", "Alt+w"),
    "sheet": ("Alt+k", "Escape"),
}
"""Name of an act -> the keys that do it and undo it."""
_FULL = f"""
() => {{
  const stage = trial.stage;
  stage.on();
  const said = Array.from({{ length: {LINES} }}, (_, i) =>
    [i % 2 === 0 ? "peer" : "own", "The weather is mild, and it has been so since the morning."]);
  for (let n = 1; n <= {HERE}; n++) stage.come(n, said);
  let turn = 0;
  const news = () => {{
    turn += 1;
    stage.room({WAITING} + (turn % 2));
    stage.board({PEOPLE}, {TALKS} - (turn % 2));
    stage.line(1 + (turn % {HERE}), `news-${{turn}}`, "peer", "It still is.");
  }};
  news();
  setInterval(news, 1000);
  window.painted = [];
  new PerformanceObserver((list) => {{
    for (const entry of list.getEntries())
      if (entry.name === "keydown") window.painted.push(entry.duration);
  }}).observe({{ type: "event", durationThreshold: 16 }});
}}
"""


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """Milliseconds from a key press to its paint: the slowest, and 19 of 20; how many took more than 100.

    Raises:
        NotMeasuredError: there is no Chromium.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise NotMeasuredError("The desk is not measured: there is no Chromium on this computer.")
    build(folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        desk = DeskStage.open(browser, folder, viewport={"width": 1440, "height": 900})
        desk.page.evaluate(_FULL)
        pressed = 0
        for _ in range(rounds):
            for keys in _ACTS.values():
                pressed += _act(desk.page, keys)
        painted = sorted(desk.page.evaluate("() => window.painted"))
        browser.close()
    # What took less than the browser's 16 ms is not listed: it counts as 16.
    durations = [16.0] * (pressed - len(painted)) + painted
    return {
        "desk_acts": float(pressed),
        "desk_p95": durations[int(len(durations) * 0.95)],
        "desk_max": durations[-1],
        "desk_slow": float(sum(duration > 100 for duration in durations)),
    }


def _act(page: Page, keys: tuple[str, ...]) -> int:
    """Press, and wait for the paint after each; how many were pressed."""
    for key in keys:
        page.keyboard.press(key)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return len(keys)
