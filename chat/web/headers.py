# SPDX-License-Identifier: AGPL-3.0-or-later
"""Response headers that every answer carries.

Sources: Content Security Policy Level 3; Fetch Metadata; OWASP Secure Headers. No report address is
set anywhere: a report would carry what the visitor did.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_TALK_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-src 'self'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Talking without script: no script at all, and frames of this origin in a page of this origin."""
_NO_SENSORS = b"camera=(), microphone=(), geolocation=(), display-capture=(), usb=()"

_ALWAYS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-dns-prefetch-control", b"off"),
)

_TALK = {b"content-security-policy": _TALK_POLICY.encode(), b"x-frame-options": b"SAMEORIGIN"}

_HELP_SEEKER = ((b"permissions-policy", _NO_SENSORS),)
_PASSKEYS = b", publickey-credentials-get=(self), publickey-credentials-create=(self)"
_DESK = ((b"permissions-policy", _NO_SENSORS + _PASSKEYS),)
_HTTPS = (b"strict-transport-security", b"max-age=63072000")
_DEFAULTS = {b"cache-control": b"no-store"}


def is_talk(scope: Scope) -> bool:
    """Whether a request is for a page of talking without script."""
    path: str = scope.get("path", "")
    return path == "/talk" or path.startswith("/talk/")


class SecurityHeaders:
    """ASGI middleware that adds the headers, and `no-store` where the answer says nothing else."""

    def __init__(self, app: ASGIApp, *, desk: bool, https: bool, onion: str | None = None) -> None:
        """`onion`: the origin that Tor Browser may offer instead (the Onion-Location header)."""
        self._app = app
        self._desk = desk
        self._headers: list[tuple[bytes, bytes]] = [*_ALWAYS, *(_DESK if desk else _HELP_SEEKER)]
        if https:
            self._headers.append(_HTTPS)
        if https and onion is not None:
            # The first page, whatever was asked for: an address never says where somebody was.
            self._headers.append((b"onion-location", f"{onion}/".encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer's headers."""
        talk = not self._desk and is_talk(scope)

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._complete(message.get("headers", ()), talk=talk)
            await send(message)

        await self._app(scope, receive, complete)

    def _complete(self, given: Iterable[tuple[bytes, bytes]], *, talk: bool) -> list[tuple[bytes, bytes]]:
        headers = list(given)
        names = {name.lower() for name, _ in headers}
        headers.extend(
            (name, _TALK.get(name, value)) if talk else (name, value) for name, value in self._headers
        )
        headers.extend((name, value) for name, value in _DEFAULTS.items() if name not in names)
        return headers
