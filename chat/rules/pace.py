# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pace: a token bucket as a value. Nobody is told apart by it; every connection has its own.

Whole numbers throughout, so that the same events give the same answer everywhere.
"""

from __future__ import annotations

import msgspec

_MICRO = 1_000_000
"""Parts of one token: a millisecond at a thousandth of a token a second."""


class Bucket(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """How much may happen now. Made by `bucket`, spent by `spend`."""

    burst: int
    """Tokens a full bucket holds."""
    per_1000_s: int
    """Tokens that come back in a thousand seconds."""
    level: int
    """Millionths of a token, as of `at_ms`."""
    at_ms: int


def bucket(burst: int, per_second: float, now: int) -> Bucket:
    """A full bucket. `per_second` is kept to a thousandth; `now` is unix milliseconds.

    Raises:
        ValueError: it would never let anything through, or never again.
    """
    per_1000_s = round(per_second * 1000)
    if burst < 1 or per_1000_s < 1:
        raise ValueError("a bucket holds at least one token and gets some back")
    return Bucket(burst, per_1000_s, burst * _MICRO, now)


def spend(held: Bucket, now: int) -> tuple[Bucket, bool]:
    """Take one token if there is one. A clock that went back gives nothing and takes nothing."""
    burst, per_1000_s, level, at_ms = held.burst, held.per_1000_s, held.level, held.at_ms
    if now > at_ms:
        level = min(level + (now - at_ms) * per_1000_s, burst * _MICRO)
        at_ms = now
    if level < _MICRO:
        return Bucket(burst, per_1000_s, level, at_ms), False
    return Bucket(burst, per_1000_s, level - _MICRO, at_ms), True
