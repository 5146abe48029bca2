# SPDX-License-Identifier: AGPL-3.0-or-later
"""A running service says where it is; its workers are replaced, and a conversation goes on."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
from pathlib import Path

import psutil
import pytest

from chat import whereabouts
from chat.launcher import due_now
from chat.machine import processes
from chat.protocol import frames
from chat.settings import Settings, load
from chat.worker import Worker
from tests.faults.waiting import until
from tests.support.clients import HelpSeeker
from tests.support.people import desk_on, help_seeker_on, talk
from tests.support.service import Service, running

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def settings_of(service: Service) -> Settings:
    return load({"KENTERING_DATA": str(service.data), "PORT": str(service.port)})


async def test_the_launcher_says_which_processes_and_where_the_store_is(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 80)  # a socket's name has room for 108 bytes
    deep.mkdir()
    with running(deep, own_store=False) as service:
        settings = settings_of(service)
        said = whereabouts.ask(settings)
        assert said is not None
        assert said.launcher == service.process.pid
        assert said.workers == service.workers()
        assert said.store is not None
        assert psutil.Process(said.store).name() == "valkey-server"
        assert said.recycle_s == 3600
        assert said.live_url.startswith("unix://")
        assert said.live_url not in repr(said)
        assert stat.S_IMODE((settings.run_dir / "launcher.sock").stat().st_mode) == 0o600
        every = [said.launcher, *processes.descendants(said.launcher)]
        assert set(every) >= {said.store, *said.workers.values()}
        assert {processes.core_limit(pid) for pid in every} <= {0, 1}

    assert whereabouts.ask(settings) is None


async def test_a_replaced_worker_takes_nothing_with_it(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        desk = await desk_on(service)
        person = await help_seeker_on(service)
        opened = await talk(person, desk)
        await opened.say(1, b"while they are replaced")
        before = service.workers()

        os.kill(service.process.pid, signal.SIGUSR1)

        def replaced() -> bool:
            now = service.workers()
            return len(now) == len(before) and not set(now.values()) & set(before.values())

        await until("both are others", replaced, patience=180)
        back = await HelpSeeker.open(service)
        back.same_browser(person)
        assert isinstance(await back.attach(), frames.Welcome)
        assert "ended unexpectedly" not in service.lines()
        await back.send(frames.Leave())
        await back.expect(frames.Closed)
        for client in (back, person, desk):
            await client.close()


def test_one_worker_at_a_time_is_due_and_only_while_the_others_serve() -> None:
    with subprocess.Popen(["true"]) as process:
        first, second = Worker("w1", process, 0, 100), Worker("w2", process, 0, 50)
        fresh = Worker("w1", process, 48, 100)

        assert due_now([first, second], 49) is None
        assert due_now([first, second], 50) is second
        assert due_now([fresh, second], 50) is None
        assert due_now([first], 100) is first
