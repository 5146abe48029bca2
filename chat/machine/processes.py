# SPDX-License-Identifier: AGPL-3.0-or-later
"""Processes of this computer, read from /proc (man 5 proc): who started whom, limits, memory, open files.

Memory is read as it is, all of it that can be written to or belongs to nobody's file. It takes the same
account as the process, and no more where the system allows that (kernel.yama.ptrace_scope 0), else root.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
PIECE: Final = 1 << 20
"""Bytes read at once."""
_ZEROS: Final = bytes(PIECE)
_PAGE: Final = 4096
OVERLAP: Final = 512
"""Bytes of the piece before that begin the next one: what is looked for is shorter."""
_AREA = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ (\d+)\s*(.*)")
_UPPER: Final = re.compile(r"\bupperdir=([^,\s]+)")
_NO_LIMIT: Final = 1 << 63


class Unreadable(Exception):
    """Something could not be looked at; a plain sentence."""


class Gone(Unreadable):
    """The process has ended, and its memory with it."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """What a process holds open."""

    number: int
    target: str
    """As the kernel names it: a path, `pipe:[1]`, `/dev/null`, `socket:[2]`, `/x (deleted)`."""
    path: Path
    """A way to the very file, also when it was deleted."""
    is_regular: bool


def exists(pid: int) -> bool:
    """Whether the process is there, and more than a name that nobody has waited for."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def name(pid: int) -> str:
    """The program's name, as the kernel knows it."""
    try:
        return (PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return "?"


def raw_command_line(pid: int) -> bytes:
    """The program and its arguments as they lie in its memory; empty when it is gone."""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().rstrip(b"\0")
    except OSError:
        return b""


def command_line(pid: int) -> list[str]:
    """The program and its arguments; empty when it is gone."""
    data = raw_command_line(pid)
    return [part.decode(errors="replace") for part in data.split(b"\0")] if data else []


def refused(pid: int, what: str) -> Unreadable:
    """Why something of a process cannot be read: it is gone, or another account's."""
    if not exists(pid):
        return Gone(f"process {pid} has ended")
    return Unreadable(f"{what} of process {pid} cannot be read from this account; run this as root")


def parent(pid: int) -> int:
    """Who started it; 0 when it is gone."""
    try:
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def all_pids() -> list[int]:
    """Every process that can be seen from here."""
    return sorted(int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def descendants(pid: int) -> list[int]:
    """All that it started, and what those started."""
    by_parent: dict[int, list[int]] = {}
    for one in all_pids():
        by_parent.setdefault(parent(one), []).append(one)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = by_parent.get(waiting.pop(), [])
        found += below
        waiting += below
    return [one for one in sorted(found) if exists(one)]


def core_limit(pid: int) -> int:
    """The most bytes of a core file; 0 is none, 1 is none for a program that collects them either.

    Raises:
        Unreadable: it is gone, or another account's.
    """
    try:
        limits = (PROC / str(pid) / "limits").read_text()
    except OSError:
        raise refused(pid, "the limits") from None
    line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    value = line.split()[4]
    return _NO_LIMIT if value == "unlimited" else int(value)


def open_files(pid: int) -> list[OpenFile]:
    """What it holds open.

    Raises:
        Unreadable: it is gone, or another account's.
    """
    found = []
    try:
        entries = list((PROC / str(pid) / "fd").iterdir())
    except OSError:
        raise refused(pid, "the open files") from None
    for entry in entries:
        with contextlib.suppress(OSError):
            regular = stat.S_ISREG(entry.stat().st_mode)
            found.append(OpenFile(int(entry.name), str(entry.readlink()), entry, regular))
    return sorted(found, key=lambda one: one.number)


def overlay_upper(pid: int) -> Path | None:
    """Where what it writes below its root goes on the host; None when it has no writable layer there."""
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "mountinfo").read_text().splitlines():
            before, _, after = line.partition(" - ")
            if before.split()[4] == "/" and (found := _UPPER.search(after)) is not None:
                return Path(found[1])
    return None


def working_directory(pid: int) -> Path | None:
    """Where it runs; None when that cannot be seen."""
    try:
        return (PROC / str(pid) / "cwd").readlink()
    except OSError:
        return None


def memory(pid: int) -> Iterator[bytes]:
    """Its memory in pieces, each with the end of the one before; the kernel's own pages are left out.

    Raises:
        Gone: it has ended, perhaps in the middle.
        Unreadable: this account may not.
    """
    try:
        areas = (PROC / str(pid) / "maps").read_text().splitlines()
        file = (PROC / str(pid) / "mem").open("rb", buffering=0)
    except OSError:
        raise refused(pid, "the memory") from None
    with file:
        for start, end in _areas(areas):
            yield from area(partial(os.pread, file.fileno()), start, end)
    if not exists(pid):
        raise refused(pid, "the memory")


def _areas(lines: list[str]) -> Iterator[tuple[int, int]]:
    for line in lines:
        found = _AREA.match(line)
        if found is None:
            continue
        start, end, rights, inode, label = found.groups()
        if rights[0] != "r" or label in {"[vvar]", "[vdso]", "[vsyscall]", "[vvar_vclock]"}:
            continue
        if rights[1] == "w" or inode == "0":  # a file's own bytes, never changed, are looked at as a file
            yield int(start, 16), int(end, 16)


def area(read: Callable[[int, int], bytes], start: int, end: int) -> Iterator[bytes]:
    """One area in pieces; `read` takes a length and where. A page that cannot be read is left out alone."""
    before = b""
    at = start
    while at < end:
        try:
            piece = read(min(PIECE, end - at), at)
        except OSError:  # a device's page, or just unmapped: go on behind it
            before = b""
            at += _PAGE
            continue
        if not piece:
            return
        if piece != _ZEROS[: len(piece)]:  # most of what a process has asked for was never used
            yield before + piece
        before = piece[-OVERLAP:]
        at += len(piece)
