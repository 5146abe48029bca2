# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lets time pass for one conversation: everything the store knows of its times is moved into the past.

Deadlines may fire early without harm, so what decides is the age; nothing in the product knows of it.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter

import msgspec
import redis

from chat.live import keys
from chat.rules import state
from chat.rules.state import Conversation, Member
from tests.support.service import Service


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def stored(service: Service, sid: bytes) -> Conversation | None:
    """The conversation as the store has it now."""
    with contextlib.closing(service.look()) as store:
        data = store.hget(keys.state(sid), "d")
    return state.load(data) if data else None


def age(service: Service, sid: bytes, ms: int, *, silent: bool = True) -> None:
    """As if the conversation had stood for `ms` longer; then its deadline is looked at again.

    silent: nobody wrote in that time.
    """
    with contextlib.closing(service.look()) as store:
        while True:
            version, data = store.hmget(keys.state(sid), "v", "d")
            older = msgspec.msgpack.encode(_older(state.load(data), ms))
            with store.pipeline() as change, contextlib.suppress(redis.WatchError):
                change.watch(keys.state(sid))
                if change.hget(keys.state(sid), "v") != version:
                    continue
                change.multi()
                change.hset(keys.state(sid), mapping={"v": int(version) + 1, "d": older})
                if silent:
                    change.hincrby(keys.relay(sid), "a", -ms)
                change.execute()
                break
    fire(service, sid)


def fire(service: Service, sid: bytes) -> None:
    """The deadline of the conversation is due now."""
    with contextlib.closing(service.look()) as store:
        store.zadd(keys.DUE, {keys.due_conversation(sid): now_ms()})


def lease_ends(service: Service, sid: bytes, member: Member, in_ms: int = 0) -> None:
    """The presence of this member's connection ends after so long, if it gives no sign of life."""
    with contextlib.closing(service.look()) as store:
        names = [name for name in store.zrange(keys.DUE, 0, -1) if name.startswith(_lease(sid, member))]
        assert names, "there is no lease"
        store.zadd(keys.DUE, dict.fromkeys(names, now_ms() + in_ms))


def traces(service: Service, sid: bytes) -> list[str]:
    """Every place in the store that still names this conversation."""
    found = []
    with contextlib.closing(service.look()) as store:
        name = sid.hex().encode()
        for key in store.keys("*"):
            kind = store.type(key)
            values: list[bytes] = []
            if kind == b"zset":
                values = store.zrange(key, 0, -1)
            elif kind == b"set":
                values = list(store.smembers(key))
            elif kind == b"hash":
                values = [part for pair in store.hgetall(key).items() for part in pair]
            if name in key or any(name in value or sid in value for value in values):
                found.append(key.decode())
    return sorted(found)


def counted(service: Service) -> Counter[str]:
    """`measure:value` -> count over all days, with what was handed to nobody yet."""
    total: Counter[str] = Counter()
    with contextlib.closing(service.look()) as store:
        for key in store.keys("k:{tally}:*"):
            if store.type(key) == b"hash":
                total.update({name.decode(): int(count) for name, count in store.hgetall(key).items()})
    return total


def _lease(sid: bytes, member: Member) -> bytes:
    return keys.due_presence(sid, member, 0)[:-1]


def _older(value: Conversation, ms: int) -> Conversation:
    older = msgspec.structs.replace(value, started_ms=value.started_ms - ms, phase_ms=value.phase_ms - ms)
    for member in Member:
        place = older.place(member)
        asking = place.asking_ms - ms if place.asks else 0
        older = older.with_place(
            msgspec.structs.replace(place, since_ms=place.since_ms - ms, asking_ms=asking)
        )
    if older.asked is not None:
        asked = msgspec.structs.replace(older.asked, since_ms=older.asked.since_ms - ms)
        older = msgspec.structs.replace(older, asked=asked)
    if older.opened_ms:
        older = msgspec.structs.replace(older, opened_ms=older.opened_ms - ms)
    return older
