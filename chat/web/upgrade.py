# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which connection a WebSocket request gets: by its host, if its Origin is that host's own.

A WebSocket is not bound by the same-origin policy (RFC 6455 section 10.2), so the server checks: a page
of another origin can open no socket here, and neither can a page of the other of our two origins.
"""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from picows import WSListener, WSUpgradeRequest, WSUpgradeResponse, WSUpgradeResponseWithListener

from chat.rules import outcomes
from chat.web.desk_socket import DeskSocket
from chat.web.help_seeker_socket import HelpSeekerSocket
from chat.web.hub import Hub

COOKIE = "kentering_desk"

Answer = WSListener | WSUpgradeResponseWithListener


def _refuse(status: int) -> WSUpgradeResponseWithListener:
    return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(status), None)


def _token(header: str | None) -> str | None:
    try:
        morsel = SimpleCookie(header or "").get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None and morsel.value.isascii() else None


def factory(hub: Hub, hash_of: Callable[[str], bytes]) -> Callable[[WSUpgradeRequest], Answer]:
    """Make the function picows asks for each request."""
    settings = hub.settings
    origins = {settings.help_seeker_host: settings.help_seeker_origin}
    if settings.onion and settings.onion_origin:
        origins[settings.onion] = settings.onion_origin

    def choose(request: WSUpgradeRequest) -> Answer:
        headers = request.headers
        hosts = headers.getall("host", [])
        host = hosts[0].lower() if len(hosts) == 1 else ""
        origin = origins.get(host)
        if origin is not None:
            if headers.getall("origin", []) != [origin]:
                return _refuse(403)
            return HelpSeekerSocket(hub, outcomes.ONION if host == settings.onion else outcomes.CLEAR)
        if host == settings.desk_host:
            token = _token(headers.get("cookie"))
            if headers.getall("origin", []) != [settings.desk_origin] or token is None:
                return _refuse(403)
            return DeskSocket(hub, hash_of(token))
        return _refuse(421)

    return choose
