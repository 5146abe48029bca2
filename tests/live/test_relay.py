# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import secrets
import struct

import pytest

from chat.live import keys, wake
from chat.live.live import Live
from chat.live.relay import READY_ROOM, PutResult
from chat.live.subscriber import Subscriber
from chat.live.wake import Kind
from chat.rules.lanes import LANE_LIMIT
from chat.rules.state import Member
from tests.support.seats import vacate
from tests.support.valkey import WatchedStore

H, C, S = Member.HELP_SEEKER, Member.COUNSELLOR, Member.SUPERVISOR

pytestmark = pytest.mark.anyio


def envelope(slot: int, direction: int, epoch: int, n: int) -> bytes:
    return struct.pack(">BBBII", 1, slot, direction, epoch, n) + secrets.token_bytes(1052)


async def put(live: Live, sid: bytes, member: Member, generation: int, data: bytes) -> PutResult:
    done: asyncio.Future[PutResult] = asyncio.get_running_loop().create_future()
    live.relay.end(sid, member, generation).put(data, lambda *outcome: done.set_result(outcome[-1]))
    return await done


async def conversation(live: Live, staff: str = "w2") -> bytes:
    sid = secrets.token_bytes(16)
    assert await live.conversations.create(sid, b"state", bytes(32), bytes(32), "w1")
    assert await live.conversations.attach(sid, C, staff) == 1
    return sid


async def test_envelopes_are_kept_in_order_until_they_are_taken(live: Live) -> None:
    sid = await conversation(live)
    sent = [envelope(0, 0, 1, n) for n in range(5)]

    for one in sent:
        assert await put(live, sid, H, 1, one) is PutResult.STORED
    assert await live.relay.backlog(sid, 0, 0) == sent

    live.relay.end(sid, C, 1).took(0, 1, 2)

    assert await live.relay.backlog(sid, 0, 0) == sent[3:]
    assert await live.store.call(b"HGET", keys.relay(sid), b"x:0:0") == b"2"


async def test_a_repeated_envelope_is_stored_once_and_a_skipped_number_is_refused(live: Live) -> None:
    sid = await conversation(live)
    first, second = envelope(0, 1, 1, 0), envelope(0, 1, 1, 1)

    assert await put(live, sid, C, 1, second) is PutResult.GAP
    assert await put(live, sid, C, 1, first) is PutResult.STORED
    assert await put(live, sid, C, 1, first) is PutResult.DUPLICATE
    assert await put(live, sid, C, 1, envelope(0, 1, 1, 2)) is PutResult.GAP
    assert await put(live, sid, C, 1, envelope(0, 1, 2, 1)) is PutResult.GAP
    assert await put(live, sid, C, 1, envelope(0, 1, 2, 0)) is PutResult.STORED
    assert await put(live, sid, C, 1, second) is PutResult.DUPLICATE
    assert len(await live.relay.backlog(sid, 0, 1)) == 2


async def test_taking_in_a_new_epoch_drops_what_is_left_of_the_old_one(live: Live) -> None:
    sid = await conversation(live)
    for one in (envelope(0, 0, 1, 0), envelope(0, 0, 1, 1), last := envelope(0, 0, 2, 0)):
        await put(live, sid, H, 1, one)

    live.relay.end(sid, C, 1).took(0, 1, 1)
    assert await live.relay.backlog(sid, 0, 0) == [last]

    live.relay.end(sid, C, 1).took(0, 2, 0)
    assert await live.relay.backlog(sid, 0, 0) == []
    assert await put(live, sid, H, 1, last) is PutResult.DUPLICATE


async def test_an_older_connection_can_write_and_drop_nothing(live: Live) -> None:
    sid = await conversation(live)
    kept = envelope(0, 0, 1, 0)
    await put(live, sid, H, 1, kept)
    assert await live.conversations.attach(sid, H, "w3") == 2
    assert await live.conversations.attach(sid, C, "w3") == 2

    live.relay.end(sid, C, 1).took(0, 1, 0)

    assert await put(live, sid, H, 1, envelope(0, 0, 1, 1)) is PutResult.SUPERSEDED
    assert await live.relay.post_handshake(sid, Kind.HELLO, b"m1", H, 1, C) is PutResult.SUPERSEDED
    assert await live.relay.backlog(sid, 0, 0) == [kept]
    assert await live.relay.handshake(sid, C) == {}


async def test_who_left_its_place_is_superseded_for_good(live: Live) -> None:
    sid = await conversation(live)
    await vacate(live, sid, C)

    assert await put(live, sid, C, 1, envelope(0, 1, 1, 0)) is PutResult.SUPERSEDED
    assert await live.conversations.attach(sid, C, "w2") == 3


