# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the desk's API needs from the outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chat.records import Records
from chat.sealing.trust import Trust
from chat.web.sign_in import ChallengeStore, RelyingParty, SessionStore


@dataclass(frozen=True, slots=True)
class DeskDeps:
    """Stores, clock, random values and trust, made once by the composition root."""

    records: Records
    sessions: SessionStore
    challenges: ChallengeStore
    rp: RelyingParty
    now: Callable[[], int]
    """Unix seconds."""
    random: Callable[[int], bytes]
    """So many bytes from the system's generator."""
    trust: Trust
    on_revoked: Callable[[bytes], Awaitable[None]]
    """Told the id of a device whose sessions have just ended, so that its sockets close, too."""
