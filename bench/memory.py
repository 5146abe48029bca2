# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an idle connection costs in memory: both sides of conversations that are open and silent."""

from __future__ import annotations

import time
from contextlib import ExitStack

import psutil

from bench import generator
from bench.peers import Peer

STEPS = (0, 1000, 5000)
QUICK_STEPS = (0, 1000)
_SETTLE_S = 1.5


def measure(peer: Peer, steps: tuple[int, ...]) -> dict[str, float]:
    """Bytes of all servers, and of the store, with so many idle connections; and what one of them adds.

    USS: what would be free if the process ended (the rest is shared with others).
    """
    found: dict[str, float] = {}
    with ExitStack() as held:
        there = 0
        for step in steps:
            if step > there:
                held.enter_context(generator.idle(peer, there // 2, (step - there) // 2))
                there = step
            time.sleep(_SETTLE_S)
            found[f"memory:{step}"] = _uss(peer.servers)
            found[f"memory_store:{step}"] = _uss(peer.stores)
    low, high = steps[-2], steps[-1]
    for name in ("memory", "memory_store"):
        found[f"{name}_each"] = (found[f"{name}:{high}"] - found[f"{name}:{low}"]) / (high - low)
    return found


def _uss(pids: list[int]) -> float:
    return float(sum(psutil.Process(pid).memory_full_info().uss for pid in pids))
