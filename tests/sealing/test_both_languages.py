# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each number of A.9 in docs/protocol.md has negative tests in Python and in TypeScript; none is skipped."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

ONE_LANGUAGE = {
    14: (
        "python",
        "Without JavaScript the server seals: chat/sealing/sealer.py has no counterpart in the browser.",
    ),
}
"""Number -> the language that has it, and why the other has not."""

ELSEWHERE = {
    17: (
        "tests/architecture/test_bundle.py::test_there_is_no_second_cipher_suite",
        "That the bundle contains no second suite can be seen only in what was built.",
    ),
    12: (
        "tests/browser_units/conversation.test.ts::superseded: wiped, not reconnected",
        "What a page does with `superseded` is the page's: no seat is told of that frame.",
    ),
}
"""Number -> the test of that part of it which is no matter of the seats, and why."""

PYTHON_TEST = re.compile(r"^(?:async )?def test_n(\d\d)_", re.MULTILINE)
TYPESCRIPT_TEST = re.compile(r"\btest\(\s*[`\"']((?:9\.\d+ )+)")
SKIPPED_IN_PYTHON = re.compile(r"\b(skip|skipif|xfail|importorskip)\(")
SKIPPED_IN_TYPESCRIPT = re.compile(r"\btest\.(skip|todo|only)\b|\b(skip|todo|only):")


def sources(pattern: str) -> dict[str, str]:
    found = {path.name: path.read_text(encoding="utf-8") for path in sorted(HERE.glob(pattern))}
    found.pop(Path(__file__).name, None)
    return found


def demanded() -> set[int]:
    """The numbers of the list in A.9."""
    document = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    (section,) = re.findall(r"^## A\.9 .*?(?=^## )", document, re.MULTILINE | re.DOTALL)
    return {int(number) for number in re.findall(r"^(\d+)\. ", section, re.MULTILINE)}


def in_python() -> set[int]:
    return {int(n) for text in sources("test_*.py").values() for n in PYTHON_TEST.findall(text)}


def in_typescript() -> set[int]:
    titles = [title for text in sources("*.test.ts").values() for title in TYPESCRIPT_TEST.findall(text)]
    return {int(number) for title in titles for number in re.findall(r"9\.(\d+)", title)}


def alone(language: str) -> set[int]:
    return {number for number, (only, _) in ONE_LANGUAGE.items() if only == language}


def test_there_are_eighteen():
    assert demanded() == set(range(1, 19))


def test_python_has_every_number():
    assert in_python() == demanded() - alone("typescript")


def test_typescript_has_every_number():
    assert in_typescript() == demanded() - alone("python")


def test_what_is_tested_elsewhere_is_there():
    for number, (test, _) in ELSEWHERE.items():
        file, name = test.split("::")
        assert number in demanded()
        assert name in (ROOT / file).read_text(encoding="utf-8"), test


def test_none_of_them_is_skipped():
    python = [name for name, text in sources("test_*.py").items() if SKIPPED_IN_PYTHON.search(text)]
    script = [name for name, text in sources("*.test.ts").items() if SKIPPED_IN_TYPESCRIPT.search(text)]

    assert python + script == []
