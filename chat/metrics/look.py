# SPDX-License-Identifier: AGPL-3.0-or-later
"""One look at the two stores, for the metrics: nothing is kept of it but numbers."""

from __future__ import annotations

import contextlib
import time
from typing import Any, Final

from chat.actions import holdings
from chat.live.errors import StoreError, StoreUnreachable
from chat.live.live import Live
from chat.metrics.coarse import Seen
from chat.records import Records, RecordsUnreachable
from chat.sealing.certificate import Role
from chat.sealing.errors import SealingError

_DAY: Final = 86_400


class Looker:
    """Keeps a connection to each store for as long as it holds."""

    def __init__(self, live_url: str, records_url: str) -> None:
        self._live_url = live_url
        self._records_url = records_url
        self._live: Live | None = None
        self._records: Records | None = None

    async def look(self) -> Seen:
        """What there is now; what does not answer is left out."""
        found: dict[str, Any] = {}
        with contextlib.suppress(StoreError, StoreUnreachable):
            found |= await self._of_live()
        with contextlib.suppress(RecordsUnreachable):
            found |= {"certificate_days": await self._certificates(), "records": True}
        return Seen(**found)

    async def _of_live(self) -> dict[str, Any]:
        live = self._live = self._live or await Live.open(self._live_url)
        now = time.time_ns() // 1_000_000
        desks = await live.duty.all(now)
        shown = await holdings.look(live.holdings)
        return {
            "live_store": True,
            "on_duty": sum(desk.is_on(now) for desk in desks),
            "waiting": shown.waiting,
            "conversations": shown.conversations,
        }

    async def _certificates(self) -> dict[str, int]:
        records = self._records = self._records or await Records.open(self._records_url)
        ends: dict[str, int] = {}
        for device in await records.devices.all():
            if device.revoked is not None:
                continue
            with contextlib.suppress(SealingError):
                for one in device.certificates.parsed():
                    kind = "manager" if one.role is Role.MANAGER else "staff"
                    ends[kind] = min(one.not_after, ends.get(kind, one.not_after))
        now = int(time.time())
        return {kind: max(0, (end - now) // _DAY) for kind, end in ends.items()}

    async def close(self) -> None:
        """Disconnect."""
        if self._live is not None:
            await self._live.close()
        if self._records is not None:
            await self._records.close()
