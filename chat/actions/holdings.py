# SPDX-License-Identifier: AGPL-3.0-or-later
"""What everybody may see of what the service holds: one look for all, in bands, ten minutes old at most."""

from __future__ import annotations

from chat.live.holdings import Holdings
from chat.live.keys import CONVERSATION_TTL
from chat.rules.shown import Shown, banded


async def look(holdings: Holdings) -> Shown:
    """The look that everybody is shown; counted anew when the last one is over.

    Raises:
        StoreError: the live store does not answer.
    """
    shown = await holdings.shown()
    if shown is None:
        await holdings.show(banded(await holdings.count(), CONVERSATION_TTL))
        shown = await holdings.shown()
    return shown or banded(await holdings.count(), CONVERSATION_TTL)
