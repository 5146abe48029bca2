# SPDX-License-Identifier: AGPL-3.0-or-later
"""Waiting for something to become true: events decide, patience only ends a test that fails."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable

import psutil

from tests.support.clients import PATIENCE, Client
from tests.support.service import Service


async def until(what: str, true: Callable[[], object], patience: float = PATIENCE) -> None:
    """Return when it is true; look again until then."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"in vain: {what}"
        await asyncio.sleep(0.05)


async def kill_workers(service: Service, *names: str) -> None:
    """Kill these workers (all of them when none is named); returns when others are there in their place."""
    running = service.workers()
    victims = [running[name] for name in names] if names else list(running.values())
    started = service.lines().count("worker started")
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    await until("new workers", lambda: service.lines().count("worker started") >= started + len(victims))
    assert not any(pid in service.workers().values() for pid in victims)


async def dropped(*clients: Client) -> None:
    """These connections are gone without a word, and nothing of them is left here either."""
    for client in clients:
        client.drop()
        await client.connection.wait_closed()


def ended(pid: int) -> bool:
    """Whether a process is gone (one that only waits to be collected counts as gone)."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
