# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calling supervisors, and being on it."""

from __future__ import annotations

from chat.actions.house import House
from chat.protocol.types import AlarmKind, ErrorCode
from chat.rules import alarm as rules
from chat.rules.alarm import Alarm
from chat.rules.conversation import NotAllowed


async def call(house: House, staff: bytes, device: bytes, kind: AlarmKind, sid: bytes | None) -> None:
    """Call every supervisor on duty; it stands until one answers, an hour at most.

    Pressed again while it stands, the same alarm is shown again.

    Raises:
        NotAllowed: far too many alarms stand.
        StoreError: the live store does not answer.
    """
    wanted = Alarm(kind, sid, staff, device, house.now())
    standing = await house.alarms.all(house.now())
    key = rules.same(standing, wanted)
    if key is None and len(standing) >= rules.MOST:
        raise NotAllowed(ErrorCode.TOO_FAST)
    if key is None:
        await house.alarms.raise_(house.random(32), wanted)
    else:
        await house.alarms.raise_(key, standing[key])


async def answer(house: House, staff: bytes, device: bytes, key: bytes) -> None:
    """A supervisor is on it; whoever called hears so, and so does every other supervisor.

    Raises:
        NotAllowed: somebody else was faster, or it stands no longer.
        StoreError: the live store does not answer.
    """
    if not await house.alarms.answer(key, staff, device):
        raise NotAllowed(ErrorCode.TAKEN)
