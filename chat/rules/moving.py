# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a worker that ends sends its browsers elsewhere: one after the other, and not for long.

All at once, they would all want to be welcomed at the same moment. Every length is in milliseconds.
"""

from __future__ import annotations

from typing import Final

SPREAD_MS: Final = 10_000
"""After this the last one has been asked, however many there are."""
APART_MS: Final = 50
"""From one to the next, when they are few: nobody waits for nothing."""
MOVED_WITHIN_MS: Final = 8_000
"""How long a browser may take that was asked last; over Tor a connection is opened in a few seconds."""


def asked_after(place: int, count: int) -> int:
    """When, after the beginning, the browser at this place of `count` is asked; the first is at place 0."""
    return min(place * APART_MS, place * SPREAD_MS // count)
