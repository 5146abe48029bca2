# SPDX-License-Identifier: AGPL-3.0-or-later
"""What passed through a connection does not stay in the store's buffers of it."""

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable

import pytest

from chat.live import keys
from chat.live.live import Live
from chat.live.subscriber import Subscriber
from tests.faults.waiting import until
from tests.live.test_memory import find_in_memory
from tests.support.valkey import WatchedStore

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/<pid>/mem"),
]

FIELD = b"k:{filler}:wash"
COPIES = 490
"""Of 32 bytes, nearly the 16 KiB of a buffer. The store makes it smaller on a quiet connection, larger on a
busy one; what lay in it is gone then."""
TRIES = 100
PassThrough = Callable[[], Awaitable[None]]


def stands(store: WatchedStore, needle: bytes) -> bool:
    assert store.pid is not None
    return bool(find_in_memory(store.pid, {"it": needle}))


async def left_behind(store: WatchedStore, needle: bytes, pass_through: PassThrough) -> None:
    """Let it pass through until a buffer keeps it: one that is not made smaller just then."""
    for _ in range(TRIES):
        await pass_through()
        if stands(store, needle):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it never stayed")


async def washed_out(live: Live, store: WatchedStore, needle: bytes, pass_through: PassThrough) -> bool:
    """Whether the washing of the command connection takes what it left behind."""
    await left_behind(store, needle, pass_through)
    live.store.wash()
    await live.store.call(b"PING")
    return not stands(store, needle)


async def test_an_answer_is_washed_out_of_its_connection(live: Live, embedded_store: WatchedStore) -> None:
    needle = secrets.token_bytes(32)

    async def pass_through() -> None:
        await live.store.call(b"SET", FIELD, needle * COPIES, b"EX", 60)
        await live.store.call(b"GET", FIELD)
        await live.store.call(b"SET", FIELD, bytes(40_000), b"EX", 60)
        await live.store.call(b"DEL", FIELD)

    assert await washed_out(live, embedded_store, needle, pass_through)


async def test_arguments_of_scripts_are_washed_out_of_the_engine(
    live: Live, embedded_store: WatchedStore
) -> None:
    sid = secrets.token_bytes(16)
    needle = sid.hex().encode()

    async def pass_through() -> None:
        await live.deadlines.set_due(sid, 1)
        await live.store.call(b"ZREM", keys.DUE, keys.due_conversation(sid))

    assert await washed_out(live, embedded_store, needle, pass_through)


async def test_what_was_published_is_washed_out_of_the_subscriber(
    live: Live, embedded_store: WatchedStore
) -> None:
    needle = secrets.token_bytes(32)
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    subscriber = await Subscriber.open(embedded_store.url, lambda _, payload: heard.put_nowait(payload))

    async def pass_through() -> None:
        await live.store.call(b"PUBLISH", keys.worker("w1"), needle * COPIES)
        assert (await heard.get()).endswith(needle)
        live.store.wash()
        await live.store.call(b"PING")

    try:
        await subscriber.subscribe(keys.worker("w1"))
        await left_behind(embedded_store, needle, pass_through)
        subscriber.wash()

        await until("nothing is left", lambda: not stands(embedded_store, needle))
    finally:
        await subscriber.close()


async def test_a_quiet_line_is_washed_by_itself(live: Live, embedded_store: WatchedStore) -> None:
    needle = secrets.token_bytes(32)

    async def pass_through() -> None:
        await live.store.call(b"SET", FIELD, needle * COPIES, b"EX", 60)
        await live.store.call(b"GET", FIELD)
        await live.store.call(b"SET", FIELD, bytes(40_000), b"EX", 60)
        await live.store.call(b"DEL", FIELD)

    await left_behind(embedded_store, needle, pass_through)
    await until("it is washed", lambda: not stands(embedded_store, needle))
