# SPDX-License-Identifier: AGPL-3.0-or-later
"""The address of the metrics answers one question, and says nothing of anything else it was sent."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.metrics.test_serving import scrape, until
from tests.support.service import free_port, running

CANARY = b"canary-1b9e"
PATIENCE = 30.0


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Of a service whose output holds nothing new when all is over."""
    folder: Path = tmp_path_factory.mktemp("metrics")
    chosen = free_port()
    with running(folder, KENTERING_METRICS=f"127.0.0.1:{chosen}") as service:
        until(chosen, "kentering_workers 2.0")
        before = service.lines()
        yield chosen

        assert "kentering_workers" in scrape(chosen)
        assert service.lines() == before


def answer(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        said = b""
        while piece := line.recv(65536):
            said += piece
        return said


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text; version=1; escaping=" + CANARY,
        b"GET /metrics?name[]=" + CANARY + b" HTTP/1.1\r\nHost: " + CANARY,
        b"GET /" + CANARY + b" HTTP/1.1\r\nHost: x",
        b"POST /metrics HTTP/1.1\r\nHost: x",
        CANARY,
        b"GET / HTTP/9." + CANARY,
        b"GET / HTTP/1.1\r\n" + CANARY,
        b"\x16\x03\x01" + CANARY,
    ],
)
def test_no_answer_repeats_names_or_breaks_down(port: int, request_bytes: bytes) -> None:
    said = answer(port, request_bytes + b"\r\n\r\n")

    assert b" 500 " not in said
    assert CANARY not in said
    assert b"server:" not in said.lower()
    assert b"date:" not in said.lower()


def test_who_goes_away_in_the_middle_leaves_no_line(port: int) -> None:
    """The library's own server wrote each of them down, with the address."""
    for request in (b"GET /metrics HTTP/1.1\r\n", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n") * 10:
        line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        line.sendall(request)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()  # a reset

    assert "kentering_workers" in scrape(port)
