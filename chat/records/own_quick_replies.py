# SPDX-License-Identifier: AGPL-3.0-or-later
"""Quick replies that a counsellor wrote for themselves: one row a person, gone with the person."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from chat.records.database import Database
from chat.records.refusals import RecordsRefused, Refusal
from chat.records.tables import own_quick_replies
from chat.rules import content
from chat.rules.content import Kind, QuickReplies


class OwnQuickReplies:
    """By person; seen by nobody else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, person: bytes) -> tuple[int, QuickReplies]:
        """Version and replies; version 0 when there are none yet.

        Raises:
            RecordsUnreachable: the database does not answer.
        """
        query = select(own_quick_replies).where(own_quick_replies.c.staff == person)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return 0, QuickReplies()
        try:
            found = content.from_text(Kind.QUICK_REPLIES, row.value)
        except (
            content.Malformed
        ):  # of another version of the program: nothing to show, and it can be replaced
            found = QuickReplies()
        return row.version, found if isinstance(found, QuickReplies) else QuickReplies()

    async def put(self, person: bytes, replies: QuickReplies, *, version: int) -> int:
        """Replace all of a person's replies, which still have this version; returns the new one.

        Raises:
            Malformed: too large.
            RecordsRefused: stale.
            RecordsUnreachable: the database does not answer.
        """
        text = content.to_text(replies)
        try:
            async with self._database.write() as connection:
                if version == 0:
                    await connection.execute(
                        insert(own_quick_replies).values(staff=person, value=text, version=1)
                    )
                else:
                    done = await connection.execute(
                        update(own_quick_replies)
                        .where(own_quick_replies.c.staff == person, own_quick_replies.c.version == version)
                        .values(value=text, version=version + 1)
                    )
                    if done.rowcount != 1:
                        raise RecordsRefused(Refusal.STALE)
        except IntegrityError:
            raise RecordsRefused(Refusal.STALE) from None
        return version + 1
