# SPDX-License-Identifier: AGPL-3.0-or-later
"""Deadlines are data: one sorted set, score = when it is due, claimed by any worker with a short lease.

The invariant: a score is never later than the true deadline. A deadline is written, only ever
lowering, BEFORE the state that needs it is saved. Firing early is harmless: whoever claims it loads
the state, feeds the rules, and says when it is due next.

How the race with a slow worker is closed: `claim` moves a score to the end of its lease and remembers
it; `done` changes it only if it is still that very number. `set_due` always changes the number, by at
least one millisecond, so a deadline written while another worker was busy with the older state is
kept: it fires when the lease ends, early and harmless.

Every time is in unix milliseconds.
"""

from __future__ import annotations

import asyncio
import enum
from binascii import unhexlify
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chat.live import keys
from chat.live.resp import Store
from chat.rules.state import Member

LEASE_MS = 10_000
"""How long a worker has for what it claimed before another may claim it."""


class DueKind(enum.StrEnum):
    """What is due."""

    CONVERSATION = "d"
    PRESENCE = "p"
    CLAIM = "c"


@dataclass(frozen=True, slots=True)
class Due:
    """One claimed deadline; hand it to `done`."""

    kind: DueKind
    sid: bytes
    lease_ms: int
    """The score the claim gave it: proof that nobody changed it since."""
    name: bytes
    """Its member in the sorted set."""
    member: Member | None = None
    """PRESENCE only: whose."""
    generation: int = 0
    """PRESENCE only: of which connection."""


class Deadlines:
    """The sorted set of what is due."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scripts = store.scripts

    def set_due(self, sid: bytes, at_ms: int) -> asyncio.Future[Any]:
        """The conversation has a deadline; only lowers. Await it before the state is saved.

        Raises (from the future):
            StoreError: no answer; do not save the state.
        """
        return self._lower(keys.due_conversation(sid), at_ms)

    def set_claim_due(self, sid: bytes, at_ms: int) -> asyncio.Future[Any]:
        """A claim's lease ends then; only lowers.

        Raises (from the future):
            StoreError: no answer; do not claim.
        """
        return self._lower(keys.due_claim(sid), at_ms)

    def _lower(self, name: bytes, at_ms: int) -> asyncio.Future[Any]:
        return self._store.run(self._scripts.due_set, (keys.DUE,), name, at_ms, keys.DUE_TTL)

    async def claim(self, now: int, limit: int = 100, lease: int = LEASE_MS) -> list[Due]:
        """Take what is due now; each for `lease` milliseconds, so that no other worker has it meanwhile.

        Raises:
            StoreError: no answer; what was claimed comes back by its lease.
        """
        names = await self._store.run(self._scripts.due_claim, (keys.DUE,), now, limit, now + lease)
        return [_parse(name, now + lease) for name in names]

    async def done(self, due: Due, next_ms: int | None = None) -> bool:
        """What was claimed is dealt with: remove it, or set when it is due next.

        Returns:
            False when it was changed since it was claimed; it is left as it is and will fire again.

        Raises:
            StoreError: no answer; it fires again.
        """
        return bool(
            await self._store.run(
                self._scripts.due_done,
                (keys.DUE,),
                due.name,
                due.lease_ms,
                -1 if next_ms is None else next_ms,
            )
        )

    async def next_due(self) -> int | None:
        """When the earliest is due; None when there is none.

        Raises:
            StoreError: no answer.
        """
        first = await self._store.call(b"ZRANGE", keys.DUE, 0, 0, b"WITHSCORES")
        return int(float(first[1])) if first else None

    def renew(self, connections: Iterable[tuple[bytes, Member, int]], until_ms: int) -> None:
        """These connections (sid, member, generation) are alive: one command for all of them. No answer."""
        pairs = [part for item in connections for part in (until_ms, keys.due_presence(*item))]
        if pairs:
            self._store.fire(b"ZADD", keys.DUE, *pairs)
            self._store.fire(b"EXPIRE", keys.DUE, keys.DUE_TTL)

    def ends(self, sid: bytes, member: Member, generation: int, at_ms: int) -> None:
        """This connection closed cleanly: its presence ends then, or earlier. No answer."""
        self._store.fire(b"ZADD", keys.DUE, b"LT", at_ms, keys.due_presence(sid, member, generation))
        self._store.fire(b"EXPIRE", keys.DUE, keys.DUE_TTL)


def _parse(name: bytes, lease_ms: int) -> Due:
    kind, sid, *rest = name.split(b"|")
    if not rest:
        return Due(DueKind(kind.decode()), unhexlify(sid), lease_ms, name)
    member, generation = rest
    return Due(DueKind.PRESENCE, unhexlify(sid), lease_ms, name, Member(member.decode()), int(generation))
