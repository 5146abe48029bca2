# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the desk's API needs from the outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chat.actions.content import Content
from chat.actions.duty import Stands
from chat.actions.house import Who
from chat.records import Records
from chat.rules.wrap_up import WrapUp
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
    """Told the id of a device whose sessions have just ended: its sockets close, and its open
    conversations go the way of a lost counsellor's."""
    content: Content
    """What the organisation has set, as this worker knows it."""
    on_changed: Callable[[], None]
    """Told that a setting was changed, so that the other workers look."""
    wrap_up: Callable[[bytes, bytes, WrapUp], Awaitable[None]]
    """Counts a contact: whose, the bytes that make it count once, and what was said of it."""
    intake: Callable[[], Awaitable[dict[str, Stands]]]
    """How intake stands, by language."""
    close_intake: Callable[[Who, str | None, bool], Awaitable[None]]
    """Somebody closes intake of a language (None: of all), or opens it; raises `NotAllowed`."""
