# SPDX-License-Identifier: AGPL-3.0-or-later
"""All parts of the live store on one command connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

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
from chat.live.resp import Store
from chat.live.sealed import SealedSeats
from chat.live.tallies import Tallies
from chat.live.waiting_room import WaitingRoom


@dataclass(frozen=True, slots=True)
class Live:
    """What a worker holds of the live store. `store` has the connection's `on_lost` and `on_back`."""

    store: Store
    conversations: Conversations
    relay: Relay
    deadlines: Deadlines
    waiting_room: WaitingRoom
    desk: Desk
    duty: Desks
    alarms: Alarms
    heavy: HeavyContacts
    boundaries: BoundaryEnds
    takes: RecentTakes
    tallies: Tallies
    sealed: SealedSeats
    holdings: Holdings

    @classmethod
    async def open(cls, url: str, clock: Callable[[], float] = time.time) -> Self:
        """Connect to the store at this address (`chat.live.address`); `clock` gives unix seconds.

        Raises:
            StoreUnreachable: with a sentence for the operator.
        """
        return cls.on(await Store.open(url), clock)

    @classmethod
    def on(cls, store: Store, clock: Callable[[], float] = time.time) -> Self:
        """All parts on a connection that is there."""
        deadlines = Deadlines(store)
        return cls(
            store,
            Conversations(store, clock),
            Relay(store, clock),
            deadlines,
            WaitingRoom(store, deadlines),
            Desk(store),
            Desks(store),
            Alarms(store),
            HeavyContacts(store),
            BoundaryEnds(store),
            RecentTakes(store),
            Tallies(store),
            SealedSeats(store),
            Holdings(store),
        )

    async def close(self) -> None:
        """Disconnect."""
        await self.store.close()
