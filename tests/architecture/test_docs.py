# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents say what is there: links lead somewhere, claims name files and tests, every column is listed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chat import docs_tables
from chat.docs_tables import NoSuchPart, renewed
from chat.records.tables import metadata
from tests.architecture.tree import ROOT

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
CODE = re.compile(r"`([^`]+)`")


def claims() -> list[list[str]]:
    """Rows of the table of claims: claim, mechanism, files, tests."""
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    part = text.partition("## Claims")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:]]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]

    assert [link for link in inside if not (document.parent / link).exists()] == []


def test_every_claim_names_files_that_exist():
    missing = []
    for claim, _, files, _ in claims():
        folder = ""
        for name in CODE.findall(files):
            path = name if "/" in name else f"{folder}/{name}"
            folder = path.rpartition("/")[0]
            if not (ROOT / path).is_file():
                missing.append((claim, path))

    assert missing == []


def test_every_claim_names_tests_that_exist():
    missing, without = [], []
    for claim, _, _, tests in claims():
        file = ""
        for name in CODE.findall(tests):
            path, _, function = name.partition("::")
            file = path or file
            source = ROOT / "tests" / file
            if not source.is_file() or (function and f"def {function}(" not in source.read_text("utf-8")):
                missing.append((claim, name))
        if not file:
            without.append(claim)

    assert (missing, without) == ([], [])
    assert len(claims()) > 20


def test_every_column_of_the_records_is_listed_with_its_reason():
    text = (ROOT / "docs" / "what-we-keep.md").read_text(encoding="utf-8")
    listed: set[tuple[str, str]] = set()
    table = ""
    for line in text.partition("## The records")[2].partition("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] not in {"table", "---"}:
            table = cells[0] or table
            listed |= {(table, field.strip()) for field in cells[1].split(",")}

    assert listed == {(t.name, c.name) for t in metadata.sorted_tables for c in t.columns}


def test_parts_made_from_the_code_are_fresh():
    assert docs_tables.stale() == {}


def test_a_part_is_replaced_and_nothing_else():
    before = "a\n<!-- made by chat.docs_tables: x -->\nold\n<!-- end of x -->\nb\n"

    assert renewed(before, "x", "new\n") == before.replace("\nold\n", "\n\nnew\n\n")
    with pytest.raises(NoSuchPart):
        renewed(before, "y", "new")
