# SPDX-License-Identifier: AGPL-3.0-or-later
"""What asks for a WebSocket is read strictly, passed on with what it takes alone, and never repeated."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import weakref

import pytest

from chat.web.opening import Opening, request_of
from chat.web.patience import LARGEST_HEAD
from tests.faults.raw import status_of, upgrade
from tests.support.clients import PATIENCE
from tests.support.service import Service

pytestmark = pytest.mark.anyio  # those that are asynchronous

KEY = base64.b64encode(bytes(16))
WHOLE = [
    (b"host", b"talk.example.org"),
    (b"upgrade", b"websocket"),
    (b"connection", b"Upgrade"),
    (b"sec-websocket-version", b"13"),
    (b"sec-websocket-key", KEY),
]
CANARY = b"canary-3c7f"


async def answer(service: Service, request: bytes) -> bytes:
    """Everything until the service closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(request)
    said = b""
    with contextlib.suppress(ConnectionError):
        said = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.transport.abort()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return said


def test_only_what_decides_is_passed_on() -> None:
    said = request_of(
        [
            *WHOLE,
            (b"origin", b"https://talk.example.org"),
            (b"cookie", b"a=1"),
            (b"user-agent", b"a browser"),
            (b"accept-language", b"nl"),
            (b"x-forwarded-for", b"192.0.2.1"),
        ]
    )

    assert said is not None
    line, *headers = said.removesuffix(b"\r\n\r\n").split(b"\r\n")
    assert line == b"GET /socket HTTP/1.1"
    assert sorted(headers) == [
        b"connection: upgrade",
        b"cookie: a=1",
        b"host: talk.example.org",
        b"origin: https://talk.example.org",
        b"sec-websocket-key: " + KEY,
        b"sec-websocket-version: 13",
        b"upgrade: websocket",
    ]


def test_two_hosts_or_origins_stay_two_for_whoever_judges_them() -> None:
    said = request_of([*WHOLE, (b"host", b"other.example.org"), (b"origin", b"a"), (b"origin", b"b")])

    assert said is not None
    assert said.count(b"host: ") == said.count(b"origin: ") == 2


@pytest.mark.parametrize("option", [b"upgrade", b"keep-alive, Upgrade", b"Upgrade ,close", b"a,b,UPGRADE"])
def test_the_connections_options_are_a_list(option: bytes) -> None:
    """RFC 6455, section 4.2.1: it *includes* the word."""
    fields = [(name, option if name == b"connection" else value) for name, value in WHOLE]

    assert request_of(fields) is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"upgrade", b"h2c"),
        (b"connection", b"close"),
        (b"connection", b"upgrades"),
        (b"sec-websocket-version", b"8"),
        (b"sec-websocket-version", b""),
        (b"sec-websocket-key", b""),
        (b"sec-websocket-key", base64.b64encode(bytes(15))),
        (b"sec-websocket-key", KEY + b"\xff"),
        (b"sec-websocket-key", KEY + b" " + KEY),
    ],
)
def test_what_asks_for_something_else_is_no_request(name: bytes, value: bytes) -> None:
    assert request_of([(at, value if at == name else held) for at, held in WHOLE]) is None


@pytest.mark.parametrize("name", [name for name, _ in WHOLE[1:]])
def test_each_line_stands_there_once(name: bytes) -> None:
    assert request_of([(at, held) for at, held in WHOLE if at != name]) is None
    assert request_of([*WHOLE, *((at, held) for at, held in WHOLE if at == name)]) is None


@pytest.mark.parametrize("name", [b"content-length", b"transfer-encoding"])
def test_a_body_is_refused(name: bytes) -> None:
    assert request_of([*WHOLE, (name, b"0")]) is None


