# SPDX-License-Identifier: AGPL-3.0-or-later
"""A WebSocket opens for its own origin only: another page in the same browser gets none."""

from __future__ import annotations

import asyncio
import os

import pytest

from chat.protocol import codec, frames
from chat.protocol.types import VERSION, About, ErrorCode, Urgency
from tests.faults.raw import BINARY, RawSocket, status_of, upgrade
from tests.support.service import Service

pytestmark = pytest.mark.anyio

SIGNED_IN = "Cookie: other=1; kentering_desk=token"


def hosts(service: Service) -> tuple[str, str]:
    return f"127.0.0.1:{service.port}", f"localhost:{service.port}"


async def test_each_origin_opens_its_own(service: Service) -> None:
    help_seekers, desk = hosts(service)

    assert await status_of(service, upgrade(help_seekers, service.help_seeker)) == 101
    assert await status_of(service, upgrade(help_seekers.upper(), service.help_seeker)) == 101
    assert await status_of(service, upgrade(desk, service.desk, SIGNED_IN)) == 101


async def test_no_other_origin_does(service: Service) -> None:
    help_seekers, desk = hosts(service)
    port = service.port
    for host, own, other in (
        (help_seekers, service.help_seeker, service.desk),
        (desk, service.desk, service.help_seeker),
    ):
        for origin in (
            other,
            None,
            "",
            "null",
            own + "/",
            own.upper(),
            own.replace("http:", "https:"),
            own.replace(f":{port}", ""),
            f"{own}.example.org",
            "https://example.org",
        ):
            assert await status_of(service, upgrade(host, origin, SIGNED_IN)) == 403, (host, origin)
        twice = upgrade(host, other, SIGNED_IN, f"Origin: {own}")
        assert await status_of(service, twice) == 403


async def test_the_desk_wants_a_cookie(service: Service) -> None:
    _, desk = hosts(service)
    for headers in ((), ("Cookie: other=1",), ("Cookie: kentering_desk",), ("Cookie: kentering_desk=\xff",)):
        assert await status_of(service, upgrade(desk, service.desk, *headers)) == 403


async def test_a_cookie_that_means_nothing_opens_no_desk(service: Service) -> None:
    socket = await RawSocket.desk(service, "no-such-token")
    await socket.send(codec.encode(frames.OpenDesk(VERSION, take_over=False)))

    answer = codec.decode_to_desk(await socket.receive_kind(BINARY))
    assert answer == frames.DeskRefused(ErrorCode.NOT_SIGNED_IN, None, None)

    await socket.abort()


async def test_a_help_seekers_socket_is_no_desk_and_the_other_way_round(service: Service) -> None:
    token = await service.sign_in(os.urandom(16), os.urandom(16))
    person = await RawSocket.help_seeker(service, f"Cookie: kentering_desk={token}")
    await person.send(codec.encode(frames.OpenDesk(VERSION, take_over=False)))
    assert codec.decode_to_help_seeker(await person.receive_kind(BINARY)) == frames.Refused(
        ErrorCode.UNKNOWN_FRAME
    )

    desk = await RawSocket.desk(service, token)
    await desk.send(
        codec.encode(
            frames.Start(VERSION, bytes(16), bytes(32), bytes(32), "en", About.UNSAID, Urgency.USUAL)
        )
    )
    answer = codec.decode_to_desk(await desk.receive_kind(BINARY))
    assert answer == frames.DeskRefused(ErrorCode.UNKNOWN_FRAME, None, None)

    await person.abort()
    await desk.abort()


@pytest.mark.parametrize(
    "host", ["", "example.org", "127.0.0.1", "localhost", "127.0.0.1:1", "localhost.:80"]
)
async def test_any_other_host_is_misdirected(service: Service, host: str) -> None:
    assert await status_of(service, upgrade(host, service.help_seeker)) == 421


async def test_two_hosts_are_none(service: Service) -> None:
    help_seekers, desk = hosts(service)
    request = upgrade(help_seekers, service.help_seeker, f"Host: {desk}")

    assert await status_of(service, request) == 421


async def test_what_is_no_upgrade_gets_no_socket(service: Service) -> None:
    help_seekers, _ = hosts(service)
    whole = upgrade(help_seekers, service.help_seeker)
    for was, becomes in (
        (b"Upgrade: websocket", b"Upgrade: h2c"),
        (b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Version: 12"),
        (b"Sec-WebSocket-Key: ", b"Sec-WebSocket-Key: x"),
        (b"Connection: Upgrade\r\n", b""),
        (b"HTTP/1.1", b"HTTP/1.0"),
    ):
        assert await status_of(service, whole.replace(was, becomes, 1)) == 400, becomes
    answers = await asyncio.gather(
        *(
            status_of(service, upgrade(help_seekers, service.help_seeker, path=path))
            for path in ("/socket/", "/", "/socket?")
        )
    )
    assert 101 not in answers
