# SPDX-License-Identifier: AGPL-3.0-or-later
"""One engine for SQLite or PostgreSQL, and the only two ways to use it: `read` and `write`.

How this works: SQLite's driver begins transactions late and by guessing; here it never does
(`isolation_level = None`), and SQLAlchemy's begin event says BEGIN for reading and BEGIN IMMEDIATE for
writing. So a writer waits for its turn at the start, where waiting is possible, and not at the first
write, where SQLite refuses at once to upgrade a snapshot that is no longer the newest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

BUSY_MS: Final = 10_000
"""How long SQLite waits for another worker's write, in milliseconds."""

CONNECT_S: Final = 5
"""How long PostgreSQL may take to answer a new connection, in seconds."""

POOL_SIZE: Final = 4
"""Connections of one worker: the desk's API is used by tens of people, not thousands."""

DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


class RecordsUnreachable(Exception):
    """The records cannot be used; the text is one plain sentence without a password or a query."""


def place(url: URL) -> str:
    """Where the records are, for people: kind, host and name, never a password."""
    if url.get_backend_name() == "sqlite":
        return f"the file {url.database}"
    return f"PostgreSQL at {url.host or 'its local socket'}, database {url.database or url.username}"


def parse(url: str) -> URL:
    """A setting to a URL with the asynchronous driver.

    `sqlite:///relative`, `sqlite:////absolute` and `postgresql://user:password@host/name`; libpq's
    `sslmode` becomes asyncpg's `ssl`, because that is what everybody's PostgreSQL address says.

    Raises:
        RecordsUnreachable: not such an address.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise RecordsUnreachable("The address of the records is not a database address.") from None
    driver = DRIVERS.get(parsed.drivername)
    if driver is None:
        raise RecordsUnreachable("The records can be SQLite or PostgreSQL, and this address is neither.")
    if driver == "sqlite+aiosqlite":
        if parsed.database in {None, "", ":memory:"}:
            raise RecordsUnreachable("The records need a file: several workers share them.")
        return parsed.set(drivername=driver)
    query = dict(parsed.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return parsed.set(drivername=driver, query=query)


class Database:
    """The engine. Nothing outside `records` sees it."""

    def __init__(self, url: URL, engine: AsyncEngine) -> None:
        self.url = url
        self.engine = engine
        self.is_sqlite = url.get_backend_name() == "sqlite"

    @classmethod
    def create(cls, address: str) -> Database:
        """Prepare an engine; nothing is connected yet, but a new SQLite file is made, for its owner only.

        Raises:
            RecordsUnreachable: the address is wrong, or the file cannot be made.
        """
        url = parse(address)
        if url.get_backend_name() == "sqlite":
            file = Path(url.database or "")
            try:
                file.touch(mode=0o600, exist_ok=True)
            except OSError:
                raise RecordsUnreachable(f"We can't make or open {place(url)}.") from None
            engine = create_async_engine(url, hide_parameters=True, pool_size=POOL_SIZE)
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(engine.sync_engine, "begin", _begin_sqlite)
        else:
            engine = create_async_engine(
                url,
                hide_parameters=True,  # an error must never quote what was being stored
                pool_size=POOL_SIZE,
                pool_pre_ping=True,
                connect_args={"timeout": CONNECT_S, "command_timeout": 2 * CONNECT_S},
            )
        return cls(url, engine)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one moment and changes nothing.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._using(self.engine) as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end of the block, or leaves nothing when it raises.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        async with self._using(self.engine.execution_options(begin="IMMEDIATE")) as connection:
            yield connection

    @asynccontextmanager
    async def _using(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        try:
            async with engine.begin() as connection:
                yield connection
        except (OperationalError, InterfaceError, OSError, TimeoutError):
            raise RecordsUnreachable(f"We can't reach the records: {place(self.url)}.") from None
        except DBAPIError as error:
            # asyncpg's refusals of a connection (wrong password, no such database) have no class of their own
            if error.connection_invalidated or type(error) in {DBAPIError, DatabaseError}:
                raise RecordsUnreachable(f"We can't reach the records: {place(self.url)}.") from None
            raise

    async def fold_journal(self) -> None:
        """Write SQLite's journal back and empty it, so that what was deleted is gone from the disk.

        `secure_delete` overwrites in the journal first; the old page stands in the file until this runs.
        PostgreSQL has its own vacuum. A reader that is busy just now only delays it to the next time.
        """
        if not self.is_sqlite:
            return
        async with self.engine.connect() as connection:
            plain = await connection.execution_options(
                begin=""
            )  # a checkpoint cannot be inside a transaction
            await plain.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    async def close(self) -> None:
        """Close every connection; the last one to close an SQLite file folds its journal."""
        await self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",  # readers never wait for the one writer
        "synchronous=FULL",  # a certificate that was acknowledged survives a power cut
        "foreign_keys=ON",
        "secure_delete=ON",  # deleted rows are overwritten with zeros
        f"busy_timeout={BUSY_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    if kind:
        connection.exec_driver_sql(f"BEGIN {kind}")
