# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests that no browser sends, made at random from what a seed gives."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.fuzz.callers import CALLERS, HELP_SEEKER, Callers, brought
from tests.fuzz.canary import Canary
from tests.fuzz.exchange import Request
from tests.fuzz.surface import Route

ENDLESS: Final = "/talk/stream"
_METHODS: Final = (
    b"GET", b"GET", b"POST", b"POST", b"PUT", b"DELETE", b"PATCH", b"HEAD", b"OPTIONS", b"TRACE", b"PROPFIND",
)  # fmt: skip
_ODD_METHODS: Final = (Canary.METHOD.encode(), b"get", b"", b"G\xcbT", b"CONNECT", b"PRI")
_VERSIONS: Final = (b"HTTP/1.0", b"HTTP/2.0", b"HTTP/0.9", b"HTTP/1.1 ", b"http/1.1", b"RTSP/1.0", b"")
_PARTS: Final = (
    "%ff", "%00", "%2e%2e%2f", "%zz", "%", "%c0%af", "%ed%a0%80", "%E2%80%AE", "%0d%0aX:%20y", "//",
    "/../", ";", "é", "\x7f", "a" * 3000, Canary.PATH.value,
)  # fmt: skip
_KINDS: Final = (
    b"application/json", b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=b",
    b"application/json; charset=" + Canary.HEADER.encode(), b"text/html", b"", b";;;", b"application/\xe9",
)  # fmt: skip
_JSON: Final = Canary.JSON.encode()
_FORM: Final = Canary.FORM.encode()
_BODIES: Final = (
    b"", b"{}", b"null", b"[]", b"{", b'"', b"\x00", b"\xff\xfe", _JSON, b'{"a": "' + _JSON + b'"}',
    b"[" * 30_000, b'{"a":' * 9_000, b'{"a": 1e400}', b'{"a": ' + b"9" * 5_000 + b"}", b'{"a": "\\ud800"}',
    b'{"version": 0, "value": {"' + _JSON + b'": []}}', b'{"a": 1, "a": 2}', b"\xef\xbb\xbf{}",
    b"do=start&language=" + _FORM, b"form=%ff&text=" + _FORM, b"text=" + b"%F0%9F%92%A9" * 400 + b"&form=00",
    b"&".join([b"a=b"] * 100), b"=&=&&;", b"do=start&do=end", _FORM * 9_000,
    b"--b\r\nContent-Disposition: form-data; name=text\r\n\r\n" + _FORM + b"\r\n--b--\r\n",
)  # fmt: skip
_MORE: Final = (
    (b"Cookie", b'kentering_talk=\xff; kentering_desk="' + Canary.COOKIE.encode()),
    (b"Cookie", b"=; ;;=a; kentering_talk=" + b"A" * 43 + b"; kentering_talk=B"),
    (b"Cookie", b"kentering_talk=" + Canary.COOKIE.encode() + b'; $Version=1; a="\\"'),
    (b"Origin", b"null"), (b"Origin", b""), (b"Origin", Canary.HEADER.encode()),
    (b"Sec-Fetch-Site", b"cross-site"), (b"Sec-Fetch-Site", b"\xff"),
    (b"Accept-Language", b"\xff, ;q=, *;q=2, " + b"x-" * 500), (b"Accept-Language", b"ar;q=1.0000, nl;q=-1"),
    (b"Accept-Encoding", b"gzip, br;q=x"), (b"Accept-Encoding", b"gzip"), (b"Accept", b"\xe9"),
    (b"Range", b"bytes=0-" + Canary.HEADER.encode()), (b"If-None-Match", b'"' + Canary.HEADER.encode()),
    (b"If-Modified-Since", b"never"), (b"Upgrade", b"h2c, websocket"), (b"TE", b"trailers"),
    (b"X-HTTP-Method-Override", b"DELETE"), (b"X-Original-URL", b"/" + Canary.HEADER.encode()),
    (b"Content-Encoding", b"gzip"), (b"Expect", b"100-continue"), (b"Authorization", b"Basic " + b"A" * 99),
    (b"X-Filler", b"a" * 9_000), (b"X-\xe9".replace(b"\xe9", b"e"), Canary.HEADER.encode() + bytes([0xE9])),
)  # fmt: skip
_WRONG: Final = (
    (b"Content-Length", b"-1"), (b"Content-Length", b"9" * 20), (b"Content-Length", b"1, 2"),
    (b"Content-Length", Canary.HEADER.encode()), (b"Transfer-Encoding", b"chunked, identity"),
    (b"Transfer-Encoding", b"\x0bchunked"), (b"Host", b"a"), (b"Host", Canary.HEADER.encode()),
    (Canary.HEADER.encode() + b" ", b"x"), (b"\x00", b"x"), (b"X", b"a\r\n b"), (b"X", b"a\x00b"),
    (b"X", b"a\nY: " + Canary.HEADER.encode()), (b"", b"x"), (b"X-Filler", b"a" * 20_000),
)  # fmt: skip
_BEFORE: Final = (b"", b"", b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"\x00", b"PRI * HTTP/2.0\r\n\r\n")
_NAMES: Final = ("language", "after", "from", "to", "x", "%25", "%C3%BC")
_VALUES: Final = (
    "ar", "9" * 30, "%ff", "%00", "2026-01-01", "2026-13-40", "-1", "%%%", Canary.QUERY.value, "", "a" * 999,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Maker:
    """Knows what there is to ask for, and who may ask."""

    routes: Sequence[Route]
    callers: Callers

    def whole(self, chance: random.Random, *, last: bool) -> Request:
        """A request whose end is where it says; the `last` of its connection."""
        route = chance.choice(self.routes)
        method = route.method.encode() if chance.random() < 0.5 else chance.choice(_METHODS)
        hosts = self.callers.hosts()
        host = hosts[route.side] if chance.random() < 0.8 else chance.choice([*hosts.values(), b"x", b""])
        endless = route.path == ENDLESS
        who = chance.choice([one for one in CALLERS if not (endless and one == HELP_SEEKER)])
        headers = [(b"Host", host), (b"Origin", b"http://" + host), *brought(self.callers.cookies[who])]
        headers += chance.sample(_MORE, chance.choice((0, 1, 1, 2, 5)))
        chance.shuffle(headers)
        body = b""
        if method not in {b"GET", b"HEAD", b"TRACE"} or chance.random() < 0.1:
            body = chance.choice(_BODIES)
            headers += [(b"Content-Type", chance.choice(_KINDS))]
            if chance.random() < 0.3:
                headers += [(b"Transfer-Encoding", b"chunked")]
                body = _chunked(body, chance)
            else:
                headers += [(b"Content-Length", str(len(body)).encode())]
        headers += [(b"Connection", b"close" if last else b"keep-alive")]
        return Request(method, self._target(route, chance), headers, body)

    def broken(self, chance: random.Random) -> bytes:
        """What is hardly a request."""
        request = self.whole(chance, last=chance.random() < 0.5)
        method = chance.choice(_ODD_METHODS) if chance.random() < 0.2 else request.method
        version = chance.choice(_VERSIONS) if chance.random() < 0.2 else request.version
        headers = list(request.headers)
        at = chance.randrange(len(headers) + 1)
        headers[at:at] = chance.sample(_WRONG, chance.choice((0, 1, 2)))
        made = Request(method, request.target, headers, request.body, version).packed()
        garbage = chance.choice(
            (b"", b"", b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"\x00", b"PRI * HTTP/2.0\r\n\r\n")
        )
        return garbage + made

    def _target(self, route: Route, chance: random.Random) -> bytes:
        def fill(_found: re.Match[str]) -> str:
            draw = chance.random()
            if draw < 0.3 and self.callers.ids:
                return chance.choice(self.callers.ids)
            return chance.choice((*_PARTS, "0", "-1", "A" * 22, "A" * 43, "texts", "9" * 400))

        path = re.sub(r"{\w+}", fill, route.path)
        if chance.random() < 0.2:
            at = chance.randrange(len(path) + 1)
            path = path[:at] + chance.choice(_PARTS) + path[at:]
        values = chance.sample(_VALUES, chance.choice((0, 0, 1, 2, 5)))
        query = "&".join(f"{chance.choice(_NAMES)}={value}" for value in values)
        whole = (path + "?" + query if query else path).encode("utf-8")
        form = chance.random()
        if form < 0.03:
            return b"http://" + Canary.HEADER.encode() + whole
        return b"*" if form < 0.04 else whole


def _chunked(body: bytes, chance: random.Random) -> bytes:
    """The body in chunks, with an extension and a trailer now and then."""
    made, step = b"", chance.choice((1_000, 7_000, 100_000))
    for at in range(0, len(body), step):
        piece = body[at : at + step]
        extension = b";" + _FORM + b"=1" if chance.random() < 0.2 else b""
        made += b"%x" % len(piece) + extension + b"\r\n" + piece + b"\r\n"
    trailer = b"X-Trailer: " + Canary.HEADER.encode() + b"\r\n" if chance.random() < 0.2 else b""
    return made + b"0\r\n" + trailer + b"\r\n"
