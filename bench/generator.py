# SPDX-License-Identifier: AGPL-3.0-or-later
"""Builds and runs the load generator (load.cpp): in Python it would cost more than what it measures."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers import Peer

_HERE = Path(__file__).parent
_PROGRAM = _HERE.parent / "build" / "bench" / "load"
_SOURCES = [_HERE / name for name in ("load.cpp", "pairs.hpp", "websocket.hpp")]
_LONGEST = 200.0

Figures = dict[str, float]
"""What the generator says of one phase; times in seconds, latencies in microseconds."""


class NotMeasuredError(Exception):
    """Something could not be measured; one plain sentence."""


def build() -> None:
    """Compile the generator, unless it is there and new.

    Raises:
        NotMeasuredError: there is no compiler.
    """
    if _PROGRAM.exists() and _PROGRAM.stat().st_mtime > max(path.stat().st_mtime for path in _SOURCES):
        return
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        raise NotMeasuredError("The load generator needs a C++ compiler (Debian: apt install g++).")
    _PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([compiler, "-std=c++17", "-O2", "-o", _PROGRAM, _SOURCES[0]], check=True)


def load(peer: Peer, pairs: int, *arguments: str) -> list[Figures]:
    """Open this many pairs, go through the phases, close; one entry for opening and one for each phase.

    Raises:
        NotMeasuredError: a message was lost, refused or out of order, or the server ended a connection.
    """
    command = _command(peer, pairs, arguments)
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=False)
    if done.returncode != 0:
        raise NotMeasuredError(f"{peer.name}, {pairs} pairs: {done.stderr.strip() or done.returncode}")
    phases = [_figures(line) for line in done.stdout.splitlines()]
    if any(phase.get("undelivered", 0) or phase.get("unstored", 0) for phase in phases):
        raise NotMeasuredError(f"{peer.name}, {pairs} pairs: messages were lost")
    return phases


@contextmanager
def idle(peer: Peer, first: int, pairs: int) -> Iterator[None]:
    """Keep this many pairs connected beside the `first` that another generator holds."""
    command = _command(peer, pairs, (*(("--first", str(first)) if first else ()), "idle"))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in ("opening", "idle"):
            if not process.stdout.readline():
                raise NotMeasuredError(f"{peer.name}: {pairs} idle pairs could not be opened")
        yield
        process.stdin.close()
        process.wait(20)


def _command(peer: Peer, pairs: int, arguments: tuple[str, ...]) -> list[str]:
    named = ["--port", str(peer.port), "--pairs", str(pairs), *peer.processes, *peer.options]
    return [str(_PROGRAM), *named, *arguments]


def _figures(line: str) -> Figures:
    return {name: value for name, value in json.loads(line).items() if name != "phase"}
