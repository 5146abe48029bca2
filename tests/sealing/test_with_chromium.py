# SPDX-License-Identifier: AGPL-3.0-or-later
"""Python opens what the browser's code seals in Chromium, and the reverse: every kind of vector, both ways.

The code is bundled as what is served is (`scripts/build.mjs`), and both sides make theirs anew for this run.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.sealing.test_our_vectors import CHECKS
from tests.sealing.test_with_browser import NODE
from tests.vectors.make_handshake import handshakes
from tests.vectors.read import FOLDER, as_text, cases, parse

PROGRAM = Path(__file__).with_name("seal-in-chromium.ts")


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """What came of a run: see `Report` in in-browser.ts."""
    fresh = as_text("Made anew.", handshakes())
    ran = subprocess.run(
        [NODE, PROGRAM], input=fresh, capture_output=True, text=True, timeout=120, check=True
    )
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def test_chromium_opens_what_python_seals(report: dict[str, Any]):
    files = sorted(path.name for path in FOLDER.glob("*.txt"))

    assert report["failed"] == []
    assert report["checked"] == {
        **{file: len(cases(file)) for file in files},
        "stdin": len(cases("handshake.txt")),
    }


def test_python_opens_what_chromium_seals(report: dict[str, Any]):
    made = parse(report["made"])
    for case in made:
        CHECKS[case.kind](case)

    kept = cases("from-browser.txt")
    assert [(case.kind, case.name) for case in made] == [(case.kind, case.name) for case in kept]
    assert [case.fields for case in made] != [case.fields for case in kept], "nothing was made anew"


def test_every_kind_that_can_be_sealed_goes_both_ways(report: dict[str, Any]):
    """The kinds left out have nothing sealed in them: names, sizes, and blobs that must not open."""
    assert set(CHECKS) - {case.kind for case in parse(report["made"])} == {"alias", "size", "blob-open"}
