# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may import whom among the scripts (Python's own rules stand in pyproject.toml, for import-linter)."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.tree import ROOT, name, sources, text

SCRIPT = frozenset({".ts", ".tsx"})
IMPORT = re.compile(r"""(?:\bfrom|\bimport\(?)\s*["']([^"']+)["']""")
SHARED_WITH_THE_DESK = ("chat/browser/wire.gen.ts", "chat/browser/connection.ts", "chat/browser/sealing/")
SHARED_BY_THE_TWO_PAGES = ("chat/browser/texts.ts", "chat/browser/locale/", "chat/browser/guard.ts")
PACKAGES = {
    "chat/browser": {"@hpke/core", "@hpke/hybridkem-x-wing", "@noble/curves", "altcha-lib"},
    "counsellor_ui": {"preact", "@preact/signals", "@simplewebauthn/browser"},
}


def imported(path: Path) -> list[str]:
    """What a script imports: files as paths in the repository, anything else as it is written."""
    return [
        name((path.parent / target).resolve()) if target.startswith(".") else target
        for target in IMPORT.findall(text(path) or "")
    ]


def test_the_help_seekers_code_does_not_know_the_desk() -> None:
    found = [
        (name(path), target)
        for path in sources("chat/browser", suffixes=SCRIPT)
        for target in imported(path)
        if target.startswith("counsellor_ui")
    ]

    assert found == []


def test_sealing_imports_nothing_of_ours() -> None:
    found = [
        (name(path), target)
        for path in sources("chat/browser/sealing", suffixes=SCRIPT)
        for target in imported(path)
        if target.startswith(("chat/", "counsellor_ui")) and not target.startswith("chat/browser/sealing/")
    ]

    assert found == []


def test_the_desk_takes_only_what_is_shared() -> None:
    found = [
        (name(path), target)
        for path in sources("counsellor_ui", suffixes=SCRIPT)
        for target in imported(path)
        if target.startswith("chat/")
        and not target.startswith(SHARED_WITH_THE_DESK + SHARED_BY_THE_TWO_PAGES)
    ]

    assert found == []


def test_scripts_use_only_the_packages_chosen_for_them() -> None:
    found = [
        (name(path), target)
        for folder, chosen in PACKAGES.items()
        for path in sources(folder, suffixes=SCRIPT)
        for target in imported(path)
        if not target.startswith(("chat/", "counsellor_ui/", "/assets/trust.js"))
        and not any(target == package or target.startswith(f"{package}/") for package in chosen)
    ]

    assert found == []


def test_every_imported_file_exists() -> None:
    missing = [
        (name(path), target)
        for path in sources("chat/browser", "counsellor_ui", suffixes=SCRIPT)
        for target in imported(path)
        if target.startswith(("chat/", "counsellor_ui")) and not (ROOT / target).is_file()
    ]

    assert missing == []
