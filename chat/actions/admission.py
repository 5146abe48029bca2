# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a start costs at this moment, as a challenge for one browser."""

from __future__ import annotations

from chat.actions.house import House
from chat.rules.admission import price


async def challenge(house: House, *, after_boundary: bool) -> dict[str, object] | None:
    """A challenge of work; None when starts are free.

    Raises:
        StoreError: the live store does not answer.
    """
    if house.admission is None:
        return None
    waiting, ends = await house.room.size(), await house.boundary_ends()
    cost = price(waiting, house.room_limit(), ends, after_boundary=after_boundary)
    return await house.admission.challenge(cost, house.now() // 1000)
