# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import secrets

import pytest

from chat.live import keys
from chat.live.challenges import Challenges
from chat.live.live import Live

pytestmark = pytest.mark.anyio


async def test_a_challenge_is_given_out_once(live: Live) -> None:
    challenges, name = Challenges(live.store), secrets.token_bytes(16)
    await challenges.put(name, b"bytes", 60)

    taken = await asyncio.gather(*(challenges.take(name) for _ in range(5)))

    assert [value for value in taken if value is not None] == [b"bytes"]


async def test_a_challenge_has_a_clock_and_another_name_gets_nothing(live: Live) -> None:
    challenges, name = Challenges(live.store), secrets.token_bytes(16)
    await challenges.put(name, b"bytes", 60)

    assert 0 < await live.store.call(b"TTL", keys.challenge(name)) <= 60
    assert await challenges.take(secrets.token_bytes(16)) is None
