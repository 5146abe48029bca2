# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from chat.live import keys
from chat.live.live import Live
from chat.protocol.types import DutyStatus
from chat.rules.duty import KEPT_MS, Attending, Duty
from chat.rules.roles import Role

NOW = 1_700_000_000_000
ANNA = Duty(b"a" * 16, "Anna", (Role.COUNSELLOR,), DutyStatus.ON, ("nl", "en"), NOW)
BEN = Duty(b"b" * 16, "Ben", (Role.COUNSELLOR, Role.SUPERVISOR), DutyStatus.BREAK, ("nl",), NOW)

pytestmark = pytest.mark.anyio


async def test_a_desk_is_open_as_long_as_it_is_alive(live: Live) -> None:
    live.duty.renew(["d1", "d2"], NOW + 25_000)
    live.duty.renew([], NOW + 90_000)
    live.duty.ends("d1", NOW)

    assert not await live.duty.is_open("d1", NOW)
    assert await live.duty.is_open("d2", NOW + 24_999)
    assert not await live.duty.is_open("d2", NOW + 25_000)


async def test_closing_a_desk_never_opens_or_lengthens_one(live: Live) -> None:
    live.duty.renew(["d1"], NOW + 5_000)
    live.duty.ends("d1", NOW + 60_000)
    live.duty.ends("d2", NOW + 60_000)

    assert not await live.duty.is_open("d1", NOW + 5_001)
    assert not await live.duty.is_open("d2", NOW)


async def test_every_desk_with_how_it_stands(live: Live) -> None:
    live.duty.renew(["d1", "d2"], NOW + 25_000)
    await live.duty.stands("d1", ANNA)
    await live.duty.stands("d2", BEN)

    assert sorted(await live.duty.all(NOW)) == [
        Attending("d1", ANNA, NOW + 25_000),
        Attending("d2", BEN, NOW + 25_000),
    ]
    assert await live.duty.find("d1", NOW) == ANNA


async def test_a_lost_desk_is_remembered_for_two_minutes_and_then_forgotten(live: Live) -> None:
    live.duty.renew(["d1"], NOW)
    await live.duty.stands("d1", ANNA)
    last = NOW + KEPT_MS - 1

    assert [desk.is_on(last) for desk in await live.duty.all(last)] == [False]
    assert await live.duty.find("d1", last) == ANNA

    assert await live.duty.find("d1", last + 1) is None
    assert await live.duty.all(last + 2) == []
    assert await live.store.call(b"HGETALL", keys.STANDING) == []
    assert await live.store.call(b"ZRANGE", keys.DUTY, 0, -1) == []


async def test_a_desk_that_came_back_meanwhile_is_not_forgotten(live: Live) -> None:
    live.duty.renew(["d1"], NOW)
    await live.duty.stands("d1", ANNA)
    much_later = NOW + KEPT_MS + 1
    live.duty.renew(["d1"], much_later + 25_000)
    await live.store.run(
        live.store.scripts.duty_forget, (keys.DUTY, keys.STANDING), much_later - KEPT_MS, "d1", "d2"
    )

    assert await live.duty.find("d1", much_later) == ANNA


async def test_who_signed_out_comes_back_to_nothing(live: Live) -> None:
    live.duty.renew(["d1"], NOW + 25_000)
    await live.duty.stands("d1", ANNA)

    await live.duty.signed_out("d1")

    assert await live.duty.find("d1", NOW) is None
    assert await live.duty.all(NOW) == []


async def test_intake_is_closed_and_opened_by_hand(live: Live) -> None:
    assert await live.duty.intake_stands(NOW) == (frozenset(), [])

    await live.duty.close_intake(["en", "nl"], NOW, closed=True)
    assert (await live.duty.intake_stands(NOW))[0] == {"en", "nl"}

    await live.duty.close_intake(["en"], NOW, closed=False)
    assert (await live.duty.intake_stands(NOW))[0] == {"nl"}
    assert (await live.duty.intake_with("d1", NOW))[0] == {"nl"}


async def test_each_language_opens_by_itself_a_day_after_it_was_closed(live: Live) -> None:
    day = keys.CLOSED_BY_HAND_TTL * 1000
    await live.duty.close_intake(["nl"], NOW, closed=True)
    await live.duty.close_intake(["en"], NOW + 1000, closed=True)

    async def closed(now: int) -> frozenset[str]:
        found = (await live.duty.intake_stands(now))[0]
        assert found == (await live.duty.intake_with("d1", now))[0]
        return found

    assert await closed(NOW + day - 1) == {"nl", "en"}
    assert await closed(NOW + day) == {"en"}
    assert await closed(NOW + day + 1000) == frozenset()
    await live.duty.close_intake(["fr"], NOW + day + 1000, closed=True)
    assert await live.store.call(b"ZRANGE", keys.CLOSED_BY_HAND, 0, -1) == [b"fr"]


async def test_the_cap_counts_over_all_devices_of_a_person(live: Live) -> None:
    one, two, three = (bytes([number]) * 16 for number in (1, 2, 3))
    assert await live.desk.reserve("d1", ["d1", "d2"], one, 2)
    assert await live.desk.reserve("d2", ["d1", "d2"], two, 2)

    assert not await live.desk.reserve("d1", ["d1", "d2"], three, 2)
    assert await live.desk.reserve("d1", ["d1", "d2"], one, 2)  # said again: it is counted once
    assert await live.desk.reserve("d3", ["d3"], three, 2)

    await live.desk.drop_mine("d2", two)
    assert await live.desk.reserve("d1", ["d1", "d2"], three, 2)
    assert await live.desk.mine("d1") == {one, three}
