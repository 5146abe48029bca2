# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files: trees of them, what a process holds open, what was left in directories for temporary files."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from chat.machine import processes
from chat.machine.processes import OVERLAP, Unreadable
from chat.prove.surfaces import AROUND

SHARED: Final = Path("/dev/shm")  # noqa: S108 - it is looked at
TEMPORARY: Final = (Path("/tmp"), Path("/var/tmp"), SHARED)  # noqa: S108 - they are looked at


def pieces(path: Path) -> Iterator[bytes]:
    """One file as it is now, and its name; what was never written in it is left out, however large it says it
    is, and so is what is written while it is read, or a busy log would never end.

    Raises:
        Unreadable: this account may not.
    """
    yield os.fsencode(path.name)
    try:
        with path.open("rb", buffering=0) as file:
            end = os.fstat(file.fileno()).st_size or AROUND  # some of the kernel's say 0
            at, before = 0, b""
            while (written := _written(file.fileno(), at)) is not None and written < end:
                if written != at:
                    before = b""
                piece = os.pread(file.fileno(), min(AROUND, end - written), written)
                if not piece:
                    return
                yield before + piece
                before = piece[-OVERLAP:]
                at = written + len(piece)
    except FileNotFoundError:
        return  # it was there for a moment only
    except OSError:
        raise Unreadable(f"{path} cannot be read from this account") from None


def _written(file: int, at: int) -> int | None:
    """Where something was written next (man 2 lseek); None: nothing more was."""
    try:
        return os.lseek(file, at, os.SEEK_DATA)
    except OSError as error:
        return None if error.errno == errno.ENXIO else at  # else this kind of file does not say


def below(folder: Path) -> Iterator[Path]:
    """Every regular file below a directory, without following links.

    Raises:
        Unreadable: at the end, when a directory could not be entered.
    """
    failed: list[OSError] = []
    for top, _, names in os.walk(folder, onerror=failed.append):
        for name in names:
            path = Path(top) / name
            with contextlib.suppress(OSError):
                if stat.S_ISREG(path.lstat().st_mode):
                    yield path
    refused = [error for error in failed if not isinstance(error, FileNotFoundError | NotADirectoryError)]
    if refused:
        raise Unreadable(f"{refused[0].filename} cannot be read from this account")


def tree(folders: Sequence[Path], since: float = 0) -> Iterator[bytes]:
    """Everything below these directories that was changed since then (unix seconds).

    Raises:
        Unreadable: at the end, when some of it could not be read.
    """
    refused: list[Unreadable] = []
    for folder in folders:
        try:
            for path in below(folder):
                try:
                    if _changed(path) >= since:
                        yield from pieces(path)
                except Unreadable as why:
                    refused.append(why)
        except Unreadable as why:
            refused.append(why)
    if refused:
        more = f", and {len(refused) - 1} more" if len(refused) > 1 else ""
        raise Unreadable(f"{refused[0]}{more}")


def _changed(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.lstat().st_mtime
    return 0.0


def held_open(pids: Iterable[int]) -> Iterator[bytes]:
    """Every regular file that these processes hold open, also when it was deleted.

    Raises:
        Unreadable: of a process of another account.
    """
    for pid in pids:
        try:
            for one in processes.open_files(pid):
                if one.is_regular:
                    yield from pieces(one.path)
        except Unreadable:
            if processes.exists(pid):  # else it has ended in between, and holds nothing any more
                raise
