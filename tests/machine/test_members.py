# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whom doctor and proof see: everybody who may hold something, also whom somebody else has started."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.machine import members, processes
from chat.machine.members import Members, Role
from chat.machine.processes import Unreadable
from chat.settings import load
from tests.prove.support import settings_of
from tests.support.service import running

PATIENCE_S = 60.0
LISTEN = """
import ctypes, socket, sys, time
ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
time.sleep(3600)
"""


@contextlib.contextmanager
def listening(name: str) -> Iterator[tuple[int, int]]:
    """A process of this name that listens; its pid and its port."""
    with subprocess.Popen([sys.executable, "-c", LISTEN, name], stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        try:
            yield started.pid, int(started.stdout.readline())
        finally:
            started.kill()


def test_a_store_that_is_reached_over_tcp_is_found(tmp_path: Path) -> None:
    with listening("valkey-server") as (pid, port):
        assert members.store_pid(f"redis://kentering:a@127.0.0.1:{port}") == pid
        assert members.store_pid(f"redis://kentering:a@localhost:{port}") == pid
    assert members.store_pid(f"redis://127.0.0.1:{port}") != pid
    assert members.store_pid(f"unix://kentering:a@{tmp_path}/none.sock") is None


def test_everybody_of_a_running_service_is_found(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        found = members.find(settings_of(service))
        workers = {one.pid for one in found.of(Role.WORKER)}

        assert workers == set(service.workers().values())
        assert [one.pid for one in found.of(Role.LAUNCHER)] == [service.process.pid]
        assert [processes.name(one.pid) for one in found.of(Role.STORE)] == ["valkey-server"]
        assert found.of(Role.FRONT) == []
    with pytest.raises(Unreadable, match="no service runs here"):
        members.find(settings_of(service))


def test_a_proxy_that_somebody_else_started_is_found_where_the_service_is_reached(tmp_path: Path) -> None:
    with (
        listening("caddy") as (front, near),
        listening("nginx") as (other, _),
        running(tmp_path) as service,
    ):
        settings = settings_of(service, KENTERING_HELP_SEEKER_ORIGIN=f"http://127.0.0.1:{near}")
        assert [one.pid for one in members.find(settings).of(Role.FRONT)] == [front]

        public = settings_of(
            service,
            KENTERING_DEMO="0",
            KENTERING_HELP_SEEKER_ORIGIN="https://talk.example.org",
            KENTERING_DESK_ORIGIN="https://desk.example.org",
        )
        assert {front, other} <= {one.pid for one in members.find(public).of(Role.FRONT)}


def test_only_whoever_minds_others_of_its_kind_is_a_master(tmp_path: Path) -> None:
    script = "import subprocess, sys; subprocess.run(['sleep', 'infinity'])"
    with subprocess.Popen(["python3", "-c", script]) as parent:
        until = time.monotonic() + PATIENCE_S
        while not (below := processes.descendants(parent.pid)):
            assert time.monotonic() < until
            time.sleep(0.05)
        one, two = (members.Member(Role.FRONT, "front", pid) for pid in (parent.pid, below[0]))
        found = Members((one, two))
        assert [found.is_master(member) for member in (one, two)] == [True, False]
        subprocess.run(["kill", str(below[0])], check=True)


def test_settings_without_an_engine_name_no_container(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no service runs here"):
        members.find(load({"KENTERING_DATA": str(tmp_path)}))
