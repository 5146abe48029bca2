# SPDX-License-Identifier: AGPL-3.0-or-later
"""A wrap-up becomes counts of the running day, each alone; of the wrap-up itself nothing is kept."""

from __future__ import annotations

import datetime

from chat.actions import care
from chat.actions.house import House
from chat.rules import wrap_up
from chat.rules.wrap_up import WrapUp


async def count(house: House, staff: bytes, once: bytes, said: WrapUp) -> None:
    """Count a contact; a heavy one also for its counsellor, until midnight.

    The same 16 random bytes sent again within 15 minutes count nothing more.

    Raises:
        UnknownChoice: an id that the organisation never offered; nothing was counted.
        StoreError: the live store does not answer; send it again.
    """
    found = wrap_up.counts(said, house.content.choices)
    day = datetime.datetime.fromtimestamp(house.now() / 1000, datetime.UTC).date()
    fresh = await house.tallies.count_once(day, once, [(measure.value, value) for measure, value in found])
    if fresh and (said.heavy or said.boundary):
        await care.heavy_contact(house, staff)
