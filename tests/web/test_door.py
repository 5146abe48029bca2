# SPDX-License-Identifier: AGPL-3.0-or-later
"""One port for pages and sockets, whatever comes through it and however slowly."""

from __future__ import annotations

import asyncio
import contextlib
import os

import psutil
import pytest

from chat.protocol import codec, frames
from chat.protocol.types import VERSION, About, Urgency
from chat.web.patience import LARGEST_HEAD
from tests.faults.raw import masked, status_of, upgrade
from tests.support.clients import PATIENCE
from tests.support.people import desk_on, help_seeker_on, talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio


class Line:
    """One connection, without a protocol."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, service: Service) -> Line:
        return cls(*await asyncio.open_connection("127.0.0.1", service.port))

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

    async def rest(self) -> bytes:
        """Everything until the service closes."""
        with contextlib.suppress(ConnectionError):
            return await asyncio.wait_for(self.reader.read(), PATIENCE)
        return b""

    async def close(self) -> None:
        self.writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


def page(service: Service, *headers: str, line: str = "GET / HTTP/1.1") -> bytes:
    return "\r\n".join([line, f"Host: 127.0.0.1:{service.port}", *headers, "", ""]).encode("latin-1")


async def test_pages_and_sockets_share_the_port(service: Service) -> None:
    assert await status_of(service, page(service)) == 200
    assert await status_of(service, upgrade(f"127.0.0.1:{service.port}", service.help_seeker)) == 101


async def test_a_page_answers_several_requests_of_one_connection(service: Service) -> None:
    line = await Line.open(service)
    await line.say(page(service) + page(service, line="GET /private HTTP/1.1"))
    await line.say(page(service, "Connection: close"))

    assert (await line.rest()).count(b"HTTP/1.1 200 OK") == 3
    await line.close()


@pytest.mark.parametrize("cut", [1, 4, 11, 12, 13, 60])
async def test_a_request_for_a_socket_may_come_in_pieces(service: Service, cut: int) -> None:
    desk = await desk_on(service)
    request = upgrade(f"127.0.0.1:{service.port}", service.help_seeker)
    first = masked(
        codec.encode(
            frames.Start(VERSION, os.urandom(16), bytes(32), bytes(32), "en", About.UNSAID, Urgency.USUAL)
        )
    )
    line = await Line.open(service)
    await line.say(request[:cut])
    await asyncio.sleep(0.05)  # so that the piece travels alone
    await line.say(request[cut:])

    assert (await line.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    await line.say(first)
    assert (await line.reader.readexactly(1))[0] == 0x82

    await line.close()
    await desk.close()


@pytest.mark.parametrize(
    ("request_bytes", "statuses"),
    [
        (b"\r\n\r\n\r\n\r\n\r\n\r\nQUIT\r\n\r\n", {400}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), {400}),
        (b"GET\r\n\r\n            ", {400}),
        (b"GET / HTTP/3.0\r\n\r\n", {400, 421}),
        (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", {400}),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            {400, 421},
        ),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\x00: b\r\n\r\n", {400}),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 421}),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n", {400, 421}),
        (b"GET http://[::1 HTTP/1.1\r\nHost: a\r\n\r\n", {400, 421}),
        (b"GET / HTTP/1.0\r\n\r\n", {421}),
        (b"GET /socket \r\n\r\n", {400}),
        (b"GET /socket HTTP/1.1\r\nbroken\r\n\r\n", {400}),
        (b"GET /socket HTTP/1.1\r\n\r\n", {400}),
        (b"GET /socket HTTP/1.1\r\nContent-Length: 9\r\n\r\n", {400}),
    ],
)
async def test_what_is_no_request_is_refused(
    service: Service, request_bytes: bytes, statuses: set[int]
) -> None:
    assert await status_of(service, request_bytes) in statuses
    assert await status_of(service, page(service)) == 200


async def test_what_was_asked_before_the_connection_broke_is_dropped_in_silence(service: Service) -> None:
    """Two requests that take a look into the store, and behind them what ends the connection at once."""
    cookie = f"Cookie: kentering_desk={'A' * 43}"
    asked = f"GET /api/me HTTP/1.1\r\nHost: localhost:{service.port}\r\n{cookie}\r\n\r\n".encode()
    for _ in range(20):
        line = await Line.open(service)
        await line.say(asked * 3 + b"\x00\r\n\r\n")
        await line.rest()
        await line.close()

    assert await status_of(service, asked) == 401
    assert "unexpected error" not in service.lines()


async def test_a_head_beyond_all_sizes_is_not_kept(service: Service) -> None:
    before = {pid: psutil.Process(pid).memory_info().rss for pid in service.workers().values()}

    async def pour(start: bytes) -> bytes:
        line = await Line.open(service)
        await line.say(start)
        for _ in range(16):  # 64 MB in all, if it were kept
            if line.writer.transport.is_closing():
                break
            await line.say(b"X-Filler: " + b"a" * (1 << 20) + b"\r\n")
        said = await line.rest()
        await line.close()
        return said

    said = await asyncio.gather(
        *(pour(b"GET / HTTP/1.1\r\n") for _ in range(2)),
        *(pour(b"GET /socket HTTP/1.1\r\n") for _ in range(2)),
    )

    assert all(answer[:12] in {b"", b"HTTP/1.1 431"} for answer in said)
    for pid, size in before.items():
        assert psutil.Process(pid).memory_info().rss - size < 16 << 20


async def test_a_head_of_an_ordinary_size_is_read(service: Service) -> None:
    filler = [f"X-Filler-{number}: {'a' * 1000}" for number in range(LARGEST_HEAD // 1100)]

    assert await status_of(service, page(service, *filler)) == 200


async def test_who_is_silent_or_too_slow_is_let_go_and_nobody_else_waits(service: Service) -> None:
    """Nothing at all, part of a request line, of a head, of a body, after an answer; and a trickle."""
    desk = await desk_on(service)
    opened = await talk(await help_seeker_on(service), desk)
    host = f"Host: localhost:{service.port}"
    half_a_body = f"POST /api/sign-in HTTP/1.1\r\n{host}\r\nContent-Length: 90\r\n\r\n{{".encode()
    starts = [
        b"",
        b"G",
        b"GET /soc",
        b"GET / HTTP/1.1\r\nHost: a\r\n",
        b"GET /socket HTTP/1.1\r\n",
        half_a_body,
    ]
    starts.append(page(service) + b"\r\n")
    lines = [await Line.open(service) for _ in starts]
    for line, start in zip(lines, starts, strict=True):
        await line.say(start)
    trickle = await Line.open(service)
    await trickle.say(b"GET / HTTP/1.1\r\n")

    async def drip() -> None:
        while not trickle.writer.transport.is_closing():
            await trickle.say(b"a")
            await asyncio.sleep(0.2)

    async def goes_on() -> None:
        for n in range(1, 4):
            await opened.say(n)
            assert await status_of(service, page(service)) == 200

    dripping = asyncio.create_task(drip())
    await goes_on()
    await asyncio.gather(*(line.rest() for line in (*lines, trickle)))

    dripping.cancel()
    await asyncio.gather(dripping, return_exceptions=True)
    await opened.end()
    for line in (*lines, trickle):
        await line.close()
    await opened.person.close()
    await desk.close()


async def test_every_answer_of_both_origins_has_the_headers(service: Service) -> None:
    for host in (f"127.0.0.1:{service.port}", f"localhost:{service.port}"):
        for request_line in (
            "GET / HTTP/1.1",
            "GET /none HTTP/1.1",
            "DELETE / HTTP/1.1",
            "GET /assets/trust.js HTTP/1.1",
        ):
            line = await Line.open(service)
            await line.say(f"{request_line}\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            head = (await line.rest()).partition(b"\r\n\r\n")[0].lower()
            for name in (
                b"content-security-policy",
                b"referrer-policy",
                b"cache-control",
                b"cross-origin-opener-policy",
            ):
                assert head.count(b"\r\n" + name + b": ") == 1, (host, request_line, name)
            assert b"\r\nserver:" not in head
            assert b"\r\nset-cookie:" not in head
            await line.close()


async def test_nobody_unexpected_came_of_it(service: Service) -> None:
    assert "unexpected error" not in service.lines()
    assert service.lines().count("worker started") == 2
