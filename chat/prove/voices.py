# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two ends of a sealed conversation, by the Python implementation of what browsers do."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Final

from chat.protocol import frames
from chat.prove.canaries import Canaries
from chat.prove.line import PATIENCE_S, Failed, Line
from chat.sealing import actions
from chat.sealing.envelope import SIZES
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.lines import LineState
from chat.sealing.seat import Seat
from chat.sealing.staff_seat import StaffSeat

_TICK_S: Final = 0.25
_LOOKED_FOR: Final = 3
"""Envelopes of each side that are looked for afterwards: each one more makes every search longer."""


class Voice:
    """A seat and its line."""

    def __init__(self, line: Line, seat: Seat, canaries: Canaries) -> None:
        self.line = line
        self._seat = seat
        self._canaries = canaries
        self._work: list[asyncio.Task[None]] = []
        self.unpadded = 0
        """Envelopes that had neither of the two sizes."""
        self.envelopes = 0
        self._watching = _LOOKED_FOR
        self.closed = False
        self.why: Failed | None = None

    def begin(self) -> None:
        """Work off what comes."""
        self._work = [asyncio.ensure_future(self._pump()), asyncio.ensure_future(self._tick())]

    async def say(self, text: str) -> None:
        """Write a line."""
        self.act(self._seat.compose(text, time.time()))

    def act(self, wanted: list[actions.Action]) -> None:
        """Carry out what the seat asks for."""
        for action in wanted:
            if isinstance(action, actions.SendEnvelope):
                self.saw(action.envelope)
            if isinstance(action, actions.NeedsConsent) and isinstance(self._seat, HelpSeekerSeat):
                self.act(self._seat.consent(action.cert_id, True, time.time()))
            frame = self.frame(action)
            if frame is not None:
                self.line.send(frame)

    def saw(self, envelope: bytes) -> None:
        """An envelope went by: note its size, and look for it afterwards."""
        self.envelopes += 1
        self.unpadded += len(envelope) not in SIZES
        if self._watching > 0:
            self._watching -= 1
            self._canaries.sealed(envelope)

    def watch(self) -> None:
        """Look for the next few envelopes, too."""
        self._watching = _LOOKED_FOR

    async def until(self, what: str, true: Callable[[], bool]) -> None:
        """Wait for something.

        Raises:
            Failed: it does not come.
        """
        end = time.monotonic() + PATIENCE_S
        while not true():
            if self.why is not None:
                raise self.why
            if time.monotonic() > end:
                raise Failed(f"{what} did not happen")
            await asyncio.sleep(0.05)

    async def hears(self, text: str) -> None:
        """Wait for a line of the other side."""
        await self.until(
            "a text that was sent", lambda: any(line.text == text for line in self._seat.lines())
        )

    async def delivered(self, text: str) -> None:
        """Wait until the other browser has a line of ours."""
        await self.until(
            "delivery of a text",
            lambda: any(
                line.text == text and line.state is LineState.DELIVERED for line in self._seat.lines()
            ),
        )

    def is_stored(self) -> bool:
        """Whether the service has everything that was written."""
        return all(
            line.state in {LineState.SENT, LineState.DELIVERED} for line in self._seat.lines() if line.own
        )

    async def over(self) -> None:
        """Wait for the end."""
        await self.until("the end of a conversation", lambda: self.closed)

    async def stop(self) -> None:
        """Listen no more."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    def frame(self, action: actions.Action) -> object | None:
        """What goes over the line for an action."""
        raise NotImplementedError

    def take_in(self, frame: object) -> None:
        """What came over the line."""
        raise NotImplementedError

    async def _pump(self) -> None:
        try:
            while not self.closed:
                frame = await self.line.next()
                if isinstance(frame, frames.Refused | frames.DeskRefused) and self._is_ours(frame):
                    self.why = Failed(f"the service refused with {frame.code.name}")
                self.take_in(frame)
        except Failed as why:
            self.why = why

    def _is_ours(self, frame: frames.Refused | frames.DeskRefused) -> bool:
        """Whether it is about this conversation; a desk has several."""
        return isinstance(frame, frames.Refused) or frame.sid in {None, self._seat.sid}

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            with contextlib.suppress(Failed):
                self.act(self._seat.tick(time.time()))


class Counsellor(Voice):
    """The desk's side."""

    def __init__(self, line: Line, seat: StaffSeat, canaries: Canaries) -> None:
        super().__init__(line, seat, canaries)
        self.seat = seat

    def frame(self, action: actions.Action) -> object | None:
        """As a desk sends it."""
        sid, slot = self.seat.sid, self.seat.slot
        match action:
            case actions.SendOffer():
                return frames.DeskOffer(sid, slot, action.offer, action.staff, action.manager)
            case actions.SendReply():
                self.saw(action.ready)
                return frames.DeskReply(sid, slot, action.m2, action.ready)
            case actions.SendEnvelope():
                return frames.DeskPut(sid, action.envelope)
            case actions.Took():
                return frames.DeskTook(sid, slot, action.epoch, action.n)
            case _:
                return None

    def take_in(self, frame: object) -> None:
        """What the desk is sent of this conversation."""
        if getattr(frame, "sid", self.seat.sid) != self.seat.sid:
            return
        now = time.time()
        match frame:
            case frames.DeskHello():
                self.act(self.seat.answered(frame.m1, now))
            case frames.DeskDelivery():
                self.saw(frame.envelope)
                self.act(self.seat.delivered(frame.envelope, now))
            case frames.DeskStored():
                self.act(self.seat.stored(frame.epoch, frame.n))
            case frames.DeskAskResume():
                self.act(self.seat.asked_resume(frame.cert_id, now))
            case frames.DeskPresence():
                self.act(self.seat.set_peer_present(frame.present, now))
            case frames.DeskClosed() | frames.SeatLeft():
                self.closed = True
            case _:
                pass


class Person(Voice):
    """The help-seeker's side, who agrees to whoever comes."""

    def __init__(self, line: Line, seat: HelpSeekerSeat, canaries: Canaries) -> None:
        super().__init__(line, seat, canaries)
        self.seat = seat
        self._purpose = 1

    def frame(self, action: actions.Action) -> object | None:
        """As a help-seeker's browser sends it."""
        match action:
            case actions.SendHello():
                return frames.Hello(0, self._purpose, action.m1)
            case actions.SendEnvelope():
                return frames.Put(action.envelope)
            case actions.AskResume():
                return frames.AskResume(0, action.cert_id)
            case actions.Took():
                return frames.Took(0, action.epoch, action.n)
            case _:
                return None

    def take_in(self, frame: object) -> None:
        """What a help-seeker's browser is sent."""
        now = time.time()
        match frame:
            case frames.Offered():
                self._purpose = frame.offer[1]
                self.act(self.seat.offered(frame.offer, frame.staff, frame.manager, now))
            case frames.Replied():
                self.act(self.seat.replied(frame.m2, now))
            case frames.Delivery():
                self.saw(frame.envelope)
                self.act(self.seat.delivered(frame.envelope, now))
            case frames.Stored():
                self.act(self.seat.stored(frame.epoch, frame.n))
            case frames.Presence():
                self.act(self.seat.set_peer_present(frame.present, now))
            case frames.Closed():
                self.closed = True
            case _:
                pass
