# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signed-in desks: a random token in the cookie, its hash in the live store, and both end together."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass

from chat.live.desk import Desk, DeskSession

SESSION_S = 12 * 3600
"""Seconds; a long shift. Signing in again is one touch."""


@dataclass(frozen=True, slots=True)
class SignedInDesk:
    """Whose desk it is."""

    staff: bytes
    device: bytes


def token_hash(token: str) -> bytes:
    """What the live store knows of a token."""
    return hashlib.sha256(token.encode()).digest()


class DeskSessions:
    """`chat.web.sign_in.SessionStore` on the live store."""

    def __init__(self, desk: Desk, now: Callable[[], int], random: Callable[[int], bytes]) -> None:
        self._desk = desk
        self._now = now
        self._random = random

    async def create(self, staff: bytes, device: bytes) -> str:
        """Make a session; returns the token for the cookie."""
        token = urlsafe_b64encode(self._random(32)).rstrip(b"=").decode()
        session = DeskSession(token_hash(token), staff.hex(), device.hex(), self._now() + SESSION_S)
        await self._desk.create(session)
        return token

    async def find(self, token: str) -> SignedInDesk | None:
        """Whose session it is, None when there is none."""
        found = await self._desk.find(token_hash(token))
        return SignedInDesk(bytes.fromhex(found.staff), bytes.fromhex(found.device)) if found else None

    async def remove(self, token: str) -> None:
        """End one session, and the desk that uses it."""
        found = await self._desk.find(token_hash(token))
        await self._desk.remove(token_hash(token))
        if found is not None:
            await self._desk.tell(found.device, SIGNED_OUT)

    async def remove_device(self, device: bytes) -> None:
        """End every session of a device."""
        await self._desk.remove_device(device.hex())


SIGNED_OUT = b"signed out"
"""Told to a desk whose session ended or whose device was revoked."""
