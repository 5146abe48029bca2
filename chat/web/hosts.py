# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two origins on one port: the Host header chooses one of two closed lists of routes.

The onion address, where there is one, is a third name for the help-seekers' list, never for the desk's.

Leaving fast on the help-seekers' origin wipes that origin's storage; because the desk is always
another origin, a counsellor's keys in the same browser stay. Any other host gets a bare 421
(Misdirected Request, RFC 9110 section 15.5.20).
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Hosts:
    """ASGI application that passes a request to the application of its host."""

    def __init__(
        self,
        *,
        help_seeker: tuple[str, ASGIApp],
        desk: tuple[str, ASGIApp],
        onion: tuple[str, ASGIApp] | None = None,
    ) -> None:
        named = [help_seeker, desk, *([onion] if onion else [])]
        self._apps = {host.encode().lower(): app for host, app in named}
        self.leaving = False
        """This worker ends soon: each answer says that the next request is to come by another connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Dispatch one request."""
        hosts = [value.lower() for name, value in scope.get("headers", ()) if name == b"host"]
        app = self._apps.get(hosts[0]) if len(hosts) == 1 else None
        if app is None:
            await send({"type": "http.response.start", "status": 421, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        await app(scope, receive, _last(send) if self.leaving else send)


def _last(send: Send) -> Send:
    """Close the connection after this answer (RFC 9110 section 7.6.1). A proxy keeps them open otherwise."""

    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
        await send(message)

    return closing
