# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from chat.doctor import logs
from chat.doctor.finding import Finding, Standing
from chat.machine import processes
from chat.machine.engine import Container, container
from chat.machine.members import Member, Members, Role

DEPLOY = Path(__file__).parents[2] / "deploy"


def inspected(driver: str) -> dict[str, object]:
    """What the engine says of a container, as far as it is read."""
    answer = {
        "Id": "0a",
        "Name": "/kentering-app-1",
        "Config": {"Labels": {"com.docker.compose.service": "app"}},
        "HostConfig": {
            "LogConfig": {"Type": driver, "Config": {}},
            "ReadonlyRootfs": True,
            "Tmpfs": {"/run/app": ""},
        },
        "Mounts": [
            {"Type": "volume", "Destination": "/data", "RW": True},
            {"Type": "bind", "Destination": "/etc/settings", "RW": False},
        ],
        "NetworkSettings": {"Networks": {"front": {"IPAddress": "172.20.0.2"}, "none": {"IPAddress": ""}}},
        "GraphDriver": {"Name": "overlay2", "Data": {"UpperDir": "/var/lib/docker/overlay2/0a/diff"}},
    }
    found: dict[str, object] = json.loads(json.dumps(answer))
    return found


@pytest.mark.parametrize("driver", ["json-file", "local", "journald", "syslog"])
def test_a_log_driver_that_keeps_is_wrong(driver: str) -> None:
    assert logs.drivers([container(inspected("none"))])[0].standing is Standing.RIGHT

    (found,) = logs.drivers([container(inspected("none")), container(inspected(driver))])

    assert found.standing is Standing.WRONG
    assert f"The output of app is kept (log driver {driver})" in found.says


def test_what_the_engine_says_is_read() -> None:
    found = container(inspected("none"))

    assert (found.name, found.keeps_no_output, found.read_only) == ("app", True, True)
    assert found.mounts == ("/data", "/run/app")
    assert found.addresses == ("172.20.0.2",)


CADDYFILE = (DEPLOY / "Caddyfile").read_text()
WRITES = [
    (CADDYFILE.replace("output discard", "output stdout"), "error log prints addresses"),
    (CADDYFILE.replace("log default {", "log other {"), "error log prints addresses"),
    (CADDYFILE.replace("import kentering\n}", "import kentering\n\tlog\n}", 1), "told to write a log"),
    (
        CADDYFILE.replace("import kentering\n}", "import kentering\n\tlog {\n\t\toutput file /a\n\t}\n}", 1),
        "told to write a log",
    ),
]


@pytest.mark.parametrize(("text", "says"), WRITES)
def test_a_caddyfile_that_writes_is_wrong(text: str, says: str) -> None:
    assert logs.caddyfile(CADDYFILE) == []
    assert text != CADDYFILE
    assert any(says in one for one in logs.caddyfile(text))


def test_haproxy_that_logs_is_wrong() -> None:
    assert logs.haproxy("defaults\n  mode http\n  # log stdout\n") == []
    assert logs.haproxy("defaults\n  log stdout format raw local0\n") != []


@contextlib.contextmanager
def program(folder: Path, name: str, log: Path | None = None) -> Iterator[Member]:
    """A process that is called like this, and writes to a log or to nothing."""
    path = folder / name
    shutil.copy(shutil.which("cat") or "", path)
    with (log or Path(os.devnull)).open("ab") as out:
        running = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=out, stderr=out)
    until = time.monotonic() + 60
    while processes.name(running.pid) != name:  # until it runs the program
        assert time.monotonic() < until
        time.sleep(0.02)
    yield Member(Role.FRONT, "front", running.pid)
    running.communicate()


def standings(found: list[Finding]) -> list[Standing]:
    return [one.standing for one in found]


def test_a_front_with_a_log_file_is_wrong_and_one_that_may_log_elsewhere_is_not_seen(tmp_path: Path) -> None:
    with program(tmp_path, "nginx") as front:
        (found,) = logs.fronts(Members((front,)), expected=True)
        assert found.standing is Standing.UNSEEN
        assert "where nginx writes beside open files" in found.says
    with program(tmp_path, "nginx", tmp_path / "error.log") as front:
        (found,) = logs.fronts(Members((front,)), expected=True)

    assert found.standing is Standing.WRONG
    assert f"writes to {tmp_path}/error.log" in found.says


@pytest.fixture
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caddy may be set up on this computer, too."""
    monkeypatch.setattr(logs, "CADDYFILES", ("etc/there-is-no-such-directory/Caddyfile",))


@pytest.mark.usefixtures("_elsewhere")
def test_a_front_whose_configuration_is_not_found_is_not_seen(tmp_path: Path) -> None:
    with program(tmp_path, "caddy") as front:
        (found,) = logs.fronts(Members((front,)), expected=True)
        assert found.standing is Standing.UNSEEN
        assert "the configuration of caddy is not at" in found.says
    with program(tmp_path, "caddy", tmp_path / "error.log") as front:
        assert standings(logs.fronts(Members((front,)), expected=True)) == [Standing.WRONG]


@pytest.mark.usefixtures("_elsewhere")
def test_what_is_wrong_is_said_beside_what_is_not_seen(tmp_path: Path) -> None:
    with program(tmp_path, "nginx", tmp_path / "error.log") as wrong, program(tmp_path, "caddy") as hidden:
        found = logs.fronts(Members((hidden, wrong)), expected=True)

    assert sorted(standings(found)) == [Standing.UNSEEN, Standing.WRONG]


def test_a_front_that_must_be_there_and_is_not_found_is_not_seen() -> None:
    assert standings(logs.fronts(Members(()), expected=True)) == [Standing.UNSEEN]
    (found,) = logs.fronts(Members(()), expected=False)
    assert found.says == "Nothing stands in front."


def test_output_that_somebody_else_takes_is_not_seen(tmp_path: Path) -> None:
    def worker(out: int | IO[bytes], container: Container | None = None) -> list[Finding]:
        with subprocess.Popen(
            ["cat"], stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL
        ) as running:
            found = logs.own_output([Member(Role.WORKER, "worker", running.pid, container)])
            running.communicate()
        return found

    ours, theirs = socket.socketpair()
    with ours, theirs, (tmp_path / "log").open("wb") as log:
        assert standings(worker(theirs.fileno())) == [Standing.UNSEEN]
        assert "it goes into a socket" in worker(theirs.fileno())[0].says
        assert standings(worker(subprocess.PIPE)) == [Standing.UNSEEN]
        assert standings(worker(subprocess.PIPE, container(inspected("none")))) == [Standing.RIGHT]
        assert worker(subprocess.DEVNULL)[0].says.startswith("It is not kept")
        assert worker(log)[0].says.startswith(f"It is kept in {tmp_path}/log")
    assert standings(logs.own_output([])) == [Standing.UNSEEN]
