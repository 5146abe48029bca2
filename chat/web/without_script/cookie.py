# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one cookie of a help-seeker without script: the token that opens the state of their conversation.

Set by the press on *start*, for these addresses alone, without an age: a browser forgets it when it is
closed (some write it to disk until then; the page says so). Worth nothing once the conversation is
over. It is taken back by its name, never by Clear-Site-Data, which would clear the whole domain.
"""

from __future__ import annotations

import base64
import binascii
from http.cookies import CookieError, SimpleCookie

from starlette.requests import Request
from starlette.responses import Response

from chat.sealing.sealer import TOKEN

NAME = "kentering_talk"
PATH = "/talk"


def read(request: Request) -> bytes | None:
    """The token a request brings; None when there is none, or it is no token."""
    try:
        morsel = SimpleCookie(request.headers.get("cookie", "")).get(NAME)
    except CookieError:
        return None
    if morsel is None:
        return None
    try:
        token = base64.b64decode(morsel.value + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return token if len(token) == TOKEN else None


def give(response: Response, token: bytes, *, https: bool) -> None:
    """Set the cookie."""
    value = base64.urlsafe_b64encode(token).rstrip(b"=").decode()
    response.headers.append("set-cookie", f"{NAME}={value}; {_attributes(https)}")


def take_back(response: Response, *, https: bool) -> None:
    """Expire the cookie."""
    response.headers.append("set-cookie", f"{NAME}=; Max-Age=0; {_attributes(https)}")


def _attributes(https: bool) -> str:
    return f"Path={PATH}; HttpOnly; SameSite=Strict" + ("; Secure" if https else "")
