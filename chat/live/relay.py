# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay plane: keep an envelope in its lane and wake the other side, in one round trip.

Nothing here opens an envelope; the 11 bytes before the sealed part say which lane and number it is
(docs/protocol.md, envelopes). `put` makes no future and no task: the answer comes to a callback.
"""

from __future__ import annotations

import enum
import struct
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from chat.live import keys, wake
from chat.live.resp import Store, pack
from chat.live.wake import Kind
from chat.rules.lanes import LANE_LIMIT
from chat.rules.state import Member

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


class _Fields:
    """Names of hash fields, made once for each lane a member can write."""

    __slots__ = ("count", "mine", "newest")

    def __init__(self, member: Member, slot: int, direction: int) -> None:
        self.mine = b"g:" + member.encode()
        self.newest = b"l:%d:%d" % (slot, direction)
        self.count = b"x:%d:%d" % (slot, direction)


_LANES: Final = {
    (member, slot, direction): _Fields(member, slot, direction)
    for member, slot, direction in (
        (Member.HELP_SEEKER, 0, 0),
        (Member.HELP_SEEKER, 1, 0),
        (Member.COUNSELLOR, 0, 1),
        (Member.SUPERVISOR, 1, 1),
    )
}
"""Which member writes which lane; everything else is not a member's to write."""
_WORKER: Final = {member: b"w:" + member.encode() for member in Member}
_CODE: Final = {member: member.encode() for member in Member}
_RESULTS: Final = tuple(PutResult)


def _answer(done: Callable[[PutResult], None], reply: Any) -> None:
    done(_RESULTS[reply] if reply.__class__ is int else PutResult.LOST)


class Relay:
    """Envelopes, handshakes and notes between the members of a conversation."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        scripts = store.scripts
        self._put = scripts.put.sha
        self._took = scripts.took.sha

    def put(
        self,
        sid: bytes,
        member: Member,
        generation: int,
        peer: Member,
        envelope: bytes,
        done: Callable[[PutResult], None],
    ) -> None:
        """Keep one envelope of `member` and wake `peer`; `done` is called with the outcome, once.

        `envelope` has one of the two sizes (the codec checked). Only the connection with the current
        generation may write. May be sent again: what the lane has is a DUPLICATE.
        """
        _, slot, direction, epoch, n = _header(envelope)
        fields = _LANES.get((member, slot, direction))
        if fields is None:
            done(PutResult.NOT_A_MEMBER)
            return
        self._store.send(
            pack(
                (
                    b"EVALSHA",
                    self._put,
                    2,
                    keys.relay(sid),
                    keys.lane(sid, slot, direction),
                    fields.mine,
                    generation,
                    _WORKER[peer],
                    fields.newest,
                    fields.count,
                    b"%d-%d" % (epoch, n),
                    b"%d-%d" % (epoch, n + 1),
                    LANE_LIMIT if n else LANE_LIMIT + READY_ROOM,
                    int(self._clock() * 1000),
                    b"\0%b%b%b" % (_CODE[peer], sid, envelope),
                )
            ),
            _answer,
            done,
        )

    def took(self, sid: bytes, member: Member, generation: int, slot: int, epoch: int, n: int) -> None:
        """`member` has kept everything of its incoming lane up to (epoch, n): drop it. No answer.

        Ignored from a connection that is no longer the current one.
        """
        direction = 1 if member is Member.HELP_SEEKER else 0
        if (member, slot, 1 - direction) not in _LANES:
            return
        self._store.send(
            pack(
                (
                    b"EVALSHA",
                    self._took,
                    2,
                    keys.relay(sid),
                    keys.lane(sid, slot, direction),
                    b"g:" + member.encode(),
                    generation,
                    b"x:%d:%d" % (slot, direction),
                    b"%d-%d" % (epoch, n + 2),
                )
            )
        )

    async def backlog(self, sid: bytes, slot: int, direction: int) -> list[bytes]:
        """Every envelope of a lane that is not acknowledged, in order.

        A live one may reach the worker before this answer and be in it as well: compare numbers.

        Raises:
            StoreError: no answer.
        """
        entries = await self._store.call(b"XRANGE", keys.lane(sid, slot, direction), b"-", b"+")
        return [values[1][wake.HEAD :] for _, values in entries]

    async def post_handshake(
        self, sid: bytes, kind: Kind, body: bytes, member: Member, generation: int, peer: Member
    ) -> PutResult:
        """Keep the newest offer, hello or reply between two members and wake `peer`.

        Another offer removes the hello and the reply to the one before. Each member of staff has a mailbox of
        its own: a newcomer's handshake leaves that of the counsellor alone.

        Returns:
            STORED, SUPERSEDED or NOT_A_MEMBER.

        Raises:
            StoreError: no answer.
        """
        return PutResult(
            await self._store.run(
                self._store.scripts.post,
                (keys.relay(sid), keys.hand(sid, peer if member is Member.HELP_SEEKER else member)),
                b"g:" + member.encode(),
                generation,
                _WORKER[peer],
                _FIELDS[kind],
                body,
                wake.encode(kind, peer, sid),
            )
        )

    async def handshake(self, sid: bytes, member: Member) -> dict[Kind, bytes]:
        """What was posted last of offer, hello and reply between the help-seeker and this member of staff.

        Raises:
            StoreError: no answer.
        """
        values = await self._store.call(b"HMGET", keys.hand(sid, member), *_FIELDS.values())
        return {kind: value for kind, value in zip(_FIELDS, values, strict=True) if value is not None}

    def tell(self, sid: bytes, member: Member, payload: bytes) -> None:
        """Send a note to the worker that holds this member's connection, if any. No answer."""
        script = self._store.scripts.tell
        body = wake.encode(Kind.TOLD, member, sid, payload)
        self._store.fire(b"EVALSHA", script.sha, 1, keys.relay(sid), _WORKER[member], body)
