# SPDX-License-Identifier: AGPL-3.0-or-later
"""axe-core on a page as it stands: WCAG 2.0 to 2.2, levels A and AA, and its best practices."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

_SOURCE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
_RUN = """
async () => {
  const found = await axe.run(document, {
    preload: { assets: ["media"] }, // no rule that is asked for reads the styles as files
    resultTypes: ["violations"], // of what is right nothing is written down
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  const where = (nodes) => nodes.map(({ target }) => target.join(" ")).join(", ");
  return found.violations.map(({ id, nodes }) => `${id}: ${where(nodes)}`);
}
"""


def violations(page: Page) -> list[str]:
    """Rules that are broken, in the page and its frames, with where."""
    for frame in page.frames:  # the one in the page asks those in its frames
        if not frame.evaluate("'axe' in window"):
            frame.evaluate(_SOURCE)
    found: list[str] = page.evaluate(_RUN)
    return found
