# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who listens where, read from /proc/net (man 5 proc)."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chat.machine import processes
from chat.machine.processes import Unreadable

_LISTENS: Final = "0A"

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Listening:
    """A socket that takes connections."""

    address: Ip
    port: int
    inode: str


def listening(net: Path) -> Iterator[Listening]:
    """All of one network, such as `/proc/1/net`."""
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (net / name).read_text().splitlines()[1:]:
                words = line.split()
                address, _, port = words[1].partition(":")
                if words[3] == _LISTENS:
                    yield Listening(_ip(address), int(port, 16), words[9])


def _ip(written: str) -> Ip:
    """The kernel writes an address as words in this machine's own order of bytes."""
    data = bytes.fromhex(written)
    words = struct.unpack(f"={len(data) // 4}I", data)
    address = ipaddress.ip_address(struct.pack(f"!{len(words)}I", *words))
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def listener(host: str, port: int) -> int | None:
    """The process of this computer that takes connections there; None when that is seen from elsewhere only.

    Of several, such as a server and its children, the first.
    """
    try:
        asked = {ipaddress.ip_address(one[4][0]) for one in socket.getaddrinfo(host, port)}
    except (OSError, ValueError):
        return None
    own = {address for address in asked if _is_ours(address)}
    inodes = {
        f"socket:[{one.inode}]"
        for one in listening(processes.PROC / "self" / "net")
        if one.port == port and own and (one.address in own or one.address.is_unspecified)
    }
    if not inodes:
        return None
    for pid in processes.all_pids():
        with contextlib.suppress(Unreadable):
            if any(one.target in inodes for one in processes.open_files(pid)):
                return pid
    return None


def _is_ours(address: Ip) -> bool:
    """Whether it is an address of this computer: nobody else's can be bound."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as trying:
            trying.bind((str(address), 0))
    except OSError:
        return False
    return True
