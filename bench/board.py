# SPDX-License-Identifier: AGPL-3.0-or-later
"""The board: what one update costs all servers and the store together, with few desks and with many.

Somebody goes on a break and comes back, again and again; every open desk is sent the board each time.
What the same service uses in as much time without a change is taken off.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.generator import NotMeasuredError
from bench.peers import NO_PACE
from chat.protocol import frames
from chat.protocol.types import DutyStatus
from chat.rules.roles import Role
from tests.support.clients import Desk
from tests.support.enrolled import enrolled
from tests.support.service import Service, running

DESKS = (5, 20, 50)
UPDATES = 12
QUICK_UPDATES = 4
_APART_S = 1.2
"""A little more than the second that lies between two updates."""
_TOLD_WITHIN_S = 10.0
_SUPERVISORS = 5
"""One desk in so many is a supervisor's, who sees the conversations too."""
_NANO, _MICRO = 1e9, 1e6


def measure(folder: Path, updates: int) -> dict[str, float]:
    """Microseconds of CPU for each update and desk, by the number of desks; and of the whole update.

    Raises:
        NotMeasuredError: a desk was not told.
    """
    found: dict[str, float] = {}
    for desks in DESKS:
        below = folder / str(desks)
        below.mkdir()
        with running(below, **NO_PACE) as service:
            cost = asyncio.run(_updates(service, desks, updates))
        found[f"board:{desks}"] = _MICRO * cost
        found[f"board_each:{desks}"] = _MICRO * cost / desks
    return found


async def _updates(service: Service, count: int, updates: int) -> float:
    people = [(os.urandom(16), os.urandom(16)) for _ in range(count)]
    await enrolled(service.records_url, people[::_SUPERVISORS], [Role.SUPERVISOR])
    await enrolled(service.records_url, people, [Role.COUNSELLOR])
    desks = [await _open(service, *one) for one in people]
    boards = [0] * count
    readers = [asyncio.create_task(_read(desk, boards, place)) for place, desk in enumerate(desks)]
    try:
        await asyncio.sleep(3 * _APART_S)  # what opening them set going is done
        spent = _cpu_of(service)
        quiet, quiet_s = await _during(spent, updates, lambda _: asyncio.sleep(0))

        async def change(number: int) -> None:
            before = list(boards)
            status = DutyStatus.BREAK if number % 2 else DutyStatus.ON
            await desks[0].send(frames.SetDuty(status, ["en"]))
            until = time.monotonic() + _TOLD_WITHIN_S
            while any(now == then for now, then in zip(boards, before, strict=True)):
                if time.monotonic() > until:
                    raise NotMeasuredError(
                        f"{count} desks: one of them was not told of a change of the board."
                    )
                await asyncio.sleep(0.05)

        busy, busy_s = await _during(spent, updates, change)
    finally:
        for reader in readers:
            reader.cancel()
        for desk in desks:
            await desk.close()
    return max(0.0, busy - quiet * busy_s / quiet_s) / updates


async def _open(service: Service, staff: bytes, device: bytes) -> Desk:
    desk = await Desk.open(service, await service.sign_in(staff, device, Role.COUNSELLOR))
    await desk.begin(languages=("en",))
    await desk.send(frames.WatchBoard(watch=True))
    return desk


async def _read(desk: Desk, boards: list[int], place: int) -> None:
    while True:
        if isinstance(await desk.next(), frames.Board):
            boards[place] += 1


async def _during(
    spent: Callable[[], float], times: int, act: Callable[[int], Awaitable[object]]
) -> tuple[float, float]:
    """CPU seconds in which this was done so many times, `_APART_S` apart; and how long it took."""
    before, began = spent(), time.monotonic()
    for number in range(1, times + 1):
        await act(number)
        await asyncio.sleep(_APART_S)
    return spent() - before, time.monotonic() - began


def _cpu_of(service: Service) -> Callable[[], float]:
    """Reads the CPU seconds of the workers and the store, as the scheduler counts them."""
    store = service.store
    if store is None or store.pid is None:
        raise NotMeasuredError("The board needs a live store of its own.")
    tasks = [*service.workers().values(), store.pid]
    return lambda: sum(_spent(pid) for pid in tasks)


def _spent(pid: int) -> float:
    files = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[0]) for file in files) / _NANO
