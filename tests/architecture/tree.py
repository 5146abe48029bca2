# SPDX-License-Identifier: AGPL-3.0-or-later
"""The files of the repository: what is committed, or would be."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_SUFFIXES = frozenset({".py", ".ts", ".tsx", ".mjs", ".js", ".css", ".lua", ".sh"})
IGNORED_FOLDERS = frozenset({".git", ".venv", "node_modules", "build", ".kentering", "__pycache__"})


@cache
def files() -> tuple[Path, ...]:
    """Every file that git knows or would add; without git (a tarball), every file not ignored by name."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        ).stdout.decode()
        found = [ROOT / name for name in listed.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not IGNORED_FOLDERS & set(path.relative_to(ROOT).parts)]
    return tuple(sorted({path for path in found if path.is_file()}))


def text(path: Path) -> str | None:
    """The file as text, or None for binary files (pictures)."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources(*folders: str, suffixes: frozenset[str] = SOURCE_SUFFIXES) -> list[Path]:
    """Source files below these folders, or all of them."""
    return [
        path
        for path in files()
        if path.suffix in suffixes and (not folders or name(path).startswith(tuple(f"{f}/" for f in folders)))
    ]


def matches(pattern: str, paths: list[Path]) -> list[str]:
    """`file:line: text` of every line that the pattern is found in."""
    wanted = re.compile(pattern)
    return [
        f"{name(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate((text(path) or "").splitlines(), start=1)
        if wanted.search(line)
    ]
