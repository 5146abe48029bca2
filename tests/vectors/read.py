# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the text vectors; the format is in README.md beside this file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent
_WORDS = ("case", "expect", "fingerprint")


@dataclass
class Case:
    kind: str
    name: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    def word(self, name: str) -> str:
        (value,) = self.fields[name]
        return value

    def text(self, name: str = "text") -> str:
        return str(json.loads(self.word(name)))

    def number(self, name: str) -> int:
        return int(self.word(name))

    def bytes(self, name: str) -> bytes:
        return _bytes(self.word(name))

    def list(self, name: str) -> list[bytes]:
        return [_bytes(value) for value in self.fields.get(name, [])]


def _bytes(value: str) -> bytes:
    return b"" if value == "-" else bytes.fromhex(value)


def cases(file: str) -> list[Case]:
    return parse((FOLDER / file).read_text(encoding="utf-8"))


def parse(text: str) -> list[Case]:
    found: list[Case] = []
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if not lines:
            continue
        pairs = [line.split(": ", 1) for line in lines]
        first, title = pairs[0]
        assert first == "case", title
        kind, _, name = title.partition(" ")
        case = Case(kind, name)
        for key, value in pairs[1:]:
            case.fields.setdefault(key, []).append(value)
        found.append(case)
    return found


def write(file: str, about: str, many: list[Case]) -> None:
    (FOLDER / file).write_text(as_text(about, many), encoding="utf-8")


def as_text(about: str, many: list[Case]) -> str:
    blocks = [f"# {about}\n# Written by `python -m tests.vectors.make`; the format is in README.md.\n"]
    for case in many:
        lines = [f"case: {case.kind} {case.name}"]
        lines += [f"{key}: {value}" for key, values in case.fields.items() for value in values]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def case(kind: str, name: str, /, **fields: object) -> Case:
    """A case to write: bytes become hex, numbers `name_n`, `text` a JSON string."""
    made = Case(kind, name)
    for key, value in fields.items():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(one, bytes):
                made.fields.setdefault(key, []).append(one.hex() or "-")
            elif isinstance(one, int):
                made.fields.setdefault(f"{key}_n", []).append(str(int(one)))
            else:
                text = json.dumps(one) if key == "text" else str(one)
                made.fields.setdefault(key, []).append(text)
    return made
