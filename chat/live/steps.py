# SPDX-License-Identifier: AGPL-3.0-or-later
"""What happens in the store in the same moment as a change of a conversation's state (`save.lua`).

So nobody ever holds a seat that the state does not know, nobody who left can write one more envelope, and
whoever is told of a change is told although the worker dies with its next breath.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chat.live import keys, wake
from chat.live.wake import Kind
from chat.rules.state import Member


@dataclass(frozen=True, slots=True)
class At:
    """Only if this is the member's generation still; else nothing changes."""

    member: Member
    generation: int


@dataclass(frozen=True, slots=True)
class Sit:
    """A staff seat has a new holder, or a new connection of the same one; the one before is woken
    (`Kind.SUPERSEDED`).
    """

    member: Member
    generation: int
    worker: str
    half: bytes = field(repr=False)
    device: str
    staff: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Wake the worker that holds this member's connection, if any."""

    member: Member
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Vacate:
    """Nobody holds this staff seat: its last generation can do nothing any more, and what was stored for it
    is deleted.
    """

    member: Member


@dataclass(frozen=True, slots=True)
class Move:
    """What is the newcomer's becomes slot 0's, under this generation."""

    generation: int


Step = At | Sit | Tell | Vacate | Move


def arguments(sid: bytes, steps: tuple[Step, ...]) -> list[object]:
    """The steps as the script reads them."""
    found: list[object] = []
    for step in steps:
        match step:
            case At(member=member, generation=generation):
                found += (b"at", member.encode(), generation)
            case Sit(member=member, generation=generation):
                superseded = wake.encode(Kind.SUPERSEDED, member, sid, b"%d" % generation)
                channel = keys.worker(step.worker)
                seat = (member.encode(), generation, channel, step.half, step.device, step.staff, superseded)
                found += (b"sit", *seat)
            case Tell(member=member, payload=payload):
                found += (b"tell", member.encode(), payload)
            case Vacate(member=member):
                found += (b"vacate", member.encode())
            case Move(generation=generation):
                found += (b"move", generation)
    return found
