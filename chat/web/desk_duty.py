# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a desk says and hears beside its conversations: duty, whom to help next, board, alarms, colleagues.

Kept apart from `DeskSocket`, which knows conversations and dispatches here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from chat.actions import alarms, duty, peers
from chat.actions.house import Who
from chat.live.alarms import AlarmNews
from chat.protocol import frames
from chat.protocol.types import AlarmKind, DutyStatus, ErrorCode, Risk
from chat.records import RecordsUnreachable
from chat.rules import board
from chat.rules import duty as rules
from chat.rules.alarm import Alarm
from chat.rules.board import Sees
from chat.rules.conversation import NotAllowed
from chat.rules.duty import Duty
from chat.rules.roles import Permission
from chat.sessions.desk import DeskSession
from chat.web.desk_board import BoardView
from chat.web.hub import Hub

_TRIES = 50
"""Each time somebody else was faster; then there is more than one desk for everybody who waits."""

DutyFrame = (
    frames.SetDuty
    | frames.WatchBoard
    | frames.Take
    | frames.HelpNext
    | frames.AskHelp
    | frames.SetRisk
    | frames.AnswerAlarm
    | frames.PeerSend
)


class DeskDuty:
    """The part of a desk's connection that is about the person and not about one conversation."""

    __slots__ = (
        "_board",
        "_heavy",
        "_hub",
        "_seat",
        "_send",
        "_send_shared",
        "_session",
        "_watches",
        "stands",
    )

    def __init__(
        self,
        hub: Hub,
        session: DeskSession,
        send: Callable[[msgspec.Struct], None],
        send_shared: Callable[[bytearray], None],
        seat: Callable[[frames.Take], Awaitable[None]],
    ) -> None:
        """`seat` takes one conversation and answers `Taken`; it raises NotAllowed when another was faster."""
        self._hub = hub
        self._session = session
        self._send = send
        self._send_shared = send_shared
        self._seat = seat
        self.stands: Duty | None = None
        """How the desk stands, as last said."""
        self._heavy = 0
        self._board = bytearray()
        self._watches = False

    def may(self, permission: Permission) -> bool:
        """Whether whoever sits here may do this."""
        return self.stands is not None and self.stands.may(permission)

    async def open(self, who: Who) -> None:
        """The signed-in session opens its desk.

        Raises:
            StoreError: the live store does not answer.
        """
        self.stands = await duty.came(self._hub.house, self._session.device, who)

    async def who(self) -> Who:
        """Who sits here, as the records say today.

        With the records away conversations go on: then the desk is what it was just now, or may do no more
        than continue what it holds.

        Raises:
            NotAllowed: the device was revoked, or its person removed.
            StoreError: the live store does not answer.
        """
        device = self._session.device
        try:
            who = await self._hub.house.who(device)
        except RecordsUnreachable:
            known = await self._hub.house.duty.find(device.hex(), self._hub.house.now())
            who = Who(self._session.staff, known.alias, frozenset(known.roles)) if known else None
            who = who or Who(self._session.staff, "", frozenset())
        if who is None or who.staff != self._session.staff:
            raise NotAllowed(ErrorCode.NOT_SIGNED_IN)
        return who

    async def greet(self) -> None:
        """After the welcome: how the desk stands, and who calls."""
        self._heavy = min(await self._hub.house.heavy.of(self._session.staff), 255)
        self.tell()
        await self._show_alarms()

    async def look_again(self) -> None:
        """The session is looked at again: so are the roles.

        Raises:
            NotAllowed, StoreError: as `who`.
        """
        before = self.stands
        self.stands = await duty.seen_again(self._hub.house, self._session.device, await self.who())
        if self.stands != before:
            self.tell()

    def tell(self) -> None:
        """Say how the desk stands."""
        stands = self.stands
        if stands is not None:
            cap = self._hub.house.cap()
            self._send(frames.Duty(stands.status, list(stands.languages), cap, self._heavy))

    async def carry_out(self, frame: DutyFrame) -> None:
        """Do what an admitted frame asks for.

        Raises:
            NotAllowed: not now, or not with this role.
            StoreError: the live store does not answer.
        """
        house, staff, device = self._hub.house, self._session.staff, self._session.device
        match frame:
            case frames.SetDuty(status=status, languages=languages):
                await self._set_duty(status, languages)
            case frames.WatchBoard(watch=watch):
                self._watch(watch=watch)
            case frames.Take():
                await self._by_hand(frame)
            case frames.HelpNext(half=half):
                await self._help_next(half)
            case frames.AskHelp(sid=sid):
                if sid is None:  # about one's own conversation everybody may, whatever became of the roles
                    self._need(Permission.BE_ON_DUTY)
                await alarms.call(house, staff, device, AlarmKind.HELP, sid)
            case frames.SetRisk(sid=sid, risk=risk):
                if risk is Risk.IMMINENT:
                    await alarms.call(house, staff, device, AlarmKind.IMMINENT, sid)
            case frames.AnswerAlarm(alarm=alarm):
                self._need(Permission.SUPERVISE)
                await alarms.answer(house, staff, device, alarm)
            case frames.PeerSend(to=to):
                self._need(Permission.BE_ON_DUTY)
                if not await peers.pass_on(house, device, frame):
                    self._send(frames.PeerAway(to))

    def _watch(self, *, watch: bool) -> None:
        self._watches = watch
        self._board = bytearray()
        if watch:
            self._hub.board.changed()

    def sees(self) -> Sees | None:
        """What of the board whoever sits here looks at and may see."""
        return board.sees(self.stands) if self.stands is not None and self._watches else None

    def show_board(self, view: BoardView) -> None:
        """Send the board, and how the desk stands, if either is otherwise than sent last."""
        sees, staff = self.sees(), self._session.staff
        heavy = view.heavy.get(staff, self._heavy)
        if heavy != self._heavy:
            self._heavy = heavy
            self.tell()
        if sees is not None and (seen := view.seen_by(staff, sees)) != self._board:
            self._board = seen
            self._send_shared(seen)

    def show_alarm(self, news: AlarmNews) -> None:
        """A supervisor on duty hears every alarm, and who is on it; so does whoever called."""
        if news.answered_by is None:
            if self._on_call:
                self._send(_alarm(news.key, news.alarm, self._hub.house.now()))
        elif self._on_call or self._session.device == news.alarm.device:
            self._send(frames.AlarmAnswered(news.key, *news.answered_by))

    @property
    def _on_call(self) -> bool:
        """Whether this is the desk of a supervisor on duty, or on a break."""
        off = self.stands is None or self.stands.status is DutyStatus.OFF
        return not off and self.may(Permission.SUPERVISE)

    async def _show_alarms(self) -> None:
        """Those that nobody has answered, to a supervisor who comes later."""
        if self._on_call:
            now = self._hub.house.now()
            for key, alarm in (await self._hub.house.alarms.all(now)).items():
                self._send(_alarm(key, alarm, now))

    async def _set_duty(self, status: DutyStatus, languages: list[str]) -> None:
        house, device, was_on_call = self._hub.house, self._session.device, self._on_call
        try:
            self.stands = await duty.set_duty(house, device, status, languages)
        except NotAllowed as refused:
            if refused.code is not ErrorCode.OFF_DUTY:
                raise
            await self.open(
                await self.who()
            )  # the computer slept, and what it said before counts no longer: anew
            self.stands = await duty.set_duty(house, device, status, languages)
        self.tell()
        if not was_on_call:
            await self._show_alarms()

    async def _by_hand(self, frame: frames.Take) -> None:
        await self._allow(rules.refuses_by_hand)
        await self._take(frame)

    async def _help_next(self, half: bytes) -> None:
        stands = await self._allow(rules.refuses_next)
        tried: set[bytes] = set()
        for _ in range(_TRIES):
            sid = await duty.next_in_room(self._hub.house, stands, frozenset(tried))
            try:
                await self._take(frames.Take(sid, half))
            except NotAllowed as refused:
                if refused.code is not ErrorCode.TAKEN:
                    raise
                tried.add(sid)
            else:
                return
        raise NotAllowed(ErrorCode.TAKEN)

    async def _take(self, frame: frames.Take) -> None:
        """The cap, then the claim; what was reserved in vain is given back."""
        house, device = self._hub.house, self._session.device
        await duty.reserve(house, device, frame.sid)
        try:
            await self._seat(frame)
        except NotAllowed:
            await duty.release(house, device, frame.sid)
            raise

    def _need(self, permission: Permission) -> None:
        if not self.may(permission):
            raise NotAllowed(ErrorCode.NOT_ALLOWED)

    async def _allow(self, refuses: Callable[[Duty], ErrorCode | None]) -> Duty:
        """How the desk stands by the store's word; it may have been away for too long and not know it."""
        try:
            stands = await duty.standing(self._hub.house, self._session.device)
        except NotAllowed:
            await self.look_again()
            raise
        code = refuses(stands)
        if code is not None:
            raise NotAllowed(code)
        return stands

    async def signed_out(self) -> None:
        """This desk is one no longer; nothing it said counts."""
        if self.stands is not None:
            await self._hub.house.duty.signed_out(self._session.device.hex())


def _alarm(key: bytes, alarm: Alarm, now: int) -> frames.Alarm:
    return frames.Alarm(key, alarm.kind, alarm.sid, alarm.staff, alarm.device, alarm.ago_s(now))
