# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every answer carries the headers that keep a page to itself."""

from __future__ import annotations

import pytest
from starlette.types import Message, Receive, Scope, Send

from chat.web.headers import SecurityHeaders

pytestmark = pytest.mark.anyio

Given = list[tuple[bytes, bytes]]


async def completed(
    given: Given, *, desk: bool = False, https: bool = False, onion: str | None = None, path: str = "/"
) -> Given:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": given})
        await send({"type": "http.response.body", "body": b""})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    await SecurityHeaders(app, desk=desk, https=https, onion=onion)(
        {"type": "http", "path": path}, receive, send
    )
    assert sent[1] == {"type": "http.response.body", "body": b""}
    return list(sent[0]["headers"])


def policy(headers: Given) -> dict[str, str]:
    (value,) = (value for name, value in headers if name == b"content-security-policy")
    return {
        name: sources for name, _, sources in (part.partition(" ") for part in value.decode().split("; "))
    }


@pytest.mark.parametrize("desk", [True, False])
async def test_only_this_origin_may_give_the_page_anything(desk: bool) -> None:
    given = policy(await completed([], desk=desk))

    assert given["default-src"] == "'none'"
    assert {given[name] for name in ("script-src", "style-src", "img-src", "connect-src", "form-action")} == {
        "'self'"
    }
    assert given["base-uri"] == given["frame-ancestors"] == "'none'"
    assert given["require-trusted-types-for"] == "'script'"
    assert given["trusted-types"] == "'none'"
    assert not {"report-uri", "report-to"} & given.keys()  # a report would carry what somebody did here
    assert "unsafe" not in str(given)
    assert "http" not in str(given)


async def test_a_page_is_isolated_and_tells_nobody_where_it_was() -> None:
    headers = dict(await completed([]))

    assert headers[b"referrer-policy"] == b"no-referrer"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"x-frame-options"] == b"DENY"
    assert headers[b"cross-origin-opener-policy"] == b"same-origin"
    assert headers[b"cross-origin-embedder-policy"] == b"require-corp"
    assert headers[b"cross-origin-resource-policy"] == b"same-origin"
    assert headers[b"x-dns-prefetch-control"] == b"off"


@pytest.mark.parametrize("path", ["/talk", "/talk/stream"])
async def test_talking_without_script_allows_no_script_and_frames_of_this_origin_alone(path: str) -> None:
    headers = await completed([], path=path)
    given = policy(headers)

    assert "script-src" not in given
    assert given["default-src"] == given["base-uri"] == "'none'"
    assert given["frame-src"] == given["frame-ancestors"] == given["form-action"] == "'self'"
    assert dict(headers)[b"x-frame-options"] == b"SAMEORIGIN"
    assert dict(headers)[b"cache-control"] == b"no-store"
    assert dict(headers)[b"referrer-policy"] == b"no-referrer"


@pytest.mark.parametrize(("path", "desk"), [("/talk", True), ("/talker", False), ("/private", False)])
async def test_no_other_page_can_be_framed(path: str, desk: bool) -> None:
    headers = await completed([], desk=desk, path=path)

    assert policy(headers)["frame-ancestors"] == "'none'"
    assert dict(headers)[b"x-frame-options"] == b"DENY"


async def test_nothing_is_cached_that_does_not_say_so_itself() -> None:
    assert dict(await completed([]))[b"cache-control"] == b"no-store"

    said = [
        value
        for name, value in await completed([(b"Cache-Control", b"public")])
        if name.lower() == b"cache-control"
    ]
    assert said == [b"public"]


async def test_only_the_desk_may_use_passkeys() -> None:
    help_seeker = dict(await completed([]))[b"permissions-policy"]
    desk = dict(await completed([], desk=True))[b"permissions-policy"]

    for allowed in (help_seeker, desk):
        assert {b"camera=()", b"microphone=()", b"geolocation=()"} <= set(allowed.split(b", "))
    assert b"publickey" not in help_seeker
    assert b"publickey-credentials-get=(self)" in desk


async def test_https_is_for_good_where_there_is_https() -> None:
    name = b"strict-transport-security"

    assert name in dict(await completed([], https=True))
    assert name not in dict(await completed([]))  # this computer, or an onion, which needs none


async def test_no_answer_names_the_server() -> None:
    assert not {b"server", b"date", b"x-powered-by", b"via"} & dict(await completed([])).keys()


async def test_the_onion_address_is_offered_on_the_clear_site_alone() -> None:
    onion = "http://" + "a" * 56 + ".onion"

    clear = dict(await completed([], https=True, onion=onion))
    over_tor = dict(await completed([], onion=onion))

    assert clear[b"onion-location"] == onion.encode() + b"/"
    assert b"onion-location" not in over_tor
    assert b"strict-transport-security" not in over_tor
