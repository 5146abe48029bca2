# SPDX-License-Identifier: AGPL-3.0-or-later
"""The waiting room as the store keeps it: entries, claims, and the one point of decision.

How a claim works: its deadline is written first, then ONE script removes the entry and writes the claim
with owner and lease. The conversation moves afterwards by version check; then `settle`. A claim whose
owner died comes back by its deadline: `lapsed` puts the entry where it was.

An entry is stored as `<present>:<version>:` and the MessagePack of `chat.rules.waiting_room.Entry`.
The version is that of the conversation's state that says so: a worker that is late
cannot overwrite what a faster one knew better.
"""

from __future__ import annotations

import asyncio
import enum

import msgspec

from chat.live import keys
from chat.live.deadlines import Deadlines
from chat.live.resp import Store
from chat.rules.waiting_room import Entry

CLAIM_LEASE_MS = 10_000
"""How long the owner of a claim has to move the conversation."""

_decode = msgspec.msgpack.Decoder(Entry).decode


class Lapse(enum.Enum):
    """What `lapsed` found."""

    NONE = enum.auto()
    """No claim: it was settled or given back."""
    NOT_YET = enum.auto()
    """The lease still runs; the deadline was set anew."""
    BACK = enum.auto()
    """The entry is in the waiting room again."""


class WaitingRoom:
    """Who waits, and who was claimed. Every change publishes a nudge on `keys.ROOM_CHANNEL`."""

    def __init__(self, store: Store, deadlines: Deadlines) -> None:
        self._store = store
        self._deadlines = deadlines
        self._scripts = store.scripts

    def enter(self, sid: bytes, entry: Entry, version: int) -> asyncio.Future[bool]:
        """Write an entry (again); removes any claim on it. `version` is the state's that says so.

        Returns:
            False when a newer version was written before, and nothing changed.

        Raises (from the future):
            StoreError: no answer.
        """
        value = b"%d:%d:%b" % (entry.present, version, msgspec.msgpack.encode(entry))
        return self._store.run_as(bool, self._scripts.room_enter, _KEYS, sid, value, version, keys.ROOM_TTL)

    def mark(self, sid: bytes, present: bool, version: int) -> asyncio.Future[bool]:
        """Note whether the help-seeker is connected, in the entry or in the claim that holds it.

        Returns:
            False when there is no entry, or a newer version was written before.

        Raises (from the future):
            StoreError: no answer.
        """
        return self._change(sid, present, version, b"")

    def describe(self, sid: bytes, entry: Entry, version: int) -> asyncio.Future[bool]:
        """Note what the help-seeker says of the matter, in the entry or in the claim that holds it.

        Returns:
            False when there is no entry, or a newer version was written before.

        Raises (from the future):
            StoreError: no answer.
        """
        return self._change(sid, entry.present, version, msgspec.msgpack.encode(entry))

    async def leave(self, sid: bytes) -> None:
        """Remove the entry and any claim on it. May be sent again.

        Raises:
            StoreError: no answer.
        """
        await self._store.run(self._scripts.room_leave, _KEYS, sid)

    async def claim(self, sid: bytes, owner: str, now: int, lease: int = CLAIM_LEASE_MS) -> Entry | None:
        """Take one waiting conversation: exactly one of all who try at once gets the entry.

        Args:
            sid: which conversation.
            owner: who claims, without `|`; a text of its own for every attempt that is to be told apart.
            now: unix milliseconds.
            lease: milliseconds.

        Returns:
            The entry, or None when it is taken, gone, or the person is away.

        Raises:
            StoreError: no answer. If the claim was made all the same, it comes back by its lease.
            ValueError: the owner contains `|`.
        """
        if "|" in owner:
            raise ValueError("an owner must not contain |")
        # On one connection the deadline is there before the claim.
        _, reply = await asyncio.gather(
            self._deadlines.set_claim_due(sid, now + lease),
            self._store.run(self._scripts.room_claim, _KEYS, sid, owner, now + lease, keys.ROOM_TTL),
        )
        return None if reply is None else _entry(reply)

    async def release(self, sid: bytes, owner: str) -> bool:
        """Give a claim back: the entry is where it was. False when this owner has none.

        Raises:
            StoreError: no answer.
        """
        return bool(await self._store.run(self._scripts.room_release, _KEYS, sid, owner, keys.ROOM_TTL))

    async def settle(self, sid: bytes, owner: str) -> bool:
        """The conversation has moved: remove the claim, and the entry if the claim had lapsed meanwhile.

        Returns:
            Whether the claim was still this owner's.

        Raises:
            StoreError: no answer.
        """
        return bool(await self._store.run(self._scripts.room_settle, _KEYS, sid, owner))

    async def lapsed(self, sid: bytes, now: int) -> Lapse:
        """The deadline of a claim came (`deadlines.Kind.CLAIM`): put the entry back if its lease is over.

        Raises:
            StoreError: no answer.
        """
        reply: int = await self._store.run(self._scripts.room_lapsed, _KEYS, sid, now, keys.ROOM_TTL)
        if reply > 0:
            await self._deadlines.set_claim_due(sid, reply)
            return Lapse.NOT_YET
        return Lapse.BACK if reply else Lapse.NONE

    async def snapshot(self) -> dict[bytes, Entry]:
        """Everybody who waits and is not claimed (`chat.rules.waiting_room` orders them).

        Raises:
            StoreError: no answer.
        """
        flat = await self._store.call(b"HGETALL", keys.ROOM_ENTRIES)
        return {sid: _entry(value) for sid, value in zip(flat[::2], flat[1::2], strict=True)}

    def size(self) -> asyncio.Future[int]:
        """How many entries there are.

        Raises (from the future):
            StoreError: no answer.
        """
        return self._store.call(b"HLEN", keys.ROOM_ENTRIES)

    def _change(self, sid: bytes, present: bool, version: int, packed: bytes) -> asyncio.Future[bool]:
        limits = (int(present), version, keys.ROOM_TTL)
        return self._store.run_as(bool, self._scripts.room_change, _KEYS, sid, *limits, packed)


_KEYS = (keys.ROOM_ENTRIES, keys.ROOM_CLAIMS)


def _entry(value: bytes) -> Entry:
    present, _, packed = value.split(b":", 2)
    return msgspec.structs.replace(_decode(packed), present=present == b"1")
