# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay plane: keep an envelope in its lane and wake the other side, in one round trip.

Nothing here opens an envelope; the 11 bytes before the sealed part say which lane and number it is
(docs/protocol.md, envelopes). `put` makes no future and no task: the answer comes to a callback.
"""

from __future__ import annotations

import asyncio
import enum
import struct
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from chat.live import keys, wake
from chat.live.resp import Store, pack
from chat.live.wake import Kind
from chat.rules.lanes import LANE_LIMIT
from chat.rules.state import SLOT, Member

READY_ROOM: Final = 16
"""Envelopes beyond the limit that may only be n = 0 of a new epoch.

A lane full of what nobody can open any more must not refuse the `ready` that repairs it.
"""

_header = struct.Struct(">BBBII").unpack_from
_FIELDS: Final[Mapping[Kind, bytes]] = {Kind.OFFER: b"offer", Kind.HELLO: b"hello", Kind.REPLY: b"reply"}


class PutResult(enum.IntEnum):
    """What became of an envelope."""

    LOST = 0
    """The store does not answer or cannot take it now; send it again."""
    STORED = 1
    DUPLICATE = 2
    """The lane had it already, or is in a higher epoch: to be answered as stored."""
    GAP = 3
    SUPERSEDED = 4
    NOT_A_MEMBER = 5
    FULL = 6


STORED: Final = PutResult.STORED
"""By a name of its own: on the way of every envelope the look into an enumeration is worth saving."""


_READER: Final = {
    (Member.HELP_SEEKER, 0, 0): Member.COUNSELLOR,
    (Member.HELP_SEEKER, 1, 0): Member.SUPERVISOR,
    (Member.COUNSELLOR, 0, 1): Member.HELP_SEEKER,
    (Member.SUPERVISOR, 1, 1): Member.HELP_SEEKER,
}
"""Who reads the lane of (writer, slot, direction); every other lane is not the writer's to write."""
_WORKER: Final = {member: b"w:" + member.encode() for member in Member}
_RESULTS: Final = tuple(PutResult)
_PUT: Final = b"%b" + b"$%d\r\n%b\r\n" * 3 + b"$%d\r\n%b%b\r\n"
"""The head of a `put`, and the arguments that differ from envelope to envelope; the last has a head too."""
_EMPTY: Final = b"$0\r\n\r\n" * 4

Done = Callable[["End", int, int, int, PutResult], None]
"""End, slot, epoch, n, and what became of that envelope."""


def _answer(put: tuple[Done, End, int, int, int], reply: Any) -> None:
    done, end, slot, epoch, n = put
    done(end, slot, epoch, n, _RESULTS[reply] if reply.__class__ is int else PutResult.LOST)


class End:
    """One member's end of a conversation, as one connection holds it. Made by `Relay.end`.

    Most of a `put` is the same for every envelope of a connection, so it is packed once for each lane.
    """

    __slots__ = ("_heads", "_relay", "generation", "member", "sid")

    def __init__(self, relay: Relay, sid: bytes, member: Member, generation: int) -> None:
        self._relay = relay
        self._heads: dict[int, tuple[bytes, bytes]] | None = None  # most connections are idle
        self.sid = sid
        self.member = member
        self.generation = generation

    def put(self, envelope: bytes, done: Done) -> None:
        """Keep one envelope of ours and wake who reads it; `done` is called with the outcome, once.

        `envelope` has one of the two sizes (the codec checked). Only the connection with the current
        generation may write. May be sent again: what the lane has is a DUPLICATE.
        """
        _, slot, direction, epoch, n = _header(envelope)
        heads = self._heads.get(slot << 8 | direction) if self._heads and n else None
        if heads is None:
            heads = self._pack_heads(slot, direction, n)
            if heads is None:
                done(self, slot, epoch, n, PutResult.NOT_A_MEMBER)
                return
        command, payload = heads
        before, entry, now = b"%d-%d" % (epoch, n), b"%d-%d" % (epoch, n + 1), self._relay.now()
        size = len(payload) + len(envelope)
        self._relay.store.send(
            _PUT % (command, len(before), before, len(entry), entry, len(now), now, size, payload, envelope),
            _answer,
            (done, self, slot, epoch, n),
        )

    def took(self, slot: int, epoch: int, n: int) -> None:
        """We have kept everything of our incoming lane up to (epoch, n): drop it. No answer.

        Ignored from a connection that is no longer the current one.
        """
        direction = 1 if self.member is Member.HELP_SEEKER else 0
        if (self.member, slot, 1 - direction) not in _READER:
            return
        self._relay.store.fire(
            b"EVALSHA",
            self._relay.store.scripts.took.sha,
            2,
            keys.relay(self.sid),
            keys.lane(self.sid, slot, direction),
            b"g:" + self.member.encode(),
            self.generation,
            b"x:%d:%d" % (slot, direction),
            b"%d-%d" % (epoch, n + 2),
        )

    def _pack_heads(self, slot: int, direction: int, n: int) -> tuple[bytes, bytes] | None:
        """What comes first in the command and in its payload; None when the lane is not ours to write."""
        reader = _READER.get((self.member, slot, direction))
        if reader is None:
            return None
        script = self._relay.store.scripts.put.sha
        names = keys.relay(self.sid), keys.lane(self.sid, slot, direction)
        lane, limit = f"{self.member}{slot}", LANE_LIMIT if n else LANE_LIMIT + READY_ROOM
        whole = pack((b"EVALSHA", script, 2, *names, lane, self.generation, limit, b"", b"", b"", b""))
        heads = whole.removesuffix(_EMPTY), wake.encode(Kind.ENVELOPE, reader, self.sid)
        if n:  # the first of an epoch has another limit, and is seldom
            if self._heads is None:
                self._heads = {}
            self._heads[slot << 8 | direction] = heads
        return heads


