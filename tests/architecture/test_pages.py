# SPDX-License-Identifier: AGPL-3.0-or-later
"""The content security policy forbids inline script and style; so nothing may be written that needs it."""

from __future__ import annotations

import pytest

from tests.architecture.tree import matches, sources

TEMPLATES = sources("chat/web/pages", suffixes=frozenset({".html"}))
SCRIPTS = sources("chat/browser", "counsellor_ui", suffixes=frozenset({".ts", ".tsx"}))


@pytest.mark.parametrize(
    "pattern",
    [
        r"<style\b",
        r"\sstyle\s*=",
        r"<script\b(?![^>]*\bsrc=)",
        r"\son[a-z]+\s*=\s*[\"']",
        r"javascript:",
        r"\|\s*safe\b",
        r"autoescape\s+false",
        r"<(object|embed|base)\b",
    ],
)
def test_templates_hold_no_script_and_no_style(pattern: str) -> None:
    assert TEMPLATES
    assert matches(pattern, TEMPLATES) == []


def test_frames_hold_pages_of_ours_and_only_where_no_script_runs() -> None:
    frames = matches(r"<iframe\b", TEMPLATES)

    assert frames
    assert all("pages/talk/" in line and ' src="/talk/' in line for line in frames)
    assert matches(r"<script\b", [path for path in TEMPLATES if path.parent.name == "talk"]) == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"\.(inner|outer)HTML\b",
        r"insertAdjacentHTML|document\.write|createContextualFragment",
        r"dangerouslySetInnerHTML",
        r"\beval\(|new Function\(",
        r"\sstyle=",
        r"console\.",
        r"localStorage",
        r"document\.cookie",
        r"navigator\.sendBeacon|XMLHttpRequest",
    ],
)
def test_scripts_do_nothing_that_runs_text_or_leaves_a_trace(pattern: str) -> None:
    assert SCRIPTS
    code = [
        line for line in matches(pattern, SCRIPTS) if not line.split(": ", 1)[1].startswith(("*", "/", "//"))
    ]

    assert code == []
