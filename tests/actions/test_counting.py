# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import datetime

import pytest

from chat.actions import counting
from chat.live.live import Live
from chat.rules.intake import PROOF
from chat.rules.outcomes import CLEAR
from tests.actions.building import Clock, house

pytestmark = pytest.mark.anyio


async def test_somebody_is_counted_by_their_door_and_a_proof_is_nobody(live: Live) -> None:
    clock = Clock()
    ours = await house(live, clock)
    day = datetime.datetime.fromtimestamp(clock.now / 1000, datetime.UTC).date()
    for language in ("en", PROOF, "nl"):
        await counting.came(ours, language, CLEAR)

    closed = await ours.tallies.close(day)
    assert closed is not None
    assert closed.counts == {("door", "clear"): 2}
