# SPDX-License-Identifier: AGPL-3.0-or-later
"""A connection through Tor's SOCKS port (RFC 1928), which looks the name up itself."""

from __future__ import annotations

import socket
from typing import Final

_PATIENCE_S: Final = 60.0


class NoTor(Exception):
    """Nobody speaks SOCKS there."""


def through_tor(socks: tuple[str, int], host: str, port: int) -> socket.socket:
    """A connection to `host`, which only Tor has to know.

    Raises:
        NoTor: there is no Tor at `socks`.
        OSError: Tor cannot reach the host.
    """
    try:
        made = socket.create_connection(socks, _PATIENCE_S)
    except OSError:
        raise NoTor from None
    try:
        _ask(made, host.encode("ascii"), port)
    except BaseException:
        made.close()
        raise
    return made


def _ask(made: socket.socket, name: bytes, port: int) -> None:
    made.sendall(b"\x05\x01\x00")
    if made.recv(2) != b"\x05\x00":
        raise NoTor
    made.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big"))
    answer = made.recv(10)
    if len(answer) < 2 or answer[1] != 0:
        raise ConnectionRefusedError
