# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every action needs, put together once in chat/main.py."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from chat.actions.content import Content
from chat.live.admission import Admission
from chat.live.alarms import Alarms
from chat.live.boundary_ends import BoundaryEnds
from chat.live.conversations import Conversations
from chat.live.deadlines import Deadlines
from chat.live.desk import Desk
from chat.live.duty import Desks
from chat.live.heavy_contacts import HeavyContacts
from chat.live.holdings import Holdings
from chat.live.recent_takes import RecentTakes
from chat.live.relay import Relay
from chat.live.sealed import SealedSeats
from chat.live.tallies import Tallies
from chat.live.waiting_room import WaitingRoom
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
    alarms: Alarms
    heavy: HeavyContacts
    boundaries: BoundaryEnds
    takes: RecentTakes
    tallies: Tallies
    sealed: SealedSeats
    holdings: Holdings
    now: Callable[[], int]
    """Unix milliseconds."""
    random: Callable[[int], bytes]
    languages: frozenset[str]
    """Those the line offers: a closed set, so that a count tells nobody apart."""
    who: Callable[[bytes], Awaitable[Who | None]]
    """Whose device it is; None when it was revoked, or its person removed. Raises what the records raise."""
    content: Content = field(default_factory=Content)
    """What the organisation has set: hours, limits, texts, choices."""
    admission: Admission | None = None
    """Takes the work a start costs; None: starts are free (tests, benchmarks)."""
    fixed_cap: int | None = None
    """Conversations that one person may have at once, when that is not for managers to decide."""
    fixed_room: int | None = None
    """How many may wait, when that is not for managers to decide."""
    attendants: dict[str, str] = field(default_factory=dict)
    """Language -> a device that was on duty in it just now: the desks are many, and it is asked first."""
    counting: tuple[bytes, datetime.date] | None = None
    """The store's memory and the day of which this worker has said that it is counted."""

    def within_hours(self, language: str, now: int) -> bool:
        """Whether the organisation's settings let somebody begin in this language now (unix milliseconds)."""
        return self.content.is_open(language, now)

    def cap(self) -> int:
        """Conversations that one person may have at once."""
        return self.content.limits.cap if self.fixed_cap is None else self.fixed_cap

    def room_limit(self) -> int:
        """How many may wait."""
        return self.content.limits.waiting if self.fixed_room is None else self.fixed_room

    def midnight(self, now: int) -> int:
        """The end of the day (unix seconds) in the service's zone that this time (unix ms) belongs to."""
        return self.content.midnight(now) // 1000

    async def boundary_ends(self) -> int:
        """Conversations of the last ten minutes that ended with a boundary, on the whole line.

        Raises:
            StoreError: no answer.
        """
        return await self.boundaries.count(self.now())

    def here(self, sid: bytes, member: Member, generation: int) -> None:
        """This connection is alive. Said before the state says so: who dies in between is missed in time."""
        self.deadlines.renew([(sid, member, generation)], lease_after_pong(self.now()))
