# SPDX-License-Identifier: AGPL-3.0-or-later
"""The hash ratchet: `ck' | mk = HKDF(empty, ck, L("step"), 64)`; a message key is used once."""

from __future__ import annotations

from dataclasses import dataclass

from chat.sealing.labels import hkdf, label

_STEP = label("step")


def step(ck: bytes) -> tuple[bytes, bytes]:
    """(next chain key, message key)."""
    both = hkdf(b"", ck, _STEP, 64)
    return both[:32], both[32:]


@dataclass(frozen=True, slots=True)
class ChainKey:
    """One direction of one epoch, standing before envelope `n`."""

    epoch: int
    n: int
    ck: bytes

    def next(self) -> tuple[ChainKey, bytes]:
        """(the chain after envelope `n`, the message key of envelope `n`)."""
        ck, mk = step(self.ck)
        return ChainKey(self.epoch, self.n + 1, ck), mk
