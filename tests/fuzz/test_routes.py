# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every HTTP route, asked by everybody, for what its schema says and for what it does not (schemathesis)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import pytest
import requests
import schemathesis
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chat.web.desk_api.guard import MAX_BODY
from tests.fuzz.answers import Judge
from tests.fuzz.budget import SHARE, rounds, rounds_for
from tests.fuzz.callers import CALLERS, Callers, brought
from tests.fuzz.canary import Canary, seeded
from tests.fuzz.exchange import Answer, Request, ask
from tests.fuzz.surface import Route, applications, document, routes
from tests.fuzz.watch import Watch
from tests.support.service import Service

pytestmark = [
    pytest.mark.anyio,
    # The conversation beside may draw from it while a case is made in another thread.
    pytest.mark.filterwarnings("ignore:Do not use the `random` module:FutureWarning"),
]

CHECKS: Final[list[CheckFunction]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ENDLESS: Final = "/talk/stream"
KINDS: Final = (
    b"application/json", b"application/x-www-form-urlencoded", b"text/plain", b"image/png", b"",
    b"application/json; charset=utf-16", b"multipart/form-data; boundary=x",
    b"application/" + Canary.HEADER.encode(),
)  # fmt: skip

Operation = APIOperation[Any, Any, Any, Any]


class Asker:
    """Makes a request of a case, sends it, and judges what comes back."""

    def __init__(self, service: Service, callers: Callers, judge: Judge) -> None:
        self._service, self._callers, self._judge = service, callers, judge
        self.statuses: dict[tuple[str, str], set[int]] = {}

    def ask(self, side: str, case: Case, caller: str, chance: random.Random) -> None:
        """Raises an AssertionError, or a Failure of schemathesis, for an answer that may not be."""
        self._seed(case, chance)
        request, as_it_should = self._request(side, case, caller, chance)
        answer = ask(self._service.port, request, endless=case.path == ENDLESS)
        assert answer is not None, "no answer"
        allowed = [Canary.JSON] if answer.status < 300 else []
        if case.path == "/talk/write":
            allowed.append(Canary.FORM)
        self._judge.judge(answer, *allowed)
        self.statuses.setdefault((case.method, case.path), set()).add(answer.status)
        if as_it_should and side == "desk" and case.path.startswith("/api/"):
            case.validate_response(_response(answer, case), checks=CHECKS)

    def _seed(self, case: Case, chance: random.Random) -> None:
        case.query = seeded(dict(case.query or {}), Canary.QUERY, chance) | {"q": Canary.QUERY.value}
        for name, value in (case.path_parameters or {}).items():
            draw = chance.random()
            if draw < 0.2:
                case.path_parameters[name] = Canary.PATH.value
            elif draw < 0.5 and self._callers.ids:
                case.path_parameters[name] = chance.choice(self._callers.ids)
            elif not str(value):
                case.path_parameters[name] = "0"
        if case.media_type is not None:
            form = case.media_type != "application/json"
            case.body = seeded(case.body, Canary.FORM if form else Canary.JSON, chance)

    def _request(self, side: str, case: Case, caller: str, chance: random.Random) -> tuple[Request, bool]:
        """The bytes, and whether nothing but the case itself is unusual."""
        prepared = requests.Request(**_kept(case.as_transport_kwargs(base_url="http://host"))).prepare()
        body = prepared.body or b""
        body = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)
        target = (prepared.path_url or "/").encode("latin-1", "replace")
        hosts = self._callers.hosts()
        right = hosts[side] if side == "desk" or chance.random() < 0.7 else hosts["onion"]
        host = right if chance.random() < 0.9 else chance.choice([*hosts.values(), Canary.HEADER.encode()])
        own = b"http://" + host
        origin = own if chance.random() < 0.85 else chance.choice([b"null", b"", b"http://x", own + b"/"])
        kind = (prepared.headers.get("content-type") or "").encode("latin-1", "replace")
        odd = chance.random() < 0.1
        if odd:
            kind, body = chance.choice(KINDS), chance.choice(_bodies(chance, body))
        headers = [(b"Host", host), (b"Origin", origin), *brought(self._callers.cookies[caller])]
        if body or case.method in {"POST", "PUT", "PATCH"}:
            headers += [(b"Content-Type", kind), (b"Content-Length", str(len(body)).encode())]
        headers += [(b"Connection", b"close")]
        as_it_should = host == right and origin == own and not odd
        return Request(case.method.encode(), target, headers, body), as_it_should


