# SPDX-License-Identifier: AGPL-3.0-or-later
"""The parts of docs/ that are made from the code, so that they cannot say anything else.

    python -m chat.docs_tables           write them
    python -m chat.docs_tables --check   say which are out of date

A part stands between `<!-- made by chat.docs_tables: NAME -->` and `<!-- end of NAME -->`.
"""

from __future__ import annotations

import enum
import inspect
import sys
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from chat.live import key_table
from chat.protocol import frames, types
from chat.rules import table
from chat.rules.outcomes import CHOSEN, VALUES

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"

_UNIONS: Final = (
    ("Help-seeker to server", frames.FromHelpSeeker),
    ("Server to help-seeker", frames.ToHelpSeeker),
    ("Desk to server", frames.FromDesk),
    ("Server to desk", frames.ToDesk),
)
_SETS: Final = (types.Phase, types.EndedBy, types.ErrorCode)


class NoSuchPart(Exception):
    """A document lacks the markers of a part; names both."""


def frame_list() -> str:
    """Every frame by direction, then the types of fields and the closed sets."""
    parts = [f"#### {title}\n\n{_frames_of(union)}" for title, union in _UNIONS]
    parts.append(f"#### A line of the waiting room (`WaitingEntry`)\n\n{_fields_of(frames.WaitingEntry)}\n")
    parts.append(f"#### Types of fields\n\n{_field_types()}")
    parts.extend(f"#### `{kind.__name__}`\n\n{_members_of(kind)}" for kind in _SETS)
    return "\n".join(parts)


def tally_list() -> str:
    """Every measure with its closed set of values."""
    rows = [
        f"| `{measure.value}` | {', '.join(f'`{value}`' for value in sorted(values))} |"
        for measure, values in VALUES.items()
    ]
    rows.append("| `language` | the languages of the installation |")
    rows.extend(f"| `{measure.value}` | the organisation's choices for the wrap-up |" for measure in CHOSEN)
    return _table(("measure", "values"), sorted(rows))


PARTS: Final[tuple[tuple[str, str, Callable[[], str]], ...]] = (
    ("protocol.md", "frames", frame_list),
    ("protocol.md", "transitions", table.markdown),
    ("what-we-keep.md", "keys", key_table.table),
    ("what-we-keep.md", "tallies", tally_list),
)


def renewed(document: str, name: str, content: str) -> str:
    """The document with one part replaced.

    Raises:
        NoSuchPart: the markers are not there.
    """
    begin, end = f"<!-- made by chat.docs_tables: {name} -->\n", f"<!-- end of {name} -->"
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise NoSuchPart(name)
    return f"{before}{begin}\n{content.rstrip()}\n\n{end}{after}"


def stale() -> dict[Path, str]:
    """The documents that are out of date, and what they should be."""
    wanted: dict[Path, str] = {}
    for file, name, content in PARTS:
        path = DOCS / file
        text = wanted.get(path) or path.read_text(encoding="utf-8")
        wanted[path] = renewed(text, name, content())
    return {path: text for path, text in wanted.items() if path.read_text(encoding="utf-8") != text}


def main() -> int:
    """Write or check; the exit code."""
    found = stale()
    if "--check" in sys.argv[1:]:
        for path in found:
            sys.stderr.write(f"docs/{path.name}: out of date; run: python -m chat.docs_tables\n")
        return 1 if found else 0
    for path, text in found.items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote docs/{path.name}\n")
    return 0


def _table(head: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *rows]) + "\n"


def _frames_of(union: object) -> str:
    rows = []
    for frame in sorted(typing.get_args(union), key=lambda one: one.__struct_config__.tag):
        meaning = " ".join((inspect.getdoc(frame) or "").split())
        rows.append(
            f"| {frame.__struct_config__.tag} | `{frame.__name__}` | {_fields_of(frame)} | {meaning} |"
        )
    return _table(("tag", "frame", "fields, in order", "meaning"), rows)


def _fields_of(struct: type[msgspec.Struct]) -> str:
    # The names of the types, as the source writes them: annotations are strings there.
    named = inspect.get_annotations(struct)
    return ", ".join(f"`{name}`: {_escaped(named[name])}" for name in struct.__struct_fields__)


def _field_types() -> str:
    return _table(("type", "what it is"), [f"| {name} | {what} |" for name, what in _described()])


def _described() -> Iterator[tuple[str, str]]:
    for name, kind in vars(types).items():
        if typing.get_origin(kind) is typing.Annotated:
            base, meta = typing.get_args(kind)
            yield name, _what(base, meta)
    yield "bool", "true or false"


def _what(base: type, meta: msgspec.Meta) -> str:
    if base is int:
        return f"whole number, {meta.ge} to {meta.le}"
    least, most = meta.min_length or 0, meta.max_length
    unit = "bytes" if base is bytes else "characters"
    size = f"{most} {unit}" if least == most else f"{least} to {most} {unit}"
    return f"{size}, `{_escaped(meta.pattern)}`" if meta.pattern else size


def _members_of(kind: type[enum.IntEnum]) -> str:
    rows = [f"| {member.value} | `{member.name.lower()}` |" for member in kind]
    return _table(("value", "name"), rows)


def _escaped(text: str) -> str:
    return text.replace("|", r"\|")


if __name__ == "__main__":
    sys.exit(main())
