# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one subscriber connection of a worker: every channel, one dispatch callback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from chat.live.address import parse
from chat.live.errors import StoreLost, StoreRefused
from chat.live.link import WASH, Link, pack


def _nothing() -> None:
    """Default of `on_lost` and `on_back`."""


class Subscriber(Link):
    """Listens on channels and survives the store.

    What was published while it was lost did not come: after `on_back` read what you missed.
    """

    def __init__(
        self,
        url: str,
        on_message: Callable[[bytes, bytes], None],
        on_lost: Callable[[], None] = _nothing,
        on_back: Callable[[], None] = _nothing,
        patience: int = 5,
    ) -> None:
        """Use `open`.

        Raises:
            StoreUnreachable: the address is not one.
        """
        super().__init__(parse(url), patience)
        self._on_message = on_message
        self._on_lost = on_lost
        self._on_back = on_back
        self._channels: dict[bytes, asyncio.Future[None]] = {}
        self._unconfirmed: set[bytes] = set()
        self._pinged = False
        self._was_lost = False

    @classmethod
    async def open(
        cls,
        url: str,
        on_message: Callable[[bytes, bytes], None],
        on_lost: Callable[[], None] = _nothing,
        on_back: Callable[[], None] = _nothing,
        patience: int = 5,
    ) -> Subscriber:
        """Connect and sign in.

        Args:
            url: see `chat.live.address`.
            on_message: (channel, payload) for every message.
            on_lost: the connection broke.
            on_back: every channel is subscribed again.
            patience: seconds of silence after which a store that owes an answer counts as lost.

        Raises:
            StoreUnreachable: with a sentence for the operator.
        """
        subscriber = cls(url, on_message, on_lost, on_back, patience)
        await subscriber.start()
        return subscriber

    async def subscribe(self, *channels: bytes) -> None:
        """Listen on these channels too; returns when the store confirmed all of them.

        When the connection is lost meanwhile it waits until it is back.

        Raises:
            StoreRefused: the store does not let this name listen there.
            StoreLost: closed.
        """
        for channel in channels:
            self._channels.setdefault(channel, self._loop.create_future())
            self._unconfirmed.add(channel)
        if self.is_up:
            self._write(pack((b"SUBSCRIBE", *channels)))
        await asyncio.gather(*(asyncio.shield(self._channels[channel]) for channel in channels))

    async def close(self) -> None:
        """Stop listening."""
        await super().close()
        for confirmed in self._channels.values():
            if not confirmed.done():
                confirmed.set_exception(StoreLost())

    def _greeting(self) -> list[bytes]:
        return []

    def _up(self) -> None:
        self._pinged = False
        self._unconfirmed = set(self._channels)
        if self._channels:
            self._write(pack((b"SUBSCRIBE", *self._channels)))
        elif self._was_lost:
            self._on_back()

    def _down(self) -> None:
        self._was_lost = True
        if not self._closing:
            self._on_lost()

    def _on_reply(self, reply: Any) -> None:
        if reply.__class__ is StoreRefused:
            self._refuse(reply)
            return
        # Before the first SUBSCRIBE a PING is answered by what it carried, afterwards by a list.
        kind = b"pong" if isinstance(reply, bytes) else reply[0]
        if kind == b"message":
            try:
                self._on_message(reply[1], reply[2])
            except Exception as error:  # noqa: BLE001 - one bad message must not silence all channels
                self._loop.call_exception_handler({"message": "a wake callback failed", "exception": error})
        elif kind == b"subscribe":
            self._confirm(reply[1])
        elif kind == b"pong":
            self._pinged = False

    def _confirm(self, channel: bytes) -> None:
        future = self._channels.get(channel)
        if future is not None and not future.done():
            future.set_result(None)
        self._unconfirmed.discard(channel)
        if self._was_lost and not self._unconfirmed:
            self._was_lost = False
            self._on_back()

    def _refuse(self, error: StoreRefused) -> None:
        # A refused SUBSCRIBE is one reply for all its channels: whoever waits for any of them is told.
        for channel in list(self._unconfirmed):
            future = self._channels.pop(channel)
            if not future.done():
                future.set_exception(error)
        self._unconfirmed.clear()

    def _owed(self) -> bool:
        return self._pinged or bool(self._unconfirmed)

    def wash(self) -> None:
        """Write over the store's buffers of this connection. No answer."""
        if not self._pinged:
            self._pinged = True
            self._write(pack((b"PING", WASH)))
