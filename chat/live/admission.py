# SPDX-License-Identifier: AGPL-3.0-or-later
"""Challenges of work: signed with a secret that all workers share, and each solution spent once.

The secret and what was spent live in the live store alone. When that is lost, challenges given out before are
void, and the page fetches another.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import altcha

from chat.live import keys
from chat.live.resp import Store
from chat.rules.admission import COST, LIFE_S, Price

MOST_PAYLOAD: Final = 1024
"""Bytes of a solution, as base64."""
_ALGORITHM: Final = "PBKDF2/SHA-256"
_PREFIX: Final = 16


@dataclass(frozen=True, slots=True)
class _Secrets:
    challenge: bytes
    solution: bytes


class Admission:
    """Makes challenges and takes solutions."""

    def __init__(self, store: Store, random: Callable[[int], bytes]) -> None:
        self._store = store
        self._random = random

    async def challenge(self, price: Price, now: int) -> dict[str, object]:
        """A challenge, as the browser's solver takes it (altcha, version 2).

        Args:
            price: how many tries it takes.
            now: unix seconds.

        Raises:
            StoreError: no answer.
        """
        secrets = await self._secrets()
        span = price.most - price.least + 1
        counter = price.least + int.from_bytes(self._random(4), "big") % span
        made = altcha.create_challenge(
            _ALGORITHM,
            COST,
            counter=counter,
            key_prefix_length=_PREFIX,
            expires_at=now + LIFE_S,
            hmac_secret=secrets.challenge,
            hmac_key_secret=secrets.solution,
        )
        return made.to_dict()

    async def spend(self, payload: bytes) -> bool:
        """Take a solution; False when it is none, is too old, or was taken before.

        Raises:
            StoreError: no answer.
        """
        if len(payload) > MOST_PAYLOAD or not payload.isascii():
            return False
        secrets = await self._secrets()
        signature = _verified(payload.decode("ascii"), secrets)
        if signature is None:
            return False
        # What is spent is the challenge: two spellings of one solution are one.
        name = keys.spent(hashlib.sha256(signature.encode()).digest()[:16])
        return await self._store.call(b"SET", name, b"1", b"NX", b"EX", 2 * LIFE_S) is not None

    async def _secrets(self) -> _Secrets:
        fresh = self._random(64)
        key = keys.ADMISSION_SECRET
        found = await self._store.call(b"SET", key, fresh, b"NX", b"GET", b"EX", keys.ADMISSION_TTL)
        both = fresh if found is None else bytes(found)
        return _Secrets(both[:32], both[32:])


def _verified(payload: str, secrets: _Secrets) -> str | None:
    """The signature of the challenge that was solved, None for anything else."""
    with contextlib.suppress(Exception):  # hostile bytes: whatever the library trips over is no solution
        read = altcha.Payload.from_base64(payload)
        parameters = read.challenge.parameters
        ours = parameters.algorithm == _ALGORITHM and parameters.cost == COST
        if ours and parameters.expires_at and parameters.key_signature and read.challenge.signature:
            result = altcha.verify_solution(read, secrets.challenge, hmac_key_secret=secrets.solution)
            if result.verified:
                return str(read.challenge.signature).lower()
    return None
