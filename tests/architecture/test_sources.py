# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import re

import pytest

from tests.architecture.tree import SOURCE_SUFFIXES, files, matches, name, sources, text

LICENCE = "SPDX-License-Identifier: AGPL-3.0-or-later"
MOST_LINES = 400
LONG_FOR_A_REASON: dict[str, str] = {}
"""File -> why one subject needs more lines. Generated files are not counted."""

PYTHON = frozenset({".py"})
SCRIPT = frozenset({".ts", ".tsx", ".mjs"})
# A reason is some words on the same line, behind the names of the rules.
NOQA_WITH_REASON = r"# noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)* - \S.{5,}"
TYPE_IGNORE_WITH_REASON = r"# type: ignore\[[a-z, -]+\]  # \S.{5,}"
BIOME_WITH_REASON = r"biome-ignore(-all|-start|-end)? (lint|format|assist)[^:]*: \S.{5,}"


def test_there_is_something_to_look_at() -> None:
    assert len(sources("chat")) > 30
    assert len(sources("tests")) > 10


def test_every_source_file_names_its_licence() -> None:
    extra = {"Makefile", "Dockerfile", "docker-compose.yml"}
    looked_at = [path for path in files() if path.suffix in SOURCE_SUFFIXES | {".html"} or path.name in extra]
    missing = [
        name(path)
        for path in looked_at
        if LICENCE not in "\n".join((text(path) or "").splitlines()[:3]) and path.stat().st_size
    ]

    assert missing == []


def test_files_have_one_subject_and_a_length_to_match() -> None:
    long = {
        name(path): lines
        for path in sources(suffixes=PYTHON | SCRIPT)
        if not path.name.endswith(".gen.ts") and (lines := len((text(path) or "").splitlines())) > MOST_LINES
    }

    assert long.keys() - LONG_FOR_A_REASON.keys() == set()
    assert LONG_FOR_A_REASON.keys() - long.keys() == set(), "no longer long: take it off the list"


@pytest.mark.parametrize(
    ("marker", "with_reason", "suffixes"),
    [
        (r"#\s*noqa(?![^`]*`)", NOQA_WITH_REASON, PYTHON),
        (r"#\s*type:\s*ignore", TYPE_IGNORE_WITH_REASON, PYTHON),
        (r"biome-ignore", BIOME_WITH_REASON, SCRIPT | {".css"}),
        (r"@ts-expect-error", r"@ts-expect-error \S.{5,}", SCRIPT),
        (r"@ts-(ignore|nocheck)", r"(?!)", SCRIPT),
    ],
    ids=["noqa", "type-ignore", "biome-ignore", "ts-expect-error", "ts-ignore"],
)
def test_every_exception_has_its_reason_beside_it(
    marker: str, with_reason: str, suffixes: frozenset[str]
) -> None:
    here = __file__
    found = matches(marker, [path for path in sources(suffixes=suffixes) if str(path) != here])
    bare = [line for line in found if not re.search(with_reason, line)]

    assert bare == []


def test_nothing_is_left_for_later() -> None:
    found = matches(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b", sources())

    assert found == []


def test_only_the_log_imports_logging() -> None:
    found = matches(r"^\s*(import|from) logging\b", sources("chat", suffixes=PYTHON))

    assert {line.split(":", 1)[0] for line in found} == {"chat/log.py"}


def test_nothing_prints_but_the_commands() -> None:
    printing = {
        line.split(":", 1)[0] for line in matches(r"(?<![\w.])print\(", sources("chat", suffixes=PYTHON))
    }

    assert printing <= {"chat/cli.py", "chat/launcher.py", "chat/main.py"}
