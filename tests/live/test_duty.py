# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from chat.live.duty import Duty
from chat.live.live import Live

NOW = 1_700_000_000_000

pytestmark = pytest.mark.anyio


async def test_intake_has_somebody_as_long_as_one_desk_is_alive(live: Live) -> None:
    duty = Duty(live.store)
    assert not await duty.anybody(NOW)

    duty.renew(["d1", "d2"], NOW + 25_000)
    duty.renew([], NOW + 90_000)
    duty.ends("d1", NOW)

    assert not await duty.is_open("d1", NOW)
    assert await duty.is_open("d2", NOW)
    assert await duty.anybody(NOW + 24_999)
    assert not await duty.is_open("d2", NOW + 25_000)
    assert not await duty.anybody(NOW + 25_000)


async def test_closing_a_desk_never_opens_or_lengthens_one(live: Live) -> None:
    duty = Duty(live.store)
    duty.renew(["d1"], NOW + 5_000)
    duty.ends("d1", NOW + 60_000)
    duty.ends("d2", NOW + 60_000)

    assert not await duty.anybody(NOW + 5_001)
