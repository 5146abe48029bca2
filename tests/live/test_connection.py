# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import os
import signal
from typing import Any

import pytest

from chat.live.era import era
from chat.live.errors import StoreBusy, StoreLost, StoreRefused, StoreUnreachable
from chat.live.resp import Store, pack
from chat.live.subscriber import Subscriber
from tests.support.valkey import WatchedStore

pytestmark = pytest.mark.anyio


async def crash(store: WatchedStore) -> None:
    """Kill the server and wait until it is gone."""
    pid = store.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await asyncio.to_thread(store.join)


async def test_answers_come_in_the_order_of_commands(embedded_store: WatchedStore) -> None:
    store = await Store.open(embedded_store.url)
    answers: list[tuple[int, Any]] = []
    for n in range(500):
        store.send(pack((b"SET", b"k:{t}:%d" % (n % 7), n)), lambda n, reply: answers.append((n, reply)), n)
    last = await store.call(b"GET", b"k:{t}:3")

    assert answers == [(n, b"OK") for n in range(500)]
    assert last == b"493"
    await store.close()


async def test_all_commands_of_one_turn_leave_in_one_write(
    embedded_store: WatchedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(embedded_store.url)
    written: list[bytes] = []
    write = store._write
    monkeypatch.setattr(store, "_write", lambda data: (written.append(data), write(data)))

    await asyncio.gather(*(store.call(b"PING") for _ in range(20)))

    assert written == [pack((b"PING",)) * 20]
    await store.close()


async def test_an_error_of_the_store_is_typed_and_quotes_nothing(embedded_store: WatchedStore) -> None:
    store = await Store.open(embedded_store.url)
    await store.call(b"SET", b"k:{t}:text", b"the weather is mild")

    with pytest.raises(StoreRefused) as refused:
        await store.call(b"HGET", b"k:{t}:text", b"field")
    with pytest.raises(StoreRefused) as unknown:
        await store.call(b"THE-WEATHER-IS-MILD")

    assert refused.value.code == "WRONGTYPE"
    assert "weather" not in str(unknown.value).lower()
    assert await store.call(b"PING") == b"PONG"
    await store.close()


async def test_more_than_the_limit_is_refused_and_nothing_else_is_lost(embedded_store: WatchedStore) -> None:
    store = await Store.open(embedded_store.url, limit=10)

    results = await asyncio.gather(*(store.call(b"PING") for _ in range(12)), return_exceptions=True)

    assert results[:10] == [b"PONG"] * 10
    assert [type(result) for result in results[10:]] == [StoreBusy] * 2
    assert await store.call(b"PING") == b"PONG"
    await store.close()


async def test_a_mistake_in_a_callback_does_not_break_the_connection(embedded_store: WatchedStore) -> None:
    store = await Store.open(embedded_store.url)
    reported: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: reported.append(context))

    store.send(pack((b"PING",)), lambda zero, _reply: 1 // zero, 0)

    assert await store.call(b"PING") == b"PONG"
    loop.set_exception_handler(before)
    assert [type(context["exception"]) for context in reported] == [ZeroDivisionError]
    await store.close()


async def test_an_answer_that_cannot_be_read_is_told_to_whoever_waits(embedded_store: WatchedStore) -> None:
    def read(_: object) -> int:
        raise KeyError("no such field")

    store = await Store.open(embedded_store.url)
    with pytest.raises(KeyError):
        await store.call_as(read, b"PING")

    assert await store.call_as(len, b"PING") == 4
    await store.close()


async def test_who_no_longer_waits_disturbs_nobody(embedded_store: WatchedStore) -> None:
    store = await Store.open(embedded_store.url)
    store.call(b"PING").cancel()

    assert await store.call(b"PING") == b"PONG"
    await store.close()


async def test_a_store_that_forgot_the_scripts_gets_them_again_and_the_order_is_kept(
    embedded_store: WatchedStore,
) -> None:
    store = await Store.open(embedded_store.url)
    admin = await Store.open(embedded_store.admin_url)
    await admin.call(b"SCRIPT", b"FLUSH")
    script, state = store.scripts.save, (b"k:{t}:state",)

    # A flood that spans the moment at which the store says that it knows no script.
    versions = [store.run(script, state, n, b"data", 60) for n in range(50)]
    await asyncio.sleep(0)
    versions += [store.run(script, state, n, b"data", 60) for n in range(50, 100)]

    assert await asyncio.gather(*versions) == list(range(1, 101))
    await store.close()
    await admin.close()


async def test_a_script_that_cannot_be_loaded_is_an_error_and_no_endless_loop(
    embedded_store: WatchedStore,
) -> None:
    store = await Store.open(embedded_store.url)

    with pytest.raises(StoreRefused) as refused:
        await store.call(b"EVALSHA", b"0" * 40, 0)

    assert refused.value.code == "NOSCRIPT"
    assert await era(store) == await era(store)
    await store.close()


async def test_a_killed_store_is_typed_at_once_and_works_again_in_another_era(
    embedded_store: WatchedStore,
) -> None:
    store = await Store.open(embedded_store.url)
    back = asyncio.Event()
    lost = asyncio.Event()
    store.on_back, store.on_lost = back.set, lost.set
    before = await era(store)
    assert await era(store) == before
    pid = embedded_store.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)  # so that commands are outstanding when it dies
    outstanding = [store.call(b"PING") for _ in range(3)]
    await asyncio.sleep(0)
    await crash(embedded_store)

    results = await asyncio.gather(*outstanding, return_exceptions=True)
    assert [type(result) for result in results] == [StoreLost] * 3
    await lost.wait()
    assert not store.is_up
    with pytest.raises(StoreLost):
        await store.call(b"PING")

    embedded_store.start()
    await back.wait()

    after = await era(store)
    assert len(after) == 32
    assert after != before
    await store.close()


