# SPDX-License-Identifier: AGPL-3.0-or-later
"""The addresses of talking without script, all below `/talk`; the one in the address bar is `/talk` itself.

Nothing here is remembered from one request to the next but the cookie's token, in the browser. Forms carry a
one-time id, so that a press that arrives twice is one press.
"""

from __future__ import annotations

import contextlib
import secrets
from binascii import unhexlify
from collections.abc import Mapping

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from chat.actions import without_script
from chat.actions.without_script import Desk
from chat.live.errors import StoreError
from chat.live.sealed import HERE, Share
from chat.protocol.types import EndedBy, ErrorCode
from chat.rules import pace
from chat.rules.conversation import NotAllowed
from chat.rules.intake import PROOF
from chat.rules.state import Member
from chat.sealing.errors import Code, SealingError
from chat.sealing.offer import COUNSELLOR
from chat.sealing.sealer import FORM, TOKEN, Sealer, sid_of
from chat.sealing.star import WHOEVER, Out, Said
from chat.sealing.trust import Trust
from chat.web.first_page import Times, times_now
from chat.web.help_seeker_pages import HelpSeekerPages
from chat.web.hub import Hub
from chat.web.without_script import cookie, feeling, forms, guard, waiting, words
from chat.web.without_script.describing import Describing
from chat.web.without_script.feeling import Feeling
from chat.web.without_script.guard import Flaw
from chat.web.without_script.pages import Pages, Tongue
from chat.web.without_script.stream import Stream

