# SPDX-License-Identifier: AGPL-3.0-or-later
"""The seats of a desk's connection: taking, coming back, moving, leaving, and what comes for each.

How it works: a seat is (conversation, slot), held as one member of staff, whose wake-ups the switchboard
passes on. While a seat is changing (being taken, or moving from newcomer to counsellor) what comes for it
waits, and is then looked at as whom we are there in the end. Two connections of one worker can be listed
for the same place for a moment; generations tell what is for whom.
"""

from __future__ import annotations

from chat.actions import counsellor, handover, supervise
from chat.live.relay import STORED, End, PutResult
from chat.live.wake import Kind, Wake, left_part
from chat.protocol import codec, frames
from chat.protocol.types import EndedBy, ErrorCode, Left
from chat.rules.conversation import NotAllowed
from chat.rules.state import SLOT, Member
from chat.sessions.desk import DeskSession, Held, Seat
from chat.web.help_seeker_socket import _REFUSAL
from chat.web.hub import Hub
from chat.web.socket import Socket

H, C, S, N = Member.HELP_SEEKER, Member.COUNSELLOR, Member.SUPERVISOR, Member.NEWCOMER
_MEMBERS = ((C, N), (S,))
"""By slot: as whom a desk can be there."""

Seating = frames.Take | frames.Rejoin | frames.Supervise | frames.TakeOver | frames.AnswerHandover
"""Each gives this desk a seat, or the right to ask for one."""


