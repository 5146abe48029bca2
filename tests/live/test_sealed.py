# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import secrets
import struct

import pytest

from chat.live import keys
from chat.live.live import Live
from chat.live.sealed import LOOK, Admitted, Changed, Publication, Share
from chat.live.subscriber import Subscriber
from chat.live.wake import Kind, Wake, decode
from chat.rules.lanes import LANE_LIMIT
from chat.rules.state import Member
from chat.rules.waiting_room import Entry
from tests.support.valkey import WatchedStore

H, C = Member.HELP_SEEKER, Member.COUNSELLOR
NOW = 1_700_000_000_000
NOTHING = Publication()

pytestmark = pytest.mark.anyio


def envelope(n: int, epoch: int = 1, slot: int = 0, direction: int = 0) -> bytes:
    return struct.pack(">BBBII", 1, slot, direction, epoch, n) + secrets.token_bytes(1052)


async def conversation(live: Live) -> bytes:
    sid = secrets.token_bytes(16)
    assert await live.sealed.create(sid, b"state 1")
    assert await live.conversations.create(sid, b"state", bytes(32), bytes(32), "w1")
    assert await live.conversations.attach(sid, C, "w2") == 1
    return sid


async def change(
    live: Live, sid: bytes, version: int, what: Publication = NOTHING, generation: int | None = None
) -> Changed | frozenset[int]:
    state = b"state %d" % (version + 1)
    return await live.sealed.change(sid, version, state, what, NOW, generation=generation, look=True)


async def test_state_and_envelopes_are_written_together_and_only_from_the_version_they_were_made_of(
    live: Live,
) -> None:
    sid = await conversation(live)
    ready, text, late = envelope(0), envelope(1), envelope(1)

    assert await change(live, sid, 1, Publication([ready, text])) == frozenset()
    assert await change(live, sid, 1, Publication([late])) is Changed.ANOTHER_VERSION

    assert await live.sealed.load(sid) == (2, b"state 2")
    assert await live.relay.backlog(sid, 0, 0) == [ready, text]


async def test_a_state_that_was_rolled_back_publishes_nothing_under_a_used_number(
    live: Live,
) -> None:
    sid = await conversation(live)
    sent = [envelope(0), envelope(1), envelope(2)]
    await change(live, sid, 1, Publication(sent))

    assert await change(live, sid, 2, Publication([envelope(1), envelope(2), again := envelope(3)])) == {0}
    assert await change(live, sid, 3, Publication([envelope(5)])) == {0}
    assert await live.relay.backlog(sid, 0, 0) == [*sent, again]
    assert await change(live, sid, 4, Publication([fresh := envelope(0, epoch=2)])) == frozenset()
    assert (await live.relay.backlog(sid, 0, 0))[-1] == fresh


async def test_only_the_connection_that_holds_it_takes_in(live: Live) -> None:
    sid = await conversation(live)
    done = asyncio.get_running_loop().create_future()
    one = envelope(0, direction=1)
    live.relay.end(sid, C, 1).put(one, lambda *_: done.set_result(None))
    await done

    assert await change(live, sid, 1, Publication(took=[(0, 1, 0)]), generation=7) is Changed.SUPERSEDED
    assert await live.relay.backlog(sid, 0, 1) == [one]
    assert await change(live, sid, 1, Publication(took=[(0, 1, 0)]), generation=1) == frozenset()
    assert await live.relay.backlog(sid, 0, 1) == []
    assert await live.store.call(b"HGET", keys.relay(sid), b"x:0:1") == b"0"


async def test_a_full_lane_changes_nothing(live: Live) -> None:
    sid = await conversation(live)
    await change(live, sid, 1, Publication([envelope(n) for n in range(LANE_LIMIT)]))

    assert await change(live, sid, 2, Publication([envelope(LANE_LIMIT)])) is Changed.FULL
    assert await live.sealed.load(sid) == (2, b"state 2")
    assert await change(live, sid, 2, Publication([envelope(0, epoch=2)])) == frozenset()


async def test_the_desk_gets_envelopes_and_hello_and_the_stream_is_told_to_look(
    live: Live, embedded_store: WatchedStore
) -> None:
    heard: asyncio.Queue[Wake] = asyncio.Queue()
    listening = await Subscriber.open(
        embedded_store.url, lambda _, payload: heard.put_nowait(decode(payload))
    )
    await listening.subscribe(keys.worker("w1"), keys.worker("w2"))
    sid = await conversation(live)
    one = envelope(0)
    await change(live, sid, 1, Publication([one], [(C, b"hello")]))
    told = [await heard.get() for _ in range(3)]
    await listening.close()

    assert told == [
        Wake(sid, C, Kind.ENVELOPE, one),
        Wake(sid, C, Kind.HELLO, b"hello"),
        Wake(sid, H, Kind.TOLD, LOOK),
    ]
    assert (await live.relay.handshake(sid, C))[Kind.HELLO] == b"hello"


async def test_what_is_over_takes_no_change(live: Live) -> None:
    sid = await conversation(live)
    await live.conversations.forget(sid)

    assert await change(live, sid, 1, Publication([envelope(0)])) is Changed.GONE
    assert await live.sealed.load(sid) is None
    assert await live.relay.backlog(sid, 0, 0) == []


async def waits(live: Live, share: Share, now: int = NOW) -> Admitted:
    sid = secrets.token_bytes(16)
    admitted = await live.sealed.admit(sid, share, now)
    if admitted is Admitted.YES:
        await live.waiting_room.enter(sid, Entry(now, "en"), 1)
    return admitted


async def test_those_without_script_have_a_share_of_the_room_and_no_more(live: Live) -> None:
    share = Share(waiting=2, room=5, burst=50, an_hour=50)

    assert [await waits(live, share) for _ in range(3)] == [
        Admitted.YES,
        Admitted.YES,
        Admitted.ROOM_FULL,
    ]
    await live.waiting_room.leave(next(iter(await live.waiting_room.snapshot())))
    assert await waits(live, share, NOW + 1000) is Admitted.ROOM_FULL  # it may be about to enter
    assert await waits(live, share, NOW + 31_000) is Admitted.YES
    for _ in range(3):
        await live.waiting_room.enter(secrets.token_bytes(16), Entry(NOW, "en"), 1)
    assert await waits(live, Share(waiting=50, room=5, burst=50, an_hour=50)) is Admitted.ROOM_FULL


async def test_starts_without_script_have_a_bucket_of_their_own(live: Live) -> None:
    share = Share(waiting=50, room=50, burst=2, an_hour=60)
    first = [await waits(live, share) for _ in range(3)]

    assert first == [Admitted.YES, Admitted.YES, Admitted.TOO_MANY_AT_ONCE]
    assert await waits(live, share, NOW + 30_000) is Admitted.TOO_MANY_AT_ONCE
    assert await waits(live, share, NOW + 60_000) is Admitted.YES
    assert await waits(live, share, NOW + 60_000) is Admitted.TOO_MANY_AT_ONCE