H = Member.HELP_SEEKER
_DOT = unhexlify("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
"""A picture of one transparent dot (GIF89a)."""
_FORGET = '"cache", "storage"'
_MOST_DIGITS = 18
"""Of a generation: it rises by one with every connection."""
_ROOMS_PART = 3
"""Those without script have at most one in so many places of the waiting room."""


class WithoutScript:
    """What the routes share."""

    def __init__(
        self, hub: Hub, trust: Trust, site: HelpSeekerPages, origin: str, *, https: bool, onion: bool
    ) -> None:
        settings = hub.settings
        self._hub, self._site = hub, site
        self._desk = Desk(hub.house, trust)
        self._origin, self._https, self._onion = origin, https, onion
        self._leave_to = settings.leave_to

    def _share(self) -> Share:
        """How many may start this way now."""
        settings, room = self._hub.settings, self._hub.house.room_limit()
        return Share(
            waiting=max(1, room // _ROOMS_PART),
            room=room,
            burst=settings.starts_without_script_burst,
            an_hour=settings.starts_without_script_an_hour,
        )

    def router(self) -> APIRouter:
        """All of them."""
        router = APIRouter(prefix="/talk", include_in_schema=False)
        get, post = router.get, router.post
        get("")(self.page)
        post("")(self.act)
        get("/live")(self.live)
        get("/stream")(self.stream)
        get("/write")(self.field)
        post("/write")(self.say)
        post("/answer")(self.answer)
        felt = Feeling(self._hub.house, self._pages, self._form)
        get("/felt")(felt.frame)
        post("/felt")(felt.say)
        describing = Describing(self._desk, self._pages, self._form)
        get("/describe")(describing.show)
        post("/describe")(describing.say)
        get("/seen/{slot}/{mid}")(self.seen)
        get("/here/{beat}")(self.here)
        get("/leave")(self.leave)
        get("/first")(self.first)
        return router

    # --- pages ---

    async def page(self, request: Request) -> Response:
        """The conversation; without one: where to start."""
        pages, token = self._pages(request), cookie.read(request)
        if token is None:
            return self._html(await pages.start())
        form = await self._new_form(token)
        if form is None:
            return self._over(pages.over(pages.ended(EndedBy.UNKNOWN, None)))
        return self._html(pages.shell(form))

    async def act(self, request: Request) -> Response:
        """Start, end, erase."""
        pages = self._pages(request)
        fields = await self._form(request)
        if fields is None:
            return self._refuse(pages, ErrorCode.MALFORMED, 400)
        token = cookie.read(request)
        if fields.get("do") == "start":
            wanted = fields.get("language")
            return await self._start(self._pages(request, wanted), token, proof=wanted == PROOF)
        if fields.get("do") not in {"end", "erase"}:
            return self._refuse(pages, ErrorCode.MALFORMED, 400)
        if token is None:
            return self._html(pages.over(pages.ended(EndedBy.UNKNOWN, None)))
        return await self._end(pages, token, fields, erase=fields.get("do") == "erase")

    async def _start(self, pages: Pages, token: bytes | None, *, proof: bool) -> Response:
        to = RedirectResponse(f"/talk{pages.tongue.query}", 303)
        try:
            if token is not None and await without_script.look(self._desk, token) is not None:
                return to  # pressed twice: this browser is in already
            token = secrets.token_bytes(TOKEN)
            language = PROOF if proof else pages.text.language
            await without_script.start(self._desk, token, language, self._share())
        except NotAllowed as refused:
            return self._refuse(pages, refused.code, 503)
        except StoreError:
            return self._refuse(pages, ErrorCode.STORE_LOST, 503)
        cookie.give(to, token, https=self._https)
        return to

    async def _end(self, pages: Pages, token: bytes, fields: Mapping[str, str], *, erase: bool) -> Response:
        try:
            form = forms.hexadecimal(fields, "form", FORM)
            sealer = await without_script.look(self._desk, token)
            if sealer is None:
                return self._over(pages.over(pages.ended(EndedBy.UNKNOWN, None)))
            if sealer.form(form) != "open":
                return RedirectResponse(f"/talk{pages.tongue.query}", 303)
            name, lines = sealer.star.alias(COUNSELLOR), sealer.star.lines()
            if not erase:
                lines = await self._say_end(token) or lines
            await without_script.leave(self._desk, token)
        except forms.BadForm:
            return self._refuse(pages, ErrorCode.MALFORMED, 400)
        except (StoreError, NotAllowed):
            return self._refuse(pages, ErrorCode.STORE_LOST, 503)
        if erase:
            return self._over(pages.over(words.erased(pages.text, len(lines), name)))
        by = EndedBy.HELP_SEEKER
        left = waiting.left(pages.text, await self._site.intake(pages.text)) if name is None else ()
        ticket = await feeling.ticket(self._hub.house, by, name)
        return self._over(pages.over(pages.ended(by, name, left=left), lines, ticket=ticket))

    async def _say_end(self, token: bytes) -> list[Said] | None:
        done = await without_script.change(
            self._desk, token, lambda sealer, now: (None, sealer.star.end(now)), look=False
        )
        return None if isinstance(done, EndedBy) else done.sealer.star.lines()

    async def field(self, request: Request) -> Response:
        """The frame to write in."""
        pages, token = self._pages(request), cookie.read(request)
        form = None if token is None else await self._new_form(token)
        return self._html(pages.write(form))

    async def say(self, request: Request) -> Response:
        """A message comes in."""
        pages, token = self._pages(request), cookie.read(request)
        fields = await self._form(request)
        if fields is None:
            return self._refuse(pages, ErrorCode.MALFORMED, 400)
        text = guard.tidy(fields.get("text", ""))
        if token is None:
            return self._html(pages.write(None, text=text))
        found: Flaw | ErrorCode | Code | None = guard.flaw(text)
        # Asked before it is sent, unless the person was told of it and sends it anyway. A link is never sent.
        seen = guard.unasked(text, fields.get("anyway", "")) if found is None else ()
        try:
            form = forms.hexadecimal(fields, "form", FORM)
        except forms.BadForm:
            form = b""
        random = self._hub.house.random

        def work(sealer: Sealer, now: float) -> tuple[tuple[str, bytes], Out]:
            standing = sealer.form(form)
            out: Out = []
            if standing == "open" and found is None and not seen:
                self._keep_pace(sealer)
                out = sealer.post(form, text, now)
            return (standing, sealer.new_form(random)), out

        why = found
        fresh: bytes | None = None
        sent = False
        try:
            done = await without_script.change(self._desk, token, work)
            if isinstance(done, EndedBy):
                return self._html(pages.write(None, text=text))
            standing, fresh = done.result
            sent = found is None and not seen and standing in {"open", "used"}
            if standing == "unknown" and found is None and not seen:
                why = Code.OUT_OF_STATE
        except NotAllowed as refused:
            why = refused.code
        except SealingError as refused:
            why = refused.code
        except StoreError:
            why = ErrorCode.STORE_LOST
        if fresh is None:
            fresh = form or bytes(FORM)
        if sent:
            return self._html(pages.write(fresh, sent=True))
        if why is None:
            return self._html(pages.write(fresh, text=text, noticed=seen))
        return self._html(pages.write(fresh, text=text, flaw=words.not_sent(pages.text, why)))

    def _keep_pace(self, sealer: Sealer) -> None:
        """As for every other browser: so many at once, so many a second.

        Raises:
            NotAllowed: too fast.
        """
        settings, now = self._hub.settings, self._hub.house.now()
        full = pace.bucket(settings.messages_burst, settings.messages_per_second, now)
        held = msgspec.msgpack.decode(sealer.shell, type=pace.Bucket) if sealer.shell else full
        left, allowed = pace.spend(held, now)
        if not allowed:
            raise NotAllowed(ErrorCode.TOO_FAST)
        sealer.shell = msgspec.msgpack.encode(left)

    async def answer(self, request: Request) -> Response:
        """The person's word on who is in the conversation; comes from the stream, and goes back there."""
        pages, token = self._pages(request), cookie.read(request)
        fields = await self._form(request)
        back = RedirectResponse(f"/talk/live{pages.tongue.query}", 303)
        if fields is None or token is None:
            return back
        try:
            form = forms.hexadecimal(fields, "form", FORM)
            cert_id = forms.hexadecimal(fields, "cert", 32)
        except forms.BadForm:
            return back
        slot, yes = int(fields.get("slot") == "1"), fields.get("answer") == "yes"
        summary = fields.get("summary") == "yes"

        def work(sealer: Sealer, now: float) -> tuple[bool, Out]:
            if not sealer.use(form):
                return False, []
            if cert_id == WHOEVER:
                return True, sealer.star.give_back(yes, now)
            return True, sealer.star.consent(slot, cert_id, yes, now, summary=summary)

        with contextlib.suppress(NotAllowed, SealingError, StoreError):  # the stream says how things stand
            done = await without_script.change(self._desk, token, work)
            if not isinstance(done, EndedBy) and done.result and not yes and cert_id != WHOEVER:
                await without_script.decline(self._desk, token, slot)
        return back

    # --- the stream, and the pictures in it ---

    async def live(self, request: Request) -> Response:
        """The frame around the stream, which brings it back when it broke."""
        pages, token = self._pages(request), cookie.read(request)
        if token is None:
            return self._html(pages.write(None))
        try:
            now = await self._hub.house.conversations.generation(sid_of(token), H)
        except StoreError:
            return self._live(pages, 0)
        if not now:
            return self._html(pages.gone(pages.ended(EndedBy.UNKNOWN, None)))
        after = request.query_params.get("after", "")
        # The stream in this frame was the next one, if any. Another one since then: another tab has it.
        if after.isdecimal() and after.isascii() and len(after) < _MOST_DIGITS and 0 < int(after) < now - 1:
            return self._html(pages.elsewhere())
        return self._live(pages, now)

    async def stream(self, request: Request) -> Response:
        """Everything that happens, as it happens."""
        pages, token = self._pages(request), cookie.read(request)
        if token is None or not forms.same_origin(request, self._origin):
            return self._html(pages.write(None))
        try:
            entered = await without_script.attach(self._desk, token)
        except StoreError:
            return self._html(pages.trouble(), 503)
        except NotAllowed:
            return self._html(pages.write(None))
        if isinstance(entered, EndedBy):
            return self._html(pages.gone(pages.ended(entered, None)))
        return Stream(self._hub, self._desk, pages, token, entered[0])

    async def seen(self, request: Request, slot: str, mid: str) -> Response:
        """The browser shows a line: now it may be acknowledged."""
        token = cookie.read(request)
        try:
            line = forms.hexadecimal({"mid": mid}, "mid", 16)
        except forms.BadForm:
            return self._dot()
        if token is not None and slot in {"0", "1"} and forms.same_origin(request, self._origin):
            with contextlib.suppress(NotAllowed, SealingError, StoreError):  # the next stream shows it again
                await without_script.change(
                    self._desk,
                    token,
                    lambda sealer, now: (None, sealer.star.seen(int(slot), line, now)),
                )
        return self._dot()

    async def here(self, request: Request, beat: str) -> Response:
        """The browser is there."""
        del beat
        token = cookie.read(request)
        if token is not None and forms.same_origin(request, self._origin):
            self._hub.house.relay.tell(sid_of(token), H, HERE)
        return self._dot()

    # --- going ---

    async def leave(self, request: Request) -> Response:
        """Leave fast: the way out first, then everything else."""
        token = cookie.read(request)
        if token is not None:
            self._hub.spawn(self._leave(token))
        away = RedirectResponse(self._leave_to, 303, headers={"clear-site-data": _FORGET})
        cookie.take_back(away, https=self._https)
        return away

    async def _leave(self, token: bytes) -> None:
        with contextlib.suppress(NotAllowed):
            await without_script.leave(self._desk, token)

    async def first(self, request: Request) -> Response:
        """To the first page, without the cookie of a conversation that is over."""
        token = cookie.read(request)
        to = RedirectResponse("/", 303)
        with contextlib.suppress(StoreError):
            if token is None or await without_script.look(self._desk, token) is None:
                cookie.take_back(to, https=self._https)
        return to

    # --- inside ---

    def _pages(self, request: Request, wanted: str | None = None) -> Pages:
        text = self._site.translator(request, wanted)
        chosen = "language" in request.query_params or (
            wanted is not None and text.language != self._site.translator(request).language
        )
        return Pages(self._site, Tongue(text, chosen))

    async def _form(self, request: Request) -> Mapping[str, str] | None:
        try:
            return await forms.read(request, self._origin)
        except forms.BadForm:
            return None

    async def _new_form(self, token: bytes) -> bytes | None:
        random = self._hub.house.random
        done = await without_script.change(
            self._desk, token, lambda sealer, _now: (sealer.new_form(random), []), look=False
        )
        return None if isinstance(done, EndedBy) else done.result

    def _html(self, page: str, status: int = 200) -> HTMLResponse:
        return HTMLResponse(page, status, {"vary": "Accept-Language, Cookie"})

    def _live(self, pages: Pages, generation: int) -> HTMLResponse:
        response = self._html(pages.live())
        response.headers["refresh"] = pages.refresh(generation)
        return response

    def _dot(self) -> Response:
        """What a page asks for as a sign that it is shown (talk/sign.html)."""
        if self._onion:
            return Response(b"", media_type="text/css")
        return Response(_DOT, media_type="image/gif")

    def _over(self, page: str) -> Response:
        response = self._html(page)
        cookie.take_back(response, https=self._https)
        return response

    def _refuse(self, pages: Pages, code: ErrorCode, status: int) -> Response:
        return self._html(pages.refused(words.refused(pages.text, code, self._times(pages))), status)

    def _times(self, pages: Pages) -> Times:
        return times_now(self._hub.house, pages.text.language)
