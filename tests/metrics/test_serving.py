# SPDX-License-Identifier: AGPL-3.0-or-later
"""The metrics of a service that runs: on their own address, and nowhere a visitor comes."""

from __future__ import annotations

import http.client
import time
from pathlib import Path

import psutil
import pytest

from chat.settings import SettingsError, load
from tests.support.service import free_port, running

PATIENCE_S = 120.0


def scrape(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("GET", "/metrics")
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer


def until(port: int, line: str) -> str:
    """Scrape until it holds a line."""
    last = ""
    deadline = time.monotonic() + PATIENCE_S
    while line not in last.splitlines():
        assert time.monotonic() < deadline, last
        try:
            last = scrape(port)
        except OSError:
            last = "nobody answers"
        time.sleep(0.1)
    return last


def serving(launcher: int) -> psutil.Process:
    return next(child for child in psutil.Process(launcher).children() if "chat.metrics" in child.cmdline())


def test_metrics_on_their_own_address_alone(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, KENTERING_METRICS=f"127.0.0.1:{port}") as service:
        until(port, "kentering_workers 2.0")
        text = until(port, "kentering_live_store_reachable 1.0")

        assert "kentering_records_reachable 1.0" in text
        assert "python_" not in text
        assert "process_" not in text
        assert "kentering" not in scrape(service.port)

        killed = serving(service.process.pid)
        killed.kill()
        killed.wait(PATIENCE_S)  # its launcher takes it in; what answers from now on is another
        until(port, "kentering_live_store_reachable 1.0")
        assert serving(service.process.pid).pid != killed.pid
        assert service.stop() == 0
        assert "unexpected" not in service.lines()


def test_without_the_setting_nothing_is_started(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        children = psutil.Process(service.process.pid).children()

        assert not [child for child in children if "chat.metrics" in child.cmdline()]


@pytest.mark.parametrize(
    "value",
    [
        "9100",
        "127.0.0.1",
        "127.0.0.1:0",
        "0.0.0.0:9100",
        "[::]:9100",
        "8.8.8.8:9100",
        "127.0.0.1:8000",
        "x:1",
    ],
)
def test_where_visitors_come_there_are_no_metrics(value: str) -> None:
    with pytest.raises(SettingsError, match="KENTERING_METRICS"):
        load({"KENTERING_METRICS": value})


def test_inside_a_container_that_listens_to_all() -> None:
    inside = {
        "KENTERING_BIND": "0.0.0.0",  # noqa: S104 - it is what a container does
        "KENTERING_HELP_SEEKER_ORIGIN": "https://talk.example.org",
        "KENTERING_DESK_ORIGIN": "https://desk.example.org",
    }

    assert load({**inside, "KENTERING_METRICS": "0.0.0.0:9100"}).metrics == ("0.0.0.0", 9100)  # noqa: S104 - as above
    assert load({"KENTERING_METRICS": "10.0.0.5:9100"}).metrics == ("10.0.0.5", 9100)
    assert load({"KENTERING_METRICS": "[::1]:9100"}).metrics == ("::1", 9100)
