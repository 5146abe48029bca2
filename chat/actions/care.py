# SPDX-License-Identifier: AGPL-3.0-or-later
"""Counts that look after people: heavy contacts of the staff, and ends with a boundary."""

from __future__ import annotations

from chat.actions.house import House


async def heavy_contact(house: House, staff: bytes) -> None:
    """Somebody of the staff had a heavy contact: a risk flag of concern or more, or an end with a boundary.

    Called once for each, when the contact is wrapped up. Who it was with is nowhere.

    Raises:
        StoreError: the live store does not answer.
    """
    await house.heavy.add(staff, house.midnight(house.now()))
    house.duty.nudge()


async def boundary_ended(house: House) -> None:
    """A conversation ended with a boundary: for ten minutes starting costs everybody a little more.

    Raises:
        StoreError: the live store does not answer.
    """
    await house.boundaries.add(house.now(), house.random(8))
