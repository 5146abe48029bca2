# SPDX-License-Identifier: AGPL-3.0-or-later
"""A desk's connection: all conversations of one signed-in device."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from chat.actions import counsellor
from chat.live.alarms import AlarmNews
from chat.live.relay import PutResult
from chat.live.wake import Kind, Wake, desk_part
from chat.protocol import codec, frames
from chat.protocol.types import EndedBy, ErrorCode
from chat.rules import pace, presence
from chat.rules.board import Sees
from chat.rules.conversation import NotAllowed
from chat.rules.roles import Permission
from chat.rules.state import Member
from chat.sessions.desk import DeskSession
from chat.sessions.help_seeker import Standing
from chat.web.desk_board import BoardView
from chat.web.desk_duty import DeskDuty
from chat.web.desk_sessions import SIGNED_OUT
from chat.web.help_seeker_socket import _REFUSAL
from chat.web.hub import Hub, RoomView
from chat.web.socket import Socket
from chat.web.switchboard import Place

C = Member.COUNSELLOR
_LOOK_AGAIN = 6  # pings between two looks whether the session still stands


class DeskSocket(Socket[frames.FromDesk]):
    """One WebSocket of a desk."""

    __slots__ = ("_duty", "_generation", "_missed", "_pings", "_session", "_token_hash")

    def __init__(self, hub: Hub, token_hash: bytes) -> None:
        super().__init__(hub)
        settings = hub.settings
        now = hub.house.now()
        bucket = pace.bucket(settings.messages_burst * 4, settings.messages_per_second * 4, now)
        peers = pace.bucket(settings.messages_burst, settings.messages_per_second, now)
        self._session = DeskSession(bucket, peers)
        self._duty = DeskDuty(hub, self._session, self.send, self.send_bytes, self._seat)
        self._token_hash = token_hash
        self._generation = 0
        self._missed: dict[bytes, list[Wake]] = {}
        self._pings = 0

    def received(self, data: bytes) -> None:
        """Decode, admit, carry out."""
        frame = codec.decode_from_desk(data)
        refused = self._session.admit(frame, self.hub.house.now())
        if refused is not None:
            self.refuse(refused, frame)
        elif isinstance(frame, frames.DeskPut) and not self.busy:
            self._put(frame.sid, frame.envelope)
        elif isinstance(frame, frames.DeskTook):
            generation = self._session.seats[frame.sid]
            self.hub.receipts.note((frame.sid, C, generation, frame.slot), (frame.epoch, frame.n))
        else:
            self.later(frame)

    async def carry_out(self, frame: frames.FromDesk) -> None:
        """The control plane."""
        house, session = self.hub.house, self._session
        match frame:
            case frames.OpenDesk(take_over=take_over):
                await self._open(take_over=take_over)
            case (
                frames.SetDuty()
                | frames.Take()
                | frames.HelpNext()
                | frames.AskHelp()
                | frames.SetRisk()
                | frames.AnswerAlarm()
                | frames.PeerSend()
            ):
                await self._duty.carry_out(frame)
            case frames.Rejoin():
                await self._seat(frame)
            case frames.DeskOffer():
                await counsellor.offer(house, self._held(frame.sid), frame)
            case frames.DeskReply(sid=sid, ready=ready):
                await counsellor.reply(house, self._held(sid), frame)
                self._put(sid, ready)
            case frames.DeskPut(sid=sid, envelope=envelope):
                self._held(sid)
                self._put(sid, envelope)
            case frames.DeskEnd(sid=sid):
                by = await counsellor.end(house, session.device, sid, self._held(sid))
                self._closed(sid, by)
            case frames.DeskTook():
                pass  # carried out at once

    def refuse(self, code: ErrorCode, frame: frames.FromDesk | None = None) -> None:
        """Answer with a typed refusal, naming the conversation it was about."""
        self.send(frames.DeskRefused(code, getattr(frame, "sid", None), getattr(frame, "slot", None)))
        self.count_fault(code)

    def wake(self, wake: Wake) -> None:
        """Something for one of the conversations, or for the desk itself, came from the live store."""
        if wake.kind in {Kind.DESK_SUPERSEDED, Kind.DESK_TOLD}:
            self._desk_wake(wake)
            return
        missed = self._missed.get(wake.sid)
        if missed is not None:
            missed.append(wake)
        elif wake.kind is Kind.ENVELOPE:
            if self.is_new(wake.sid, wake.body):
                self.send(frames.DeskDelivery(wake.sid, wake.body))
        elif wake.kind is Kind.SUPERSEDED:
            if int(wake.body) > self._session.seats.get(wake.sid, 0):
                self._release(wake.sid)
                self.send(frames.DeskRefused(ErrorCode.SUPERSEDED, wake.sid, 0))
        elif not wake.body:
            self.lapsed(wake.sid)
        else:
            self._told(wake)

    def show_room(self, view: RoomView) -> None:
        """Send the waiting list, to those who may see it."""
        if self._session.standing is Standing.JOINED and self._duty.may(Permission.SEE_WAITING_ROOM):
            self.send_bytes(view.for_desks)

    def sees(self) -> Sees | None:
        """What of the board whoever sits here may see."""
        return self._duty.sees() if self._session.standing is Standing.JOINED else None

    def show_board(self, view: BoardView) -> None:
        """Send the board, if there is something new for this desk."""
        if self._session.standing is Standing.JOINED:
            self._duty.show_board(view)

    def show_alarm(self, news: AlarmNews) -> None:
        """Send an alarm, or that somebody is on it, to those whom it concerns."""
        if self._session.standing is Standing.JOINED:
            self._duty.show_alarm(news)

    def forget(self) -> None:
        """The live store lost its memory: conversations and the sign-in are gone."""
        for sid in list(self._session.seats):
            self._closed(sid, EndedBy.LOST)
        self._out(ErrorCode.NOT_SIGNED_IN)

    def alive(self) -> Iterator[Place]:
        """Every seat, if the last ping was answered."""
        if self._answered:
            for sid, generation in self._session.seats.items():
                yield sid, C, generation

    def desks(self) -> Iterator[str]:
        """The device, if the last ping was answered."""
        if self._answered and self._session.standing is Standing.JOINED:
            yield self._session.device.hex()

    def ping(self) -> None:
        """Ask for a sign of life; now and then look whether the session still stands."""
        super().ping()
        self._pings += 1
        if self._pings % _LOOK_AGAIN == 0 and self._session.standing is Standing.JOINED:
            self.hub.spawn(self._still_signed_in())

    def gone(self) -> None:
        """The browser is gone; presence ends after a short grace."""
        house, session = self.hub.house, self._session
        until = presence.lease_after_close(house.now())
        for sid, generation in session.seats.items():
            house.deadlines.ends(sid, C, generation, until)
        if session.standing is Standing.JOINED:
            house.duty.ends(session.device.hex(), until)
        self._let_go()

    async def reattach(self, sid: bytes) -> None:
        """The presence lease of a seat ended, and the browser gave a sign of life."""
        try:
            await counsellor.reattach(self.hub.house, self._session.device, sid, self._held(sid))
        except NotAllowed:
            self._release(sid)
            self.send(frames.DeskRefused(ErrorCode.NOT_A_MEMBER, sid, 0))

    async def _open(self, *, take_over: bool) -> None:
        house, session = self.hub.house, self._session
        found = await house.desk.find(self._token_hash)
        if found is None:
            session.refused()
            raise NotAllowed(ErrorCode.NOT_SIGNED_IN)
        session.identify(bytes.fromhex(found.staff), bytes.fromhex(found.device))
        try:
            self.hub.switchboard.hold_desk(found.device, self)
            self._generation, welcome = await counsellor.open_desk(house, session.device, take_over=take_over)
            await self._duty.open()
        except BaseException:
            self.hub.switchboard.release_desk(found.device, self)
            session.refused()
            raise
        session.joined()
        if self.transport is None:  # it left while we asked
            self.gone()
            return
        self.send(welcome)
        await self._duty.greet()
        self.hub.room_changed()
        self.hub.board.changed()

    async def _seat(self, frame: frames.Take | frames.Rejoin) -> None:
        house, session, sid = self.hub.house, self._session, frame.sid
        if sid in session.seats:  # pressed twice: the first press stands
            raise NotAllowed(ErrorCode.TAKEN)
        self._missed[sid] = []
        self.hub.switchboard.hold(sid, C, self)
        try:
            if isinstance(frame, frames.Take):
                seated: counsellor.Seated | EndedBy
                seated = await counsellor.take(house, session.staff, session.device, frame)
            else:
                seated = await counsellor.rejoin(house, session.device, frame)
        except BaseException:
            self._release(sid)
            raise
        if isinstance(seated, EndedBy):
            self._closed(sid, seated)
            return
        session.holds(sid, seated.generation)
        if self.transport is None:
            self.gone()
            return
        self.send(seated.answer)
        for missed in seated.missed:
            if not isinstance(missed, frames.DeskDelivery) or self.is_new(sid, missed.envelope):
                self.send(missed)
        for wake in self._missed.pop(sid, ()):
            self.wake(wake)

    async def _still_signed_in(self) -> None:
        if await self.hub.house.desk.find(self._token_hash) is None:
            self._out(ErrorCode.NOT_SIGNED_IN)
            return
        try:
            await self._duty.look_again()
        except NotAllowed as refused:
            self._out(refused.code)

    def _held(self, sid: bytes) -> int:
        generation = self._session.seats.get(sid)
        if generation is None:  # released while the frame waited for its turn
            raise NotAllowed(ErrorCode.NOT_A_MEMBER)
        return generation

    def _put(self, sid: bytes, envelope: bytes) -> None:
        done = partial(self._put_done, sid, envelope[:11])
        self.hub.house.relay.put(sid, C, self._held(sid), Member.HELP_SEEKER, envelope, done)

    def _put_done(self, sid: bytes, header: bytes, result: PutResult) -> None:
        refusal = _REFUSAL.get(result)
        if refusal is None:
            epoch, n = int.from_bytes(header[3:7], "big"), int.from_bytes(header[7:11], "big")
            self.hub.stored.note((self, sid, header[1]), frames.DeskStored(sid, header[1], epoch, n))
        else:
            self.send(frames.DeskRefused(refusal, sid, 0))
            self.count_fault(refusal)

    def _told(self, wake: Wake) -> None:
        if wake.kind is Kind.TOLD:
            frame = codec.decode_to_desk(wake.body)
            if isinstance(frame, frames.DeskClosed):
                self.hub.spawn(self.hub.house.desk.drop_mine(self._session.device.hex(), wake.sid))
                self._closed(wake.sid, frame.by)
                return
            if isinstance(frame, frames.DeskRefused):
                self._release(wake.sid)
        self.send_bytes(wake.body)

    def _desk_wake(self, wake: Wake) -> None:
        _, body = desk_part(wake)
        if wake.kind is Kind.DESK_TOLD:
            if body == SIGNED_OUT:
                self._out(ErrorCode.NOT_SIGNED_IN)
            elif self._session.standing is Standing.JOINED:
                self.send_bytes(body)
        elif self._session.standing is Standing.JOINED and int(body) > self._generation:
            self._out(ErrorCode.SUPERSEDED)

    def _closed(self, sid: bytes, by: EndedBy) -> None:
        self.send(frames.DeskClosed(sid, by))
        self._release(sid)

    def _release(self, sid: bytes) -> None:
        self._missed.pop(sid, None)
        self.anew(sid)
        self._session.released(sid)
        self.hub.switchboard.release(sid, C, self)

    def _out(self, code: ErrorCode) -> None:
        """This connection is the desk no longer."""
        self.send(frames.DeskRefused(code, None, None))
        house = self.hub.house
        if code is ErrorCode.NOT_SIGNED_IN and self._session.standing is Standing.JOINED:
            self.hub.spawn(self._duty.signed_out())
            until = presence.lease_after_close(house.now())
            for sid, generation in self._session.seats.items():
                house.deadlines.ends(sid, C, generation, until)
        self._let_go()

    def _let_go(self) -> None:
        for sid in list(self._session.seats):
            self._release(sid)
        self.hub.switchboard.release_desk(self._session.device.hex(), self)
        self._session.over()
