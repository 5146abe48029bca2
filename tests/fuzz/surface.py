# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every route of both applications, as one OpenAPI document for each: read from the applications themselves.

In production there is no such document (`openapi_url=None`), and pages would not stand in it. Here they do,
with what their forms and addresses take, so that whatever can be asked is asked.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp

from chat import settings
from chat.live.challenges import Challenges
from chat.live.live import Live
from chat.records import Records
from chat.rules.content import TYPES
from chat.sealing import trust
from chat.web.apps import desk_app, help_seeker_app
from chat.web.desk_sessions import DeskSessions
from chat.web.errors import STATUS, ErrorCode
from chat.web.hub import Hub
from tests.actions.building import Clock, house
from tests.support.service import Service

_FIELDS: Final = (
    "do", "form", "language", "text", "anyway", "slot", "cert", "answer", "summary", "weight", "ticket",
    "framed", "about", "urgency", "proof", "work",
)  # fmt: skip
"""What the forms of the pages without script are made of."""
_ADDRESSED: Final = ("language", "after", "from", "to", "anything")


@dataclass(frozen=True, slots=True)
class Route:
    """One method at one path."""

    side: str
    """`help_seeker` or `desk`."""
    method: str
    path: str


def inner(app: ASGIApp) -> FastAPI:
    """The application below its middleware."""
    while not isinstance(app, FastAPI):
        app = getattr(app, "_plain", None) or getattr(app, "_app")  # noqa: B009 - the layers keep it for themselves
    return app


@asynccontextmanager
async def applications(service: Service) -> AsyncIterator[dict[str, FastAPI]]:
    """Both applications as a worker of this service makes them."""
    made = settings.load(
        {
            "KENTERING_DATA": str(service.data),
            "KENTERING_HELP_SEEKER_ORIGIN": service.help_seeker,
            "KENTERING_DESK_ORIGIN": service.desk,
            "PORT": str(service.port),
        }
    )
    live, records = await Live.open(service.live_url), await Records.open(service.records_url)
    try:
        pinned = trust.from_json(made.trust_file.read_bytes())
        hub = Hub(await house(live, Clock()), made)
        sessions = DeskSessions(live.desk, lambda: int(time.time()), bytes)
        yield {
            "help_seeker": inner(help_seeker_app(made, pinned, hub)),
            "desk": inner(desk_app(made, pinned, hub, records, sessions, Challenges(live.store))),
        }
    finally:
        await live.close()
        await records.close()


def routes(side: str, app: FastAPI) -> list[Route]:
    """Whatever this application answers, whether it would stand in its document or not."""
    found = {
        Route(side, method, context.path or "")
        for context in iter_route_contexts(app.routes)
        for method in context.methods or ()
    }
    return sorted((one for one in found if one.method != "HEAD"), key=lambda one: (one.path, one.method))


def document(side: str, app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document with every route in it."""
    made: dict[str, Any] = app.openapi()
    for route in routes(side, app):
        operations = made["paths"].setdefault(route.path, {})
        operation = operations.setdefault(route.method.lower(), _page(route))
        operation.setdefault("parameters", []).extend(_anything(operation))
        operation["responses"].pop("422", None)  # we answer 400, and without a word of what was sent
        if side == "desk" and route.path.startswith("/api/"):
            operation["responses"]["4XX"] = _refusal()
    shapes = made.setdefault("components", {}).setdefault("schemas", {})
    if "PutValue" in shapes:
        kinds, defined = msgspec.json.schema_components(
            TYPES.values(), ref_template="#/components/schemas/{name}"
        )
        shapes.update(defined)
        shapes["PutValue"]["properties"]["value"] = {"anyOf": [*kinds, {"type": "object"}]}
    # The end of a text is `\\Z` in Python alone.
    whole: dict[str, Any] = json.loads(json.dumps(made).replace("\\\\Z", "$"))
    return whole


def _page(route: Route) -> dict[str, Any]:
    made: dict[str, Any] = {
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
            for name in re.findall(r"{(\w+)}", route.path)
        ],
        "responses": {"default": {"description": "a page"}},
    }
    if route.method == "POST":
        form = {"type": "object", "properties": {name: {"type": "string"} for name in _FIELDS}}
        made["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return made


def _anything(operation: dict[str, Any]) -> list[dict[str, Any]]:
    taken = {one["name"] for one in operation["parameters"]}
    made = [
        {"name": name, "in": "query", "schema": {"type": "string"}}
        for name in _ADDRESSED
        if name not in taken
    ]
    return [*made, {"name": "x-number", "in": "header", "schema": {"type": "integer"}}]


def _refusal() -> dict[str, Any]:
    shape = {
        "type": "object",
        "properties": {"error": {"enum": sorted(code.value for code in ErrorCode if STATUS[code] < 500)}},
        "required": ["error"],
        "additionalProperties": False,
    }
    return {"description": "refused", "content": {"application/json": {"schema": shape}}}
