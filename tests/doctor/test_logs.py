# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from chat.doctor import logs
from chat.doctor.finding import Standing
from chat.machine.engine import container
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


def test_a_front_with_a_log_file_is_wrong(tmp_path: Path) -> None:
    program = tmp_path / "nginx"
    shutil.copy(shutil.which("cat") or "", program)
    with (tmp_path / "error.log").open("ab") as log:
        running = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=log)
    front = Members((Member(Role.FRONT, "front", running.pid),))
    until = time.monotonic() + 20
    while (found := logs.fronts(front)[0]).standing is Standing.RIGHT and time.monotonic() < until:
        time.sleep(0.02)  # until it runs the program
    running.communicate()

    assert found.standing is Standing.WRONG
    assert f"writes to {tmp_path}/error.log" in found.says
