# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is deleted is not in the server's memory any more."""

import asyncio
import re
import secrets
import struct
import sys
from pathlib import Path

import pytest

from chat.live.live import Live
from chat.live.relay import PutResult
from chat.live.wake import Kind
from chat.rules.state import Member
from tests.support.seats import sit
from tests.support.valkey import WatchedStore

H, C = Member.HELP_SEEKER, Member.COUNSELLOR

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/<pid>/mem"),
]


def find_in_memory(pid: int, needles: dict[str, bytes]) -> set[str]:
    """The names of the needles that are anywhere in the writable memory of a process."""
    found: set[str] = set()
    process = Path(f"/proc/{pid}")
    with (process / "maps").open() as maps, (process / "mem").open("rb", buffering=0) as memory:
        for line in maps:
            area = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if area is None:
                continue
            start, end = (int(number, 16) for number in area.groups())
            memory.seek(start)
            try:
                content = memory.read(end - start)
            except OSError:
                continue  # a guard page
            found |= {name for name, needle in needles.items() if needle in content}
    return found


def envelope(epoch: int, n: int, direction: int, content: bytes) -> bytes:
    body = content + secrets.token_bytes(1052 - len(content))
    return struct.pack(">BBBII", 1, 0, direction, epoch, n) + body


async def put(live: Live, sid: bytes, member: Member, data: bytes) -> PutResult:
    done: asyncio.Future[PutResult] = asyncio.get_running_loop().create_future()
    live.relay.end(sid, member, 1).put(data, lambda *outcome: done.set_result(outcome[-1]))
    return await done


async def filler(live: Live) -> None:
    """Traffic of another conversation: it writes over the buffers that all connections share."""
    sid = secrets.token_bytes(16)
    await live.conversations.create(sid, secrets.token_bytes(900), secrets.token_bytes(32), bytes(32), "w1")
    await live.conversations.load(sid)  # an answer lies in its connection's buffer until a longer one comes
    await live.conversations.attach(sid, C, "w1")
    for n in range(60):
        await put(live, sid, H, envelope(1, n, 0, b""))
    await asyncio.gather(*(live.relay.backlog(sid, 0, 0) for _ in range(5)))
    await live.store.calls(*((b"SET", b"k:{filler}:%d" % n, bytes(40_000), b"EX", 60) for n in range(5)))


async def test_a_forgotten_conversation_is_not_in_memory(live: Live, embedded_store: WatchedStore) -> None:
    names = ("state", "ticket", "half", "envelope", "counsellor envelope", "offer", "hello", "staff half")
    needle = {name: secrets.token_bytes(32) for name in names}
    sid = secrets.token_bytes(16)
    await live.conversations.create(sid, b"state" + needle["state"], needle["ticket"], needle["half"], "w1")
    await sit(live, sid, C, half=needle["staff half"])
    await live.relay.post_handshake(sid, Kind.OFFER, bytes(900) + needle["offer"], C, 1, H)
    await live.relay.post_handshake(sid, Kind.HELLO, bytes(2000) + needle["hello"], H, 1, C)
    for n in range(3):
        await put(live, sid, H, envelope(1, n, 0, needle["envelope"]))
        await put(live, sid, C, envelope(1, n, 1, needle["counsellor envelope"]))
    pid = embedded_store.pid
    assert pid is not None
    assert find_in_memory(pid, needle) == set(names)

    await live.conversations.forget(sid)
    await filler(live)

    assert find_in_memory(pid, needle) == set()


async def test_an_acknowledged_envelope_is_not_in_memory_though_its_neighbours_are(
    live: Live, embedded_store: WatchedStore
) -> None:
    sid = secrets.token_bytes(16)
    await live.conversations.create(sid, b"state", bytes(32), bytes(32), "w1")
    await live.conversations.attach(sid, C, "w1")
    needles = {str(n): secrets.token_bytes(32) for n in range(6)}
    for n, content in enumerate(needles.values()):
        await put(live, sid, H, envelope(1, n, 0, content))
    pid = embedded_store.pid
    assert pid is not None
    assert find_in_memory(pid, needles) == set(needles)

    live.relay.end(sid, C, 1).took(0, 1, 3)
    await filler(live)
    other = secrets.token_bytes(16)
    await live.conversations.create(other, b"state", bytes(32), bytes(32), "w1")
    await live.conversations.forget(other)  # collects what the script engine still holds

    assert find_in_memory(pid, needles) == {"4", "5"}
