# SPDX-License-Identifier: AGPL-3.0-or-later
"""The append script and its readable twin in the rules say the same, whatever is sent."""

import asyncio
import secrets
import struct
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.live.live import Live
from chat.live.relay import READY_ROOM, PutResult
from chat.rules import lanes
from chat.rules.lanes import Lane, Verdict
from chat.rules.state import Member
from tests.support.valkey import WatchedStore

H, C = Member.HELP_SEEKER, Member.COUNSELLOR
SAME = {
    Verdict.APPENDED: PutResult.STORED,
    Verdict.DUPLICATE: PutResult.DUPLICATE,
    Verdict.GAP: PutResult.GAP,
    Verdict.FULL: PutResult.FULL,
}
LIMIT = 4
"""Small, so that a lane is full now and then."""

small = st.tuples(st.integers(0, 3), st.integers(0, 6))
large = st.tuples(st.sampled_from([0, 1, 2**31, 2**32 - 1]), st.sampled_from([0, 1, 2**31, 2**32 - 1]))
steps = st.lists(
    st.one_of(
        st.just("next"),
        st.just("new epoch"),
        st.tuples(st.just("put"), st.one_of(small, large)),
        st.tuples(st.just("took"), small),
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def shared_store() -> Iterator[WatchedStore]:
    with WatchedStore() as store:
        yield store


@pytest.mark.anyio
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
async def test_the_script_agrees_with_its_twin(
    shared_store: WatchedStore, monkeypatch: pytest.MonkeyPatch, steps: list[object]
) -> None:
    monkeypatch.setattr("chat.live.relay.LANE_LIMIT", LIMIT)
    live = await Live.open(shared_store.url)
    sid = secrets.token_bytes(16)
    await live.conversations.create(sid, b"state", bytes(32), bytes(32), "w1")
    await live.conversations.attach(sid, C, "w1")
    twin = Lane()

    for step in steps:
        epoch, n = twin.last or (0, -1)
        match step:
            case "next":
                number = (epoch, n + 1)
            case "new epoch":
                number = (epoch + 1, 0)
            case ("put", number):
                pass
            case ("took", (epoch, n)):
                twin = lanes.took(twin, epoch, n)
                live.relay.end(sid, C, 1).took(0, epoch, n)
                continue
        if max(number) >= 2**32:
            continue
        twin, verdict = lanes.put(twin, *number, limit=LIMIT if number[1] else LIMIT + READY_ROOM)
        done = asyncio.get_running_loop().create_future()
        data = struct.pack(">BBBII", 1, 0, 0, *number) + bytes(1052)
        live.relay.end(sid, H, 1).put(data, lambda *outcome, done=done: done.set_result(outcome[-1]))
        assert await done is SAME[verdict]

    kept = [struct.unpack_from(">II", data, 3) for data in await live.relay.backlog(sid, 0, 0)]
    assert kept == list(twin.kept)
    await live.close()
