# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages: what one costs, how many go through, how long one takes, how fast people can join."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from bench import generator
from bench.generator import Figures
from bench.peers import Peer

PAIRS = (1, 10, 100, 500)
MAIN = 100
"""Pairs at which CPU time and latency are quoted."""
RATES = (200, 1000)
JOINING = 1000
"""Connections that come one after the other, 32 at once."""
DESKS = 20
"""Open and on duty while help-seekers come; without one nobody may wait."""
_MICRO = 1e6


@dataclass(frozen=True)
class Plan:
    """How long to measure."""

    runs: int
    closed_s: float
    """Seconds of each closed loop."""
    open_s: dict[int, float]
    """Rate -> seconds of each open loop."""


FULL = Plan(3, 1.5, {200: 5, 1000: 4})
QUICK = Plan(1, 0.8, {200: 2, 1000: 2})


def measure(peers: list[Peer], plan: Plan) -> dict[str, dict[str, float]]:
    """Every figure of every server: the median of runs that take turns, so that noise falls on all alike."""
    found: dict[str, dict[str, list[float]]] = {peer.name: {} for peer in peers}
    for _ in range(plan.runs):
        for pairs in PAIRS:
            for peer in peers:
                _messages(peer, pairs, plan, found[peer.name])
        for peer in peers:
            _joining(peer, found[peer.name])
            _seldom_receipts(peer, plan, found[peer.name])
    medians = {
        name: {key: statistics.median(values) for key, values in all_.items()} for name, all_ in found.items()
    }
    for name, all_ in found.items():
        medians[name].update({f"{key}:best": best for key, best in _best(all_).items()})
    return medians


def _best(found: dict[str, list[float]]) -> dict[str, float]:
    """The least CPU time of all runs: another program can only add to it."""
    return {key: min(values) for key, values in found.items() if key.startswith("cpu:")}


def _messages(peer: Peer, pairs: int, plan: Plan, found: dict[str, list[float]]) -> None:
    phases = [f"closed:{plan.closed_s}"]
    if pairs == MAIN:
        phases += [f"open:{rate}:{seconds}" for rate, seconds in plan.open_s.items()]
    _, closed, *timed = generator.load(peer, pairs, *_apart(peer), *phases)
    _note(found, f"throughput:{pairs}", closed["messages"] / closed["seconds"])
    _note(found, f"cpu:{pairs}", _cpu(closed))
    _note(found, f"cpu_store:{pairs}", _MICRO * closed.get("cpu_store", 0) / closed["messages"])
    _note(found, f"cpu_generator:{pairs}", _MICRO * closed["cpu_generator"] / closed["messages"])
    for figures in timed:
        rate = int(figures["rate"])
        _note(found, f"p50:{rate}", figures["p50"])
        _note(found, f"p99:{rate}", figures["p99"])
        _note(found, f"cpu_at:{rate}", _cpu(figures))


def _joining(peer: Peer, found: dict[str, list[float]]) -> None:
    """Help-seekers connect and enter the waiting room; then each connection is cut and comes back."""
    if peer.name == "floor":
        phases = generator.load(peer, JOINING // 2, "--only-join", "again")
    else:
        with generator.idle(peer, 0, DESKS):
            phases = generator.load(peer, JOINING, "--arrive", "again")
    for name, figures in zip(("join", "again"), phases, strict=True):
        spent = figures["cpu_server"] + figures.get("cpu_store", 0)
        _note(found, f"{name}s", figures["connections"] / figures["seconds"])
        _note(found, f"cpu_{name}", _MICRO * spent / figures["connections"])


def _seldom_receipts(peer: Peer, plan: Plan, found: dict[str, list[float]]) -> None:
    """The same closed loop with other habits: receipts for ten messages at once; 512 bytes at the floor."""
    habit = ("--floor-size", "512") if peer.name == "floor" else ("--took-every", "10")
    _, closed = generator.load(peer, MAIN, *_apart(peer), *habit, f"closed:{plan.closed_s}")
    _note(found, "cpu_small" if peer.name == "floor" else "cpu_receipts_10", _cpu(closed))


def _apart(peer: Peer) -> tuple[str, ...]:
    return ("--apart",) if len(peer.servers) > 1 else ()


def _cpu(figures: Figures) -> float:
    """Microseconds of servers and store for each delivered message."""
    return _MICRO * (figures["cpu_server"] + figures.get("cpu_store", 0)) / figures["messages"]


def _note(found: dict[str, list[float]], key: str, value: float) -> None:
    found.setdefault(key, []).append(value)
