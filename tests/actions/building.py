# SPDX-License-Identifier: AGPL-3.0-or-later
"""A house on a real store, with a clock in the test's hand."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass

import msgspec

from chat.actions import help_seeker
from chat.actions.content import Content
from chat.actions.help_seeker import Entered
from chat.actions.house import House, Who
from chat.live.desk import DeskSession
from chat.live.era import era
from chat.live.live import Live
from chat.protocol import frames
from chat.protocol.types import VERSION, About, DutyStatus, Urgency
from chat.rules import state
from chat.rules.duty import Duty
from chat.rules.roles import Role
from chat.rules.state import Conversation


@dataclass
class Clock:
    """Unix milliseconds, as far as the rules know."""

    now: int = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


async def house(live: Live, clock: Clock, worker: str = "w1") -> House:
    """What a worker has, without its connections. As many may wait as a test starts."""
    content = Content()
    content.limits = msgspec.structs.replace(content.limits, waiting=100_000)
    return House(
        content=content,
        worker=worker,
        era=await era(live.store),
        conversations=live.conversations,
        relay=live.relay,
        room=live.waiting_room,
        deadlines=live.deadlines,
        desk=live.desk,
        duty=live.duty,
        alarms=live.alarms,
        heavy=live.heavy,
        boundaries=live.boundaries,
        takes=live.takes,
        tallies=live.tallies,
        sealed=live.sealed,
        holdings=live.holdings,
        now=clock,
        random=secrets.token_bytes,
        languages=frozenset({"en", "nl"}),
        who=_nobody,
    )


async def _nobody(_device: bytes) -> Who | None:
    return None


async def signed_in(at: House, staff: bytes, *devices: bytes) -> None:
    """Somebody of the staff is signed in at these devices."""
    expires = int(time.time()) + 3600
    for device in devices:
        await at.desk.create(DeskSession(os.urandom(32), staff.hex(), device.hex(), expires))


async def on_duty(at: House, device: str = "desk", *languages: str, until_ms: int | None = None) -> None:
    """A desk is open and on duty in these languages (all of the line's, when none is named)."""
    at.duty.renew([device], until_ms or at.now() + 60_000)
    spoken = languages or tuple(sorted(at.languages))
    stands = Duty(bytes(16), "Anna", (Role.COUNSELLOR,), DutyStatus.ON, spoken, at.now())
    await at.duty.stands(device, stands)


async def started(at: House, language: str = "en") -> bytes:
    """A help-seeker waits; returns the sid."""
    await on_duty(at)
    sid = os.urandom(16)
    entered = await help_seeker.start(
        at, frames.Start(VERSION, sid, bytes(32), bytes(32), language, About.UNSAID, Urgency.USUAL)
    )
    assert isinstance(entered, Entered)
    return sid


async def standing(at: House, sid: bytes) -> tuple[int, Conversation]:
    """Version and state."""
    found = await at.conversations.load(sid)
    assert found is not None
    return found[0], state.load(found[1])
