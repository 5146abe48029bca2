# SPDX-License-Identifier: AGPL-3.0-or-later
"""A worker is killed between any two steps of a handover: one counsellor in the end, nothing stored is lost.

The proxy in front of the live store lets the n-th request of a step through, holds its answer back, and the
worker is killed. Then the browsers come back and go on from what the store knows, as real ones do.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import pytest

from chat.protocol import frames
from chat.protocol.types import Left
from chat.rules.state import Presence
from tests.faults.ageing import stored, traces
from tests.faults.waiting import until
from tests.support.clients import PATIENCE, HelpSeeker
from tests.support.company import Colleague, asked, colleague_on, delivered, helped
from tests.support.people import Talk
from tests.support.service import Service

pytestmark = pytest.mark.anyio

KEPT = 3
"""Envelopes of either side that are stored before and that nobody has taken in."""
MOST = 20


class Strike:
    """Kills a worker at its n-th request that names this conversation."""

    def __init__(self, service: Service, worker: str, sid: bytes, nth: int) -> None:
        self._pid = service.workers()[worker]
        self._name = sid.hex().encode()
        self._left = nth
        self._loop = asyncio.get_running_loop()
        self.struck = asyncio.Event()

    def __call__(self, pid: int, request: bytes) -> bool:
        if pid != self._pid or self._name not in request:
            return False
        self._left -= 1
        if self._left == 0:
            os.kill(self._pid, signal.SIGKILL)
            self._loop.call_soon_threadsafe(self.struck.set)
        return self._left <= 0


async def come_back(service: Service, talk: Talk, ben: Colleague) -> None:
    """The connections of the killed worker are gone; both browsers connect anew, wherever that is."""
    await until("two workers", lambda: len(service.workers()) == 2)
    await ben.back()
    fresh = await HelpSeeker.open(service)
    fresh.same_browser(talk.person)
    talk.person.drop()
    await talk.person.connection.wait_closed()
    assert isinstance(await fresh.attach(), frames.Welcome)
    talk.person = fresh


async def to_the_end(service: Service, talk: Talk, ben: Colleague) -> int:
    """From whatever the store knows until the colleague is the counsellor; returns the epoch."""
    sid = talk.person.sid
    state = stored(service, sid)
    assert state is not None
    if ben.device not in {state.counsellor.device_id, state.newcomer.device_id}:
        await ben.desk.send(frames.AnswerHandover(sid, accept=True, half=ben.half))
        hint = (await ben.desk.expect(frames.Taken)).epoch_hint
    else:
        hint = (await ben.rejoin(sid)).epoch_hint
    if state.counsellor.device_id == ben.device:
        epoch = hint  # its reply is sent again, since its browser has no answer to it
    else:
        epoch = await ben.offers(sid, 2, 0, hint)
        while (await talk.person.expect(frames.Offered)).offer[20:24] != epoch.to_bytes(4, "big"):
            pass
        again = b"\1" * 2384  # not the one to the offer before
        await talk.person.send(frames.Hello(0, 2, again))
        while (await ben.desk.expect(frames.DeskHello)).m1 != again:
            pass
    await ben.replies(sid, 0, epoch)
    await ben.desk.expect(frames.DeskStored)
    return epoch


async def say_yes(talk: Talk, ben: Colleague) -> None:
    await ben.desk.send(frames.AnswerHandover(talk.person.sid, accept=True, half=ben.half))


async def make_the_offer(talk: Talk, ben: Colleague) -> None:
    await say_yes(talk, ben)
    taken = await ben.desk.expect(frames.Taken)
    await ben.offers(talk.person.sid, 2, 0, taken.epoch_hint)


async def post_the_reply(talk: Talk, ben: Colleague) -> None:
    await make_the_offer(talk, ben)
    offered = await talk.person.expect(frames.Offered)
    await talk.person.send(frames.Hello(0, 2, bytes(2384)))
    await ben.desk.expect(frames.DeskHello)
    await ben.replies(talk.person.sid, 0, int.from_bytes(offered.offer[20:24], "big"))


async def killed_at(service: Service, step: Callable[[Talk, Colleague], Awaitable[None]], nth: int) -> bool:
    """One handover with one kill; False when the step has fewer requests than that."""
    proxy = service.proxy
    assert proxy is not None
    await until("two workers", lambda: len(service.workers()) == 2)
    first, second = service.workers()
    anna, ben = await colleague_on(service, first), await colleague_on(service, second)
    talk = await helped(service, anna, second)
    sid = talk.person.sid
    for n in range(1, KEPT + 1):
        await talk.answer(n)
        await talk.say(n)
    await asked(sid, anna, ben)

    strike = Strike(service, second, sid, nth)
    proxy.on_request = strike
    doing = asyncio.ensure_future(step(talk, ben))
    dying = asyncio.ensure_future(strike.struck.wait())
    await asyncio.wait({doing, dying}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    if not strike.struck.is_set() and doing.done():
        with_ease = asyncio.ensure_future(ben.desk.expect(frames.DeskStored))
        # The first request comes, sooner or later; whether there is another one can only be waited for.
        patience = PATIENCE if nth == BEGINS[step] else 2
        await asyncio.wait({with_ease, dying}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        with_ease.cancel()
        await asyncio.gather(with_ease, return_exceptions=True)
    proxy.on_request = None
    struck = strike.struck.is_set()
    doing.cancel()
    dying.cancel()
    await asyncio.gather(doing, dying, return_exceptions=True)

    await come_back(service, talk, ben)
    epoch = await to_the_end(service, talk, ben)
    state = stored(service, sid)
    assert state is not None
    assert (state.counsellor.device_id, state.newcomer.presence) == (ben.device, Presence.VACANT)
    await anna.desk.hears(frames.SeatLeft(sid, 0, Left.HANDED_OVER))
    with service.look() as store:
        for direction in (0, 1):
            lane = store.xrange(f"k:{{{sid.hex()}}}:lane:0:{direction}", "-", "+")
            names = [name.decode() for name, _ in lane]
            assert {f"{talk.epoch}-{n + 1}" for n in range(1, KEPT + 1)} <= {*names}, "stored, and lost"
    after = Talk(talk.person, ben.desk, epoch)
    await after.say(0)
    while (await delivered(ben.desk))[3:7] != epoch.to_bytes(4, "big"):
        pass
    await after.answer(1)
    await talk.person.send(frames.Leave())
    await talk.person.expect(frames.Closed)
    await until("all is gone", lambda: not traces(service, sid))
    for client in (talk.person, anna.desk, ben.desk):
        await client.close()
    return struck


BEGINS = {say_yes: 1, make_the_offer: 4, post_the_reply: 6}
"""At which request the step begins that the one before has not been tried with."""
Step = Callable[[Talk, Colleague], Awaitable[None]]


async def killed_along(service: Service, step: Step, every: int) -> int:
    """Kill at the first request of the step, then at each so many later, until it has no more."""
    struck = 0
    for nth in range(BEGINS[step], MOST, every):
        if not await killed_at(service, step, nth):
            break
        struck += 1
    return struck


@pytest.mark.parametrize("step", BEGINS, ids=lambda step: step.__name__)
async def test_a_worker_killed_in_a_handover_loses_nothing(proxied: Service, step: Step) -> None:
    assert await killed_along(proxied, step, 9) >= 1


@pytest.mark.long
@pytest.mark.parametrize("step", BEGINS, ids=lambda step: step.__name__)
async def test_a_worker_killed_at_every_request_of_a_handover_loses_nothing(
    proxied: Service, step: Step
) -> None:
    assert await killed_along(proxied, step, 1) >= 3
