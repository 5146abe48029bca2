# SPDX-License-Identifier: AGPL-3.0-or-later
"""The live store: its settings, and whether what it frees is really overwritten.

How the second is seen: random values are written and deleted again, and then the server's own memory is
searched for them. With junk filling none is left, but for a copy or two in the buffers of this
connection; without it nearly all are.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from chat.doctor.finding import Finding, unseen, verdict
from chat.live.check import check
from chat.live.errors import StoreError, StoreUnreachable
from chat.live.keys import CHECKED_TTL, checked
from chat.live.resp import Store
from chat.machine import processes
from chat.machine.processes import Unreadable

_SETTINGS: Final = "live store settings"
_JUNK: Final = "live store frees memory clean"
_VALUES: Final = 400
_LONG: Final = 200
"""Bytes of a value: longer than what the server keeps inside other things."""
_LEFT: Final = 8
"""Copies that may be left in shared buffers."""
_FILL: Final = 40_000


async def settings(live_url: str) -> list[Finding]:
    """Persistence, logs, users, memory, clocks."""
    report = await check(live_url)
    well = "It keeps everything in memory only, and our user is limited."
    return verdict(_SETTINGS, report.problems, well, report.unseen)


async def frees_clean(live_url: str, pids: Sequence[int]) -> list[Finding]:
    """Plant, delete, and search. `pids`: the server's processes on this computer."""
    if not pids:
        return unseen(_JUNK, "the live store's process cannot be found from here")
    mark = secrets.token_hex(16).encode()
    try:
        store = await Store.open(live_url)
    except StoreUnreachable:
        return unseen(_JUNK, "the live store does not answer")
    try:
        names = [checked(n) for n in range(_VALUES)]
        value = mark + bytes(_LONG)
        await store.calls(*((b"SET", name, value, b"EX", CHECKED_TTL) for name in names))
        planted = sum(_count(pid, mark) for pid in pids)
        await store.calls(*((b"DEL", name) for name in names))
        filler = [(b"SET", checked(n), bytes(_FILL), b"EX", CHECKED_TTL) for n in range(5)]
        await store.calls(*filler)
        await store.calls(*((b"DEL", checked(n)) for n in range(5)))
        left = sum(_count(pid, mark) for pid in pids)
    except StoreError:
        return unseen(_JUNK, "the live store stopped answering")
    except Unreadable as why:
        return unseen(_JUNK, why)
    finally:
        await store.close()
    if planted < _VALUES:
        return unseen(_JUNK, "what was planted was not found, so the search proves nothing")
    wrong = (
        f"Of {_VALUES} deleted values {left} are still in the live store's memory: freed memory is not "
        "overwritten. Set junk filling for its allocator (docs/operating.md)."
    )
    well = f"Of {_VALUES} values that were planted and deleted, {left} are left in its buffers."
    return verdict(_JUNK, [wrong] if left > _LEFT else [], well)


def _count(pid: int, mark: bytes) -> int:
    return sum(piece.count(mark) for piece in processes.memory(pid))
