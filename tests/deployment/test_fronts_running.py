# SPDX-License-Identifier: AGPL-3.0-or-later
"""HAProxy and Caddy with our settings: what they pass on, what they keep, how much one circuit may do."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deployment.fronted import (
    PATIENCE_S,
    Behind,
    behind,
    caddy,
    haproxy,
    needs_caddy,
    needs_haproxy,
    started,
)

ONION = "a2" * 28 + ".onion"
TRACES = {
    "User-Agent": "Trace-agent/1",
    "Referer": "https://trace.example.org/",
    "X-Forwarded-For": "203.0.113.77",
    "Via": "1.1 trace",
    "Forwarded": "for=203.0.113.77",
    "X-Real-IP": "203.0.113.77",
}


@dataclass
class Front:
    connect: Callable[[int], socket.socket]
    """A connection; the number is the circuit, where there are circuits."""
    host: str
    service: Behind
    printed: Path
    plain: int = 0
    """Port without TLS."""


def circuit(number: int) -> bytes:
    """What Tor says first (`HiddenServiceExportCircuitID haproxy`)."""
    return b"PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 65535 42\r\n" % (number >> 16, number & 0xFFFF)


@pytest.fixture
def onion(tmp_path: Path) -> Iterator[Front]:
    with behind() as service:
        command, port = haproxy(tmp_path, service)

        def connect(number: int) -> socket.socket:
            made = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
            made.sendall(circuit(number))
            return made

        with started(command, port, tmp_path, PATH="/usr/sbin:/usr/bin:/bin") as printed:
            yield Front(connect, ONION, service, printed)


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[Front]:
    with behind() as service:
        command, port, plain, environment = caddy(tmp_path, service)
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE

        def connect(_: int) -> socket.socket:
            made = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
            return trusting.wrap_socket(made, server_hostname="talk.example.org")

        with started(command, port, tmp_path, **environment) as printed:
            until_certified(connect)
            yield Front(connect, "talk.example.org", service, printed, plain)


def until_certified(connect: Callable[[int], socket.socket]) -> None:
    """Caddy makes its certificates after it began to listen."""
    while True:
        with contextlib.suppress(ssl.SSLError), connect(0):
            return


@pytest.fixture(params=[pytest.param("onion", marks=needs_haproxy), pytest.param("tls", marks=needs_caddy)])
def front(request: pytest.FixtureRequest) -> Front:
    found: Front = request.getfixturevalue(request.param)
    return found


def ask(connection: socket.socket, path: str, host: str, **headers: str) -> None:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())


def status(connection: socket.socket) -> int:
    """The status of the next answer; 0 when there is none."""
    try:
        line = connection.makefile("rb").readline()
    except OSError:
        return 0
    return int(line.split()[1]) if line else 0


def read_until(connection: socket.socket, wanted: bytes) -> bytes:
    got = b""
    while wanted not in got:
        piece = connection.recv(4096)
        assert piece, got
        got += piece
    return got


def test_nobodys_traces_are_passed_on(front: Front) -> None:
    with front.connect(7) as connection:
        ask(connection, "/", front.host, **TRACES)
        answer = read_until(connection, b"here")
    (seen,) = [headers for headers in front.service.seen if headers["host"] == front.host]

    assert {name.lower() for name in TRACES} & seen.keys() == set()
    assert "Trace" not in str(seen)
    assert "127.0.0.1" not in str(seen)
    assert "dead:beef" not in str(seen)
    assert b"via:" not in answer.lower()
    assert b"alt-svc" not in answer.lower() or front.host != ONION


def test_a_page_that_grows_comes_piece_by_piece(front: Front) -> None:
    with front.connect(7) as connection:
        ask(connection, "/grows", front.host)
        for number in range(5):
            front.service.grow.release()
            read_until(connection, b"<p>%d</p>" % number)


def test_who_leaves_is_gone_behind_the_front_too(front: Front) -> None:
    with front.connect(7) as connection:
        ask(connection, "/grows", front.host)
        front.service.grow.release()
        read_until(connection, b"<p>0</p>")
        assert not front.service.left.is_set()

    assert front.service.left.wait(PATIENCE_S)


def test_nothing_is_printed_whatever_goes_wrong(front: Front) -> None:
    with front.connect(7) as connection:
        ask(connection, "/", "somewhere.example.org", **TRACES)
        assert status(connection) == 421
    with front.connect(7) as connection:
        connection.sendall(b"NONSENSE\x00 / trace\r\n\r\n")
        assert status(connection) in {0, 400}
    with front.connect(7) as connection:
        ask(connection, "/grows", front.host)
        front.service.left.set()  # the service breaks off in the middle
        with contextlib.suppress(OSError):
            while connection.recv(4096):
                pass

    said = front.printed.read_text()
    assert [
        word for word in ("127.0.0.1:", "trace", "Trace", "203.0.113.77", "example.org") if word in said
    ] == []


@needs_caddy
def test_without_tls_there_is_only_the_way_to_it(tls: Front) -> None:
    def head(host: str) -> bytes:
        with socket.create_connection(("127.0.0.1", tls.plain), PATIENCE_S) as connection:
            ask(connection, "/private?language=nl", host)
            return read_until(connection, b"\r\n\r\n").lower()

    ours, other = head("desk.example.org"), head("somewhere.example.org")

    assert b"location: https://desk.example.org/private?language=nl\r\n" in ours
    assert (ours.split()[1], other.split()[1]) == (b"308", b"421")
    assert b"caddy" not in ours + other
    assert b"location" not in other
    assert [headers for headers in tls.service.seen if headers["host"] != "healthy"] == []


@needs_haproxy
def test_one_circuit_holds_so_many_connections_and_no_more(onion: Front) -> None:
    with contextlib.ExitStack() as held:
        kept = [held.enter_context(onion.connect(7)) for _ in range(24)]
        for connection in kept:
            ask(connection, "/", ONION)
            assert status(connection) == 200
        with onion.connect(7) as one_more:
            ask(one_more, "/", ONION)
            assert status(one_more) == 0
        with onion.connect(8) as other:
            ask(other, "/", ONION)
            assert status(other) == 200


@needs_haproxy
def test_one_circuit_asks_so_often_and_no_more(onion: Front) -> None:
    with onion.connect(7) as connection:
        answers = []
        for _ in range(130):
            ask(connection, "/", ONION)
            head = read_until(connection, b"\r\n\r\n")
            answers.append(int(head.split()[1]))
            if answers[-1] != 200:
                break
            if b"here" not in head:
                read_until(connection, b"here")
    with onion.connect(8) as other:
        ask(other, "/", ONION)

        assert status(other) == 200
    assert answers[-1] == 429
    assert len(answers) > 100


@needs_haproxy
def test_the_desk_is_no_onion_service(onion: Front) -> None:
    with onion.connect(7) as connection:
        ask(connection, "/", "desk.example.org")

        assert status(connection) == 421
    assert [headers for headers in onion.service.seen if headers["host"] == "desk.example.org"] == []
