# SPDX-License-Identifier: AGPL-3.0-or-later
"""`make bench`: measure, show the table, draw docs/bench.svg.

QUICK=1 measures each thing once and briefly, and leaves docs/ alone. OUT=file.json writes every figure.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import board, desk, generator, memory, pages, peers, picture, relay, report
from bench.generator import NotMeasuredError
from bench.report import Measured

_DOCS = Path(__file__).parent.parent / "docs"
_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->\n"


def _machine() -> str:
    """What was measured on, in a line that names nobody."""
    cpu = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    cores = len(os.sched_getaffinity(0))
    kernel = platform.release().partition("-")[0]
    return f"{cores} cores of {cpu}, Linux {kernel}, Python {platform.python_version()}"


def _relay(measured: Measured, *, quick: bool) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        peers.floor() as floor,
        peers.kentering(Path(folder), max(relay.PAIRS)) as ours,
    ):
        for name, figures in relay.measure([floor, ours], relay.QUICK if quick else relay.FULL).items():
            measured[name].update(figures)


def _memory(measured: Measured, *, quick: bool) -> None:
    steps = memory.QUICK_STEPS if quick else memory.STEPS
    with peers.floor() as floor:
        measured["floor"].update(memory.measure(floor, steps))
    with tempfile.TemporaryDirectory() as folder, peers.kentering(Path(folder), steps[-1] // 2) as ours:
        measured["kentering"].update(memory.measure(ours, steps))


def _pages(measured: Measured, *, quick: bool) -> None:
    del quick
    with tempfile.TemporaryDirectory() as folder:
        measured["pages"] = pages.measure(Path(folder))


def _board(measured: Measured, *, quick: bool) -> None:
    updates = board.QUICK_UPDATES if quick else board.UPDATES
    with tempfile.TemporaryDirectory() as folder:
        measured["kentering"].update(board.measure(Path(folder), updates))


def _desk(measured: Measured, *, quick: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        measured["desk"] = desk.measure(Path(folder), desk.QUICK_ROUNDS if quick else desk.ROUNDS)


def _write_docs(measured: Measured, machine: str) -> None:
    (_DOCS / "bench.svg").write_text(picture.draw(measured, machine), encoding="utf-8")
    document = _DOCS / "benchmarks.md"
    if not document.is_file():
        return
    before, _, rest = document.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    figures = f"{time.strftime('%Y-%m-%d')}, {machine}\n\n{report.as_markdown(measured)}"
    document.write_text(before + _BEGIN + figures + _END + after, encoding="utf-8")


def main() -> int:
    """Run everything; what can't be measured is said, and the rest is measured."""
    quick = os.environ.get("QUICK", "") not in {"", "0"}
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # 5,000 connections are as many files
    measured: Measured = {"floor": {}, "kentering": {}}
    machine = _machine()
    parts: dict[str, Callable[..., None]] = {
        "what the pages load": _pages,
        "messages and joins": _relay,
        "memory": _memory,
        "the board": _board,
        "what an act at the desk takes": _desk,
    }
    failed = False
    try:
        generator.build()
    except NotMeasuredError as reason:
        print(reason)
        return 1
    for title, measure in parts.items():
        print(f"Measuring {title}", flush=True)
        try:
            measure(measured, quick=quick)
        except NotMeasuredError as reason:
            failed = True
            print(reason)
    print(f"\n{machine}\n\n{report.on_screen(measured)}")
    if "OUT" in os.environ:
        found = {"machine": machine, "quick": quick, "figures": measured}
        Path(os.environ["OUT"]).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if not quick and not failed:
        _write_docs(measured, machine)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
