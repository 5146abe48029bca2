# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every answer of the service, whatever was asked."""

from __future__ import annotations

import json
import re
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from chat.web.errors import STATUS, ErrorCode
from chat.web.headers import SecurityHeaders
from tests.fuzz.canary import MARK, Canary, found
from tests.fuzz.exchange import Answer

BARE: Final = frozenset({400, 403, 421, 431})
"""Refusals without a word: they come before it is known whose request it is."""
_NEVER: Final = frozenset(
    {
        "server",
        "date",
        "etag",
        "last-modified",
        "x-powered-by",
        "via",
        "x-request-id",
        "trailer",
        "refresh-to",
    }
)
_COOKIES: Final = re.compile(
    r"kentering_talk=[A-Za-z0-9_-]*; (Max-Age=0; )?Path=/talk; HttpOnly; SameSite=Strict"
    r'|kentering_desk="?[A-Za-z0-9_-]*"?;.*HttpOnly.*'
)
_REDIRECTS: Final = frozenset({"/", "/leave", "/talk", "/talk/live", "/talk/describe", "/talk/felt"})


async def strict_headers(*, desk: bool, path: str) -> dict[str, str]:
    """What the middleware adds to an answer that says nothing itself."""
    sent: list[Message] = []

    async def nothing(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    await SecurityHeaders(nothing, desk=desk, https=False)({"type": "http", "path": path}, receive, send)
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


class Judge:
    """Knows the headers of each side."""

    def __init__(self, strict: dict[str, list[dict[str, str]]]) -> None:
        """`strict`: by side, the sets of headers of which an answer must carry one."""
        self._strict = strict

    @classmethod
    async def made(cls) -> Judge:
        desk = [await strict_headers(desk=True, path="/")]
        pages = [await strict_headers(desk=False, path=path) for path in ("/", "/talk")]
        return cls({"desk": desk, "help_seeker": pages})

    def judge(self, answer: Answer, *allowed: Canary, lost_store: bool = False) -> None:
        """Raises an AssertionError that names what does not hold.

        Args:
            answer: what came.
            allowed: what its body may repeat of the request.
            lost_store: whether 503 may say that the live store does not answer.
        """
        assert 200 <= answer.status < 500 or (lost_store and answer.status == 503), answer.status
        assert not found(answer.head), "the head repeats the request"
        body = answer.body
        for canary in allowed:
            body = re.sub(canary.encode(), b"", body, flags=re.IGNORECASE)
        assert MARK.encode() not in body.lower(), "the body repeats the request"
        assert b"Traceback" not in body
        names = [name for name, _ in answer.headers]
        if "content-security-policy" not in names:
            assert answer.status in BARE, answer.status
            assert set(names) <= {"content-length", "connection"}, names
            assert answer.body == b""
            return
        assert not _NEVER & set(names), names
        assert any(self._carries(answer, strict) for each in self._strict.values() for strict in each), names
        for cookie in answer.all("set-cookie"):
            assert _COOKIES.fullmatch(cookie), "a cookie"
        for place in answer.all("location"):
            assert place.partition("?")[0] in _REDIRECTS, "a redirect"
        if answer.status >= 400 and answer.all("content-type") == ["application/json"] and body:
            said = json.loads(body)
            assert set(said) == {"error"}, said
            assert STATUS[ErrorCode(said["error"])] == answer.status

    def _carries(self, answer: Answer, strict: dict[str, str]) -> bool:
        return all(
            len(answer.all(name)) == 1 and (name == "cache-control" or answer.all(name) == [value])
            for name, value in strict.items()
        )