class Relay:
    """Envelopes, handshakes and notes between the members of a conversation."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self.store = store
        self._clock = clock

    def now(self) -> bytes:
        """Unix milliseconds, as the store takes them."""
        return b"%d" % int(self._clock() * 1000)

    def end(self, sid: bytes, member: Member, generation: int) -> End:
        """What the connection with this generation puts and takes through."""
        return End(self, sid, member, generation)

    def backlog(self, sid: bytes, slot: int, direction: int) -> asyncio.Future[list[bytes]]:
        """Every envelope of a lane that is not acknowledged, in order.

        A live one may reach the worker before this answer and be in it as well: compare numbers.

        Raises (from the future):
            StoreError: no answer.
        """
        return self.store.call_as(_envelopes, b"XRANGE", keys.lane(sid, slot, direction), b"-", b"+")

    async def post_handshake(
        self,
        sid: bytes,
        kind: Kind,
        body: bytes,
        member: Member,
        generation: int,
        peer: Member,
        epoch: int | None = None,
    ) -> PutResult:
        """Keep the newest offer, hello or reply between two members and wake `peer`.

        Another offer removes the hello and the reply to the one before. Each member of staff has a mailbox of
        its own: a newcomer's handshake leaves that of the counsellor alone. The highest `epoch` of a slot's
        offers is remembered: the next offer goes above it, also when whoever made this one has left.

        Returns:
            STORED, SUPERSEDED or NOT_A_MEMBER.

        Raises:
            StoreError: no answer.
        """
        return PutResult(
            await self.store.run(
                self.store.scripts.post,
                (keys.relay(sid), keys.hand(sid, peer if member is Member.HELP_SEEKER else member)),
                b"g:" + member.encode(),
                generation,
                _WORKER[peer],
                _FIELDS[kind],
                body,
                wake.encode(kind, peer, sid),
                *(() if epoch is None else (b"o:%d" % SLOT[member], epoch)),
            )
        )

    def handshake(self, sid: bytes, member: Member) -> asyncio.Future[dict[Kind, bytes]]:
        """What was posted last of offer, hello and reply between the help-seeker and this member of staff.

        Raises (from the future):
            StoreError: no answer.
        """
        return self.store.call_as(_posted, b"HMGET", keys.hand(sid, member), *_FIELDS.values())

    def tell(self, sid: bytes, member: Member, payload: bytes) -> None:
        """Send a note to the worker that holds this member's connection, if any. No answer."""
        script = self.store.scripts.tell
        body = wake.encode(Kind.TOLD, member, sid, payload)
        self.store.fire(b"EVALSHA", script.sha, 1, keys.relay(sid), _WORKER[member], body)


def _posted(values: list[bytes | None]) -> dict[Kind, bytes]:
    return {kind: value for kind, value in zip(_FIELDS, values, strict=True) if value is not None}


def _envelopes(entries: list[tuple[bytes, list[bytes]]]) -> list[bytes]:
    return [values[1][wake.HEAD :] for _, values in entries]
