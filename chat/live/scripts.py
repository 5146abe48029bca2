# SPDX-License-Identifier: AGPL-3.0-or-later
"""The Lua scripts, one file each, read once when a store is opened.

A script holds what must be one step in the store (compare-and-set, membership, size, trim); every
other rule lives in Python.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from importlib import resources


@dataclass(frozen=True, slots=True)
class Script:
    """One script as the store knows it."""

    text: bytes
    sha: bytes
    """What EVALSHA names it by; SHA-1 is the store's choice and no security."""


@dataclass(frozen=True, slots=True)
class Scripts:
    """Every script; the name of a field is the name of its file."""

    create: Script
    save: Script
    attach: Script
    felt: Script
    collect: Script
    forget: Script
    put: Script
    took: Script
    post: Script
    tell: Script
    sealed_create: Script
    sealed_change: Script
    starts_admit: Script
    intake: Script
    room_enter: Script
    room_change: Script
    room_leave: Script
    room_claim: Script
    room_release: Script
    room_settle: Script
    room_lapsed: Script
    due_set: Script
    due_claim: Script
    due_done: Script
    desk_create: Script
    desk_renew: Script
    desk_remove: Script
    desk_open: Script
    desk_reserve: Script
    duty_forget: Script
    tally_count: Script
    tally_close: Script
    tally_begin: Script
    tally_once: Script
    era: Script

    def all(self) -> list[Script]:
        """All of them, to be loaded."""
        return [getattr(self, field.name) for field in fields(self)]


def load() -> Scripts:
    """Read every script from the package."""
    folder = resources.files("chat.live") / "scripts"
    names = [field.name for field in fields(Scripts)]
    return Scripts(**{name: _read((folder / f"{name}.lua").read_bytes()) for name in names})


def _read(text: bytes) -> Script:
    return Script(text, hashlib.sha1(text, usedforsecurity=False).hexdigest().encode())