async def test_a_store_that_hangs_counts_as_lost(embedded_store: WatchedStore) -> None:
    store = await Store.open(embedded_store.url, patience=1)
    pid = embedded_store.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(StoreLost):
            await store.call(b"PING")
    finally:
        os.kill(pid, signal.SIGCONT)
        await store.close()


async def test_closing_fails_what_is_outstanding_and_later_commands(embedded_store: WatchedStore) -> None:
    store = await Store.open(embedded_store.url)
    losses: list[str] = []
    store.on_lost = lambda: losses.append("lost")
    outstanding = store.call(b"PING")
    await store.close()

    assert losses == []  # nothing was lost: it was closed
    with pytest.raises(StoreLost):
        await outstanding
    with pytest.raises(StoreLost):
        await store.call(b"PING")


async def test_a_subscriber_comes_back_to_all_its_channels(embedded_store: WatchedStore) -> None:
    messages: asyncio.Queue[tuple[bytes, bytes]] = asyncio.Queue()
    changes: asyncio.Queue[str] = asyncio.Queue()
    subscriber = await Subscriber.open(
        embedded_store.url,
        lambda channel, payload: messages.put_nowait((channel, payload)),
        lambda: changes.put_nowait("lost"),
        lambda: changes.put_nowait("back"),
    )
    store = await Store.open(embedded_store.url)
    await subscriber.subscribe(b"k:w:one", b"k:room")
    await subscriber.subscribe(b"k:w:two")
    await store.call(b"PUBLISH", b"k:w:one", b"first")
    assert await messages.get() == (b"k:w:one", b"first")
    back = asyncio.Event()
    store.on_back = back.set

    await crash(embedded_store)
    assert await changes.get() == "lost"
    embedded_store.start()
    assert await changes.get() == "back"
    await back.wait()

    for channel in (b"k:w:one", b"k:w:two", b"k:room"):
        await store.call(b"PUBLISH", channel, b"again")
        assert await messages.get() == (channel, b"again")
    await subscriber.close()
    await store.close()


async def test_a_subscriber_without_channels_comes_back_too(embedded_store: WatchedStore) -> None:
    changes: asyncio.Queue[str] = asyncio.Queue()
    subscriber = await Subscriber.open(
        embedded_store.url,
        lambda *_: None,
        lambda: changes.put_nowait("lost"),
        lambda: changes.put_nowait("back"),
    )
    await crash(embedded_store)
    embedded_store.start()

    assert [await changes.get(), await changes.get()] == ["lost", "back"]
    await subscriber.close()


