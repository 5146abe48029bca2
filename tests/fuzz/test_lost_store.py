# SPDX-License-Identifier: AGPL-3.0-or-later
"""Without its live store the service still answers every route: with what needs none, or 503 and one word."""

from __future__ import annotations

import json
import os
import re
import signal

import pytest

from chat import log
from tests.fuzz import canary
from tests.fuzz.answers import Judge
from tests.fuzz.callers import HELP_SEEKER, NOBODY, STRANGER, Callers, brought
from tests.fuzz.canary import Canary
from tests.fuzz.exchange import Request, ask
from tests.fuzz.surface import applications, routes
from tests.support.people import desk_on
from tests.support.service import Service

pytestmark = pytest.mark.anyio

_LINE = re.compile(rf"[\d:]+ {re.escape(log.Event.STORE_LOST.value)} worker=[\w-]+")


def lose(service: Service) -> None:
    """The store is gone, and nobody starts it again."""
    assert service.store is not None
    assert service.store._server is not None
    os.kill(service.store._server.pid, signal.SIGKILL)
    service.store.join()


async def test_every_route_answers_without_its_store(service: Service) -> None:
    judge, callers = await Judge.made(), Callers(service)
    desk = await desk_on(service)
    await callers.renew()
    async with applications(service) as made:
        every = [route for side, app in made.items() for route in routes(side, app)]
    said = service.lines()
    lose(service)
    statuses = set()
    for route in every:
        for caller in (NOBODY, STRANGER, HELP_SEEKER, "a manager", "a counsellor"):
            host = callers.hosts()[route.side]
            form = route.side == "help_seeker"
            body = f"do=end&text={Canary.FORM}" if form else f'{{"{Canary.JSON}": 1}}'
            kind = b"application/x-www-form-urlencoded" if form else b"application/json"
            headers = [(b"Host", host), (b"Origin", b"http://" + host), *brought(callers.cookies[caller])]
            if route.method in {"POST", "PUT"}:
                headers += [(b"Content-Type", kind), (b"Content-Length", str(len(body)).encode())]
            headers += [(b"Connection", b"close")]
            path = re.sub(r"{kind}", "texts", re.sub(r"{number}", "0", route.path))
            target = re.sub(r"{\w+}", "A" * 22, path) + f"?q={Canary.QUERY}"
            request = Request(route.method.encode(), target.encode(), headers, body.encode())
            if route.method not in {"POST", "PUT"}:
                request = Request(request.method, request.target, headers)
            answer = ask(service.port, request)
            assert answer is not None
            statuses.add(answer.status)
            assert answer.status != 500, (route, caller)
            judge.judge(answer, Canary.FORM, lost_store=True)
            if answer.status == 503 and route.path.startswith("/api/"):
                assert json.loads(answer.body) == {"error": "store_lost"}
    new = service.lines().removeprefix(said).splitlines()

    assert 503 in statuses
    assert [line for line in new if not _LINE.fullmatch(line)] == []
    assert not canary.found(service.output.read_bytes())
    await desk.close()
