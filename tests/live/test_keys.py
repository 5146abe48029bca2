# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import datetime as dt
import secrets
import struct
import time

import pytest

from chat.live import key_table, keys
from chat.live.admission import Admission
from chat.live.challenges import Challenges
from chat.live.desk import DeskSession
from chat.live.era import era
from chat.live.live import Live
from chat.live.sealed import Share
from chat.live.wake import Kind
from chat.protocol.types import AlarmKind, Left
from chat.rules.admission import Price
from chat.rules.alarm import Alarm
from chat.rules.duty import Duty
from chat.rules.shown import banded
from chat.rules.state import Member
from chat.rules.wait_estimate import Take
from chat.rules.waiting_room import Entry
from tests.support.seats import sit, vacate
from tests.support.valkey import WatchedStore
from tests.support.work import solve

H, C, S, N = Member.HELP_SEEKER, Member.COUNSELLOR, Member.SUPERVISOR, Member.NEWCOMER
NOW = 1_700_000_000_000


async def whole_conversation(live: Live, sid: bytes) -> None:
    """Everything that can be written of one conversation: waiting, claimed, taken, supervised, talked."""
    await live.deadlines.set_due(sid, NOW)
    await live.sealed.admit(sid, Share(10, 30, 10, 10), NOW)
    await live.sealed.create(sid, b"sealed")
    await live.conversations.create(sid, b"state", bytes(32), bytes(32), "w1")
    await live.waiting_room.enter(sid, Entry(NOW, "nl"), 1)
    live.deadlines.renew([(sid, H, 1)], NOW)
    await live.waiting_room.claim(sid, "w2", NOW)
    await live.conversations.save(sid, 1, b"matched")
    for member, slot in ((C, 0), (S, 1), (N, 0)):
        await sit(live, sid, member, f"device-{member}")
        await live.desk.add_mine(f"device-{member}", sid, slot)
        live.deadlines.renew([(sid, member, 1)], NOW)
        for kind, writer, reader in (
            (Kind.OFFER, member, H),
            (Kind.HELLO, H, member),
            (Kind.REPLY, member, H),
        ):
            await live.relay.post_handshake(sid, kind, b"bytes", writer, 1, reader)
        if member is N:
            continue  # it has no lane before it has the seat
        for direction, writer in ((0, H), (1, member)):
            data = struct.pack(">BBBII", 1, slot, direction, 1, 0) + bytes(1052)
            done = asyncio.get_running_loop().create_future()
            live.relay.end(sid, writer, 1).put(data, lambda *outcome, done=done: done.set_result(outcome))
            await done


@pytest.mark.anyio
async def test_every_key_has_a_clock_and_a_row_in_the_table(live: Live, embedded_store: WatchedStore) -> None:
    sid, waiting = secrets.token_bytes(16), secrets.token_bytes(16)
    await whole_conversation(live, sid)
    await live.waiting_room.enter(waiting, Entry(NOW, "nl"), 1)
    await live.desk.create(DeskSession(bytes(32), "anna", "d1", int(time.time()) + 600))
    await live.desk.open("d1", "w1")
    await live.desk.note_left("d1", sid, 0, Left.LOST)
    await live.desk.note_asked("d1", waiting, asked=True)
    await Challenges(live.store).put(bytes(16), b"bytes", 60)
    live.duty.renew(["d1"], NOW)
    await live.duty.stands("d1", Duty(bytes(16), "Anna", ()))
    await live.duty.close_intake(["nl"], NOW, closed=True)
    await live.alarms.raise_(bytes(32), Alarm(AlarmKind.HELP, None, bytes(16), bytes(16), NOW))
    await live.heavy.add(bytes(16), int(time.time()) + 600)
    await live.boundaries.add(NOW, bytes(8))
    live.takes.add(Take("nl", NOW // 60_000, 3), bytes(8))
    for day in (1, 2):
        await live.tallies.count(dt.date(2026, 3, day), "language", "nl")
    await live.tallies.begin(dt.date(2026, 3, 2))
    await live.tallies.count_once(dt.date(2026, 3, 2), bytes(16), [("heavy", "yes")])
    await live.tallies.close(dt.date(2026, 3, 1))
    await live.tallies.ask_after(bytes(16))
    await live.holdings.show(banded(await live.holdings.count()))
    await era(live.store)
    await live.store.call(b"SET", keys.checked(1), b"planted", b"EX", keys.CHECKED_TTL)
    admission = Admission(live.store, secrets.token_bytes)
    await admission.spend(solve(await admission.challenge(Price(1, 2), int(time.time()))))

    found = await embedded_store.keys_and_clocks()

    assert {key: clock for key, clock in found.items() if not 0 < clock <= keys.ERA_TTL} == {}
    assert [key for key in found if key_table.find(key) is None] == []
    expected = {row.pattern for row in key_table.KEYS}
    assert {row.pattern for key in found if (row := key_table.find(key))} == expected
    assert set(keys.conversation(sid)) <= set(found)


@pytest.mark.anyio
async def test_nothing_names_a_conversation_that_was_forgotten(
    live: Live, embedded_store: WatchedStore
) -> None:
    sid = secrets.token_bytes(16)
    await whole_conversation(live, sid)
    await vacate(live, sid, C)  # and the worker dies before it notes so
    await vacate(live, sid, S)
    await live.desk.note_left("device-1", sid, 1, Left.LOST)

    await live.conversations.forget(sid)

    assert (await embedded_store.keys_and_clocks()).keys() == {keys.STARTS}  # a number, of nobody


@pytest.mark.anyio
async def test_the_clock_of_a_conversation_is_never_renewed(live: Live) -> None:
    sid = secrets.token_bytes(16)
    await live.conversations.create(sid, b"state", bytes(32), bytes(32), "w1")
    await live.sealed.create(sid, b"sealed")
    await live.store.calls(*((b"EXPIRE", key, 100) for key in keys.conversation(sid)))

    await whole_conversation(live, sid)

    clocks = await live.store.calls(*((b"TTL", key) for key in keys.conversation(sid)))
    assert all(0 < clock <= 100 for clock in clocks)


@pytest.mark.parametrize(
    "key", [b"k:other", b"k:{S}:state", b"x", b"k:{desk}:session:a:b", b"k:{room}:entries2"]
)
def test_a_key_outside_the_table_is_recognised(key: bytes) -> None:
    assert key_table.find(key) is None


def test_the_table_is_rendered_with_every_row() -> None:
    lines = key_table.table().splitlines()

    assert len(lines) == len(key_table.KEYS) + 2
    assert {line.count(" | ") for line in lines[2:]} == {4}
    assert all(f"`{row.pattern}`" in line for row, line in zip(key_table.KEYS, lines[2:], strict=True))
