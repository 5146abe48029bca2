# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a desk says and hears beside its conversations: duty, whom to help next.

Kept apart from `DeskSocket`, which knows conversations and dispatches here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from chat.actions import duty
from chat.actions.house import Who
from chat.protocol import frames
from chat.protocol.types import DutyStatus, ErrorCode
from chat.records import RecordsUnreachable
from chat.rules import duty as rules
from chat.rules.conversation import NotAllowed
from chat.rules.duty import Duty
from chat.rules.roles import Permission
from chat.sessions.desk import DeskSession
from chat.web.hub import Hub

_TRIES = 50
"""Each time somebody else was faster; then there is more than one desk for everybody who waits."""

DutyFrame = frames.SetDuty | frames.Take | frames.HelpNext


class DeskDuty:
    """The part of a desk's connection that is about the person and not about one conversation."""

    __slots__ = ("_hub", "_seat", "_send", "_session", "stands")

    def __init__(
        self,
        hub: Hub,
        session: DeskSession,
        send: Callable[[msgspec.Struct], None],
        seat: Callable[[frames.Take], Awaitable[None]],
    ) -> None:
        """`seat` takes one conversation and answers `Taken`; it raises NotAllowed when another was faster."""
        self._hub = hub
        self._session = session
        self._send = send
        self._seat = seat
        self.stands: Duty | None = None
        """How the desk stands, as last said."""

    def may(self, permission: Permission) -> bool:
        """Whether whoever sits here may do this."""
        return self.stands is not None and self.stands.may(permission)

    async def open(self) -> None:
        """The signed-in session opens its desk: who it is today is read from the records.

        With the records away conversations go on: then the desk is what it was just now, or may do no more
        than continue what it holds.

        Raises:
            NotAllowed: the device was revoked, or its person removed.
            StoreError: the live store does not answer.
        """
        self.stands = await duty.came(self._hub.house, self._session.device, await self._who())

    async def _who(self) -> Who:
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

    async def look_again(self) -> None:
        """The session is looked at again: so are the roles.

        Raises:
            NotAllowed, StoreError: as `open`.
        """
        before = self.stands
        self.stands = await duty.seen_again(self._hub.house, self._session.device, await self._who())
        if self.stands != before:
            self.tell()

    def tell(self) -> None:
        """Say how the desk stands."""
        stands = self.stands
        if stands is not None:
            cap = self._hub.house.cap()
            self._send(frames.Duty(stands.status, list(stands.languages), cap, 0))

    async def carry_out(self, frame: DutyFrame) -> None:
        """Do what an admitted frame asks for.

        Raises:
            NotAllowed: not now, or not with this role.
            StoreError: the live store does not answer.
        """
        match frame:
            case frames.SetDuty(status=status, languages=languages):
                await self._set_duty(status, languages)
            case frames.Take():
                await self._by_hand(frame)
            case frames.HelpNext(half=half):
                await self._help_next(half)

    async def _set_duty(self, status: DutyStatus, languages: list[str]) -> None:
        house, device = self._hub.house, self._session.device
        try:
            self.stands = await duty.set_duty(house, device, status, languages)
        except NotAllowed as refused:
            if refused.code is not ErrorCode.OFF_DUTY:
                raise
            await self.open()  # the computer slept, and what it said before counts no longer: anew
            self.stands = await duty.set_duty(house, device, status, languages)
        self.tell()

    async def _by_hand(self, frame: frames.Take) -> None:
        self._allow(rules.refuses_by_hand)
        await self._take(frame)

    async def _help_next(self, half: bytes) -> None:
        stands = self._allow(rules.refuses_next)
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
        try:
            await duty.reserve(house, device, frame.sid)
        except NotAllowed as refused:
            if refused.code is ErrorCode.OFF_DUTY:
                await self.look_again()  # it was away for too long, and has to hear that
            raise
        try:
            await self._seat(frame)
        except NotAllowed:
            await duty.release(house, device, frame.sid)
            raise

    def _allow(self, refuses: Callable[[Duty], ErrorCode | None]) -> Duty:
        if self.stands is None:
            raise NotAllowed(ErrorCode.OUT_OF_STATE)
        code = refuses(self.stands)
        if code is not None:
            raise NotAllowed(code)
        return self.stands

    async def signed_out(self) -> None:
        """This desk is one no longer; nothing it said counts."""
        if self.stands is not None:
            await self._hub.house.duty.signed_out(self._session.device.hex())
