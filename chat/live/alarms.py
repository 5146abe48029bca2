# SPDX-License-Identifier: AGPL-3.0-or-later
"""Alarms that nobody has answered yet, and the way to every worker for those that are new or answered."""

from __future__ import annotations

import msgspec

from chat.live import keys
from chat.live.resp import Store
from chat.rules.alarm import Alarm

_decode = msgspec.msgpack.Decoder(Alarm).decode


class AlarmNews(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """What is published on `keys.ALARM_CHANNEL`: an alarm, or that somebody is on it."""

    key: bytes
    """Names the alarm, 32 random bytes."""
    alarm: Alarm
    answered_by: tuple[bytes, bytes] | None = None
    """Staff and device of the supervisor."""


decode_news = msgspec.msgpack.Decoder(AlarmNews).decode


class Alarms:
    """Raise, answer, and what stands."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(self, now: int) -> dict[bytes, Alarm]:
        """Alarms without an answer, by their keys; those older than an hour are removed.

        Raises:
            StoreError: no answer.
        """
        flat = await self._store.call(b"HGETALL", keys.ALARMS)
        found = {key: _decode(value) for key, value in zip(flat[::2], flat[1::2], strict=True)}
        over = [key for key, alarm in found.items() if not alarm.stands(now)]
        if over:
            self._store.fire(b"HDEL", keys.ALARMS, *over)
        return {key: alarm for key, alarm in found.items() if alarm.stands(now)}

    async def raise_(self, key: bytes, alarm: Alarm) -> None:
        """Keep an alarm, and tell every worker of it. The same one may be raised again.

        Raises:
            StoreError: no answer.
        """
        await self._store.calls(
            (b"HSET", keys.ALARMS, key, msgspec.msgpack.encode(alarm)),
            (b"EXPIRE", keys.ALARMS, keys.ALARM_TTL),
            (b"PUBLISH", keys.ALARM_CHANNEL, msgspec.msgpack.encode(AlarmNews(key, alarm))),
        )

    async def forget(self, sid: bytes) -> None:
        """A conversation is over: whoever called about it still calls, and nothing names it any more.

        Raises:
            StoreError: no answer.
        """
        flat = await self._store.call(b"HGETALL", keys.ALARMS)
        for key, value in zip(flat[::2], flat[1::2], strict=True):
            alarm = _decode(value)
            if alarm.sid == sid:
                unnamed = msgspec.msgpack.encode(msgspec.structs.replace(alarm, sid=None))
                await self._store.call(b"HSET", keys.ALARMS, key, unnamed)

    async def answer(self, key: bytes, staff: bytes, device: bytes) -> bool:
        """A supervisor is on it: of several who say so, one was the first. Every worker is told.

        Returns:
            False when there is no such alarm, or somebody else was faster.

        Raises:
            StoreError: no answer.
        """
        packed, removed = await self._store.calls((b"HGET", keys.ALARMS, key), (b"HDEL", keys.ALARMS, key))
        if not removed:
            return False
        news = AlarmNews(key, _decode(packed), (staff, device))
        await self._store.call(b"PUBLISH", keys.ALARM_CHANNEL, msgspec.msgpack.encode(news))
        return True
