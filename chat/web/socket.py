# SPDX-License-Identifier: AGPL-3.0-or-later
"""What both kinds of connection have in common: frames in, frames out, nothing stalls the worker.

How this works: envelopes and receipts (the relay plane) are carried out at once, without a task or a
future. Everything else (the control plane) waits in a short queue that one task works off in order.
While that queue is not empty envelopes go through it too, so that nothing overtakes.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Iterator
from typing import ClassVar, Generic, TypeVar

import msgspec
from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from chat import log
from chat.live.alarms import AlarmNews
from chat.live.errors import StoreError
from chat.live.wake import Wake
from chat.protocol import codec
from chat.protocol.types import MAX_FRAME, ErrorCode
from chat.rules.board import Sees
from chat.rules.conversation import NotAllowed
from chat.rules.state import Member
from chat.web.desk_board import BoardView
from chat.web.hub import Hub, RoomView
from chat.web.shared_frame import HEAD, for_many
from chat.web.switchboard import Place

_BINARY, _PONG, _CLOSE, _PING = WSMsgType.BINARY, WSMsgType.PONG, WSMsgType.CLOSE, WSMsgType.PING
_MOST_PENDING = 64
_MOST_FAULTS = 100  # in one connection; a browser of ours never comes near
_FAULTS = frozenset(
    {
        ErrorCode.MALFORMED,
        ErrorCode.TOO_LARGE,
        ErrorCode.UNKNOWN_FRAME,
        ErrorCode.OUT_OF_STATE,
        ErrorCode.TOO_FAST,
        ErrorCode.VERSION,
    }
)
"""Refusals that only a broken or hostile browser collects; that somebody else was faster is none."""
_MOST_UNSENT = 1 << 20  # bytes that may wait for a slow browser before it has to connect anew
_COPIED = 1000  # bytes: what is larger would make a connection's own buffer grow, and lie in it
_MOST_UNANSWERED = 90  # pings in a row: after 15 minutes there is no place left to come back to

FrameT = TypeVar("FrameT")


class Socket(WSListener, Generic[FrameT]):
    """One WebSocket."""

    moving: ClassVar[msgspec.Struct]
    """What says, on this kind of connection, that it is to go on over another one."""

    __slots__ = (
        "_answered",
        "_faults",
        "_lapsed",
        "_newest",
        "_pending",
        "_unanswered",
        "busy",
        "called_away",
        "hub",
        "transport"
    )  # fmt: skip

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.transport: WSTransport | None = None
        self._pending: deque[FrameT] | None = None
        self.busy = False
        """Whether something waits for its turn: then an envelope has to wait too."""
        self.called_away = False
        """We asked for another connection in its place: that it ends says nothing of who is there."""
        self._faults = 0
        self._answered = True
        self._unanswered = 0
        self._lapsed: set[tuple[bytes, Member]] | None = None
        self._newest: dict[tuple[bytes, int], bytes] = {}

    # --- picows ---

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The WebSocket is open."""
        self.transport = transport
        transport.request.headers.clear()  # cookie and user agent: checked, and of no use from here on
        if transport.response is not None:
            transport.response.headers.clear()
        transport.underlying_transport.set_write_buffer_limits(high=_MOST_UNSENT)
        self.hub.switchboard.connections.add(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """One WebSocket frame came."""
        kind = frame.msg_type
        if kind == _BINARY and frame.fin:
            if frame.payload_size > MAX_FRAME:
                self.refuse(ErrorCode.TOO_LARGE)
                return
            try:
                self.received(frame.get_payload_as_bytes())
            except codec.FrameError as error:
                self.refuse(error.code)
        elif kind == _PONG:
            self._alive()
        elif kind == _CLOSE:
            # A close without a code is answered by one with: the absence itself has no form on the wire.
            transport.send_close(WSCloseCode.OK if frame.payload_size < 2 else frame.get_close_code())
            transport.disconnect()
        elif kind != _PING:
            self.refuse(ErrorCode.MALFORMED)  # text, or a message in pieces: no browser of ours sends that

    def on_ws_disconnected(self, _transport: WSTransport) -> None:
        """The WebSocket is gone."""
        self.transport = None
        self.hub.switchboard.connections.discard(self)
        self.gone()

    def pause_writing(self) -> None:
        """This browser takes in too slowly: let it connect anew; everything lies in the store.

        At once: a close in good order would wait for it to take in what it does not take in.
        """
        if self.transport is not None:
            self.transport.disconnect(graceful=False)

    def resume_writing(self) -> None:
        """Nothing to do."""

    # --- for the hub ---

    def ping(self) -> None:
        """Ask for a sign of life. Who gives none for long holds the connection for nothing."""
        self._answered = False
        self._unanswered += 1
        if self.transport is None:
            return
        if self._unanswered > _MOST_UNANSWERED:
            self.transport.disconnect(graceful=False)
        else:
            self.transport.send_ping()

    def move(self) -> None:
        """Ask the browser to go on over another connection, while this one still serves it."""
        self.called_away = True
        self.send(self.moving)

    def shut(self) -> None:
        """Close in an orderly way."""
        self.called_away = True
        if self.transport is not None:
            self.transport.send_close(WSCloseCode.SERVICE_RESTART)
            self.transport.disconnect()

    def turn_away(self) -> None:
        """Close for good: what waits for its turn is dropped, and nothing more is listened to."""
        if self._pending is not None:
            self._pending.clear()
        if self.transport is not None:
            self.transport.send_close(WSCloseCode.POLICY_VIOLATION)
            self.transport.disconnect()

    # --- for the two kinds ---

    def send(self, frame: msgspec.Struct) -> None:
        """Send one frame, if there is still somebody to send to."""
        self.send_bytes(codec.encode(frame))

    def send_bytes(self, data: bytes) -> None:
        """Send a frame that is encoded already."""
        if self.transport is None:
            return
        if len(data) <= _COPIED:
            self.transport.send(_BINARY, data)
        else:
            self.transport.send_reuse_external_bytearray(_BINARY, for_many(data), HEAD)

    def send_shared(self, shared: bytearray) -> None:
        """Send what `for_many` made, the same bytes to many: no connection keeps a copy of its own."""
        if self.transport is not None:
            self.transport.send_reuse_external_bytearray(_BINARY, shared, HEAD)

    def later(self, frame: FrameT) -> None:
        """Carry this out in its turn."""
        if self._pending is None:
            self._pending = deque()
        if len(self._pending) >= _MOST_PENDING:
            self.refuse(ErrorCode.TOO_FAST)
            return
        self._pending.append(frame)
        if not self.busy:
            self.busy = True
            self.hub.spawn(self._work())

    def lapsed(self, sid: bytes, member: Member) -> None:
        """The presence lease of a place ended: take it again with the next sign of life, asked for now.

        Not without one: a phone that left the network leaves a connection that looks open.
        """
        if self._lapsed is None:
            self._lapsed = set()
        self._lapsed.add((sid, member))
        if self.transport is not None:
            self.transport.send_ping()

    def is_new(self, sid: bytes, envelope: bytes) -> bool:
        """Whether this envelope comes after all that were passed on here.

        One that was read from its lane may be published to us as well. Epoch and n stand in the bytes 3 to
        10, the highest first, so they compare as bytes.
        """
        lane, number = (sid, envelope[1]), envelope[3:11]
        if number <= self._newest.get(lane, b""):
            return False
        self._newest[lane] = number
        return True

    def anew(self, sid: bytes, slot: int) -> None:
        """Everything of this lane may be passed on again."""
        self._newest.pop((sid, slot), None)

    def count_fault(self, code: ErrorCode) -> None:
        """Too many faults end the connection."""
        self.hub.counts.refused(code)
        self._faults += code in _FAULTS
        if self._faults >= _MOST_FAULTS:
            self.turn_away()

    @abstractmethod
    def received(self, data: bytes) -> None:
        """One binary message of at most MAX_FRAME bytes."""

    @abstractmethod
    def refuse(self, code: ErrorCode, frame: FrameT | None = None) -> None:
        """Answer with a typed refusal."""

    @abstractmethod
    async def carry_out(self, frame: FrameT) -> None:
        """Do what an admitted frame asks for; may raise NotAllowed and StoreError."""

    @abstractmethod
    async def reattach(self, sid: bytes, member: Member) -> None:
        """Take a place again whose presence lease ended although this connection lives."""

    @abstractmethod
    def gone(self) -> None:
        """Let go of everything this connection held."""

    @abstractmethod
    def wake(self, wake: Wake) -> None:
        """Something for this connection came from the live store."""

    @abstractmethod
    def show_room(self, view: RoomView) -> None:
        """The waiting room is another than before."""

    def sees(self) -> Sees | None:
        """Nothing of the board."""
        return None

    def show_board(self, view: BoardView) -> None:
        """Not for everybody."""

    def show_alarm(self, news: AlarmNews) -> None:
        """Not for everybody."""

    @abstractmethod
    def forget(self) -> None:
        """The live store lost its memory, and with it everything this connection was about."""

    @abstractmethod
    def alive(self) -> Iterator[Place]:
        """Places for which a sign of life came since the last time asked."""

    @abstractmethod
    def desks(self) -> Iterator[str]:
        """Devices whose desk is this connection, if a sign of life came."""

    def _alive(self) -> None:
        self._answered = True
        self._unanswered = 0
        lapsed, self._lapsed = self._lapsed, None
        for place in lapsed or ():
            self.hub.spawn(self.reattach(*place))

    async def _work(self) -> None:
        pending = self._pending
        try:
            while pending:
                await self._one(pending.popleft())
        finally:
            self._pending = None  # an idle connection keeps no queue
            self.busy = False

    async def _one(self, frame: FrameT) -> None:
        try:
            await self.carry_out(frame)
        except NotAllowed as refused:
            self.refuse(refused.code, frame)
        except StoreError:
            self.refuse(ErrorCode.STORE_LOST, frame)
        except Exception as error:  # noqa: BLE001 - one connection's trouble stays its own; only the class is kept
            log.write(log.Event.UNEXPECTED, worker=self.hub.house.worker, error=type(error))
            self.refuse(ErrorCode.STORE_LOST, frame)
