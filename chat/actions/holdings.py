# SPDX-License-Identifier: AGPL-3.0-or-later
"""What everybody may see of what the service holds: one look for all, in bands, ten minutes old at most."""

from __future__ import annotations

from functools import partial

from chat.actions.house import House
from chat.actions.shared import Shared
from chat.live.holdings import Holdings
from chat.rules.shown import Shown, banded


def looks(house: House) -> Shared[Shown]:
    """The look, for pages: however many ask when the ten minutes end, a worker counts once."""
    return Shared(partial(look, house.holdings), house.now)


async def look(holdings: Holdings) -> Shown:
    """The look that everybody is shown; counted anew when the last one is over.

    Raises:
        StoreError: the live store does not answer.
    """
    shown = await holdings.shown()
    if shown is None:
        await holdings.show(banded(await holdings.count()))
        shown = await holdings.shown()
    return shown or banded(await holdings.count())
