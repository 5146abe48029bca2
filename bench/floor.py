# SPDX-License-Identifier: AGPL-3.0-or-later
"""The floor: the `websockets` library alone, as fast as it goes, doing nothing but pass messages on.

One process, uvloop, no compression, no store: both sides of a room are connections of this process. It
keeps nothing, checks nothing and forgets a message that cannot be delivered. Port: the first argument.
"""

from __future__ import annotations

import asyncio
import sys

import uvloop
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosedError

_rooms: dict[str, list[ServerConnection]] = {}


async def _side(connection: ServerConnection) -> None:
    """One side of the room that the path names."""
    assert connection.request is not None
    name = connection.request.path
    room = _rooms.setdefault(name, [])
    room.append(connection)
    try:
        await connection.send(b"joined")
        async for message in connection:
            for other in room:
                if other is not connection:
                    await other.send(message)
    except ConnectionClosedError:
        pass  # cut, as connections are
    finally:
        room.remove(connection)
        if not room:
            _rooms.pop(name, None)


async def _serve(port: int) -> None:
    async with serve(_side, "127.0.0.1", port, compression=None, backlog=2048):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
