# SPDX-License-Identifier: AGPL-3.0-or-later
"""The Host header chooses between two applications, and there is no third."""

from __future__ import annotations

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.web.hosts import Hosts

pytestmark = pytest.mark.anyio


def named(name: str) -> ASGIApp:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": name.encode()})

    return app


HOSTS = Hosts(
    help_seeker=("talk.example.org", named("help-seeker")), desk=("Desk.example.org:8443", named("desk"))
)


ONION = "a" * 56 + ".onion"
WITH_ONION = Hosts(
    help_seeker=("talk.example.org", named("help-seeker")),
    desk=("desk.example.org", named("desk")),
    onion=(ONION, named("onion")),
)


async def ask(*hosts: bytes, at: Hosts = HOSTS) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    headers = [(b"x", b"talk.example.org"), *((b"host", host) for host in hosts)]
    await at({"type": "http", "headers": headers}, receive, send)
    return sent[0]["status"], sent[1]["body"], sent[0]["headers"]


@pytest.mark.parametrize(
    ("host", "app"),
    [
        (b"talk.example.org", b"help-seeker"),
        (b"TALK.Example.org", b"help-seeker"),
        (b"desk.example.org:8443", b"desk"),
    ],
)
async def test_each_host_has_its_application(host: bytes, app: bytes) -> None:
    assert await ask(host) == (200, app, [])


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [b""],
        [b"other.example.org"],
        [b"desk.example.org"],
        [b"desk.example.org:443"],
        [b"talk.example.org:8443"],
        [b"talk.example.org."],
        [b" talk.example.org"],
        [b"x.talk.example.org"],
        [b"127.0.0.1"],
        [b"talk.example.org", b"talk.example.org"],
        [b"talk.example.org", b"desk.example.org:8443"],
        [b"talk.example.org\xff"],
    ],
)
async def test_every_other_host_gets_a_bare_421(hosts: list[bytes]) -> None:
    assert await ask(*hosts) == (421, b"", [(b"content-length", b"0")])


async def test_the_onion_address_has_its_own_application_where_there_is_one() -> None:
    assert await ask(ONION.encode(), at=WITH_ONION) == (200, b"onion", [])
    assert (await ask(b"b" * 56 + b".onion", at=WITH_ONION))[0] == 421
    assert (await ask(ONION.encode()))[0] == 421


async def test_a_worker_that_ends_asks_for_another_connection_next_time() -> None:
    ending = Hosts(help_seeker=("talk.example.org", named("help-seeker")), desk=("desk", named("desk")))
    ending.leaving = True

    assert await ask(b"talk.example.org", at=ending) == (200, b"help-seeker", [(b"connection", b"close")])
