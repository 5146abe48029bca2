# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from chat import log
from chat.live.errors import StoreLost
from chat.records import RecordsUnreachable
from chat.records.refusals import RecordsRefused, Refusal
from chat.web import errors
from chat.web.apps import teller
from chat.web.desk_api.guard import CEREMONIES, MAX_BODY
from chat.web.errors import STATUS, ErrorCode
from tests.web.support_authenticator import b64
from tests.web.support_desk import ORIGIN, Desk, a_desk

pytestmark = pytest.mark.anyio
SECRET = "The weather is mild"
JSON = {"content-type": "application/json"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"The weather is mild"',
        b'{"inv_id": "The weather is mild"}',
        b'{"inv_id": "AAAAAAAAAAAAAAAAAAAAAA=="}',
        b'{"inv_id": "AAAAAAAAAAAAAAAAAAAAAB"}',
        b'{"inv_id": "AAAAAAAAAAAAAAAAAAAAA"}',
        b'{"inv_id": 7}',
        b'{"inv_id": null}',
        b'{"inv_id": "AAAAAAAAAAAAAAAAAAAAAA", "The weather is mild": 1}',
        b'{"inv_id": "\xff"}',
        b'{"inv_id": "\\ud800"}',
        b"[" * 20_000,
    ],
)
async def test_a_malformed_body_is_refused_and_not_quoted(desk: Desk, content: bytes) -> None:
    answer = await desk.browser().http.post("/api/enrol/state", content=content, headers=JSON)

    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})
    assert desk.told == []


async def test_a_body_that_does_not_say_it_is_json_is_refused(desk: Desk) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = await desk.browser().http.post(
            "/api/sign-in/begin", content=b"{}", headers={"content-type": kind}
        )
        assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})


async def test_a_malformed_path_is_refused_and_not_quoted(desk: Desk) -> None:
    manager = await desk.first_manager()

    answer = await manager.delete("/devices/The-weather-is-mild")

    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})


async def test_a_large_body_is_refused(desk: Desk) -> None:
    body = b'{"inv_id": "' + b"A" * MAX_BODY + b'"}'

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    for content in (body, in_pieces()):
        answer = await desk.browser().http.post("/api/enrol/state", content=content, headers=JSON)
        assert (answer.status_code, answer.json()) == (413, {"error": "too_large"})


async def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    answer = await desk.browser().get("/The-weather-is-mild")
    assert (answer.status_code, answer.json()) == (404, {"error": "not_found"})

    answer = await desk.browser().get("/sign-in/begin")
    assert (answer.status_code, answer.json()) == (405, {"error": "method_not_allowed"})


async def test_ceremonies_have_a_pace_and_it_recovers(desk: Desk) -> None:
    codes = [(await desk.browser().post("/sign-in/begin")).status_code for _ in range(CEREMONIES + 3)]
    assert codes == [200] * CEREMONIES + [429] * 3

    refused = await desk.browser().post("/enrol/passkey/begin", {"inv_id": b64(bytes(16))})
    assert refused.json() == {"error": "too_many"}
    desk.clock[0] += 1
    assert (await desk.browser().post("/sign-in/begin")).status_code == 200


def test_every_code_and_every_refusal_has_its_status() -> None:
    assert set(STATUS) == set(ErrorCode)
    assert set(errors._BY_REFUSAL) == set(Refusal)


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (RuntimeError(SECRET), ErrorCode.INTERNAL),
        (HTTPException(500, SECRET), ErrorCode.INTERNAL),
        (HTTPException(418, SECRET), ErrorCode.MALFORMED),
        (StoreLost(SECRET), ErrorCode.STORE_LOST),
        (RecordsUnreachable(SECRET), ErrorCode.STORE_LOST),
        (RecordsRefused(Refusal.STALE), ErrorCode.STALE),
    ],
)
async def test_an_error_is_its_code_and_no_word_more(raised: Exception, code: ErrorCode) -> None:
    told: list[type[Exception]] = []
    app = FastAPI(openapi_url=None)
    errors.install(app, told.append)

    @app.get("/")
    async def fail() -> None:
        raise raised

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=ORIGIN) as http:
        answer = await http.get("/")

    assert (answer.status_code, answer.json()) == (STATUS[code], {"error": code})
    assert told == ([RuntimeError] if isinstance(raised, RuntimeError) else [])


async def test_the_log_and_the_metrics_hear_the_class_and_no_word_more() -> None:
    """As both applications tell it (chat/web/apps.py); the log has no field for a text."""

    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError(SECRET)

    log.errors_taken()
    app = errors.Quiet(fail, teller("w1"))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=ORIGIN) as http:
        answer = await http.get("/")

    assert (answer.status_code, answer.json()) == (500, {"error": "internal"})
    assert log.errors_taken() == {"RuntimeError": 1}
