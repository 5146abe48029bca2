# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long to go on looking: a number of rounds for everybody, minutes for who looks for more."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

SHARE = {"routes": 240.0, "wire": 120.0, "sockets": 120.0, "sealing": 60.0, "sealing in the browser": 60.0}
"""Seconds of each in the long tests: ten minutes together."""


def rounds(count: int) -> Iterator[int]:
    """So many, the same every time."""
    yield from range(count)


def rounds_for(seconds: float) -> Iterator[int]:
    """As many as fit, none like those of another time: each begins with a seed of its own."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield int.from_bytes(os.urandom(4), "big")
