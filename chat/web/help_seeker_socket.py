# SPDX-License-Identifier: AGPL-3.0-or-later
"""A help-seeker's connection: one conversation."""

from __future__ import annotations

from collections.abc import Iterator

from chat.actions import counting, help_seeker
from chat.live.relay import STORED, End, PutResult
from chat.live.wake import ENVELOPE, Kind, Wake
from chat.protocol import codec, frames
from chat.protocol.types import EndedBy, ErrorCode, Phase
from chat.rules import pace, presence
from chat.rules.conversation import NotAllowed
from chat.rules.outcomes import ASKED_AFTER
from chat.rules.state import Member
from chat.rules.wait_estimate import Wait
from chat.sessions.help_seeker import HelpSeekerSession, Standing
from chat.web.hub import Hub, RoomView
from chat.web.socket import Socket
from chat.web.switchboard import Place

H = Member.HELP_SEEKER
_REFUSAL = {
    PutResult.GAP: ErrorCode.GAP,
    PutResult.SUPERSEDED: ErrorCode.SUPERSEDED,
    PutResult.NOT_A_MEMBER: ErrorCode.NOT_A_MEMBER,
    PutResult.FULL: ErrorCode.LANE_FULL,
    PutResult.LOST: ErrorCode.STORE_LOST,
}


