# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever bytes come through the door, however they are cut: an answer as it should be, or none."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
from collections.abc import Iterator

import pytest

from tests.faults.raw import upgrade
from tests.fuzz import canary
from tests.fuzz.answers import Judge
from tests.fuzz.budget import SHARE, rounds, rounds_for
from tests.fuzz.callers import ONION, Callers
from tests.fuzz.canary import Canary
from tests.fuzz.exchange import Line, Request
from tests.fuzz.hostile_requests import Maker
from tests.fuzz.mutate import mutated
from tests.fuzz.surface import applications, routes
from tests.fuzz.watch import Watch
from tests.support.service import Service

pytestmark = pytest.mark.anyio

_SERVERS_FAULT = re.compile(rb"^HTTP/1\.1 5\d\d ", re.MULTILINE)
_ALLOWED = (Canary.JSON, Canary.FORM)
"""What staff saved, and a form that was not sent, is shown again; test_routes.py looks more closely."""


class Attack:
    """Many connections, one after the other."""

    def __init__(self, service: Service, maker: Maker, judge: Judge, metrics: int) -> None:
        self._service, self._maker, self._judge, self._metrics = service, maker, judge, metrics
        self.answered = 0

    def once(self, chance: random.Random) -> None:
        draw = chance.random()
        if draw < 0.45:
            self.several(chance)
        elif draw < 0.75:
            self.torn(chance)
        elif draw < 0.9:
            self.handshake(chance)
        else:
            self.metrics(chance)

    def several(self, chance: random.Random) -> None:
        """Requests one behind the other, none waiting for its answer."""
        count = chance.choice((1, 1, 2, 4))
        requests = [self._maker.whole(chance, last=at == count - 1) for at in range(count)]
        line = Line(self._service.port)
        try:
            line.send(*cut(b"".join(request.packed() for request in requests), chance))
            for request in requests:
                answer = line.answer(request.method)
                if answer is None:
                    break  # an earlier one ended the connection
                self.answered += 1
                self._judge.judge(answer, *_ALLOWED)
        finally:
            line.close()

    def torn(self, chance: random.Random) -> None:
        """Hardly a request, or half of one; then the sender says no more, or is gone."""
        data = self._maker.broken(chance)
        if chance.random() < 0.5:
            data = mutated(data, chance, [self._maker.broken(chance)])
        if chance.random() < 0.3:
            data = data[: chance.randrange(len(data) + 1)]
        self._say(self._service.port, data, chance)

    def handshake(self, chance: random.Random) -> None:
        """A request for a WebSocket, nearly."""
        hosts = self._maker.callers.hosts()
        host = chance.choice((*hosts.values(), Canary.HEADER.encode())).decode()
        cookie = f"Cookie: {Canary.COOKIE}=1; kentering_desk={Canary.COOKIE}"
        whole = upgrade(host, f"http://{host}", cookie, f"User-Agent: {Canary.HEADER}")
        key = re.compile(rb"(Sec-WebSocket-Key: )[^\r]*")
        whole = key.sub(rb"\g<1>" + chance.choice((b"A" * 22 + b"==", Canary.HEADER.encode())), whole)
        if chance.random() < 0.8:
            whole = mutated(whole, chance, [whole])
        frames = chance.choice((b"", b"\x82\x85\0\0\0\0" + Canary.FRAME.encode(), chance.randbytes(200)))
        self._say(self._service.port, whole + frames, chance)

    def metrics(self, chance: random.Random) -> None:
        """The inner address, which should be as silent."""
        path = chance.choice((b"/metrics", b"/", b"/metrics?name[]=" + Canary.QUERY.encode()))
        accept = b"application/openmetrics-text; version=1; escaping=" + Canary.HEADER.encode()
        headers = [(b"Host", Canary.HEADER.encode()), (b"Accept", accept), (b"Connection", b"close")]
        data = Request(b"GET", path, headers).packed()
        self._say(self._metrics, mutated(data, chance, [data]) if chance.random() < 0.7 else data, chance)

    def _say(self, port: int, data: bytes, chance: random.Random) -> None:
        if chance.random() < 0.15:
            reset(port, data)
            return
        line = Line(port)
        try:
            line.send(*cut(data, chance))
            line.no_more()
            said = line.rest()
        finally:
            line.close()
        assert not _SERVERS_FAULT.search(said)
        for allowed in _ALLOWED:
            said = re.sub(allowed.encode(), b"", said, flags=re.IGNORECASE)
        assert canary.MARK.encode() not in said.lower(), "an answer repeats what was sent"


def cut(data: bytes, chance: random.Random) -> list[bytes]:
    """The pieces in which the network brings it."""
    if chance.random() < 0.7:
        return [data]
    places = sorted(chance.randrange(len(data) + 1) for _ in range(chance.choice((1, 3, 12))))
    return [data[begin:end] for begin, end in zip([0, *places], [*places, len(data)], strict=True)]


def reset(port: int, data: bytes) -> None:
    """Sent, and gone without a word."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.send(data)


async def fuzz(service: Service, watch: Watch, metrics: int, seeds: Iterator[int], count: int) -> Attack:
    callers = Callers(service)
    async with applications(service) as made:
        maker = Maker([route for side, app in made.items() for route in routes(side, app)], callers)
    attack = Attack(service, maker, await Judge.made(), metrics)
    for number, start in enumerate(seeds):
        await callers.renew()
        chance = random.Random(start)  # noqa: S311 - the same bytes for the same seed

        def some(chance: random.Random = chance) -> None:
            for _ in range(count):
                attack.once(chance)

        await asyncio.to_thread(some)
        watch.quiet()
        await watch.goes_on()
        if number == 1:
            watch.warm()
    return attack


async def test_whatever_comes_through_the_door(service: Service, watch: Watch, metrics_port: int) -> None:
    assert canary.MARK not in ONION
    attack = await fuzz(service, watch, metrics_port, rounds(4), 100)

    assert attack.answered > 100


@pytest.mark.long
async def test_whatever_comes_through_the_door_for_long(
    service: Service, watch: Watch, metrics_port: int
) -> None:
    attack = await fuzz(service, watch, metrics_port, rounds_for(SHARE["wire"]), 300)

    assert attack.answered > 100
