# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two applications, one for each origin: a closed list of routes each."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from chat import log
from chat.actions import duty, wrap_up
from chat.actions.admission import challenge
from chat.actions.counting import count
from chat.actions.handover import remove_device
from chat.actions.holdings import looks
from chat.live.challenges import Challenges
from chat.live.errors import StoreError
from chat.records import Records
from chat.rules.crisis_lines import public
from chat.rules.outcomes import Measure
from chat.rules.shown import Shown
from chat.sealing.fingerprint import root_fingerprint
from chat.sealing.trust import Trust, to_module
from chat.settings import Settings
from chat.web import errors, work_route
from chat.web.assets import Assets
from chat.web.desk_api import DeskDeps, router
from chat.web.desk_sessions import SIGNED_OUT, DeskSessions
from chat.web.first_page import intake_now
from chat.web.headers import SecurityHeaders
from chat.web.help_seeker_pages import PAGES, HelpSeekerPages, Site
from chat.web.hub import Hub
from chat.web.packing import Packed
from chat.web.sign_in import RelyingParty
from chat.web.texts import Texts
from chat.web.without_script.routes import WithoutScript

BUILD = Path(__file__).resolve().parents[2] / "build" / "assets"


_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""FastAPI would hand errors with their texts to any OpenTelemetry it finds."""


def _nothing_yet() -> FastAPI:
    """No list of what there is, and no redirect when a slash is too many: it would repeat the query."""
    return FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, telemetry=_NO_TELEMETRY
    )


def teller(worker: str) -> Callable[[type[Exception]], None]:
    """An unexpected error is worth a line with its class; its text may quote input, and is not kept."""
    return lambda error: log.write(log.Event.UNEXPECTED, worker=worker, error=error)


def help_seeker_app(settings: Settings, trust: Trust, hub: Hub, *, onion: bool = False) -> ASGIApp:
    """Pages of the help-seekers' origin, in the clear or, by plain http, as an onion service."""
    tell = teller(hub.house.worker)
    assets = Assets(BUILD, to_module(trust).encode())
    entry = assets.entries["help_seeker"]
    texts = Texts.load()

    look = looks(hub.house)

    async def held() -> Shown | None:
        try:
            return await look.get()
        except StoreError:
            return None

    https = settings.help_seeker_origin.startswith("https:") and not onion
    prints = tuple(root_fingerprint(root) for root in trust.roots)
    site = Site(
        script=entry["script"],
        style=entry["style"],
        plain_style=assets.entries["without_script"]["style"],
        leave_to=settings.leave_to,
        demo=settings.demo,
        https=https,
        fingerprints=lambda: prints,
        intake=partial(intake_now, hub.house, hub.outlook),
        languages=texts.translators,
        own_words=hub.house.content.own_words,
        lines=lambda: public(hub.house.content.lines.lines, demo=settings.demo),
        onion=onion,
        held=held,
        shown=lambda state: hub.spawn(count(hub.house, Measure.PAGE, state)),
    )
    pages = HelpSeekerPages(site, texts)
    app = _nothing_yet()
    origin = (settings.onion_origin if onion else None) or settings.help_seeker_origin
    app.include_router(pages.router())
    app.include_router(assets.router())
    app.include_router(work_route.routes(lambda after: challenge(hub.house, after_boundary=after)))
    app.include_router(WithoutScript(hub, trust, pages, origin, https=https, onion=onion).router())

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> HTMLResponse:
        return pages.error_response(request, error.status_code)

    @app.exception_handler(StoreError)
    async def lost(request: Request, _error: Exception) -> HTMLResponse:
        return pages.error_response(request, 503)

    @app.exception_handler(Exception)
    async def failed(request: Request, _error: Exception) -> HTMLResponse:
        return pages.error_response(request, 500)

    packed = Packed(errors.Quiet(app, tell))
    return SecurityHeaders(packed, desk=False, https=https, onion=settings.onion_origin)


def desk_app(
    settings: Settings,
    trust: Trust,
    hub: Hub,
    records: Records,
    sessions: DeskSessions,
    challenges: Challenges,
) -> ASGIApp:
    """Pages and API of the desk's origin."""
    tell = teller(hub.house.worker)
    assets = Assets(BUILD, to_module(trust).encode())
    entry = assets.entries["desk"]

    async def revoked(device: bytes) -> None:
        try:
            await remove_device(hub.house, device)  # first, while it can still be told what it lost
        finally:
            await hub.house.desk.tell(device.hex(), SIGNED_OUT)

    deps = DeskDeps(
        records=records,
        sessions=sessions,
        challenges=challenges,
        rp=RelyingParty(urlsplit(settings.desk_origin).hostname or "", "Kentering", settings.desk_origin),
        now=lambda: int(time.time()),
        random=secrets.token_bytes,
        trust=trust,
        on_revoked=revoked,
        content=hub.house.content,
        on_changed=hub.house.desk.content_changed,
        wrap_up=partial(wrap_up.count, hub.house),
        intake=partial(duty.intake_now, hub.house),
        close_intake=lambda who, language, closed: duty.close_intake(hub.house, who, language, closed=closed),
    )
    app = _nothing_yet()
    errors.install(app, tell)
    app.include_router(router(deps))
    app.include_router(assets.router())
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    page = environment.get_template("desk.html").render(
        script=entry["script"], style=entry["style"], demo=settings.demo
    )

    @app.get("/", include_in_schema=False)
    @app.get("/enrol", include_in_schema=False)
    async def desk() -> HTMLResponse:
        return HTMLResponse(page)

    icon_bytes = (PAGES / "static" / "icon.svg").read_bytes()

    @app.get("/icon.svg", include_in_schema=False)
    async def icon() -> Response:
        return Response(
            icon_bytes, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"}
        )

    https = settings.desk_origin.startswith("https:")
    return SecurityHeaders(errors.Quiet(app, tell), desk=True, https=https)