def _kept(prepared: dict[str, Any]) -> dict[str, Any]:
    names = {"method", "url", "params", "data", "json", "files"}
    made = {name: value for name, value in prepared.items() if name in names and value is not None}
    kind = {name: value for name, value in prepared["headers"].items() if name.lower() == "content-type"}
    return {**made, "headers": kind}


def _bodies(chance: random.Random, body: bytes) -> list[bytes]:
    canary = Canary.JSON.encode()
    return [
        b"",
        body[: chance.randrange(len(body) + 1)],
        b"\xff\xfe" + canary,
        b"[" * 5000,
        b'{"a":' * 2000,
        b'{"' + canary + b'": 1e999999, "x": NaN, "x": -0.0}',
        b'{"a": "\\ud800' + canary + b'"}',
        canary * (MAX_BODY // len(canary) + 1),
        b"text=" + b"%ff" * 50 + b"&form=%zz&=&&text=2",
        b"&".join([b"a=" + Canary.FORM.encode()] * 40),
    ]


def _response(answer: Answer, case: Case) -> schemathesis.Response:
    headers: dict[str, list[str]] = {}
    for name, value in answer.headers:
        headers.setdefault(name, []).append(value)
    asked = requests.Request(case.method, "http://host" + case.path).prepare()
    return schemathesis.Response(answer.status, headers, answer.body, asked, 0.0, verify=False)


def cases(operation: Operation) -> st.SearchStrategy[Case]:
    """As the schema has it, and as it has it not."""
    return st.one_of(
        cast("st.SearchStrategy[Case]", operation.as_strategy(generation_mode=mode))
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    )


def look(asker: Asker, side: str, operation: Operation, start: int, examples: int) -> Callable[[], None]:
    """So many requests of one operation. What the service holds moves on, so nothing is asked twice."""

    @seed(start)
    @settings(max_examples=examples, phases=[Phase.generate])
    @given(cases(operation), st.sampled_from(CALLERS), st.randoms(use_true_random=False))
    def one(case: Case, caller: str, chance: random.Random) -> None:
        asker.ask(side, case, caller, chance)

    return one


async def fuzz(service: Service, watch: Watch, seeds: Callable[[int], Iterator[int]], examples: int) -> Asker:
    """One operation after the other, by somebody each time, as long as `seeds(how many there are)` lasts."""
    callers, judge = Callers(service), await Judge.made()
    asker = Asker(service, callers, judge)
    async with applications(service) as made:
        documents = {side: document(side, app) for side, app in made.items()}
    operations = [
        (side, found.ok())
        for side, whole in documents.items()
        for found in schemathesis.openapi.from_dict(whole).get_all_operations()
    ]
    for number, start in enumerate(seeds(len(operations))):
        side, operation = operations[number % len(operations)]
        if number % 8 == 0:
            await callers.renew()
        await asyncio.to_thread(look(asker, side, operation, start, examples))
        watch.quiet()
        if number % 20 == 0:
            await watch.goes_on()
        if number == len(operations):
            watch.warm()
    return asker


async def test_every_route_stands_in_the_document_that_is_fuzzed(service: Service) -> None:
    async with applications(service) as made:
        for side, app in made.items():
            whole = document(side, app)
            listed = {
                Route(side, method.upper(), path)
                for path, operations in whole["paths"].items()
                for method in operations
            }

            assert listed == set(routes(side, app))
            assert {
                found.ok().label for found in schemathesis.openapi.from_dict(whole).get_all_operations()
            } == {f"{route.method} {route.path}" for route in listed}
            assert app.openapi_url is None


async def test_every_route_holds(service: Service, watch: Watch) -> None:
    asker = await fuzz(service, watch, rounds, 4)

    reached = {status for statuses in asker.statuses.values() for status in statuses}
    assert {200, 204, 303, 400, 401, 403, 404} <= reached  # it came further than the door


@pytest.mark.long
async def test_every_route_holds_for_long(service: Service, watch: Watch) -> None:
    asker = await fuzz(service, watch, lambda _: rounds_for(SHARE["routes"]), 10)

    assert asker.statuses
