# SPDX-License-Identifier: AGPL-3.0-or-later
"""The help-seeker's pages: first page, how this stays private, goodbye, errors. All work without script.

The conversation itself happens on the first page (`chat/browser/help_seeker`), so the address never
changes while somebody talks. Nothing of the request reaches a page but the choice of language.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Awaitable, Callable

import jinja2
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from chat.rules.content import OwnWords
from chat.rules.crisis_lines import CrisisLine, LineKind
from chat.rules.shown import Shown
from chat.web.first_page import Intake, likely, spoken
from chat.web.held import bands, kinds
from chat.web.lines import DANGER, OTHERS, REPORT, Country, by_country
from chat.web.reading import as_json, pieces
from chat.web.texts import Texts, Translator

PAGES = pathlib.Path(__file__).parent / "pages"

_VARY = {"vary": "Accept-Language"}
_FORGET = {"clear-site-data": '"cache", "storage"'}
"""Leaving wipes this origin in the browser (Clear Site Data, W3C). The desk is another origin. Never
`"cookies"`: that clears the whole registrable domain, and a desk beside us would be signed out."""


async def _nothing_held() -> Shown | None:
    return None


@dataclasses.dataclass(frozen=True, slots=True)
class Site:
    """What every page of this installation shares."""

    script: str
    """File name of the help-seeker's script below `/assets/`."""
    style: str
    """File name of the style sheet."""
    plain_style: str
    """File name of the one that talking without script needs beside it."""
    leave_to: str
    """Where *leave this page fast* goes."""
    demo: bool
    https: bool
    fingerprints: Callable[[], tuple[str, ...]]
    """Fingerprints of the pinned roots, 6 groups of 5 digits each."""
    intake: Callable[[str], Awaitable[Intake]]
    """Asks for one language; must not raise when the live store is away."""
    languages: tuple[Translator, ...]
    own_words: Callable[[str], OwnWords] = lambda _language: OwnWords()
    """The organisation's texts in one language, as they are now."""
    lines: Callable[[], list[CrisisLine]] = list
    """Crisis, reporting and prevention lines that may be shown, as they are now."""
    onion: bool = False
    """These are the pages at the onion address."""
    held: Callable[[], Awaitable[Shown | None]] = _nothing_held
    """What of the live store may be shown; None when it does not answer."""
    shown: Callable[[str], object] = lambda _state: None
    """The first page was shown with intake in this state; must not wait."""


class HelpSeekerPages:
    """Renders the pages of one installation."""

    def __init__(self, site: Site, texts: Texts) -> None:
        self._site = site
        self._texts = texts
        self._jinja = jinja2.Environment(
            loader=jinja2.FileSystemLoader(PAGES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def first(self, translator: Translator) -> str:
        """The first page, as intake is now."""
        intake = await self._site.intake(translator.language)
        self._site.shown(intake.stands.counted)
        times = intake.times
        return self._render(
            "first.html",
            translator,
            intake=intake,
            likely=likely(translator, intake.wait),
            until="" if times.until is None else spoken(translator, times.until, times.now),
            opens="" if times.opens is None else spoken(translator, times.opens),
        )

    def private(self, translator: Translator) -> str:
        """How this stays private: claims and non-claims in plain words."""
        return self._render("private.html", translator)

    async def seen(self, translator: Translator) -> str:
        """What we can see of you: how much is held, of which kinds, and what that does not cover."""
        held = await self._site.held()
        shown = None if held is None else bands(held, translator)
        lasting, staying = kinds(translator)
        return self._render("seen.html", translator, shown=shown, lasting=lasting, staying=staying)

    def reading(self, translator: Translator) -> str:
        """Something to read while waiting: coming back to oneself, urges, searches, telling somebody."""
        return self._render("reading.html", translator, pieces=pieces(translator))

    def found(self, translator: Translator) -> str:
        """For people who came upon images of abuse: how and where to report them, by country."""
        return self._render("found.html", translator, countries=self._countries(translator, REPORT))

    def others(self, translator: Translator) -> str:
        """Other lines that help, by country."""
        return self._render("others.html", translator, countries=self._countries(translator, OTHERS))

    def leave(self, translator: Translator) -> str:
        """The neutral page that leaving opens."""
        return self._render("leave.html", translator)

    def error(self, translator: Translator, status: int) -> str:
        """A page for an HTTP status; it says nothing of the request."""
        return self._render("error.html", translator, status=status)

    def translator(self, request: Request, wanted: str | None = None) -> Translator:
        """The language this request is answered in; `wanted` instead of what its address says."""
        chosen = wanted or request.query_params.get("language")
        return self._texts.choose(chosen, request.headers.get("accept-language"))

    async def intake(self, translator: Translator) -> Intake:
        """How intake stands in a language."""
        return await self._site.intake(translator.language)

    def render(self, name: str, translator: Translator, **values: object) -> str:
        """A template of another file's pages."""
        return self._render(name, translator, **values)

    def error_response(self, request: Request, status: int) -> HTMLResponse:
        """For the exception handlers of the application."""
        return HTMLResponse(self.error(self.translator(request), status), status, _VARY)

    def router(self) -> APIRouter:
        """The routes of the help-seekers' origin that are pages."""
        icon_bytes = (PAGES / "static" / "icon.svg").read_bytes()
        router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

        @router.get("/")
        async def first(request: Request) -> HTMLResponse:
            return HTMLResponse(await self.first(self.translator(request)), headers=_VARY)

        @router.get("/private")
        async def private(request: Request) -> HTMLResponse:
            return HTMLResponse(self.private(self.translator(request)), headers=_VARY)

        @router.get("/seen")
        async def seen(request: Request) -> HTMLResponse:
            return HTMLResponse(await self.seen(self.translator(request)), headers=_VARY)

        @router.get("/reading")
        async def reading(request: Request) -> HTMLResponse:
            return HTMLResponse(self.reading(self.translator(request)), headers=_VARY)

        @router.get("/reading/pieces")
        async def reading_pieces(request: Request) -> Response:
            return JSONResponse(as_json(self.translator(request)), headers=_VARY)

        @router.get("/found")
        async def found(request: Request) -> HTMLResponse:
            return HTMLResponse(self.found(self.translator(request)), headers=_VARY)

        @router.get("/others")
        async def others(request: Request) -> HTMLResponse:
            return HTMLResponse(self.others(self.translator(request)), headers=_VARY)

        @router.get("/leave")
        async def leave(request: Request) -> Response:
            if self._site.leave_to == "/leave":
                away: Response = HTMLResponse(self.leave(self.translator(request)), headers=_VARY)
            else:  # through here, since only this origin can wipe itself
                away = RedirectResponse(self._site.leave_to, 303)
            away.headers.update(_FORGET)  # and no cookie taken back: the way out (`/talk/leave`) has done it
            return away

        @router.get("/leaving")
        async def leaving(request: Request) -> HTMLResponse:
            return HTMLResponse(self._render("leaving.html", self.translator(request)), headers=_VARY)

        @router.get("/icon.svg")
        async def icon() -> Response:
            return Response(
                icon_bytes, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"}
            )

        return router

    def _countries(self, translator: Translator, kinds: tuple[LineKind, ...]) -> tuple[Country, ...]:
        return by_country(self._site.lines(), kinds, translator.language)

    def _render(self, name: str, translator: Translator, **values: object) -> str:
        return self._jinja.get_template(name).render(
            site=self._site,
            t=translator.t,
            tn=translator.tn,
            language=translator.language,
            direction=translator.direction,
            danger=self._countries(translator, DANGER),
            own=self._site.own_words(translator.language),
            **values,
        )
