# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kentering run`: says in one sentence why it cannot start, and leaves nothing behind when it ends."""

from __future__ import annotations

import contextlib
import http.client
import secrets
import signal
import socket
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from chat import cli
from tests.faults.waiting import ended
from tests.support.people import desk_on, help_seeker_on, talk
from tests.support.service import free_port, running
from tests.web.support_launcher import HTTPS, PATIENCE, organisation, refuses, sentence, start


@contextlib.contextmanager
def port_in_use(address: str) -> Iterator[int]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as taken:
        yield taken.getsockname()[1]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_port_in_use(tmp_path: Path, address: str) -> None:
    if address == "::1" and not socket.has_dualstack_ipv6():
        pytest.skip("this computer has no IPv6")
    with port_in_use(address) as port:
        assert sentence(start(tmp_path, PORT=str(port))).startswith(f"Port {port} is already in use")

    assert not (tmp_path / "data" / "run").exists()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("KENTERING_LIVE_URL", "http://127.0.0.1:1", "KENTERING_LIVE_URL must begin with"),
        ("KENTERING_RECORDS_URL", "mysql://127.0.0.1/x", "KENTERING_RECORDS_URL must begin with"),
        (
            "KENTERING_DESK_ORIGIN",
            "http://desk.example.org",
            "KENTERING_DESK_ORIGIN must begin with https://",
        ),
        ("KENTERING_DESK_ORIGIN", "http://127.0.0.1:9", "Help-seekers and desk must have two different"),
        ("KENTERING_LIFE_URL", "redis://127.0.0.1", "KENTERING_LIFE_URL is not a setting of Kentering"),
        ("PORT", "many", "PORT must be a whole number"),
    ],
)
def test_a_wrong_setting_is_said_before_anything_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, says: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["kentering", "run"])
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as end:
        cli.main()

    assert end.value.code == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(says)
    assert said.err.count("\n") == 1


OUT_OF_REACH = (
    ({"KENTERING_LIVE_URL": "redis://:pass-canary@127.0.0.1:1"}, "No live store answers at"),
    ({"KENTERING_RECORDS_URL": "postgresql://a:pass-canary@127.0.0.1:1/x"}, "We can't reach the records"),
    ({"KENTERING_LIFE_URL": "redis://127.0.0.1"}, "KENTERING_LIFE_URL is not a setting of Kentering"),
    (HTTPS, "There is no trust file at"),
)


def test_what_is_out_of_reach_is_said_in_one_sentence(tmp_path: Path) -> None:
    started = []
    for place, (variables, says) in enumerate(OUT_OF_REACH):
        folder = tmp_path / str(place)
        folder.mkdir()
        started.append((start(folder, **variables), says))
    for process, says in started:
        line = sentence(process)
        assert line.startswith(says)
        assert "pass-canary" not in line


def children(launcher: int) -> list[int]:
    """Everything the launcher started; the store and its watch have sessions of their own."""
    return [child.pid for child in psutil.Process(launcher).children(recursive=True)]


def wait_ended(pids: list[int]) -> None:
    until = time.monotonic() + PATIENCE
    while not all(ended(pid) for pid in pids):
        assert time.monotonic() < until, [psutil.Process(pid).cmdline() for pid in pids if not ended(pid)]
        time.sleep(0.05)


def store_folder(pids: list[int]) -> Path:
    """Where the embedded store has its socket."""
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            if process.name() == "valkey-server":
                return Path(process.cwd())
    raise AssertionError("there is no embedded store")


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    with running(tmp_path, own_store=False) as service:
        pids = children(service.process.pid)
        folder = store_folder(pids)
        assert len(service.workers()) == 2
        assert (service.data / "run").is_dir()
        assert stat.S_IMODE(service.data.stat().st_mode) == 0o700
        for pid in service.workers().values():  # they gave up the right to read the root key
            assert "NoNewPrivs:\t1" in Path(f"/proc/{pid}/status").read_text(encoding="ascii")

        assert service.stop() == 0

        assert all(ended(pid) for pid in pids)
        assert refuses(service.port)
        assert not folder.exists()
        assert not (service.data / "run").exists()
        left = sorted(
            str(path.relative_to(service.data)) for path in service.data.rglob("*") if path.is_file()
        )
        assert left == ["records/records.sqlite3", "root/demonstration-root.pem", "trust.json"]
        assert "Traceback" not in service.lines()


def test_a_killed_launcher_takes_workers_and_store_with_it(tmp_path: Path) -> None:
    with running(tmp_path, own_store=False) as service:
        pids = children(service.process.pid)
        folder = store_folder(pids)

        service.process.send_signal(signal.SIGKILL)
        service.process.wait()

        wait_ended(pids)
        assert refuses(service.port)
        assert not folder.exists()


@pytest.mark.anyio
async def test_a_conversation_is_over_with_the_service(tmp_path: Path) -> None:
    """Ctrl-C during a conversation: both browsers are told to come back, and nothing is on the disk."""
    with running(tmp_path) as service:
        desk = await desk_on(service)
        opened = await talk(await help_seeker_on(service), desk)
        body = secrets.token_bytes(32)
        await opened.say(1, body)

        assert service.stop() == 0
        for client in (opened.person, opened.desk):
            await client.connection.wait_closed()
            assert client.connection.close_code == 1012
        for path in service.data.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert body not in content
                assert opened.person.sid not in content
                assert opened.person.sid.hex().encode() not in content


def test_a_trust_file_that_is_none(tmp_path: Path) -> None:
    (organisation(tmp_path) / "trust.json").write_text("{}", encoding="ascii")

    assert sentence(start(tmp_path, **HTTPS)).endswith("is not a trust file.")


def ask(port: int, host: str) -> http.client.HTTPResponse:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", "/", headers={"Host": host})
        answer = connection.getresponse()
        answer.read()
        return answer


def test_an_organisations_service_answers_to_its_two_hosts_alone(tmp_path: Path) -> None:
    data = organisation(tmp_path)
    port = free_port()
    process = start(tmp_path, PORT=str(port), **HTTPS)
    until = time.monotonic() + PATIENCE
    while refuses(port):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    for host, expected in (
        ("talk.example.org", 200), ("desk.example.org", 200), ("TALK.example.org", 200),
        ("talk.example.org:8000", 421), (f"127.0.0.1:{port}", 421), ("localhost", 421),
    ):  # fmt: skip
        answer = ask(port, host)
        assert answer.status == expected, host
        assert (answer.getheader("Strict-Transport-Security") is not None) == (expected == 200)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert b"/enrol#" not in said
    assert not (data / "root").exists()
