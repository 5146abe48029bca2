# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the store keeps of one conversation beside its envelopes: state, connections, seats."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from chat.live import keys, wake
from chat.live.era import era
from chat.live.resp import Store
from chat.live.steps import Step, arguments
from chat.live.wake import Kind
from chat.rules.state import STAFF, Member


@dataclass(frozen=True, slots=True)
class Seats:
    """Who may come back to a conversation. Nothing of it is ever shown or logged."""

    ticket_hash: bytes = field(repr=False)
    """Compare with `hmac.compare_digest`."""
    halves: dict[Member, bytes] = field(repr=False)
    devices: dict[Member, str]
    staff: dict[Member, str]


class Conversations:
    """Create, load, save if unchanged, attach, forget."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._scripts = store.scripts
        self._clock = clock

    def create(
        self, sid: bytes, data: bytes, ticket_hash: bytes, half: bytes, worker: str
    ) -> asyncio.Future[bool]:
        """Begin a conversation: state at version 1, help-seeker attached at generation 1.

        Returns:
            False, with nothing changed, when there is one under this sid.

        Raises (from the future):
            StoreError: no answer.
        """
        return self._store.run_as(
            bool,
            self._scripts.create,
            (keys.state(sid), keys.relay(sid), keys.seat(sid)),
            data,
            ticket_hash,
            half,
            keys.worker(worker),
            self._now(),
            keys.CONVERSATION_TTL,
        )

    async def memory(self) -> bytes:
        """The identity of the memory that they lie in now (chat/live/era.py).

        Raises:
            StoreError: no answer.
        """
        return await era(self._store)

    def exists(self, sid: bytes) -> asyncio.Future[bool]:
        """Whether there is a conversation under this sid.

        Raises (from the future):
            StoreError: no answer.
        """
        return self._store.call_as(bool, b"EXISTS", keys.seat(sid))

    async def load(self, sid: bytes) -> tuple[int, bytes] | None:
        """Version and state; None when there is no such conversation (any more).

        Raises:
            StoreError: no answer.
        """
        version, data = await self._store.call(b"HMGET", keys.state(sid), b"v", b"d")
        return None if version is None else (int(version), data)

    async def save(self, sid: bytes, expected: int, data: bytes, steps: tuple[Step, ...] = ()) -> int:
        """Replace the state if its version is still `expected` (0: if there is none), and take the steps.

        Returns:
            The new version, or 0 when somebody else was faster and nothing changed.

        Raises:
            StoreError: no answer.
        """
        hands = (keys.hand(sid, member) for member in STAFF)
        reply: int = await self._store.run(
            self._scripts.save,
            (keys.state(sid), keys.relay(sid), keys.seat(sid), *hands),
            expected,
            data,
            keys.CONVERSATION_TTL,
            *arguments(sid, steps),
        )
        return reply

    async def attach(self, sid: bytes, member: Member, worker: str) -> int | None:
        """A connection of this member came: it gets the next generation, the one before is superseded.

        The worker of the one before is woken (`Kind.SUPERSEDED`).

        Returns:
            The generation, or None when there is no such conversation.

        Raises:
            StoreError: no answer.
        """
        reply: int = await self._store.run(
            self._scripts.attach,
            (keys.relay(sid),),
            member.encode(),
            keys.worker(worker),
            wake.encode(Kind.SUPERSEDED, member, sid),
        )
        return reply or None

    async def generation(self, sid: bytes, member: Member) -> int:
        """The current generation of a member; 0 when it never had a connection.

        Raises:
            StoreError: no answer.
        """
        return int(await self._store.call(b"HGET", keys.relay(sid), b"g:" + member.encode()) or 0)

    async def seats(self, sid: bytes) -> Seats | None:
        """Ticket hash, halves and holders; None when there is no such conversation.

        Raises:
            StoreError: no answer.
        """
        flat = await self._store.call(b"HGETALL", keys.seat(sid))
        if not flat:
            return None
        found = dict(zip(flat[::2], flat[1::2], strict=True))
        return Seats(
            ticket_hash=found[b"ticket"],
            halves={m: found[name] for m in Member if (name := b"half:" + m.encode()) in found},
            devices={m: found[name].decode() for m in STAFF if (name := b"device:" + m.encode()) in found},
            staff={m: found[name].decode() for m in STAFF if (name := b"staff:" + m.encode()) in found},
        )

    async def activity(self, sid: bytes) -> int | None:
        """When the last envelope was put (at first: when it began), in unix milliseconds.

        Raises:
            StoreError: no answer.
        """
        reply = await self._store.call(b"HGET", keys.relay(sid), b"a")
        return None if reply is None else int(reply)

    async def say_felt(self, sid: bytes) -> bool:
        """Note that how it feels before the talk was said; False when it was before, or there is none.

        Raises:
            StoreError: no answer.
        """
        return bool(await self._store.run(self._scripts.felt, (keys.relay(sid),)))

    async def has_felt(self, sid: bytes) -> bool:
        """Whether it was said.

        Raises:
            StoreError: no answer.
        """
        return bool(await self._store.call(b"HEXISTS", keys.relay(sid), b"f"))

    async def epoch_hint(self, sid: bytes, slot: int) -> int:
        """The highest epoch that was offered in a slot, or that its lanes have seen; 0 when there is none.

        A new offer goes above it.

        Raises:
            StoreError: no answer.
        """
        names = (b"l:%d:%d" % (slot, direction) for direction in (0, 1))
        newest = await self._store.call(b"HMGET", keys.relay(sid), b"o:%d" % slot, *names)
        return max(int(entry.partition(b"-")[0]) if entry else 0 for entry in newest)

    async def forget(self, sid: bytes) -> None:
        """Delete every key of the conversation, its deadlines, its place and its mark at the desk.

        May be sent again. Also has the store's script engine collect its garbage, so that no copy
        of an envelope stays there.

        Raises:
            StoreError: no answer.
        """
        generations, devices, left = await self._store.run(self._scripts.forget, keys.conversation(sid))
        # Those that had left too: a worker can have died before it struck them off.
        both = {*devices, *left}
        marks = (key(device.decode()) for device in both for key in (keys.desk_mine, keys.desk_beside))
        seats = [sid + bytes([slot]) for slot in (0, 1)]
        due = [keys.due_conversation(sid), keys.due_claim(sid)]
        for member, generation in zip(Member, generations, strict=True):
            # Only the newest can still be renewed; one before it fires once more and finds nothing.
            due += [keys.due_presence(sid, member, g) for g in range(max(1, generation - 3), generation + 1)]
        await asyncio.gather(
            self._store.call(b"ZREM", keys.DUE, *due),
            self._store.run(self._scripts.room_leave, (keys.ROOM_ENTRIES, keys.ROOM_CLAIMS), sid),
            self._store.call(b"ZREM", keys.WITHOUT_SCRIPT, sid),
            *(self._store.call(b"SREM", mark, sid) for mark in marks),
            *(self._store.call(b"HDEL", keys.desk_left(device.decode()), *seats) for device in left),
        )

    def _now(self) -> int:
        return int(self._clock() * 1000)