@pytest.mark.parametrize(
    ("member", "slot", "direction"), [(H, 0, 1), (C, 0, 0), (C, 1, 1), (S, 0, 1), (S, 1, 1)]
)
async def test_a_member_writes_its_own_lanes_only(
    live: Live, member: Member, slot: int, direction: int
) -> None:
    sid = await conversation(live)  # without a supervisor
    data = envelope(slot, direction, 1, 0)

    assert await put(live, sid, member, 1, data) is PutResult.NOT_A_MEMBER
    assert await live.relay.backlog(sid, slot, direction) == []


async def test_nothing_is_kept_for_a_conversation_that_does_not_exist(
    live: Live, embedded_store: WatchedStore
) -> None:
    sid = secrets.token_bytes(16)

    assert await put(live, sid, H, 1, envelope(0, 0, 1, 0)) is PutResult.NOT_A_MEMBER
    assert await live.relay.post_handshake(sid, Kind.HELLO, b"m1", H, 1, C) is PutResult.NOT_A_MEMBER
    live.relay.end(sid, H, 1).took(0, 1, 0)
    live.relay.tell(sid, H, b"note")

    assert await embedded_store.keys_and_clocks() == {}


async def test_a_full_lane_refuses_text_but_not_the_ready_of_a_new_epoch(live: Live) -> None:
    sid = await conversation(live)
    results = [await put(live, sid, H, 1, envelope(0, 0, 1, n)) for n in range(LANE_LIMIT + 1)]

    assert results == [PutResult.STORED] * LANE_LIMIT + [PutResult.FULL]

    readies = [await put(live, sid, H, 1, envelope(0, 0, 2 + e, 0)) for e in range(READY_ROOM + 1)]

    assert readies == [PutResult.STORED] * READY_ROOM + [PutResult.FULL]

    live.relay.end(sid, C, 1).took(0, 1 + READY_ROOM, 0)

    assert await put(live, sid, H, 1, envelope(0, 0, 1 + READY_ROOM, 1)) is PutResult.STORED


async def test_the_peers_worker_is_woken_with_the_envelope(live: Live, embedded_store: WatchedStore) -> None:
    woken: asyncio.Queue[wake.Wake] = asyncio.Queue()
    subscriber = await Subscriber.open(
        embedded_store.url, lambda _, body: woken.put_nowait(wake.decode(body))
    )
    await subscriber.subscribe(keys.worker("w2"))
    sid = await conversation(live)
    sent = envelope(0, 0, 1, 0)

    await put(live, sid, H, 1, sent)
    assert await woken.get() == wake.Wake(sid, C, Kind.ENVELOPE, sent)

    await live.relay.post_handshake(sid, Kind.HELLO, b"m1", H, 1, C)
    assert await woken.get() == wake.Wake(sid, C, Kind.HELLO, b"m1")

    live.relay.tell(sid, C, b"note")
    assert await woken.get() == wake.Wake(sid, C, Kind.TOLD, b"note")

    await live.conversations.attach(sid, C, "w3")
    assert await woken.get() == wake.Wake(sid, C, Kind.SUPERSEDED, b"2")

    generation = await live.desk.open("device", "w2")
    assert await live.desk.tell("device", b"note")
    told = await woken.get()
    assert (told.kind, wake.desk_part(told)) == (Kind.DESK_TOLD, ("device", b"note"))

    await live.desk.open("device", "w3")
    told = await woken.get()
    assert wake.desk_part(told) == ("device", b"%d" % (generation + 1))
    await subscriber.close()


async def test_the_handshake_mailbox_keeps_the_newest_and_an_offer_starts_again(live: Live) -> None:
    sid = await conversation(live)
    post = live.relay.post_handshake

    assert await post(sid, Kind.OFFER, b"offer 1", C, 1, H) is PutResult.STORED
    await post(sid, Kind.HELLO, b"hello 1", H, 1, C)
    await post(sid, Kind.REPLY, b"reply 1", C, 1, H)
    await post(sid, Kind.OFFER, b"offer 1", C, 1, H)
    everything = {Kind.OFFER: b"offer 1", Kind.HELLO: b"hello 1", Kind.REPLY: b"reply 1"}
    assert await live.relay.handshake(sid, C) == everything

    await post(sid, Kind.OFFER, b"offer 2", C, 1, H)

    assert await live.relay.handshake(sid, C) == {Kind.OFFER: b"offer 2"}
    assert await live.relay.handshake(sid, S) == {}
