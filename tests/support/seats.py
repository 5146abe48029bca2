# SPDX-License-Identifier: AGPL-3.0-or-later
"""Staff seats in the live store, without the rules."""

from __future__ import annotations

from chat.live.live import Live
from chat.live.steps import At, Sit, Step, Vacate
from chat.rules.state import Member


async def sit(
    live: Live,
    sid: bytes,
    member: Member,
    device: str = "device",
    staff: str = "staff",
    half: bytes = bytes(32),
    worker: str = "w2",
) -> int:
    """Somebody has this seat from now on; returns the generation there."""
    generation = await live.conversations.generation(sid, member)
    seat = Sit(member, generation + 1, worker, half, device, staff)
    await step(live, sid, At(member, generation), seat)
    return generation + 1


async def vacate(live: Live, sid: bytes, member: Member) -> None:
    """Nobody has this seat any more."""
    await step(live, sid, Vacate(member))


async def step(live: Live, sid: bytes, *steps: Step) -> None:
    """Steps with a state that stays what it is."""
    found = await live.conversations.load(sid)
    assert found is not None
    assert await live.conversations.save(sid, *found, steps)