async def test_a_channel_outside_our_prefix_is_refused(embedded_store: WatchedStore) -> None:
    messages: asyncio.Queue[bytes] = asyncio.Queue()
    subscriber = await Subscriber.open(embedded_store.url, lambda _, payload: messages.put_nowait(payload))
    await subscriber.subscribe(b"k:room")

    with pytest.raises(StoreRefused):
        await subscriber.subscribe(b"other")

    store = await Store.open(embedded_store.url)
    await store.call(b"PUBLISH", b"k:room", b"still here")
    assert await messages.get() == b"still here"
    await store.close()
    await subscriber.close()


async def test_closing_a_subscriber_ends_the_wait_for_a_lost_store(embedded_store: WatchedStore) -> None:
    lost = asyncio.Event()
    subscriber = await Subscriber.open(embedded_store.url, lambda *_: None, lost.set)
    await crash(embedded_store)
    await lost.wait()
    waiting = asyncio.create_task(subscriber.subscribe(b"k:room"))
    await asyncio.sleep(0)
    await subscriber.close()

    with pytest.raises(StoreLost):
        await waiting


NEEDS = (
    "KENTERING_LIVE_URL must be unix://name:password@/path or "
    "redis://name:password@host:port, without a database number."
)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "KENTERING_LIVE_URL must begin with unix://, redis:// or rediss://."),
        ("http://anna:secret@host", "KENTERING_LIVE_URL must begin with unix://, redis:// or rediss://."),
        ("redis://anna:secret@host:port", "KENTERING_LIVE_URL is not a valid address."),
        (
            "redis://anna:secret@host:6379/3",
            NEEDS,
        ),
        (
            "unix://anna:secret@host/path",
            NEEDS,
        ),
        (
            "redis://anna:secret@host?ca=x",
            "KENTERING_LIVE_URL has an option that is not known; only rediss:// has one, ca.",
        ),
        (
            "rediss://anna:secret@host?ca=/nowhere.pem",
            "The ca file in KENTERING_LIVE_URL cannot be read as certificates.",
        ),
        ("unix://anna:secret@/nowhere.sock", "No live store answers at /nowhere.sock."),
        ("redis://anna:secret@127.0.0.1:1", "No live store answers at 127.0.0.1:1."),
    ],
)
async def test_a_wrong_address_is_told_in_a_sentence_without_the_password(url: str, sentence: str) -> None:
    with pytest.raises(StoreUnreachable) as error:
        await Store.open(url)

    assert str(error.value) == sentence


async def test_a_wrong_password_is_told_in_a_sentence(embedded_store: WatchedStore) -> None:
    place = embedded_store.socket

    with pytest.raises(StoreUnreachable) as wrong:
        await Store.open(f"unix://kentering:secret@{place}")
    with pytest.raises(StoreUnreachable) as none:
        await Store.open(f"unix://{place}")

    assert str(wrong.value) == f"The live store at {place} does not accept this name and password."
    assert str(none.value) == f"The live store at {place} wants a name and a password."


async def test_a_name_that_may_do_too_little_is_told_in_a_sentence(embedded_store: WatchedStore) -> None:
    admin = await Store.open(embedded_store.admin_url)
    await admin.call(*b"ACL SETUSER weak on >secret ~k:* +ping".split())
    await admin.close()
    place = embedded_store.socket

    with pytest.raises(StoreUnreachable) as error:
        await Store.open(f"unix://weak:secret@{place}")

    assert (
        str(error.value)
        == f"The live store at {place} does not let this name do what is needed (deploy/users.acl)."
    )


async def test_something_else_that_answers_is_no_live_store() -> None:
    async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(web, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    with pytest.raises(StoreUnreachable) as error:
        await Store.open(f"redis://anna:secret@127.0.0.1:{port}")

    assert str(error.value) == f"No live store answers at 127.0.0.1:{port}."
    server.close()
    await server.wait_closed()
