# SPDX-License-Identifier: AGPL-3.0-or-later
"""Desks that are open: a lease for each, renewed with its signs of life, and how each stands.

Intake of a language is open only while one of them is on duty in it: nobody waits at a desk where
nobody sits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec

from chat.live import keys
from chat.live.resp import Store
from chat.rules.duty import KEPT_MS, Attending, Duty, is_kept

_decode = msgspec.msgpack.Decoder(Duty).decode


class Desks:
    """Leases and standings, by device. Who changes a standing nudges all on `keys.DESKS_CHANNEL`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scripts = store.scripts

    def renew(self, devices: Iterable[str], until_ms: int) -> None:
        """These devices' desks are alive: one command for all. No answer."""
        pairs = [part for device in devices for part in (until_ms, device)]
        if pairs:
            self._store.fire(b"ZADD", keys.DUTY, *pairs)
            self._store.fire(b"EXPIRE", keys.DUTY, keys.DUTY_TTL)
            self._store.fire(b"EXPIRE", keys.STANDING, keys.DUTY_TTL)

    def ends(self, device: str, at_ms: int) -> None:
        """This device's desk closed: it counts until then, or less. No answer."""
        self._store.fire(b"ZADD", keys.DUTY, b"XX", b"LT", at_ms, device)

    async def is_open(self, device: str, now: int) -> bool:
        """Whether this device has a desk open (unix milliseconds).

        Raises:
            StoreError: no answer.
        """
        until = await self._store.call(b"ZSCORE", keys.DUTY, device)
        return until is not None and float(until) > now

    async def stands(self, device: str, duty: Duty) -> None:
        """From now on this desk stands like this.

        Raises:
            StoreError: no answer.
        """
        await self._store.calls(
            (b"HSET", keys.STANDING, device, msgspec.msgpack.encode(duty)),
            (b"EXPIRE", keys.STANDING, keys.DUTY_TTL),
        )
        self.nudge()

    async def signed_out(self, device: str) -> None:
        """Nothing of this desk counts any longer, and it comes back to nothing.

        Raises:
            StoreError: no answer.
        """
        await self._store.calls((b"HDEL", keys.STANDING, device), (b"ZREM", keys.DUTY, device))
        self.nudge()

    async def find(self, device: str, now: int) -> Duty | None:
        """How this desk stands, or stood until it was lost; None when that counts no longer.

        Raises:
            StoreError: no answer.
        """
        packed, lease = await self._store.calls(
            (b"HGET", keys.STANDING, device), (b"ZSCORE", keys.DUTY, device)
        )
        if packed is None or lease is None or not is_kept(int(float(lease)), now):
            return None
        return _decode(packed)

    async def among(self, devices: Iterable[str], now: int) -> list[Attending]:
        """Those of these devices whose desk is open, or was until just now.

        Raises:
            StoreError: no answer.
        """
        names = list(devices)
        if not names:
            return []
        packed, *leases = await self._store.calls(
            (b"HMGET", keys.STANDING, *names), *((b"ZSCORE", keys.DUTY, name) for name in names)
        )
        return [
            Attending(device, _decode(value), until)
            for device, value, lease in zip(names, packed, leases, strict=True)
            if value is not None and lease is not None and is_kept(until := int(float(lease)), now)
        ]

    async def all(self, now: int) -> list[Attending]:
        """Every desk that is open, or was until just now; forgets those that are long gone.

        Raises:
            StoreError: no answer.
        """
        packed, leases = await self._store.calls(
            (b"HGETALL", keys.STANDING), (b"ZRANGE", keys.DUTY, 0, -1, b"WITHSCORES")
        )
        until = {device: int(float(score)) for device, score in zip(leases[::2], leases[1::2], strict=True)}
        found, gone = [], [device for device, lease in until.items() if not is_kept(lease, now)]
        for device, value in zip(packed[::2], packed[1::2], strict=True):
            lease = until.get(device, 0)
            if is_kept(lease, now):
                found.append(Attending(device.decode(), _decode(value), lease))
            elif device not in until:
                gone.append(device)
        if gone:
            await self._forget(gone, now)
        return found

    def nudge(self) -> None:
        """Something that the desks see has changed. No answer."""
        self._store.fire(b"PUBLISH", keys.DESKS_CHANNEL, b"")

    async def close_intake(self, languages: Iterable[str], now: int, *, closed: bool) -> None:
        """Somebody closes intake of these languages by hand (now: unix milliseconds), or opens it again.

        Each is closed for a day at most; what happens to another language makes it no longer.

        Raises:
            StoreError: no answer.
        """
        if closed:
            until = now + keys.CLOSED_BY_HAND_TTL * 1000
            pairs = (part for language in languages for part in (until, language))
            await self._store.calls(
                (b"ZREMRANGEBYSCORE", keys.CLOSED_BY_HAND, b"-inf", now),
                (b"ZADD", keys.CLOSED_BY_HAND, *pairs),
                (b"EXPIRE", keys.CLOSED_BY_HAND, keys.CLOSED_BY_HAND_TTL),
            )
        else:
            await self._store.call(b"ZREM", keys.CLOSED_BY_HAND, *languages)
        self.nudge()

    def intake_with(self, device: str, now: int) -> asyncio.Future[tuple[frozenset[str], Attending | None]]:
        """The languages closed by hand, and one desk: enough when that is on duty in the language.

        Raises (from the future):
            StoreError: no answer.
        """

        def read(reply: Any) -> tuple[frozenset[str], Attending | None]:
            packed, lease, *closed = reply
            if packed is None or lease is None or not is_kept(int(float(lease)), now):
                return _texts(closed), None
            return _texts(closed), Attending(device, _decode(packed), int(float(lease)))

        names = keys.STANDING, keys.DUTY, keys.CLOSED_BY_HAND
        return self._store.run_as(read, self._scripts.intake, names, device, now)

    async def intake_stands(self, now: int) -> tuple[frozenset[str], list[Attending]]:
        """The languages closed by hand, and the desks: all that decides who may begin to wait.

        Raises:
            StoreError: no answer.
        """
        closed, desks = await asyncio.gather(self._store.call(*_closed(now)), self.all(now))
        return _texts(closed), desks

    async def _forget(self, devices: list[bytes], now: int) -> None:
        before = now - KEPT_MS
        await self._store.run(self._scripts.duty_forget, (keys.DUTY, keys.STANDING), before, *devices)


def _closed(now: int) -> tuple[bytes | str, ...]:
    """Ask for the languages that are closed by hand now."""
    return b"ZRANGEBYSCORE", keys.CLOSED_BY_HAND, f"({now}", b"+inf"


def _texts(found: Iterable[bytes]) -> frozenset[str]:
    return frozenset(one.decode() for one in found)
