# SPDX-License-Identifier: AGPL-3.0-or-later
"""By which door somebody came is counted once a start; how heavy it feels, once a conversation."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
from collections.abc import Callable, Iterator

import pytest
from websockets.asyncio.client import connect

from chat.protocol import frames
from chat.protocol.types import ErrorCode
from chat.rules.intake import PROOF
from tests.support.clients import PATIENCE, HelpSeeker
from tests.support.people import counsellor_on, desk_on
from tests.support.service import Service, running

pytestmark = pytest.mark.anyio
ONION = "kentering".ljust(56, "2") + ".onion"


@pytest.fixture(scope="module")
def two_doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("doors"), KENTERING_ONION=ONION) as started:
        yield started


def counted(service: Service, measure: str) -> dict[str, int]:
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    with contextlib.closing(service.look()) as store:
        found = store.hgetall(f"k:{{tally}}:{day}")
    names = {name.decode().partition(":"): int(count) for name, count in found.items()}
    return {value: count for (kind, _, value), count in names.items() if kind == measure}


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - the store tells nobody of a count
            await asyncio.sleep(0.05)


async def by_the_onion(service: Service) -> HelpSeeker:
    """As Tor passes somebody on: from this computer, with the onion address as host."""
    made = connect(
        f"ws://{ONION}/socket",
        origin=f"http://{ONION}",
        host="127.0.0.1",
        port=service.port,
        compression=None,
    )  # type: ignore[arg-type]  # the origin is a text
    return HelpSeeker(await made)


async def test_each_start_is_counted_by_its_door_once(two_doors: Service) -> None:
    async with await desk_on(two_doors), await HelpSeeker.open(two_doors) as clear:
        await clear.start()
        async with await by_the_onion(two_doors) as hidden:
            await hidden.start()
            await until(lambda: counted(two_doors, "door") == {"clear": 1, "onion": 1})
            async with await HelpSeeker.open(two_doors) as again:
                again.same_browser(clear)
                await again.start()  # the same one, sent again
                await again.send(frames.Leave())
                await again.expect(frames.Closed)
            await hidden.send(frames.Leave())
            await hidden.expect(frames.Closed)

    assert counted(two_doors, "door") == {"clear": 1, "onion": 1}


async def test_a_start_of_a_proof_is_counted_by_no_door(two_doors: Service) -> None:
    before = counted(two_doors, "door")
    async with (
        await counsellor_on(two_doors, PROOF),
        await desk_on(two_doors),
        await HelpSeeker.open(two_doors) as proof,
        await HelpSeeker.open(two_doors) as person,
    ):
        for one, language in ((proof, PROOF), (person, "en")):
            await one.start(language)
        await until(lambda: counted(two_doors, "door") == before | {"clear": before.get("clear", 0) + 1})
        for one in (proof, person):
            await one.send(frames.Leave())
            await one.expect(frames.Closed)

    assert counted(two_doors, "door") == before | {"clear": before.get("clear", 0) + 1}


async def test_how_heavy_it_feels_counts_once_in_a_conversation_over_all_its_connections(
    two_doors: Service,
) -> None:
    async with await desk_on(two_doors), await HelpSeeker.open(two_doors) as person:
        await person.start()
        await person.send(frames.Felt(after=False, weight=4))
        await until(lambda: counted(two_doors, "felt_before") == {"very_heavy": 1})
        async with await HelpSeeker.open(two_doors) as again:
            again.same_browser(person)
            await again.attach()
            await again.send(frames.Felt(after=False, weight=4))
            await again.send(frames.Leave())
            await again.expect(frames.Closed)
            await again.send(frames.Felt(after=True, weight=0))  # nobody talked: there is no after
            assert (await again.expect(frames.Refused)).code is ErrorCode.OUT_OF_STATE

    assert counted(two_doors, "felt_before") == {"very_heavy": 1}
    assert counted(two_doors, "felt_after") == {}
