# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio

import pytest
from msgspec.structs import replace

from chat.live import keys
from chat.live.alarms import AlarmNews, decode_news
from chat.live.live import Live
from chat.live.subscriber import Subscriber
from chat.protocol.types import AlarmKind
from chat.rules.alarm import KEPT_MS, Alarm
from tests.support.valkey import WatchedStore

NOW = 1_700_000_000_000
CALL = Alarm(AlarmKind.HELP, None, b"a" * 16, b"d" * 16, NOW)
OTHER = Alarm(AlarmKind.IMMINENT, b"s" * 16, b"a" * 16, b"d" * 16, NOW)
ONE, TWO = b"1" * 32, b"2" * 32

pytestmark = pytest.mark.anyio


async def test_alarms_stand_until_they_are_answered_once(live: Live) -> None:
    await live.alarms.raise_(ONE, CALL)
    await live.alarms.raise_(TWO, OTHER)
    await live.alarms.raise_(ONE, CALL)
    assert await live.alarms.all(NOW) == {ONE: CALL, TWO: OTHER}

    answers = await asyncio.gather(*(live.alarms.answer(ONE, b"s" * 16, bytes([n]) * 16) for n in range(5)))

    assert sorted(answers) == [False] * 4 + [True]
    assert await live.alarms.all(NOW) == {TWO: OTHER}
    assert not await live.alarms.answer(bytes(32), b"s" * 16, b"d" * 16)


async def test_an_alarm_that_nobody_answers_is_gone_after_an_hour(live: Live) -> None:
    await live.alarms.raise_(ONE, CALL)

    assert await live.alarms.all(NOW + KEPT_MS - 1) == {ONE: CALL}
    assert await live.alarms.all(NOW + KEPT_MS) == {}
    assert await live.store.call(b"HLEN", keys.ALARMS) == 0
    await live.alarms.raise_(ONE, CALL)
    assert 0 < await live.store.call(b"TTL", keys.ALARMS) <= KEPT_MS // 1000


async def test_after_a_conversation_nothing_names_it(live: Live) -> None:
    await live.alarms.raise_(ONE, CALL)
    await live.alarms.raise_(TWO, OTHER)

    await live.alarms.forget(b"s" * 16)

    assert await live.alarms.all(NOW) == {ONE: CALL, TWO: replace(OTHER, sid=None)}


async def test_every_worker_is_told_of_it_and_of_the_answer(live: Live, embedded_store: WatchedStore) -> None:
    heard: asyncio.Queue[AlarmNews] = asyncio.Queue()
    subscriber = await Subscriber.open(
        embedded_store.url, lambda _, payload: heard.put_nowait(decode_news(payload)), _ignore, _ignore
    )
    await subscriber.subscribe(keys.ALARM_CHANNEL)

    await live.alarms.raise_(ONE, OTHER)
    await live.alarms.answer(ONE, b"s" * 16, b"x" * 16)

    assert await heard.get() == AlarmNews(ONE, OTHER)
    assert await heard.get() == AlarmNews(ONE, OTHER, (b"s" * 16, b"x" * 16))
    await subscriber.close()


def _ignore() -> None:
    pass
