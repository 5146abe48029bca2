# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every action needs, put together once in chat/main.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chat.live.conversations import Conversations
from chat.live.deadlines import Deadlines
from chat.live.desk import Desk
from chat.live.duty import Duty
from chat.live.relay import Relay
from chat.live.tallies import Tallies
from chat.live.waiting_room import WaitingRoom


@dataclass(slots=True)
class House:
    """The stores and the clock, as the actions see them."""

    worker: str
    """Name of this process."""
    era: bytes
    """Identity of the live store's memory; replaced when it was lost."""
    conversations: Conversations
    relay: Relay
    room: WaitingRoom
    deadlines: Deadlines
    desk: Desk
    duty: Duty
    tallies: Tallies
    now: Callable[[], int]
    """Unix milliseconds."""
    random: Callable[[int], bytes]
