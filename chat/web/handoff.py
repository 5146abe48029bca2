# SPDX-License-Identifier: AGPL-3.0-or-later
"""Servers whose connections come from the door instead of the network.

How this works: uvicorn and picows both end in `loop.create_server(factory, sock=...)`, documented and
overridable. The worker's event loop answers that call, for a `Handoff`, by remembering the factory;
`Handoff.give` then gives an accepted socket to it with `connect_accepted_socket`. So both servers are
used through their public interfaces only, and on any event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import uvloop

Factory = Callable[[], asyncio.BaseProtocol]


class Handoff(asyncio.AbstractServer):
    """What a server listens on in place of a socket, and the server that comes of it."""

    def __init__(self, before: Callable[[Factory], asyncio.BaseProtocol] | None = None) -> None:
        """`before` makes the protocol that a connection begins with; it is given the server's factory."""
        self._before = before
        self._factory: Factory | None = None
        self._joining: set[asyncio.Task[None]] = set()

    def serve(self, factory: Factory) -> None:
        """From now on connections get a protocol of this factory."""
        self._factory = factory if self._before is None else partial(self._before, factory)

    def give(self, connection: socket.socket) -> None:
        """Give the server behind this one connection; closed at once when it does not serve."""
        if self._factory is None:
            connection.close()
            return
        task = asyncio.get_running_loop().create_task(_join(self._factory, connection))
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)

    def close(self) -> None:
        """Take no more connections; those that were given stay."""
        self._factory = None

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop it serves on."""
        return asyncio.get_running_loop()

    async def start_serving(self) -> None:
        """Nothing to do: it serves from `serve` on."""

    async def serve_forever(self) -> None:
        """Nothing here waits: the door decides how long."""
        raise NotImplementedError

    def is_serving(self) -> bool:
        """Whether connections are taken."""
        return self._factory is not None

    async def wait_closed(self) -> None:
        """Wait until every connection that was given has its protocol."""
        await asyncio.gather(*self._joining, return_exceptions=True)


async def _join(factory: Factory, connection: socket.socket) -> None:
    try:
        await asyncio.get_running_loop().connect_accepted_socket(factory, connection)
    except OSError:  # gone in between
        with contextlib.suppress(OSError):
            connection.close()


class Loop(uvloop.Loop):
    """The event loop of a worker."""

    async def create_server(self, protocol_factory: Factory, *args: Any, **kwargs: Any) -> Any:
        """As in asyncio; a `Handoff` as `sock` becomes the server."""
        handoff = kwargs.get("sock")
        if isinstance(handoff, Handoff):
            handoff.serve(protocol_factory)
            return handoff
        return await super().create_server(protocol_factory, *args, **kwargs)
