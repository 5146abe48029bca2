# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kentering backup` and `kentering restore`: the records, in a file that only its owner can read.

`-` is standard output or input: a container has no disk of its own to write on.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from chat.records import backup
from chat.records.backup import BackupError
from chat.records.database import Database
from chat.settings import Settings

STANDARD: Final = Path("-")


@contextlib.asynccontextmanager
async def _records(settings: Settings) -> AsyncIterator[Database]:
    if settings.records_url is None:
        settings.records_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database.create(settings.records_location)
    try:
        yield database
    finally:
        await database.close()


async def write(settings: Settings, file: Path, day: str) -> None:
    """Write the records to a new file; one that is there is never written over.

    Raises:
        BackupError: the file cannot be written, or the records cannot be taken.
        RecordsUnreachable: with a plain sentence.
    """
    async with _records(settings) as database:
        data = await backup.take(database, day)
    _keep(file, data)


async def restore(settings: Settings, file: Path) -> None:
    """Put a file back into records that are empty.

    Raises:
        BackupError: the file or the database is not one for that.
        RecordsUnreachable: with a plain sentence.
    """
    data = _read(file)
    async with _records(settings) as database:
        await backup.put_back(database, data)


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == STANDARD else file.read_bytes()
    except OSError:
        raise BackupError(f"{file} cannot be read.") from None


def _keep(file: Path, data: bytes) -> None:
    if file == STANDARD:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupError(f"{file} exists already and is never written over.") from None
    except OSError:
        raise BackupError(f"We can't write {file}.") from None
    try:
        with os.fdopen(fd, "wb") as out:
            os.fchmod(fd, 0o600)
            out.write(data)
            out.flush()
            os.fsync(fd)
    except OSError:
        file.unlink(missing_ok=True)  # half a backup is none
        raise BackupError(f"We can't write {file}.") from None
