# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workers, networks and connections to the store are taken away; nothing that was answered as stored is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from websockets.exceptions import ConnectionClosed

from chat.live import keys
from chat.protocol import frames
from chat.protocol.types import EndedBy, ErrorCode
from tests.faults.ageing import traces
from tests.faults.line import (
    DeskSide,
    PersonSide,
    Side,
    close_code,
    delivered,
    ended,
    position,
    refused,
    with_token,
)
from tests.faults.waiting import dropped, until
from tests.support.clients import HelpSeeker, envelope
from tests.support.people import Talk, desk_on, help_seeker_on, talk
from tests.support.service import Service, running

pytestmark = pytest.mark.anyio

UNHURRIED = {"KENTERING_MESSAGES_BURST": "1000000", "KENTERING_MESSAGES_PER_SECOND": "1000000"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Every byte to the store goes through a proxy, and nobody is too fast."""
    with running(tmp_path_factory.mktemp("service"), proxied=True, **UNHURRIED) as started:
        yield started


@pytest.fixture(autouse=True)
async def nothing_unexpected(service: Service) -> AsyncIterator[None]:
    yield

    assert "unexpected error" not in service.lines()


async def line(
    service: Service, count: int, workers: tuple[str, str] | None = None
) -> tuple[PersonSide, DeskSide]:
    """An open conversation whose sides write `count` envelopes each; on these workers if they are named."""
    person_on, desk_worker = workers or (None, None)
    desk, token = await with_token(service, desk_worker)
    person = await help_seeker_on(service, person_on)
    await talk(person, desk)
    await person.send(frames.Took(0, 1, 0))
    await desk.send(frames.DeskTook(person.sid, 0, 1, 0))
    return PersonSide(service, person, count), DeskSide(service, desk, token, person.sid, count)


async def strike_while_they_write(
    sides: tuple[PersonSide, DeskSide], strikes: list[Callable[[], None]]
) -> None:
    """The strikes come while envelopes flow, spread over the whole."""
    person, desk = sides
    whole = 2 * person.count
    ahead = [(whole * (place + 1) // (len(strikes) + 1), strike) for place, strike in enumerate(strikes)]

    def heard() -> None:
        while ahead and person.taken + desk.taken >= ahead[0][0]:
            ahead.pop(0)[1]()

    person.heard = desk.heard = heard
    await asyncio.gather(person.run(), desk.run())

    assert not ahead
    for side in sides:
        assert (side.stored, side.taken) == (side.count, side.count)
    await ended(person.person, desk.desk)


async def both_workers(service: Service) -> dict[str, int]:
    await until("two workers", lambda: len(service.workers()) == 2)
    return service.workers()


async def kill_rounds(service: Service, rounds: int) -> None:
    chance = random.Random(rounds)  # noqa: S311 - the same kills every time
    for number in range(rounds):
        workers = await both_workers(service)
        first, second = chance.sample(sorted(workers), 2)
        sides = await line(service, 40, (first, second))
        victims = ((first,), (second,), (first, second))[number % 3]

        def kill(names: tuple[str, ...] = victims, pids: dict[str, int] = workers) -> None:
            for name in names:
                os.kill(pids[name], signal.SIGKILL)

        await strike_while_they_write(sides, [kill])
        assert sides[0].reconnected + sides[1].reconnected >= len(victims)


async def test_a_worker_killed_while_envelopes_flow_loses_none(service: Service) -> None:
    await kill_rounds(service, 3)


@pytest.mark.long
async def test_a_worker_killed_while_envelopes_flow_loses_none_thirty_times(service: Service) -> None:
    await kill_rounds(service, 30)


async def test_dropped_sockets_lose_nothing(service: Service) -> None:
    sides = await line(service, 60)

    def drop(side: Side) -> Callable[[], None]:
        def strike() -> None:
            side.client.drop()

        return strike

    person, desk = sides
    await strike_while_they_write(sides, [drop(side) for side in (person, desk, desk, person, person, desk)])

    assert person.reconnected == 3
    assert desk.reconnected == 3


async def test_a_broken_connection_to_the_store_loses_nothing(service: Service) -> None:
    proxy = service.proxy
    assert proxy is not None
    sides = await line(service, 60)
    workers = await both_workers(service)

    await strike_while_they_write(sides, [proxy.drop, proxy.drop])

    assert sides[0].reconnected >= 2
    assert sides[1].reconnected >= 2
    assert service.workers() == workers


async def test_with_the_store_back_everybody_is_told_to_connect_anew(service: Service) -> None:
    proxy = service.proxy
    assert proxy is not None
    desk, token = await with_token(service)
    opened = await talk(await help_seeker_on(service), desk)
    await opened.say(1)
    await desk.expect(frames.DeskDelivery)
    waits = await help_seeker_on(service)

    proxy.drop()
    for client in (opened.person, desk, waits):
        assert await close_code(client) == 1012  # service restart: come back at once

    # Both workers say so, one after the other: who is quick may have to come back twice.
    counsels = DeskSide(service, desk, token, opened.person.sid, 0)
    await counsels.come_back()
    assert [await delivered(counsels.desk) for _ in range(2)] == [0, 1]
    for person, ahead in ((opened.person, None), (waits, 0)):
        side = PersonSide(service, person, 0)
        await side.come_back()
        if ahead is None:
            assert await delivered(side.person) == 0
        else:
            await position(side.person, ahead)
        await side.person.send(frames.Leave())
        await side.person.expect(frames.Closed)
        await side.person.close()
    await counsels.desk.expect(frames.DeskClosed)
    await counsels.desk.close()


async def test_a_stale_worker_writes_nothing(service: Service) -> None:
    """Its process stands still while the browser comes back elsewhere; then it works off what lay there."""
    workers = await both_workers(service)
    stale, other = sorted(workers)
    desk = await desk_on(service, other)
    old = await help_seeker_on(service, stale)
    await talk(old, desk)

    os.kill(workers[stale], signal.SIGSTOP)
    try:
        await old.send(frames.Put(envelope(0, 1, 1, b"from the older connection")))
        new = await HelpSeeker.open(service)
        new.same_browser(old)
        assert isinstance(await new.attach(), frames.Welcome)
        assert await delivered(new) == 0
    finally:
        os.kill(workers[stale], signal.SIGCONT)

    assert await refused(old) is ErrorCode.SUPERSEDED
    with service.look() as store:
        assert store.hget(keys.relay(old.sid), "l:0:0") == b"1-1"
    opened = Talk(new, desk)
    await opened.say(1, b"from the newer")
    assert b"from the newer" in (await desk.expect(frames.DeskDelivery)).envelope

    await old.send(frames.Put(envelope(0, 1, 2)))
    while (
        code := await refused(old)
    ) is ErrorCode.SUPERSEDED:  # both the store and the new connection said so
        pass
    assert code is ErrorCode.OUT_OF_STATE
    await ended(new, desk)
    await dropped(old)


async def test_nothing_is_left_of_all_that(service: Service) -> None:
    desk = await desk_on(service)
    opened = await talk(await help_seeker_on(service), desk)
    assert traces(service, opened.person.sid)
    await ended(opened.person, desk)

    await until("nothing is left", lambda: not service.conversation_keys())


async def back_again(service: Service, before: HelpSeeker) -> object:
    """Attach as a browser does, until it is answered: a worker that found the store again just now closes."""
    for _ in range(20):
        async with await HelpSeeker.open(service) as back:
            back.same_browser(before)
            with contextlib.suppress(ConnectionClosed):
                return await back.attach()
    raise AssertionError("closed each time")


async def test_both_sides_are_told_when_the_store_lost_its_memory(service: Service) -> None:
    store = service.store
    assert store is not None
    assert store.pid is not None
    desk = await desk_on(service)
    opened = await talk(await help_seeker_on(service), desk)
    waits = await help_seeker_on(service)
    sid = opened.person.sid

    os.kill(store.pid, signal.SIGKILL)
    store.join()
    await opened.person.send(frames.Put(envelope(0, 1, 1)))
    assert await refused(opened.person) is ErrorCode.STORE_LOST
    store.start()

    assert (await opened.person.expect(frames.Closed)).by is EndedBy.LOST
    assert await desk.expect(frames.DeskClosed) == frames.DeskClosed(sid, EndedBy.LOST)
    assert await refused(desk) is ErrorCode.NOT_SIGNED_IN
    assert (await waits.expect(frames.Closed)).by is EndedBy.LOST

    assert await back_again(service, opened.person) == frames.Closed(EndedBy.LOST)
    await dropped(opened.person, desk, waits)

    fresh_desk = await desk_on(service)  # and all goes on
    fresh = await talk(await help_seeker_on(service), fresh_desk)
    assert fresh.person.welcome is not None
    assert opened.person.welcome is not None
    assert fresh.person.welcome.era != opened.person.welcome.era
    another = await HelpSeeker.open(service)
    another.same_browser(opened.person)
    another.welcome = fresh.person.welcome
    assert await another.attach() == frames.Closed(EndedBy.UNKNOWN)
    await ended(fresh.person, fresh_desk)
    await another.close()
