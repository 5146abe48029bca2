# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

import pytest

from chat.machine import sockets

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


@pytest.mark.parametrize(
    ("family", "bound", "asked"),
    [
        (socket.AF_INET, "127.0.0.1", "127.0.0.1"),
        (socket.AF_INET, "127.0.0.1", "localhost"),
        (socket.AF_INET, "0.0.0.0", "127.0.0.1"),  # noqa: S104 - a server that listens to all
        (socket.AF_INET6, "::", "127.0.0.1"),
        (socket.AF_INET6, "::1", "::1"),
    ],
)
def test_whoever_listens_is_found(family: socket.AddressFamily, bound: str, asked: str) -> None:
    with socket.create_server((bound, 0), family=family, dualstack_ipv6=bound == "::") as server:
        assert sockets.listener(asked, server.getsockname()[1]) == os.getpid()


def test_nobody_is_found_where_nobody_listens_or_on_another_computer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert sockets.listener("127.0.0.2", port) is None
        assert sockets.listener("192.0.2.1", port) is None
        assert sockets.listener("there-is-no-such-host.invalid", port) is None
        with contextlib.closing(socket.create_connection(("127.0.0.1", port))) as made:
            assert sockets.listener("127.0.0.1", made.getsockname()[1]) is None  # connected, not listening


def test_the_kernels_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "tcp").write_text(
        HEAD
        + "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0  0 111 1 0\n"
        + "   1: 0100007F:1F91 0100007F:C000 01 00000000:00000000 00:00000000 00000000  0  0 112 1 0\n"
    )
    (tmp_path / "tcp6").write_text(
        HEAD
        + "   0: B80D0120000000000000000007000000:0050 00000000000000000000000000000000:0000 0A "
        + "00000000:00000000 00:00000000 00000000  0  0 113 1 0\n"
        + "   1: 0000000000000000FFFF00000200A8C0:0051 00000000000000000000000000000000:0000 0A "
        + "00000000:00000000 00:00000000 00000000  0  0 114 1 0\n"
    )

    assert [(str(one.address), one.port, one.inode) for one in sockets.listening(tmp_path)] == [
        ("127.0.0.1", 8080, "111"),
        ("2001:db8::7", 80, "113"),
        ("192.168.0.2", 81, "114"),
    ]
    assert list(sockets.listening(tmp_path / "nowhere")) == []
