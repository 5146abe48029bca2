# SPDX-License-Identifier: AGPL-3.0-or-later
"""The figures as a table: on the screen, and in docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Measured = dict[str, dict[str, float]]
"""Server -> name of a figure -> value."""

_KIB = 1024


@dataclass(frozen=True)
class Line:
    """One thing that was measured."""

    title: str
    unit: str
    key: str
    show: Callable[[float], str]
    target: tuple[str, float] | None = None
    """`<=` or `>=` and the ratio to the floor that it should keep."""


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _one(value: float) -> str:
    return f"{value:,.1f}"


def _milli(value: float) -> str:
    return f"{value / 1000:,.2f}"


def _kib(value: float) -> str:
    return f"{value / _KIB:,.1f}"


def _mib(value: float) -> str:
    return f"{value / _KIB / _KIB:,.1f}"


LINES = (
    Line("CPU a message, 100 pairs", "µs", "cpu:100", _one, ("<=", 2.0)),
    Line("the least of all runs", "µs", "cpu:100:best", _one, ("<=", 2.0)),
    Line("of it the store", "µs", "cpu_store:100", _one),
    Line("with a receipt for every ten", "µs", "cpu_receipts_10", _one),
    Line("CPU a message, 500 pairs", "µs", "cpu:500", _one),
    Line("messages, 1 pair", "1/s", "throughput:1", _whole),
    Line("messages, 10 pairs", "1/s", "throughput:10", _whole),
    Line("messages, 100 pairs", "1/s", "throughput:100", _whole),
    Line("messages, 500 pairs", "1/s", "throughput:500", _whole),
    Line("delivery at 200/s, half within", "ms", "p50:200", _milli),
    Line("99 of 100 within", "ms", "p99:200", _milli),
    Line("delivery at 1,000/s, half within", "ms", "p50:1000", _milli),
    Line("99 of 100 within", "ms", "p99:1000", _milli, ("<=", 2.0)),
    Line("CPU a message at 1,000/s", "µs", "cpu_at:1000", _one),
    Line("help-seekers that join", "1/s", "joins", _whole, (">=", 0.9)),
    Line("CPU a join", "µs", "cpu_join", _whole),
    Line("connections that come back", "1/s", "agains", _whole),
    Line("CPU of one that comes back", "µs", "cpu_again", _whole),
    Line("memory of the servers, nobody there", "MiB", "memory:0", _mib),
    Line("1,000 idle connections", "MiB", "memory:1000", _mib),
    Line("5,000 idle connections", "MiB", "memory:5000", _mib),
    Line("memory an idle connection", "KiB", "memory_each", _kib, ("<=", 1.0)),
    Line("the same in the store", "KiB", "memory_store_each", _kib),
    Line("CPU an update of the board, 5 desks", "µs", "board:5", _whole),
    Line("20 desks", "µs", "board:20", _whole),
    Line("50 desks", "µs", "board:50", _whole),
    Line("the last for each desk", "µs", "board_each:50", _whole),
)
_PAGES = (
    ("page_bytes", "page_requests", "until the button can be pressed"),
    ("message_bytes", "message_requests", "until the first message"),
)


def rows(measured: Measured) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Title, unit, floor, ours, ratio, target; for every line that was measured."""
    floor, ours = measured["floor"], measured["kentering"]
    for line in LINES:
        if line.key not in ours:
            continue
        mine, base = ours[line.key], floor.get(line.key, 0.0)
        ratio = mine / base if base else None
        target = "" if line.target is None else f"{line.target[0]} {line.target[1]}"
        if ratio is not None and line.target is not None:
            target += "" if _kept(ratio, line.target) else "  missed"
        shown = f"{ratio:.2f}" if ratio is not None else ""
        yield line.title, line.unit, line.show(base) if base else "", line.show(mine), shown, target


def pages(measured: Measured) -> Iterator[str]:
    """What a help-seeker's browser loads, in words."""
    found = measured.get("pages", {})
    for size, requests, moment in _PAGES:
        if size in found:
            yield f"{_kib(found[size])} KiB in {found[requests]:.0f} requests {moment}"


def desk(measured: Measured) -> Iterator[str]:
    """How soon an act at a full desk is painted, in words."""
    found = measured.get("desk", {})
    if found:
        yield (
            f"An act at a full desk is painted within {found['desk_p95']:.0f} ms, 19 times of 20; "
            f"the slowest of {found['desk_acts']:.0f} took {found['desk_max']:.0f} ms, "
            f"and {found['desk_slow']:.0f} more than 100 ms."
        )


def on_screen(measured: Measured) -> str:
    """The table in a terminal."""
    lines = [f"{'':38}{'':6}{'floor':>10}{'kentering':>11}{'ratio':>8}   target"]
    for title, unit, floor, ours, ratio, target in rows(measured):
        lines.append(f"{title:38}{unit:6}{floor:>10}{ours:>11}{ratio:>8}   {target}".rstrip())
    lines += [f"A help-seeker's browser loads {line}." for line in pages(measured)]
    lines += desk(measured)
    return "\n".join(lines)


def as_markdown(measured: Measured) -> str:
    """The table in docs/benchmarks.md."""
    lines = ["| | unit | floor | Kentering | ratio | target |", "|---|---|---:|---:|---:|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows(measured)]
    lines += ["", *(f"A help-seeker's browser loads {line}." for line in pages(measured))]
    lines += desk(measured)
    return "\n".join(lines) + "\n"


def _kept(ratio: float, target: tuple[str, float]) -> bool:
    return ratio <= target[1] if target[0] == "<=" else ratio >= target[1]
