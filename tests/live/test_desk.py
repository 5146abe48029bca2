# SPDX-License-Identifier: AGPL-3.0-or-later
import secrets
import time

import pytest

from chat.live.desk import DeskSession
from chat.live.live import Live
from tests.support.valkey import WatchedStore

pytestmark = pytest.mark.anyio


def session(staff: str = "anna", device: str = "d1") -> DeskSession:
    return DeskSession(secrets.token_bytes(32), staff, device, int(time.time()) + 3600)


async def test_a_session_is_found_by_the_hash_of_its_cookie_until_it_is_removed(live: Live) -> None:
    signed_in = session()
    await live.desk.create(signed_in)

    assert await live.desk.find(signed_in.token_hash) == signed_in
    assert await live.desk.find(bytes(32)) is None

    await live.desk.remove(signed_in.token_hash)

    assert await live.desk.find(signed_in.token_hash) is None


async def test_a_session_ends_by_its_clock(live: Live) -> None:
    over = DeskSession(secrets.token_bytes(32), "anna", "d1", int(time.time()) - 1)
    await live.desk.create(over)

    assert await live.desk.find(over.token_hash) is None


async def test_renewing_lengthens_a_session_and_revives_none(
    live: Live, embedded_store: WatchedStore
) -> None:
    signed_in = session()
    await live.desk.create(signed_in)

    assert await live.desk.renew(signed_in, signed_in.expires + 3600)
    found = await live.desk.find(signed_in.token_hash)
    assert found is not None
    assert found.expires == signed_in.expires + 3600

    await live.desk.remove(signed_in.token_hash)

    assert not await live.desk.renew(signed_in, signed_in.expires + 3600)
    assert await live.desk.find(signed_in.token_hash) is None
    assert all(clock > 0 for clock in (await embedded_store.keys_and_clocks()).values())


async def test_removing_a_member_of_staff_ends_all_their_sessions_and_nobody_elses(live: Live) -> None:
    annas = [session("anna", "d1"), session("anna", "d2"), session("anna", "d2")]
    bens = session("ben", "d3")
    for one in (*annas, bens):
        await live.desk.create(one)

    assert await live.desk.remove_staff("anna") == {"d1", "d2"}
    assert [await live.desk.find(one.token_hash) for one in annas] == [None] * 3
    assert await live.desk.find(bens.token_hash) == bens
    assert await live.desk.remove_staff("anna") == set()


async def test_removing_a_device_ends_its_sessions_only(live: Live) -> None:
    lost, kept = session("anna", "d1"), session("anna", "d2")
    await live.desk.create(lost)
    await live.desk.create(kept)

    assert await live.desk.remove_device("d1") == {"d1"}
    assert await live.desk.find(lost.token_hash) is None
    assert await live.desk.find(kept.token_hash) == kept


async def test_the_newest_tab_is_the_desk_of_a_device(live: Live) -> None:
    assert await live.desk.holder("d1") is None
    assert not await live.desk.tell("d1", b"note")
    assert await live.desk.open("d1", "w1") == 1
    assert await live.desk.open("d1", "w2") == 2
    assert await live.desk.open("d2", "w1") == 1
    assert await live.desk.holder("d1") == (2, "w2")


async def test_a_device_knows_its_conversations_until_they_are_forgotten(live: Live) -> None:
    one, two = secrets.token_bytes(16), secrets.token_bytes(16)
    await live.desk.add_mine("d1", one)
    await live.desk.add_mine("d1", two)
    assert await live.desk.mine("d1") == {one, two}

    await live.desk.drop_mine("d1", one)

    assert await live.desk.mine("d1") == {two}
    assert await live.desk.mine("d2") == set()
