# SPDX-License-Identifier: AGPL-3.0-or-later
"""An alarm: a colleague calls every supervisor on duty, until one of them says *I am on it*."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from chat.protocol.types import AlarmKind

KEPT_MS: Final = 60 * 60_000
"""How long an alarm that nobody answers is shown to supervisors who come."""
MOST: Final = 100
"""Alarms that stand at once; a house with more has other troubles, and its store stays small."""


class Alarm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Who calls, about what. Nothing of it was typed by anybody."""

    kind: AlarmKind
    sid: bytes | None
    """The conversation it is about, if it is about one."""
    staff: bytes
    device: bytes
    since_ms: int

    def stands(self, now: int) -> bool:
        """Whether it is still shown (unix milliseconds)."""
        return now < self.since_ms + KEPT_MS

    def ago_s(self, now: int) -> int:
        """Whole seconds since the call; never negative, clocks of workers differ."""
        return max(0, now - self.since_ms) // 1000


def same(alarms: Mapping[bytes, Alarm], wanted: Alarm) -> bytes | None:
    """The alarm that says this already: who presses again repeats it, and makes no second one."""
    about = (wanted.kind, wanted.sid, wanted.device)
    return next((key for key, one in alarms.items() if (one.kind, one.sid, one.device) == about), None)