class HelpSeekerSocket(Socket[frames.FromHelpSeeker]):
    """One WebSocket of a help-seeker's browser."""

    moving = frames.Moving()
    __slots__ = ("_ahead", "_attended", "_door", "_end", "_expected", "_missed", "_session", "_talked")

    def __init__(self, hub: Hub, door: str) -> None:
        """`door`: by which address it came, as it is counted."""
        super().__init__(hub)
        settings = hub.settings
        bucket = pace.bucket(settings.messages_burst, settings.messages_per_second, hub.house.now())
        self._session = HelpSeekerSession(bucket)
        self._missed: list[Wake] | None = None
        self._ahead = -1
        self._attended = True
        self._expected: Wait | None = None
        self._end: End | None = None
        self._door = door
        self._talked = False
        """A counsellor was there."""

    def received(self, data: bytes) -> None:
        """Decode, admit, carry out."""
        frame = codec.decode_from_help_seeker(data)
        session = self._session
        refused = session.admit(frame, self.hub.house.now())
        if refused is not None:
            self.refuse(refused, frame)
        elif frame.__class__ is frames.Put and not self.busy:
            self._put(frame)
        elif frame.__class__ is frames.Took and self._end is not None:
            self.hub.receipts.note((self._end, frame.slot), (frame.epoch, frame.n))
        elif isinstance(frame, frames.Work):
            pass  # the session keeps it for the Start that follows
        else:
            self.later(frame)

    async def carry_out(self, frame: frames.FromHelpSeeker) -> None:
        """The control plane."""
        house, session = self.hub.house, self._session
        match frame:
            case frames.Start() | frames.Attach():
                await self._enter(frame)
            case frames.Put():
                self._put(frame)
            case frames.Hello():
                missing = await help_seeker.hello(house, session.sid, session.generation, frame)
                if missing is not None:
                    self.send(missing)
            case frames.Decline():
                ended = await help_seeker.decline(house, session.sid, session.generation, frame)
                if ended is not None:
                    self._closed(ended)
            case frames.Describe():
                ended = await help_seeker.describe(house, session.sid, session.generation, frame)
                if ended is not None:
                    self._closed(ended)
            case frames.AskResume():
                await help_seeker.ask_resume(house, session.sid, frame)
            case frames.Leave():
                by = await help_seeker.leave(house, session.sid, session.generation)
                self._closed(by)
            case frames.Felt(after=False, weight=weight):
                await counting.felt_before(house, session.sid, weight)
            case frames.Felt(weight=weight):
                await counting.felt_after(house, weight)
            case frames.Took() | frames.Work():
                pass  # carried out at once

    def refuse(self, code: ErrorCode, frame: frames.FromHelpSeeker | None = None) -> None:
        """Answer with a typed refusal; after some of them nothing more can come."""
        del frame
        self.send(frames.Refused(code))
        if code is ErrorCode.SUPERSEDED:
            self._let_go()
        self.count_fault(code)

    def wake(self, wake: Wake) -> None:
        """Something for this conversation came from the live store."""
        if self._missed is not None:
            self._missed.append(wake)  # between taking the place and having read what lay there
        elif wake.kind is ENVELOPE:
            if self.is_new(wake.sid, wake.body):
                self.send(frames.Delivery(wake.body))
        elif wake.kind is Kind.SUPERSEDED:
            if int(wake.body) > self._session.generation:
                self.refuse(ErrorCode.SUPERSEDED)
        elif not wake.body:
            self.lapsed(wake.sid, H)
        else:
            self._told(wake.body)

    def show_room(self, view: RoomView) -> None:
        """Say the position, and whether anybody is on duty, when it is otherwise than said last."""
        if self._session.standing is not Standing.JOINED:
            return
        ahead = view.positions.get(self._session.sid, -1)
        if ahead != self._ahead:
            self._ahead = ahead
            if ahead >= 0:
                self.send(frames.Position(ahead))
        expected = view.expected.get(self._session.sid, self._expected)
        if expected != self._expected:
            self._expected = expected
            self.send(frames.Expected(*(expected or (None, None))))
        attended = view.attended.get(self._session.sid, self._attended)
        if attended != self._attended:
            self._attended = attended
            self.send(frames.Attended(attended))

    def forget(self) -> None:
        """The live store lost its memory."""
        if self._session.standing is Standing.JOINED:
            self._closed(EndedBy.LOST)

    def alive(self) -> Iterator[Place]:
        """The place, if the last ping was answered."""
        if self._answered and self._session.standing is Standing.JOINED:
            yield self._session.sid, H, self._session.generation

    def desks(self) -> Iterator[str]:
        """None."""
        return iter(())

    def gone(self) -> None:
        """The browser is gone; its presence ends after a short grace."""
        session = self._session
        if session.standing is Standing.JOINED and not self.called_away:
            until = presence.lease_after_close(self.hub.house.now())
            self.hub.house.deadlines.ends(session.sid, H, session.generation, until)
        self._let_go()

    async def reattach(self, sid: bytes, member: Member) -> None:
        """The presence lease ended, and the browser gave a sign of life."""
        del member
        try:
            await help_seeker.reattach(self.hub.house, sid, self._session.generation)
        except NotAllowed:
            self.shut()

    async def _enter(self, frame: frames.Start | frames.Attach) -> None:
        house, session = self.hub.house, self._session
        self._missed = []
        self.hub.switchboard.hold(session.sid, H, self)
        try:
            if isinstance(frame, frames.Start):
                entered = await help_seeker.start(house, frame, session.work)
                if isinstance(entered, help_seeker.Entered) and entered.is_new:
                    self.hub.spawn(counting.came(house, frame.language, self._door))
            else:
                entered = await help_seeker.attach(house, frame)
        except BaseException:
            self._missed = None
            self.hub.switchboard.release(session.sid, H, self)
            session.refused()
            raise
        if isinstance(entered, EndedBy):
            self._closed(entered)
            return
        session.joined(entered.generation)
        self._end = house.relay.end(session.sid, H, entered.generation)
        self._talked = entered.welcome.phase is Phase.OPEN
        if self.transport is None:  # it left while we asked
            self.gone()
            return
        self.send(entered.welcome)
        for missed in entered.missed:
            if not isinstance(missed, frames.Delivery) or self.is_new(session.sid, missed.envelope):
                self.send(missed)
        waiting, self._missed = self._missed, None
        for wake in waiting:
            self.wake(wake)
        self.hub.room_changed()

    def _put(self, frame: frames.Put) -> None:
        if frame.envelope[1] > 1:
            self.refuse(ErrorCode.MALFORMED)
        elif self._end is not None:
            self._end.put(frame.envelope, self._put_done)

    def _put_done(self, end: End, slot: int, epoch: int, n: int, result: PutResult) -> None:
        refusal = None if result is STORED else _REFUSAL.get(result)
        if refusal is None:
            self.hub.stored.note((self, end.sid, slot), frames.Stored(slot, epoch, n))
        else:
            self.refuse(refusal)

    def _told(self, body: bytes) -> None:
        frame = codec.decode_to_help_seeker(body)
        if isinstance(frame, frames.Closed):
            self._closed(frame.by)
            return
        self._talked = self._talked or isinstance(frame, frames.Replied)
        if isinstance(frame, frames.BackToWaiting | frames.Described):
            self._ahead = -1  # said again, so that nobody takes the change for somebody else's doing
            self._expected = None if isinstance(frame, frames.BackToWaiting) else self._expected
            self.hub.room_changed()
        self.send_bytes(body)

    def _closed(self, by: EndedBy) -> None:
        if self._session.standing is not Standing.OVER:
            self.send(frames.Closed(by))
        self._let_go(asks_after=self._talked and by in ASKED_AFTER)

    def _let_go(self, *, asks_after: bool = False) -> None:
        self._missed = None
        self.hub.switchboard.release(self._session.sid, H, self)
        self._session.over(asks_after=asks_after)
