# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from chat.actions import alarms
from chat.live.live import Live
from chat.protocol.types import AlarmKind, ErrorCode
from chat.rules.alarm import MOST
from chat.rules.conversation import NotAllowed
from tests.actions.building import Clock, house

pytestmark = pytest.mark.anyio

STAFF, DEVICE, SID = b"a" * 16, b"d" * 16, b"s" * 16


async def test_pressing_again_makes_no_second_alarm(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    for _ in range(3):
        await alarms.call(ours, STAFF, DEVICE, AlarmKind.HELP, SID)
        clock.now += 1_000
    await alarms.call(ours, STAFF, DEVICE, AlarmKind.IMMINENT, SID)

    standing = await live.alarms.all(clock.now)

    assert sorted((one.kind, one.ago_s(clock.now)) for one in standing.values()) == [
        (AlarmKind.HELP, 3),
        (AlarmKind.IMMINENT, 0),
    ]


async def test_one_of_the_supervisors_is_on_it(live: Live) -> None:
    ours = await house(live, Clock())
    await alarms.call(ours, STAFF, DEVICE, AlarmKind.HELP, None)
    (key,) = await live.alarms.all(ours.now())

    await alarms.answer(ours, b"b" * 16, b"e" * 16, key)

    with pytest.raises(NotAllowed) as refused:
        await alarms.answer(ours, b"c" * 16, b"f" * 16, key)
    assert refused.value.code is ErrorCode.TAKEN
    assert await live.alarms.all(ours.now()) == {}


async def test_the_store_stays_small(live: Live) -> None:
    ours = await house(live, Clock())
    for number in range(MOST):
        await alarms.call(ours, STAFF, number.to_bytes(16, "big"), AlarmKind.HELP, None)

    with pytest.raises(NotAllowed) as refused:
        await alarms.call(ours, STAFF, DEVICE, AlarmKind.HELP, None)
    assert refused.value.code is ErrorCode.TOO_FAST
    await alarms.call(ours, STAFF, bytes(16), AlarmKind.HELP, None)  # one that stands may be said again
