# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every action needs, put together once in chat/main.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chat.live.conversations import Conversations
from chat.live.deadlines import Deadlines
from chat.live.desk import Desk
from chat.live.duty import Desks
from chat.live.relay import Relay
from chat.live.tallies import Tallies
from chat.live.waiting_room import WaitingRoom
from chat.rules import duty
from chat.rules.presence import lease_after_pong
from chat.rules.roles import Permission, Role, may
from chat.rules.state import Member


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody of the staff at a device, as the records say."""

    staff: bytes
    alias: str
    roles: frozenset[Role]

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles may do this."""
        return may(self.roles, permission)


def _always(_now: int) -> bool:
    return True


def _usual_cap() -> int:
    return duty.CAP


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
    duty: Desks
    tallies: Tallies
    now: Callable[[], int]
    """Unix milliseconds."""
    random: Callable[[int], bytes]
    languages: frozenset[str]
    """Those the line offers: a closed set, so that a count tells nobody apart."""
    who: Callable[[bytes], Awaitable[Who | None]]
    """Whose device it is; None when it was revoked, or its person removed. Raises what the records raise."""
    within_hours: Callable[[int], bool] = _always
    """Whether the line is open at this time (unix milliseconds)."""
    cap: Callable[[], int] = _usual_cap
    """Conversations that one person may have at once."""

    def here(self, sid: bytes, member: Member, generation: int) -> None:
        """This connection is alive. Said before the state says so: who dies in between is missed in time."""
        self.deadlines.renew([(sid, member, generation)], lease_after_pong(self.now()))