async def test_no_refusal_repeats_what_was_sent(service: Service) -> None:
    """picows' own answers quote lines, names, values, keys and lengths."""
    host = f"127.0.0.1:{service.port}"
    whole = upgrade(host, service.help_seeker)
    requests = [
        b"GET /socket HTTP/1.1\r\n" + CANARY + b"\r\n\r\n",
        b"GET /socket " + CANARY + b"\r\n\r\n",
        whole.replace(b"Upgrade: ", CANARY + b" : x\r\nUpgrade: "),
        whole.replace(b"Upgrade: ", b"X: \x01" + CANARY + b"\r\nUpgrade: "),
        whole.replace(b"Upgrade: ", b" " + CANARY + b"\r\nUpgrade: "),
        whole.replace(b"-Version: 13", b"-Version: " + CANARY),
        whole.replace(b"-Key: ", b"-Key: " + CANARY),
        upgrade(host, service.help_seeker, f"Content-Length: {CANARY.decode()}"),
        upgrade(host, service.help_seeker, f"Transfer-Encoding: {CANARY.decode()}"),
        upgrade(host, CANARY.decode()),
        upgrade(CANARY.decode(), service.help_seeker),
    ]
    for request in requests:
        assert CANARY in request
        said = await answer(service, request)
        assert said.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 403 ", b"HTTP/1.1 421 ")), request
        assert said.endswith(b"\r\n\r\n"), request
        assert CANARY not in said


async def test_what_is_no_request_for_a_page_gets_no_word_either(service: Service) -> None:
    said = await answer(service, b"GET / HTTP/1.1\r\n" + CANARY + b" : x\r\n\r\n")

    assert said == b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


async def test_a_socket_opens_however_its_request_is_cut(service: Service) -> None:
    """Byte by byte, and with the first frame right behind it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    request = upgrade(f"127.0.0.1:{service.port}", service.help_seeker, "Cookie: " + "a" * 5000)
    for at in range(0, len(request), 97):
        writer.write(request[at : at + 97])
        await writer.drain()
    writer.write(b"\x89\x82" + bytes(4) + b"hi")  # a ping

    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    assert head.startswith(b"HTTP/1.1 101 ")
    assert await asyncio.wait_for(reader.readexactly(4), PATIENCE) == b"\x8a\x02hi"

    writer.transport.abort()


async def test_a_frame_that_comes_with_the_request_is_answered(service: Service) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    request = upgrade(f"127.0.0.1:{service.port}", service.help_seeker)
    writer.write(request + b"\x89\x82" + bytes(4) + b"hi")

    await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    assert await asyncio.wait_for(reader.readexactly(4), PATIENCE) == b"\x8a\x02hi"

    writer.transport.abort()


class Served(asyncio.BufferedProtocol):
    """What takes over: it keeps what it is given."""

    def __init__(self) -> None:
        self.buffer = bytearray(4096)
        self.got = asyncio.Event()

    def get_buffer(self, sizehint: int) -> bytearray:
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.got.set()


async def test_nothing_of_the_request_stays_behind() -> None:
    """Without a collection: what holds itself would hold a user agent, a cookie, until the next one."""
    openings: list[weakref.ref[Opening]] = []
    served: list[Served] = []

    def serve() -> Served:
        served.append(Served())
        return served[-1]

    def begin() -> Opening:
        opening = Opening(serve)
        openings.append(weakref.ref(opening))
        return opening

    server = await asyncio.get_running_loop().create_server(begin, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    gc.disable()
    try:
        _, passed_on = await asyncio.open_connection("127.0.0.1", port)
        passed_on.write(upgrade("x", "http://x", f"User-Agent: {CANARY.decode()}"))
        reader, refused = await asyncio.open_connection("127.0.0.1", port)
        refused.write(b"GET /socket HTTP/1.1\r\nUser-Agent: " + CANARY + b"\r\n\r\n")
        assert (await asyncio.wait_for(reader.read(), PATIENCE)).startswith(b"HTTP/1.1 400 ")
        async with asyncio.timeout(PATIENCE):
            while not served:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)
            await served[0].got.wait()
            while any(opening() is not None for opening in openings):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)
        assert len(openings) == 2
        assert CANARY not in served[0].buffer
    finally:
        gc.enable()
        server.close()
        passed_on.close()
        refused.close()


async def test_a_head_without_end_is_refused(service: Service) -> None:
    start = b"GET /socket HTTP/1.1\r\nx: " + b"a" * LARGEST_HEAD

    assert await status_of(service, start + b"a" * 4096) in {431, 0}  # 0: it was closed while we sent


@pytest.mark.parametrize("path", ["/private/", "/talk/", "/reading/pieces/"])
async def test_no_redirect_repeats_an_address(service: Service, path: str) -> None:
    request = (
        f"GET {path}?{CANARY.decode()}=1 HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nConnection: close"
    )
    said = await answer(service, request.encode() + b"\r\n\r\n")

    assert said.startswith(b"HTTP/1.1 404 ")
    assert CANARY not in said
