# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files: trees of them, what a process holds open, what was left in directories for temporary files."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from chat.machine import processes
from chat.machine.processes import OVERLAP, Unreadable
from chat.prove.surfaces import AROUND

TEMPORARY: Final = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))  # noqa: S108 - they are looked at
_MOST: Final = 1 << 32
"""Bytes of one file; what is larger is no trace of ours, and said."""


def pieces(path: Path) -> Iterator[bytes]:
    """One file, and its name.

    Raises:
        Unreadable: this account may not.
    """
    yield os.fsencode(path.name)
    before = b""
    try:
        with path.open("rb", buffering=0) as file:
            while piece := file.read(AROUND):
                yield before + piece
                before = piece[-OVERLAP:]
    except FileNotFoundError:
        return  # it was there for a moment only
    except OSError:
        raise Unreadable(f"{path} cannot be read from this account") from None


def below(folder: Path) -> Iterator[Path]:
    """Every regular file below a directory, without following links.

    Raises:
        Unreadable: a directory cannot be entered.
    """
    failed: list[OSError] = []
    for top, _, names in os.walk(folder, onerror=failed.append):
        for name in names:
            path = Path(top) / name
            with contextlib.suppress(OSError):
                if stat.S_ISREG(path.lstat().st_mode):
                    yield path
    refused = [error for error in failed if not isinstance(error, FileNotFoundError)]
    if refused:
        raise Unreadable(f"{refused[0].filename} cannot be read from this account")


def tree(folders: Sequence[Path]) -> Iterator[bytes]:
    """Everything below these directories.

    Raises:
        Unreadable: some of it cannot be read.
    """
    for folder in folders:
        for path in below(folder):
            yield from pieces(path)


def recent(folders: Iterable[Path], since: float, without: Sequence[Path]) -> Iterator[bytes]:
    """Files that were changed since then (unix seconds), as far as they can be another program's business
    neither: those that this account may not read belong to somebody else.
    """
    for folder in folders:
        if not folder.is_dir():
            continue
        for top, inside, names in os.walk(folder):
            inside[:] = [name for name in inside if Path(top) / name not in without]
            for name in names:
                path = Path(top) / name
                with contextlib.suppress(OSError, Unreadable):
                    said = path.lstat()
                    if stat.S_ISREG(said.st_mode) and said.st_mtime >= since and said.st_size < _MOST:
                        yield from pieces(path)


def held_open(pids: Iterable[int]) -> Iterator[bytes]:
    """Every regular file that these processes hold open, also when it was deleted.

    Raises:
        Unreadable: of a process of another account.
    """
    for pid in pids:
        if not processes.exists(pid):
            continue
        for one in processes.open_files(pid):
            if one.is_regular:
                yield from pieces(one.path)
