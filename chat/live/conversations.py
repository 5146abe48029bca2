# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the store keeps of one conversation beside its envelopes: state, connections, seats."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from chat.live import keys, wake
from chat.live.resp import Store
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

    async def create(self, sid: bytes, data: bytes, ticket_hash: bytes, half: bytes, worker: str) -> bool:
        """Begin a conversation: state at version 1, help-seeker attached at generation 1.

        Returns:
            False, with nothing changed, when there is one under this sid.

        Raises:
            StoreError: no answer.
        """
        reply = await self._store.run(
            self._scripts.create,
            (keys.state(sid), keys.relay(sid), keys.seat(sid)),
            data,
            ticket_hash,
            half,
            keys.worker(worker),
            self._now(),
            keys.CONVERSATION_TTL,
        )
        return bool(reply)

    async def load(self, sid: bytes) -> tuple[int, bytes] | None:
        """Version and state; None when there is no such conversation (any more).

        Raises:
            StoreError: no answer.
        """
        version, data = await self._store.call(b"HMGET", keys.state(sid), b"v", b"d")
        return None if version is None else (int(version), data)

    async def save(self, sid: bytes, expected: int, data: bytes) -> int:
        """Replace the state if its version is still `expected` (0: if there is none).

        Returns:
            The new version, or 0 when somebody else was faster and nothing changed.

        Raises:
            StoreError: no answer.
        """
        reply: int = await self._store.run(
            self._scripts.save, (keys.state(sid),), expected, data, keys.CONVERSATION_TTL
        )
        return reply

    async def attach(self, sid: bytes, member: Member, worker: str, version: int | None = None) -> int | None:
        """A connection of this member came: it gets the next generation, the one before is superseded.

        The worker of the one before is woken (`Kind.SUPERSEDED`). With a `version` only while the state
        has it still: who stood still meanwhile supersedes nobody.

        Returns:
            The generation, or None when there is no such conversation (of this version).

        Raises:
            StoreError: no answer.
        """
        reply: int = await self._store.run(
            self._scripts.attach,
            (keys.relay(sid), keys.state(sid)),
            member.encode(),
            keys.worker(worker),
            wake.encode(Kind.SUPERSEDED, member, sid),
            "" if version is None else version,
        )
        return reply or None

    async def detach(self, sid: bytes, member: Member) -> None:
        """This staff member holds its seat no longer: its last generation can do nothing any more.

        Holder, half-key and handshake of the seat are deleted with it.

        Raises:
            StoreError: no answer.
        """
        names = (keys.relay(sid), keys.hand(sid, STAFF.index(member)), keys.seat(sid))
        await self._store.run(self._scripts.detach, names, member.encode())

    async def generation(self, sid: bytes, member: Member) -> int:
        """The current generation of a member; 0 when it never had a connection.

        Raises:
            StoreError: no answer.
        """
        return int(await self._store.call(b"HGET", keys.relay(sid), b"g:" + member.encode()) or 0)

    async def hold_seat(
        self, sid: bytes, member: Member, half: bytes, device: str, staff: str, version: int | None = None
    ) -> bool:
        """Note who holds a staff seat, with the server's half of the desk's reload key.

        Returns:
            False, with nothing written, when there is no such conversation (of this version).

        Raises:
            StoreError: no answer.
        """
        reply = await self._store.run(
            self._scripts.hold_seat,
            (keys.seat(sid), keys.state(sid)),
            member.encode(),
            half,
            device,
            staff,
            "" if version is None else version,
        )
        return bool(reply)

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

    async def epoch_hint(self, sid: bytes, slot: int) -> int:
        """The highest epoch either lane of a seat has seen, 0 when there is none: a new offer goes above it.

        Raises:
            StoreError: no answer.
        """
        names = (b"l:%d:%d" % (slot, direction) for direction in (0, 1))
        newest = await self._store.call(b"HMGET", keys.relay(sid), *names)
        return max(int(entry.partition(b"-")[0]) if entry else 0 for entry in newest)

    async def forget(self, sid: bytes) -> None:
        """Delete every key of the conversation, its deadlines, its place and its mark at the desk.

        May be sent again. Also has the store's script engine collect its garbage, so that no copy
        of an envelope stays there.

        Raises:
            StoreError: no answer.
        """
        generations, devices = await self._store.run(self._scripts.forget, keys.conversation(sid))
        due = [keys.due_conversation(sid), keys.due_claim(sid)]
        for member, generation in zip(Member, generations, strict=True):
            # Only the newest can still be renewed; one before it fires once more and finds nothing.
            due += [keys.due_presence(sid, member, g) for g in range(max(1, generation - 3), generation + 1)]
        await asyncio.gather(
            self._store.call(b"ZREM", keys.DUE, *due),
            self._store.run(self._scripts.room_leave, (keys.ROOM_ENTRIES, keys.ROOM_CLAIMS), sid),
            *(self._store.call(b"SREM", keys.desk_mine(device.decode()), sid) for device in devices),
        )

    def _now(self) -> int:
        return int(self._clock() * 1000)