class DeskSeats(Socket[frames.FromDesk]):
    """The part of a desk's connection that is about its conversations."""

    __slots__ = ("_ends", "_missed", "_session")

    def __init__(self, hub: Hub, session: DeskSession) -> None:
        super().__init__(hub)
        self._session = session
        self._ends: dict[Seat, End] = {}
        """Made with the first envelope or receipt of a seat, for as long as it is held like that."""
        self._missed: dict[Seat, list[Wake]] = {}

    def _of_a_seat(self, wake: Wake) -> None:
        """What is for somebody else than we are there, or were when it was said, is not for us."""
        sid, member = wake.sid, wake.member
        held = self._session.as_whom(sid, member)
        if held is None:
            return
        if wake.kind is Kind.SUPERSEDED:
            if int(wake.body) > held.generation:
                self._release(sid, member)
                self.send(frames.DeskRefused(ErrorCode.SUPERSEDED, sid, SLOT[member]))
        elif wake.kind is Kind.LEFT:
            generation, body = left_part(wake)
            left = codec.decode_to_desk(body)
            if held.generation <= generation and isinstance(left, frames.SeatLeft):
                self._left(sid, held, left.why)
        elif not wake.body:
            self.lapsed(sid, member)
        else:
            self._told(wake)

    async def reattach(self, sid: bytes, member: Member) -> None:
        """The presence lease of a seat ended, and the browser gave a sign of life."""
        held = self._session.as_whom(sid, member)
        if held is None:
            return
        try:
            await counsellor.reattach(self.hub.house, self._session.device, sid, *held)
        except NotAllowed:
            if self._session.as_whom(sid, member) == held:
                self._release(sid, member)
                self.send(frames.DeskRefused(ErrorCode.NOT_A_MEMBER, sid, SLOT[member]))

    async def _seat(self, frame: Seating) -> None:
        sid, slot = frame.sid, _slot(frame)
        if (sid, slot) in self._session.seats:  # pressed twice: the first press stands
            raise NotAllowed(ErrorCode.TAKEN)
        self._missed[sid, slot] = []
        for member in _MEMBERS[slot]:
            self.hub.switchboard.hold(sid, member, self)
        try:
            seated = await self._ask_for(frame)
        except BaseException:
            self._release(sid, *_MEMBERS[slot])
            raise
        if not isinstance(seated, counsellor.Seated):
            self._release(sid, *_MEMBERS[slot])
            if isinstance(seated, EndedBy):
                self._closed(sid, seated)
            else:
                self._say_left(sid, slot, seated)
            return
        self._sits(sid, Held(seated.member, seated.generation), asks=seated.asks)
        if self.transport is None:
            self.gone()
            return
        self.send(seated.answer)
        for missed in seated.missed:
            if not isinstance(missed, frames.DeskDelivery) or self.is_new(sid, missed.envelope):
                self.send(missed)
        self._catch_up(sid, slot)

    async def _ask_for(self, frame: Seating) -> counsellor.Seated | EndedBy | Left:
        house, staff, device = self.hub.house, self._session.staff, self._session.device
        match frame:
            case frames.Take():
                return await counsellor.take(house, staff, device, frame)
            case frames.Rejoin():
                return await counsellor.rejoin(house, device, frame)
            case frames.Supervise():
                return await supervise.supervise(house, staff, device, frame)
            case frames.TakeOver():
                return await handover.take_over(house, staff, device, frame)
            case frames.AnswerHandover():
                seated = await handover.answer(house, staff, device, frame)
                if seated is None:
                    raise NotAllowed(ErrorCode.OUT_OF_STATE)
                return seated

    async def _reply(self, frame: frames.DeskReply) -> None:
        """A newcomer becomes the counsellor with it; what comes for the counsellor meanwhile waits."""
        house, sid, slot = self.hub.house, frame.sid, frame.slot
        held = self._held(sid, slot)
        if held.member is N:
            self._missed[sid, slot] = []
            self.hub.switchboard.hold(sid, C, self)
        try:
            now = Held(*await counsellor.reply(house, self._session.device, *held, frame))
            current = self._session.as_whom(sid, held.member)
            if now != held and current is not None:
                self._sits(sid, now)
            elif current == held:
                self._session.holds(sid, *held)  # asks no longer
        finally:
            if held.member is N:
                self._catch_up(sid, slot)
        if self.transport is None:
            self.gone()
        else:
            self._put(sid, frame.ready)

    def _sits(self, sid: bytes, held: Held, *, asks: bool = False) -> None:
        self._session.holds(sid, *held, asks=asks)
        self._ends.pop((sid, SLOT[held.member]), None)
        for member in _MEMBERS[SLOT[held.member]]:
            if member is not held.member:
                self.hub.switchboard.release(sid, member, self)

    def _catch_up(self, sid: bytes, slot: int) -> None:
        """What came for this seat while it was changing: for who we are there now."""
        for wake in self._missed.pop((sid, slot), ()):
            if self._session.as_whom(sid, wake.member) is not None:
                self.wake(wake)

    def _held(self, sid: bytes, slot: int) -> Held:
        held = self._session.seats.get((sid, slot))
        if held is None:  # released while the frame waited for its turn
            raise NotAllowed(ErrorCode.NOT_A_MEMBER)
        return held

    def _end(self, sid: bytes, slot: int) -> End:
        end = self._ends.get((sid, slot))
        if end is None:
            end = self._ends[sid, slot] = self.hub.house.relay.end(sid, *self._held(sid, slot))
        return end

    def _put(self, sid: bytes, envelope: bytes) -> None:
        # Not where frames are admitted: what comes right behind the reply waits for it, and may be written.
        if self._session.may_write(sid, envelope[1]):
            self._end(sid, envelope[1]).put(envelope, self._put_done)
        else:
            self.send(frames.DeskRefused(ErrorCode.NOT_A_MEMBER, sid, envelope[1]))
            self.count_fault(ErrorCode.NOT_A_MEMBER)

    def _put_done(self, end: End, slot: int, epoch: int, n: int, result: PutResult) -> None:
        refusal = None if result is STORED else _REFUSAL.get(result)
        if refusal is None:
            self.hub.stored.note((self, end.sid, slot), frames.DeskStored(end.sid, slot, epoch, n))
        else:
            self.send(frames.DeskRefused(refusal, end.sid, slot))
            self.count_fault(refusal)

    def _told(self, wake: Wake) -> None:
        if wake.kind is Kind.TOLD:
            frame = codec.decode_to_desk(wake.body)
            if isinstance(frame, frames.DeskClosed):
                device = self._session.device.hex()
                for slot in (0, 1):
                    self.hub.spawn(self.hub.house.desk.drop_mine(device, wake.sid, slot))
                self._closed(wake.sid, frame.by)
                return
        self.send_bytes(wake.body)

    def _closed(self, sid: bytes, by: EndedBy) -> None:
        self.send(frames.DeskClosed(sid, by))
        self._release(sid, C, S, N)

    def _left(self, sid: bytes, held: Held, why: Left) -> None:
        """This desk holds a seat no longer; said once, whoever says it first."""
        if self._session.as_whom(sid, held.member) == held:
            self._release(sid, held.member)
            self._say_left(sid, SLOT[held.member], why)

    def _say_left(self, sid: bytes, slot: int, why: Left) -> None:
        self.send(frames.SeatLeft(sid, slot, why))
        if self.transport is not None:
            self.hub.spawn(self.hub.house.desk.told_left(self._session.device.hex(), sid, slot))

    def _release(self, sid: bytes, *members: Member) -> None:
        for member in members:
            slot = SLOT[member]
            self._missed.pop((sid, slot), None)
            self.anew(sid, slot)
            self._session.released(sid, slot)
            self._ends.pop((sid, slot), None)
            self.hub.switchboard.release(sid, member, self)


def _slot(frame: Seating) -> int:
    match frame:
        case frames.Rejoin(slot=slot):
            return slot
        case frames.Supervise():
            return 1
        case _:
            return 0
