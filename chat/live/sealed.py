# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seats of those without script: a state that only their cookie opens, changed together with what is sent.

One script writes the next state *if the version is unchanged*, appends the envelopes sealed from it, and
wakes the other side; else it does nothing, and the caller throws its ciphertext away. Nothing here can
open a state.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from chat.live import keys, wake
from chat.live.relay import READY_ROOM
from chat.live.resp import Store
from chat.live.wake import Kind
from chat.rules.lanes import LANE_LIMIT
from chat.rules.state import STAFF, Member

H: Final = Member.HELP_SEEKER
LOOK: Final = b"\0"
"""Told to the help-seeker's own connection: something was written, look."""
HERE: Final = b"\1"
"""Told to it: the browser has just fetched a picture, so it is there."""
_ENTERS_WITHIN: Final = 30_000  # ms from being admitted to being in the waiting room
_PEER: Final = (Member.COUNSELLOR, Member.SUPERVISOR)


class Changed(enum.Enum):
    """What became of a change that was not written."""

    ANOTHER_VERSION = 0
    """Somebody else was faster: load, and seal again."""
    SUPERSEDED = 4
    """Another connection holds the conversation now."""
    GONE = 5
    """There is no such conversation."""
    FULL = 6
    """Too much lies undelivered."""


class Admitted(enum.Enum):
    """Whether somebody may start."""

    YES = 1
    TOO_MANY_AT_ONCE = 0
    ROOM_FULL = -1


@dataclass(slots=True)
class Publication:
    """What a change publishes."""

    envelopes: list[bytes] = field(default_factory=list)
    hellos: list[tuple[Member, bytes]] = field(default_factory=list)
    """Whom an m1 is for, and the frame that their desk gets."""
    took: list[tuple[int, int, int]] = field(default_factory=list)
    """Slot, epoch, n up to which the incoming lane was taken in."""

    def __bool__(self) -> bool:
        return bool(self.envelopes or self.hellos or self.took)


@dataclass(frozen=True, slots=True)
class Share:
    """How many may start without script; the bucket is one for the whole service."""

    waiting: int
    """Of them, in the waiting room at once."""
    room: int
    """Of all, in the waiting room."""
    burst: int
    an_hour: int


class SealedSeats:
    """States of those without script."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scripts = store.scripts

    async def admit(self, sid: bytes, share: Share, now: int) -> Admitted:
        """Whether one more may start (`now` in unix milliseconds); a start that is admitted is spent.

        Raises:
            StoreError: no answer.
        """
        names = (keys.ROOM_ENTRIES, keys.WITHOUT_SCRIPT, keys.STARTS)
        limits = (share.waiting, share.room, share.burst, share.an_hour)
        reply: int = await self._store.run(
            self._scripts.starts_admit, names, sid, now, *limits, keys.ROOM_TTL, _ENTERS_WITHIN
        )
        return Admitted(reply)

    async def create(self, sid: bytes, sealed: bytes) -> bool:
        """Write the first state; before the conversation, so that there is never one without it.

        Returns:
            False, with nothing changed, when there is one.

        Raises:
            StoreError: no answer.
        """
        reply = await self._store.run(
            self._scripts.sealed_create, (keys.sealed(sid),), sealed, keys.CONVERSATION_TTL
        )
        return bool(reply)

    async def load(self, sid: bytes) -> tuple[int, bytes] | None:
        """Version and state; None when there is none (any more).

        Raises:
            StoreError: no answer.
        """
        version, data = await self._store.call(b"HMGET", keys.sealed(sid), b"v", b"d")
        return None if version is None else (int(version), data)

    async def change(
        self,
        sid: bytes,
        version: int,
        sealed: bytes,
        what: Publication,
        now: int,
        *,
        generation: int | None,
        look: bool,
    ) -> Changed | frozenset[int]:
        """Write the next state and publish with it, if the version is unchanged.

        Args:
            sid: the conversation.
            version: of the state this one was made from.
            sealed: the next state.
            what: is published with it.
            now: unix milliseconds.
            generation: only while this connection holds the conversation; None: from any request.
            look: wake the connection that holds it.

        Returns:
            The slots whose envelopes did not fit their lane, since this state had been rolled back; or why
            nothing was written.

        Raises:
            StoreError: no answer; whether it was written only the next `load` tells.
        """
        reply = await self._store.run(
            self._scripts.sealed_change,
            (
                keys.relay(sid),
                keys.sealed(sid),
                *(keys.lane(sid, slot, direction) for direction in (0, 1) for slot in (0, 1)),
                *keys.hands(sid),
            ),
            "" if generation is None else generation,
            version,
            sealed,
            now,
            LANE_LIMIT,
            wake.encode(Kind.TOLD, H, sid, LOOK) if look else "",
            *_parts(sid, what),
        )
        if isinstance(reply, int):
            return Changed(reply)
        return frozenset(int(slot) for slot in reply[1:])

    async def drop(self, sid: bytes) -> None:
        """There will be no conversation: remove its first state.

        Raises:
            StoreError: no answer; it goes by its clock.
        """
        await self._store.call(b"DEL", keys.sealed(sid))


def _parts(sid: bytes, what: Publication) -> Iterable[object]:
    for envelope in what.envelopes:
        slot = envelope[1]
        epoch, n = int.from_bytes(envelope[3:7], "big"), int.from_bytes(envelope[7:11], "big")
        peer = _PEER[slot]
        limit = LANE_LIMIT if n else LANE_LIMIT + READY_ROOM
        payload = wake.encode(Kind.ENVELOPE, peer, sid, envelope)
        yield from (b"e", slot, b"w:" + peer.encode(), b"%d-%d" % (epoch, n + 1), limit, payload)
    for peer, frame in what.hellos:
        head = wake.encode(Kind.HELLO, peer, sid)
        yield from (b"h", STAFF.index(peer), b"w:" + peer.encode(), frame, head)
    for slot, epoch, n in what.took:
        yield from (b"t", slot, b"%d-%d" % (epoch, n + 2))
