# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who counts as present: a short lease, renewed by the answer to the server's WebSocket ping.

Browsers answer a ping even where scripts are throttled, so a locked phone's tab counts as long as
the system keeps its connection. Two pings may be lost before the lease ends.
Every length is in milliseconds, every time in unix milliseconds.
"""

from __future__ import annotations

from typing import Final

PING_MS: Final = 10_000
"""How often the server pings every connection."""
LEASE_MS: Final = 25_000
"""How long an answer to a ping counts."""
GRACE_MS: Final = 5_000
"""How long a cleanly closed connection still counts: a reload takes less."""


def lease_after_pong(now: int) -> int:
    """When the presence ends that this answer (or the connection itself) begins."""
    return now + LEASE_MS


def lease_after_close(now: int) -> int:
    """When the presence of a connection that closed cleanly ends."""
    return now + GRACE_MS


def is_present(lease_end: int, now: int) -> bool:
    """Whether a lease still counts; at its very end it no longer does."""
    return now < lease_end
