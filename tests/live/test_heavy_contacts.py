# SPDX-License-Identifier: AGPL-3.0-or-later
import time

import pytest

from chat.live import keys
from chat.live.live import Live

pytestmark = pytest.mark.anyio


async def test_counts_by_person_that_end_at_midnight(live: Live) -> None:
    midnight = int(time.time()) + 600
    for staff in (b"anna", b"ben", b"anna"):
        await live.heavy.add(staff, midnight)

    assert await live.heavy.all() == {b"anna": 2, b"ben": 1}
    assert [await live.heavy.of(staff) for staff in (b"anna", b"ben", b"cleo")] == [2, 1, 0]
    assert 590 <= await live.store.call(b"TTL", keys.HEAVY) <= 600

    await live.heavy.add(b"anna", int(time.time()) - 1)  # it was midnight just now

    assert await live.heavy.all() == {}
