# SPDX-License-Identifier: AGPL-3.0-or-later
"""What everybody may see of what the service holds: one look for all, in bands, ten minutes old at most."""

from __future__ import annotations

from chat.actions.house import House
from chat.live.keys import CONVERSATION_TTL
from chat.rules.shown import Shown, banded


async def look(house: House) -> Shown:
    """The look that everybody is shown; counted anew when the last one is over.

    Raises:
        StoreError: the live store does not answer.
    """
    shown = await house.holdings.shown()
    if shown is None:
        await house.holdings.show(banded(await house.holdings.count(), CONVERSATION_TTL))
        shown = await house.holdings.shown()
    return shown or banded(await house.holdings.count(), CONVERSATION_TTL)
