# SPDX-License-Identifier: AGPL-3.0-or-later
"""This computer: swap, core files, clock."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from chat.doctor.finding import Finding, unseen, verdict
from chat.machine import processes
from chat.machine.members import Member
from chat.machine.processes import Gone, Unreadable

_UNSYNCHRONISED: Final = 0x40  # STA_UNSYNC, man 2 adjtimex
_SYS: Final = Path("/sys/class/block")


def swap(listed: str | None = None, blocks: Path = _SYS) -> list[Finding]:
    """Whether memory could be written to a disk that can be read afterwards."""
    if listed is None:
        try:
            listed = (processes.PROC / "swaps").read_text()
        except OSError:
            return unseen("swap", "/proc/swaps cannot be read")
    names = [line.split()[0] for line in listed.splitlines()[1:] if line.strip()]
    bare = [name for name in names if not _is_harmless(Path(name).name, blocks)]
    wrong = [
        f"Memory can be written to {name}, which is not encrypted. Switch swap off (swapoff -a, /etc/fstab)."
        for name in bare
    ]
    return verdict(
        "swap", wrong, "No memory goes to a disk." if not names else "Swap is encrypted or in memory."
    )


def _is_harmless(block: str, blocks: Path) -> bool:
    """Compressed memory that has no device behind it, an encrypted one (its dm uuid says so), or one on such
    devices alone.
    """
    with contextlib.suppress(OSError):
        if block.startswith("zram"):
            behind = blocks / block / "backing_dev"
            return (blocks / block).is_dir() and (not behind.exists() or behind.read_text().strip() == "none")
    with contextlib.suppress(OSError):
        if (blocks / block / "dm" / "uuid").read_text().startswith("CRYPT-"):
            return True
    try:
        below = [one.name for one in (blocks / block / "slaves").iterdir()]
    except OSError:
        return False
    return below != [] and all(_is_harmless(one, blocks) for one in below)


def core_files(members: Iterable[Member], pattern: str | None = None) -> list[Finding]:
    """Whether a crash would write memory to a disk, or pass it to a program that does."""
    if pattern is None:
        try:
            pattern = (processes.PROC / "sys/kernel/core_pattern").read_text()
        except OSError:
            return unseen("core files", "/proc/sys/kernel/core_pattern cannot be read")
    piped = pattern.startswith("|")
    wrong: list[str] = []
    hidden: list[object] = []
    looked = 0
    for member in members:
        try:
            limit = processes.core_limit(member.pid)
        except Gone:
            continue
        except Unreadable as why:
            hidden.append(why)
            continue
        looked += 1
        if limit > 1:
            wrong.append(
                f"A crash of {member.name} would leave its memory in a core file: set its limit to 0."
            )
        elif limit == 0 and piped:
            wrong.append(
                f"A crash of {member.name} is passed to a program ({pattern.split()[0][1:]}), whatever the "
                "limit of 0 says. Set kernel.core_pattern to core, or its limit to 1."
            )
    if not looked and not hidden:
        hidden.append("no process of the service can be seen from here")
    return verdict("core files", wrong, "No process of the service leaves a core file.", hidden)


class _Timex(ctypes.Structure):
    """`struct timex`, as far as it is read; the rest is room."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("room", ctypes.c_byte * 512),
    )


def clock(status: int | None = None) -> list[Finding]:
    """Whether a time service keeps the clock: certificates and days depend on it."""
    if status is None:
        if sys.platform != "linux":
            return unseen("clock", "this system does not say whether its clock is kept")
        read = _Timex()
        if ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(read)) < 0:
            return unseen("clock", "the kernel does not say whether its clock is kept")
        status = read.status
    wrong = ["No time service keeps this computer's clock. Switch one on (timedatectl set-ntp true)."]
    return verdict("clock", wrong if status & _UNSYNCHRONISED else [], "A time service keeps the clock.")
