# SPDX-License-Identifier: AGPL-3.0-or-later
"""A worker ends: its browsers go on elsewhere first.

How this works: the door takes no new connections any more (chat/web/door.py). Then each browser is asked,
one after the other (chat/rules/moving.py). It opens another connection, which another worker welcomes, and
lets go of this one; until then this one serves it as ever. Who does not go, because the page is an older one
or the network is slow, is closed in the end, and comes back as after any lost connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from chat.rules.moving import MOVED_WITHIN_MS, asked_after
from chat.web.switchboard import Connection, Switchboard

_LOOK_AGAIN = 0.05


async def move_everybody(switchboard: Switchboard) -> None:
    """Ask every connection to go on elsewhere; returns when none is left, or their time is over."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    here = list(switchboard.connections)
    for place, connection in enumerate(here):
        await asyncio.sleep(begun + asked_after(place, len(here)) / 1000 - loop.time())
        connection.move()
    asked = set(here)
    until = loop.time() + MOVED_WITHIN_MS / 1000
    while switchboard.connections and loop.time() < until:
        _ask(switchboard.connections - asked)  # they had come through the door before it closed
        asked |= switchboard.connections
        await asyncio.sleep(_LOOK_AGAIN)


def _ask(connections: Iterable[Connection]) -> None:
    for connection in connections:
        connection.move()
