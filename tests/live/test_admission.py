# SPDX-License-Identifier: AGPL-3.0-or-later
import asyncio
import base64
import json
import secrets
import time

import pytest

from chat.live import key_table, keys
from chat.live.admission import MOST_PAYLOAD, Admission
from chat.live.live import Live
from chat.rules.admission import Price
from tests.support.valkey import WatchedStore
from tests.support.work import solve

pytestmark = pytest.mark.anyio

CHEAP = Price(3, 9)


def now() -> int:
    return int(time.time())


def admission(live: Live) -> Admission:
    return Admission(live.store, secrets.token_bytes)


async def test_a_solution_is_taken_once_whichever_workers_are_asked(live: Live) -> None:
    one, other = admission(live), admission(live)
    solved = solve(await one.challenge(CHEAP, now()))

    taken = await asyncio.gather(*(at.spend(solved) for at in (one, other) * 5))

    assert sum(taken) == 1


async def test_another_spelling_of_a_spent_solution_is_no_new_one(live: Live) -> None:
    at = admission(live)
    solved = solve(await at.challenge(CHEAP, now()))
    assert await at.spend(solved)
    again = json.loads(base64.b64decode(solved))
    again["challenge"]["signature"] = again["challenge"]["signature"].upper()
    again["solution"]["time"] = 7
    again["more"] = True

    assert not await at.spend(base64.b64encode(json.dumps(again).encode()))


async def test_it_takes_as_many_tries_as_the_price_says(live: Live) -> None:
    at = admission(live)
    counters = set()
    for _ in range(40):
        payload = json.loads(base64.b64decode(solve(await at.challenge(Price(3, 9), now()))))
        counters.add(payload["solution"]["counter"])

    assert counters <= set(range(3, 10))
    assert len(counters) > 1


async def test_forged_and_changed_solutions_are_refused(live: Live) -> None:
    at = admission(live)
    challenge = await at.challenge(CHEAP, now())
    good = json.loads(base64.b64decode(solve(challenge)))

    def changed(path: tuple[str, ...], value: object) -> bytes:
        whole = json.loads(json.dumps(good))
        inner = whole
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value
        return base64.b64encode(json.dumps(whole).encode())

    forged = [
        changed(("challenge", "parameters", "expiresAt"), now() + 10**6),
        changed(("challenge", "parameters", "cost"), 1),
        changed(("challenge", "parameters", "keyPrefix"), "00"),
        changed(("challenge", "parameters", "keySignature"), None),
        changed(("challenge", "parameters", "algorithm"), "SHA-256"),
        changed(("challenge", "signature"), "00" * 32),
        changed(("challenge", "signature"), None),
        changed(("challenge",), None),
        changed(("solution", "derivedKey"), "00" * 32),
        changed(("solution", "derivedKey"), 7),
        changed(("solution",), []),
        b"",
        b"!",
        b"\xff" * 20,
        base64.b64encode(b"[" * 700),
        solve(challenge).ljust(MOST_PAYLOAD + 1, b"="),
    ]

    assert [await at.spend(one) for one in forged] == [False] * len(forged)
    assert await at.spend(solve(challenge))


async def test_a_challenge_signed_with_another_secret_is_refused(live: Live) -> None:
    at = admission(live)
    solved = solve(await at.challenge(CHEAP, now()))
    await live.store.call(b"DEL", keys.ADMISSION_SECRET)

    assert not await at.spend(solved)


async def test_a_challenge_that_is_too_old_is_refused(live: Live) -> None:
    at = admission(live)

    assert not await at.spend(solve(await at.challenge(CHEAP, now() - 700)))


async def test_secret_and_spent_solutions_have_their_clocks(live: Live, embedded_store: WatchedStore) -> None:
    at = admission(live)
    await at.spend(solve(await at.challenge(CHEAP, now())))

    found = {
        key: ttl for key, ttl in (await embedded_store.keys_and_clocks()).items() if b"{admission}" in key
    }

    assert any(key.startswith(b"k:{admission}:spent:") for key in found)
    assert all(
        key_table.find(key) is not None and 0 < ttl <= keys.ADMISSION_TTL for key, ttl in found.items()
    )
