# SPDX-License-Identifier: AGPL-3.0-or-later
"""A desk's connection: all conversations of one signed-in device."""

from __future__ import annotations

from collections.abc import Iterator

from chat.actions import counsellor, handover
from chat.live.alarms import AlarmNews
from chat.live.wake import ENVELOPE, FOR_DESKS, Kind, Wake, desk_part
from chat.protocol import codec, frames
from chat.protocol.types import EndedBy, ErrorCode, Left
from chat.rules import pace, presence
from chat.rules.board import Sees
from chat.rules.conversation import NotAllowed
from chat.rules.roles import Permission
from chat.rules.state import SLOT, Member
from chat.sessions.desk import DeskSession
from chat.sessions.help_seeker import Standing
from chat.web.desk_board import BoardView
from chat.web.desk_duty import DeskDuty
from chat.web.desk_seats import DeskSeats
from chat.web.desk_sessions import SIGNED_OUT
from chat.web.hub import Hub, RoomView
from chat.web.switchboard import Place

C = Member.COUNSELLOR
_LOOK_AGAIN = 3  # pings between two looks whether the session still stands


class DeskSocket(DeskSeats):
    """One WebSocket of a desk."""

    moving = frames.DeskMoving()
    __slots__ = ("_duty", "_generation", "_pings", "_token_hash")

    def __init__(self, hub: Hub, token_hash: bytes) -> None:
        settings, now = hub.settings, hub.house.now()
        bucket = pace.bucket(settings.messages_burst * 4, settings.messages_per_second * 4, now)
        peers = pace.bucket(settings.messages_burst, settings.messages_per_second, now)
        super().__init__(hub, DeskSession(bucket, peers))
        self._duty = DeskDuty(hub, self._session, self.send, self.send_shared, self._seat)
        self._token_hash = token_hash
        self._generation = 0
        self._pings = 0

    def received(self, data: bytes) -> None:
        """Decode, admit, carry out."""
        frame = codec.decode_from_desk(data)
        refused = self._session.admit(frame, self.hub.house.now())
        if refused is not None:
            self.refuse(refused, frame)
        elif frame.__class__ is frames.DeskPut and not self.busy:
            self._put(frame.sid, frame.envelope)
        elif frame.__class__ is frames.DeskTook:
            self.hub.receipts.note((self._end(frame.sid, frame.slot), frame.slot), (frame.epoch, frame.n))
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
                | frames.WatchBoard()
                | frames.Take()
                | frames.HelpNext()
                | frames.AskHelp()
                | frames.AnswerAlarm()
                | frames.PeerSend()
            ):
                await self._duty.carry_out(frame)
            case frames.DeskOffer(sid=sid, slot=slot):
                await counsellor.offer(house, *self._held(sid, slot), frame)
            case frames.DeskReply():
                await self._reply(frame)
            case frames.DeskPut(sid=sid, envelope=envelope):
                self._put(sid, envelope)
            case frames.DeskEnd(sid=sid, slot=slot, how=how):
                held = self._held(sid, slot)
                by = await counsellor.end(house, session.device, sid, *held, how)
                if by is None:
                    self._left(sid, held, Left.BY_ITSELF)
                else:
                    self._closed(sid, by)
            case frames.GiveBack(sid=sid):
                held = self._held(sid, 0)
                await counsellor.give_back(house, sid, held.generation)
                self._left(sid, held, Left.GIVEN_BACK)
            case frames.SetRisk(sid=sid, risk=risk):
                await counsellor.set_risk(house, sid, self._held(sid, 0).generation, risk)
                await self._duty.carry_out(frame)
            case frames.HandOver(sid=sid):
                generation = self._held(sid, 0).generation
                at_once = await handover.hand_over(house, session.staff, generation, frame)
                if at_once is not None:
                    self.send(at_once)
            case frames.Withdraw(sid=sid, slot=slot):
                held = self._held(sid, slot)
                await handover.withdraw(house, *held, sid)
                if held.member is not C:
                    self._left(sid, held, Left.BY_ITSELF)
            case frames.AnswerHandover(accept=False):
                await handover.answer(house, session.staff, session.device, frame)
            case frames.Rejoin() | frames.AnswerHandover() | frames.Supervise() | frames.TakeOver():
                await self._seat(frame)
            case frames.DeskTook():
                pass  # carried out at once

    def refuse(self, code: ErrorCode, frame: frames.FromDesk | None = None) -> None:
        """Answer with a typed refusal, naming the conversation it was about."""
        self.send(frames.DeskRefused(code, getattr(frame, "sid", None), getattr(frame, "slot", None)))
        self.count_fault(code)

    def wake(self, wake: Wake) -> None:
        """Something for one of the conversations, or for the desk itself, came from the live store."""
        if wake.kind >= FOR_DESKS:
            self._desk_wake(wake)
            return
        missed = self._missed.get((wake.sid, SLOT[wake.member])) if self._missed else None
        if missed is not None:
            missed.append(wake)
        elif wake.kind is ENVELOPE:
            if self.is_new(wake.sid, wake.body):
                self.send(frames.DeskDelivery(wake.sid, wake.body))
        else:
            self._of_a_seat(wake)

    def show_room(self, view: RoomView) -> None:
        """Send the waiting list, to those who may see it."""
        if self._session.standing is Standing.JOINED and self._duty.may(Permission.SEE_WAITING_ROOM):
            self.send_shared(view.for_desks)

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
        for sid in {sid for sid, _ in self._session.seats}:
            self._closed(sid, EndedBy.LOST)
        self._out(ErrorCode.NOT_SIGNED_IN)

    def alive(self) -> Iterator[Place]:
        """Every seat, if the last ping was answered."""
        if self._answered:
            for (sid, _), held in self._session.seats.items():
                yield sid, *held

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
        if not self.called_away:
            for (sid, _), held in session.seats.items():
                house.deadlines.ends(sid, *held, until)
            if session.standing is Standing.JOINED:
                house.duty.ends(session.device.hex(), until)
        self._let_go()

    async def _open(self, *, take_over: bool) -> None:
        house, session = self.hub.house, self._session
        found = await house.desk.find(self._token_hash)
        if found is None:
            session.refused()
            raise NotAllowed(ErrorCode.NOT_SIGNED_IN)
        session.identify(bytes.fromhex(found.staff), bytes.fromhex(found.device))
        try:
            who = await self._duty.who()  # first: whoever it is not takes the desk from nobody
            self.hub.switchboard.hold_desk(found.device, self)
            opened = await counsellor.open_desk(house, session.device, take_over=take_over)
            await self._duty.open(who)
        except BaseException:
            self.hub.switchboard.release_desk(found.device, self)
            session.refused()
            raise
        self._generation = opened.generation
        session.joined()
        if self.transport is None:  # it left while we asked
            self.gone()
            return
        self.send(opened.welcome)
        await self._duty.greet()
        for missed in opened.missed:
            self.send(missed)
            if isinstance(missed, frames.SeatLeft):
                await house.desk.told_left(found.device, missed.sid, missed.slot)
        self.hub.room_changed()
        self.hub.board.changed()

    async def _still_signed_in(self) -> None:
        if await self.hub.house.desk.find(self._token_hash) is None:
            self._out(ErrorCode.NOT_SIGNED_IN)
            return
        try:
            await self._duty.look_again()
        except NotAllowed as refused:
            self._out(refused.code)

    def _desk_wake(self, wake: Wake) -> None:
        _, body = desk_part(wake)
        if wake.kind is Kind.DESK_TOLD:
            if body == SIGNED_OUT:
                self._out(ErrorCode.NOT_SIGNED_IN)
            elif self._session.standing is Standing.JOINED:
                self.send_bytes(body)
        elif self._session.standing is Standing.JOINED and int(body) > self._generation:
            self._out(ErrorCode.SUPERSEDED)

    def _out(self, code: ErrorCode) -> None:
        """This connection is the desk no longer."""
        self.send(frames.DeskRefused(code, None, None))
        house = self.hub.house
        if code is ErrorCode.NOT_SIGNED_IN and self._session.standing is Standing.JOINED:
            self.hub.spawn(self._duty.signed_out())
            until = presence.lease_after_close(house.now())
            for (sid, _), held in self._session.seats.items():
                house.deadlines.ends(sid, *held, until)
        self._let_go()
        if code is not ErrorCode.SUPERSEDED:  # an older tab is still somebody, and may say so again
            self.turn_away()

    def _let_go(self) -> None:
        for (sid, _), held in list(self._session.seats.items()):
            self._release(sid, held.member)
        self.hub.switchboard.release_desk(self._session.device.hex(), self)
        self._session.over()
