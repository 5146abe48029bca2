# SPDX-License-Identifier: AGPL-3.0-or-later
"""The stream: an answer that stays open, and to which everything that happens is appended as it happens.

How this works: whoever holds the stream holds the conversation, as a WebSocket does for other browsers:
it has the newest generation, it alone takes in what lies in the live store, and its signs of life are
the person's presence. Nothing is remembered here but what was shown. A wake-up means no more than *look*:
then all of it is read again, and the difference is shown. So any worker can go on where another was
killed.

A sign of life is a picture that the page shows and the browser fetches, from whatever worker; that one
tells us. Where a browser shows no pictures, a write that went through counts.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chat.actions import help_seeker, without_script
from chat.actions.without_script import Desk, Done
from chat.live.errors import StoreError
from chat.live.sealed import HERE, LOOK
from chat.live.wake import Kind, Wake
from chat.protocol import codec, frames
from chat.protocol.types import EndedBy, Phase
from chat.rules import presence
from chat.rules.conversation import NotAllowed
from chat.rules.state import Conversation, Member
from chat.sealing import actions as sealing
from chat.sealing.errors import Code, SealingError
from chat.sealing.offer import COUNSELLOR
from chat.sealing.sealer import Sealer, sid_of
from chat.sealing.star import Out, Said
from chat.web.first_page import times_now
from chat.web.hub import Hub, RoomView
from chat.web.switchboard import Place
from chat.web.without_script import feeling, waiting, words
from chat.web.without_script.pages import Pages
from chat.web.without_script.words import Panel, Question

if TYPE_CHECKING:
    from chat.live.alarms import AlarmNews
    from chat.protocol.frames import Frame
    from chat.web.desk_board import BoardView

H = Member.HELP_SEEKER
_NO_ALARM = frozenset({Code.OLD_EPOCH, Code.OUT_OF_STATE, Code.NO_BOND, Code.ENDED})
"""An offer that is only too late, or comes again, is no attempt of anybody."""
_SOON = 2.0  # seconds until something that is owed or waited for is looked at again
_LATER = 15.0
_WRITTEN_WITHIN = 60.0  # seconds; a browser that takes in nothing for so long has to come again
_UNPROVEN = 3  # pictures in a row that nobody fetched: then this browser shows none


class Stream(Response):
    """One open answer; a connection like a WebSocket for the hub and the switchboard."""

    def __init__(self, hub: Hub, desk: Desk, pages: Pages, token: bytes, generation: int) -> None:
        # Not by its base: that would say that nothing comes.
        self.status_code, self.background, self.media_type = 200, None, "text/html"
        self.init_headers()
        self._hub, self._desk, self._pages, self._token = hub, desk, pages, token
        self._sid = sid_of(token)
        self._generation = generation
        self._news = asyncio.Event()
        self._over: Panel | None = None
        self._by = EndedBy.COUNSELLOR
        self._done = False
        self._called_away = False
        self._lapsed = False
        self._answered = True
        self._proven = False
        self._beats = 0
        self._beat_due = False
        self._place = waiting.Place()
        # what was shown
        self._seen: set[bytes] = set()
        self._standing: Panel | None = None
        self._mark = ""
        self._asked: Question | None = None
        self._last: list[Said] = []
        self._sealer: Sealer | None = None
        self._arrived: list[bytes] = []
        self._name: str | None = None

    # --- for the hub and the switchboard ---

    def wake(self, wake: Wake) -> None:
        """Something for this conversation came from the live store."""
        if wake.kind is Kind.ENVELOPE:
            self._arrived.append(wake.body)
        elif wake.kind is Kind.SUPERSEDED:
            self._done = self._done or int(wake.body) > self._generation
        elif wake.kind is Kind.TOLD:
            self._told(wake.body)
        self._news.set()

    def _told(self, body: bytes) -> None:
        if body == HERE:
            self._answered = self._proven = True
        elif not body:
            self._lapsed = True
        elif body != LOOK:
            frame = codec.decode_to_help_seeker(body)
            if isinstance(frame, frames.Closed):
                self._ended(frame.by)

    def show_room(self, view: RoomView) -> None:
        """The waiting room is another than before."""
        sid = self._sid
        attended = view.attended.get(sid, self._place.attended)
        place = waiting.Place(view.positions.get(sid), view.expected.get(sid), attended)
        if place != self._place:
            self._place = place
            self._news.set()

    def sees(self) -> None:
        """Nothing of the board."""

    def show_board(self, view: BoardView) -> None:
        """Nothing."""

    def show_alarm(self, news: AlarmNews) -> None:
        """Nothing."""

    def forget(self) -> None:
        """The live store lost its memory, and this conversation with it."""
        self._ended(EndedBy.LOST)
        self._news.set()

    def send(self, frame: Frame) -> None:
        """Nothing: what is said on the way of frames is read from the store here."""

    def ping(self) -> None:
        """Show another picture, and so ask for a sign of life."""
        if not self._proven and self._beats >= _UNPROVEN:
            self._answered = True  # no pictures here: what was written went through
        else:
            self._answered = False
        self._beat_due = True
        self._news.set()

    def alive(self) -> Iterator[Place]:
        """The place, if there was a sign of life."""
        if self._answered and not self._done and self._over is None:
            yield self._sid, H, self._generation

    def desks(self) -> Iterator[str]:
        """None."""
        return iter(())

    def move(self) -> None:
        """End the answer, unless it only shows how all ended: nobody would be told that a second time."""
        if self._over is None:
            self.shut()

    def shut(self) -> None:
        """End the answer: the browser asks for it anew, perhaps another worker."""
        self._done = self._called_away = True
        self._news.set()

    # --- the answer ---

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Keep appending until it is over or the browser is gone."""
        switchboard = self._hub.switchboard
        switchboard.hold(self._sid, H, self)
        switchboard.connections.add(self)
        gone = asyncio.ensure_future(_gone(receive))
        self._hub.room_changed()
        try:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            with contextlib.suppress(TimeoutError):
                await self._run(send, gone)
        finally:
            gone.cancel()
            switchboard.connections.discard(self)
            switchboard.release(self._sid, H, self)
            if self._over is None and not self._called_away:
                until = presence.lease_after_close(self._hub.house.now())
                self._hub.house.deadlines.ends(self._sid, H, self._generation, until)

    async def _run(self, send: Send, gone: asyncio.Future[None]) -> None:
        await _write(send, self._pages.opening())
        owed = True
        while not gone.done() and not self._done and self._over is None:
            self._news.clear()
            try:
                owed = await self._look(send)
            except NotAllowed:
                self._done = True  # another connection holds it
                break
            except StoreError:
                owed = True  # it may be back in a moment
            if self._over is None and not self._done:
                await self._wait(gone, _SOON if owed else _LATER)
            if self._beat_due and not gone.done():
                self._beat_due = False
                self._beats += 1
                await _write(send, self._pages.sign_of_life(self._beats))
        if self._over is not None:
            await self._show_lines(send)
            await _write(send, self._pages.finish(self._over, self._last, await self._ticket()))
            await self._stay(send, gone)
        await _write(send, self._pages.closing(), more=False)

    async def _ticket(self) -> str:
        """Empty when the person ended it: the page of that press asks, or was told not to (*erase now*)."""
        if self._by is EndedBy.HELP_SEEKER:
            return ""
        return await feeling.ticket(self._hub.house, self._by, self._name)

    async def _wait(self, gone: asyncio.Future[None], seconds: float) -> None:
        news = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait((news, gone), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()

    async def _stay(self, send: Send, gone: asyncio.Future[None]) -> None:
        """It is over. The answer stays open, or the browser would ask for it anew and find nothing."""
        while not gone.done() and not self._done:
            self._news.clear()
            await self._wait(gone, _LATER)
            if not gone.done():
                await _write(send, b" " * 16)

    async def _look(self, send: Send) -> bool:
        """Take in what lies there and show the difference; whether something is owed or waited for."""
        if self._lapsed and self._answered:
            self._lapsed = False
            await help_seeker.reattach(self._hub.house, self._sid, self._generation)
        taken = await without_script.take_in(self._desk, self._token, self._generation)
        if isinstance(taken, EndedBy):
            self._ended(taken)
            return False
        done, found = taken
        self._sealer = done.sealer
        self._arrived.clear()
        star = done.sealer.star
        self._last, self._name = star.lines(), star.alias(COUNSELLOR) or self._name
        if star.is_over:
            await self._ended_inside(done.out)
            return False
        await self._show(send, done, found)
        return star.is_busy

    async def _show(self, send: Send, done: Done[None], found: Conversation) -> None:
        text, star = self._pages.text, done.sealer.star
        house = self._hub.house
        where = waiting.texts(text, self._place, found, times_now(house, text.language), house.now())
        standing = words.standing(text, found, star, where)
        if standing != self._standing:
            self._standing = standing
            waits = found.phase is Phase.WAITING
            await _write(send, self._pages.standing(standing, waits=waits))
        for _, action in done.out:
            if isinstance(action, sealing.RefusedOffer) and action.code not in _NO_ALARM:
                await _write(send, self._pages.notice(words.trouble(text, action.code)))
        fresh = await self._show_lines(send)
        mark = words.mark(text, self._last)
        if mark != self._mark or any(said.own for said in fresh):
            self._mark = mark
            await _write(send, self._pages.mark(mark))
        asked = words.question(text, star)
        if asked != self._asked or (asked is not None and fresh):
            await self._ask(send, asked)

    async def _show_lines(self, send: Send) -> list[Said]:
        fresh = [said for said in self._last if said.mid not in self._seen]
        if fresh:
            self._seen.update(said.mid for said in fresh)
            several = len({said.alias for said in self._last if not said.own}) > 1
            await _write(send, self._pages.lines(fresh, several=several))
        return fresh

    async def _ask(self, send: Send, asked: Question | None) -> None:
        self._asked = asked
        form = b""
        if asked is not None:
            form = await self._new_form()
        await _write(send, self._pages.asked(asked, form))

    async def _new_form(self) -> bytes:
        random = self._hub.house.random

        def work(sealer: Sealer, _now: float) -> tuple[bytes, Out]:
            return sealer.new_form(random), []

        made = await without_script.change(
            self._desk, self._token, work, generation=self._generation, look=False
        )
        return b"" if isinstance(made, EndedBy) else made.result

    async def _ended_inside(self, out: Out) -> None:
        said = any(isinstance(action, sealing.PeerEnded) for _, action in out)
        if not said:
            self._by = EndedBy.UNKNOWN  # perhaps the person did, by a press whose answer is on its way
        # Known before we leave: of that the server tells this stream, too, as of an end by the person.
        self._over = words.ended(self._pages.text, EndedBy.COUNSELLOR, self._name, said_inside=said)
        with contextlib.suppress(StoreError, NotAllowed):
            await without_script.leave(self._desk, self._token)

    def _ended(self, by: EndedBy) -> None:
        if self._over is not None:
            return
        said, self._by = self._last_words(), by
        self._over = words.ended(self._pages.text, by, self._name, said_inside=said)

    def _last_words(self) -> bool:
        """What came just before the end is no longer in the store, but it was told us; whether it says *end*.

        It is shown and never acknowledged: it was not written down anywhere.
        """
        if self._sealer is None:
            return False
        star, said = self._sealer.star, False
        with contextlib.suppress(SealingError):
            for envelope in self._arrived:
                out = star.delivered(envelope[1], envelope, self._desk.now())
                said = said or any(isinstance(action, sealing.PeerEnded) for _, action in out)
        self._last = star.lines()
        return said


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, data: bytes, *, more: bool = True) -> None:
    async with asyncio.timeout(_WRITTEN_WITHIN):
        await send({"type": "http.response.body", "body": data, "more_body": more})
