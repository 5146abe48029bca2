# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages leave compressed, but what is below `/talk` does not.

A stream has to arrive piece by piece, and a compressor holds pieces back. And a page that holds a secret (the
one-time id of a form) beside what somebody else may choose must not be compressed with it (BREACH).
"""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from chat.web.headers import is_talk


class Packed:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._packed = GZipMiddleware(app, minimum_size=512)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        app = self._plain if is_talk(scope) else self._packed
        await app(scope, receive, send)
