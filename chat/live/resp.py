# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command connection of a worker: everything sent in one turn of the event loop leaves in one write.

How this works: `send` appends (callback, argument, bytes) to what is unsent and, for the first of a
turn, asks the loop to flush: a transport of uvloop would write each command at once. Replies come in
the order of commands, so the callback at the head of the queue is always the right one; no command has
an id and none needs a future. When the connection breaks every outstanding callback gets `StoreLost`:
typed, at once, and exactly once.

A store that forgot the scripts (SCRIPT FLUSH, a promoted replica) answers NOSCRIPT. Nothing new is
written then until every outstanding reply has come; the scripts are loaded and what was refused is
sent again in its order, before anything newer. So the order of commands is kept even then.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final, TypeVar

from chat.live import scripts
from chat.live.address import parse
from chat.live.errors import StoreBusy, StoreError, StoreLost, StoreRefused
from chat.live.link import WASH, Link, pack
from chat.live.scripts import Script

__all__ = ["Store", "pack"]

T = TypeVar("T")

LIMIT: Final = 8192
"""Commands that may wait for their answer; with the largest envelopes that is 34 MB."""

Callback = Callable[[Any, Any], None]
"""(argument, reply); the reply is a `StoreError` instance when there is none."""

_Command = tuple[Callback, Any, bytes, bool]
"""Callback, its argument, the packed command, and whether it was sent again after NOSCRIPT."""


def _ignore(_argument: Any, _reply: Any) -> None:
    """The callback of commands whose answer nobody waits for."""


def _settle(future: asyncio.Future[Any], reply: Any) -> None:
    if future.done():  # whoever waited was cancelled
        return
    if isinstance(reply, StoreError):
        future.set_exception(reply)
    else:
        future.set_result(reply)


def _settle_as(asked: tuple[asyncio.Future[T], Callable[[Any], T]], reply: Any) -> None:
    future, read = asked
    if future.done() or isinstance(reply, StoreError):
        _settle(future, reply)
        return
    try:
        future.set_result(read(reply))
    except Exception as error:  # noqa: BLE001 - whoever waits hears of it, or would wait for ever
        future.set_exception(error)


class Store(Link):
    """The live store, as everything in `chat.live` uses it."""

    def __init__(self, url: str, limit: int = LIMIT, patience: int = 5) -> None:
        """Use `open`.

        Raises:
            StoreUnreachable: the address is not one.
        """
        super().__init__(parse(url), patience)
        self.scripts = scripts.load()
        self.on_lost: Callable[[], None] = lambda: None
        """Called when the connection broke, after every outstanding command has failed."""
        self.on_back: Callable[[], None] = lambda: None
        """Called when it is there again; the memory behind it may be another (`era`)."""
        self._limit = limit
        self._unsent: list[_Command] = []
        self._pending: deque[_Command] = deque()
        self._again: list[_Command] = []
        self._reloading = False
        self._was_lost = False

    @classmethod
    async def open(cls, url: str, limit: int = LIMIT, patience: int = 5) -> Store:
        """Connect, sign in and load the scripts.

        Args:
            url: see `chat.live.address`.
            limit: how many commands may be outstanding.
            patience: seconds of silence after which a store that owes an answer counts as lost.

        Raises:
            StoreUnreachable: with a sentence for the operator.
        """
        store = cls(url, limit, patience)
        await store.start()
        return store

    def send(self, packed: bytes, callback: Callback = _ignore, argument: Any = None) -> None:
        """Send one packed command with this turn's others; `callback(argument, reply)` comes once.

        It comes at once, with `StoreLost` or `StoreBusy`, when the command cannot be sent.
        """
        if self._wire is None:
            callback(argument, StoreLost())
            return
        unsent = self._unsent
        if len(self._pending) + len(unsent) >= self._limit:
            callback(argument, StoreBusy())
            return
        if not unsent:
            self._loop.call_soon(self._flush)
        unsent.append((callback, argument, packed, False))

    def fire(self, *command: object) -> None:
        """Send a command whose answer does not matter."""
        self.send(pack(command))

    def call(self, *command: object) -> asyncio.Future[Any]:
        """Send a command; the future has its answer, or raises a `StoreError`."""
        future = self._loop.create_future()
        self.send(pack(command), _settle, future)
        return future

    def call_as(self, read: Callable[[Any], T], *command: object) -> asyncio.Future[T]:
        """Send a command; the future has what `read` makes of its answer, or raises a `StoreError`.

        Several of them are waited for together without a task for each.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        self.send(pack(command), _settle_as, (future, read))
        return future

    async def calls(self, *commands: tuple[object, ...]) -> list[Any]:
        """Send several commands in one write and wait for all answers.

        Raises:
            StoreError: the first of them that failed.
        """
        return list(await asyncio.gather(*(self.call(*command) for command in commands)))

    def run(self, script: Script, names: tuple[bytes, ...], *arguments: object) -> asyncio.Future[Any]:
        """Run a script on these keys."""
        return self.call(b"EVALSHA", script.sha, len(names), *names, *arguments)

    def run_as(
        self, read: Callable[[Any], T], script: Script, names: tuple[bytes, ...], *arguments: object
    ) -> asyncio.Future[T]:
        """Run a script on these keys; the future has what `read` makes of its answer."""
        return self.call_as(read, b"EVALSHA", script.sha, len(names), *names, *arguments)

    def _flush(self) -> None:
        unsent = self._unsent
        if self._reloading or not unsent:
            return
        self._write(unsent[0][2] if len(unsent) == 1 else b"".join([command[2] for command in unsent]))
        self._pending.extend(unsent)
        unsent.clear()

    def _on_reply(self, reply: Any) -> None:
        command = self._pending.popleft()
        if reply.__class__ is StoreRefused and reply.code == "NOSCRIPT" and not command[3]:
            self._again.append((command[0], command[1], command[2], True))
            self._reloading = True
        else:
            try:
                command[0](command[1], reply)
            except Exception as error:  # noqa: BLE001 - a callback's mistake must not break everybody's connection
                self._loop.call_exception_handler({"message": "a store callback failed", "exception": error})
        if self._reloading and not self._pending:
            self._reload()

    def _reload(self) -> None:
        loads: list[_Command] = [(_ignore, None, packed, True) for packed in self._greeting()]
        self._unsent[:0] = loads + self._again
        self._again.clear()
        self._reloading = False
        self._flush()

    def _greeting(self) -> list[bytes]:
        return [pack((b"SCRIPT", b"LOAD", script.text)) for script in self.scripts.all()]

    def _up(self) -> None:
        if self._was_lost:
            self.on_back()

    def _down(self) -> None:
        self._was_lost = True
        outstanding = [*self._pending, *self._again, *self._unsent]
        self._pending.clear()
        self._again.clear()
        self._unsent.clear()
        self._reloading = False
        for callback, argument, _, _ in outstanding:
            callback(argument, StoreLost())
        if not self._closing:
            self.on_lost()

    def _owed(self) -> bool:
        return bool(self._pending)

    def wash(self) -> None:
        """Write over the store's buffers of this connection, and have its script engine let go of the
        arguments of earlier scripts. No answer.
        """
        self.fire(b"PING", WASH)
        self.fire(b"EVALSHA", self.scripts.collect.sha, 0)
