# SPDX-License-Identifier: AGPL-3.0-or-later
"""One change of a conversation: load, apply the rule, save if the version is unchanged, then the effects.

How the order keeps everything safe when a worker is killed between any two steps:

1. The next deadline is written before the state that needs it; it can only move earlier, and a
   deadline that fires early is harmless.
2. An entry of the waiting room is written before the state says *waiting* again; who claims it too
   early is refused by the rules and gives it back.
3. Everything after the save may be done twice, and is done again by whoever comes next: an attach
   writes the entry again, a deadline of a closed conversation forgets it again.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from chat.actions.house import House
from chat.actions.notes import for_desk, for_help_seeker
from chat.protocol import codec
from chat.protocol.types import ErrorCode
from chat.rules import conversation, effects, state
from chat.rules.board import on_board
from chat.rules.conversation import NotAllowed
from chat.rules.events import Event
from chat.rules.outcomes import countable
from chat.rules.state import Conversation, Member
from chat.rules.waiting_room import Entry

_TRIES = 20
"""Of two workers that save at once one is refused, so this many in a row means that something is broken."""

LEASE_ENDED = b""
"""Told to a connection instead of a frame: take your place again, should you be alive after all."""

MakeEvent = Callable[[Conversation | None], Event]
"""Makes the event from the state as it stands; may raise NotAllowed."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of it."""

    state: Conversation | None
    notes: tuple[effects.Note, ...]
    """Answers to whoever asked: Welcomed, Taken, ClosedBy when there is no conversation."""


async def apply(house: House, sid: bytes, make_event: MakeEvent) -> Moved:
    """Apply one event to a conversation.

    Raises:
        NotAllowed: the rules refuse it; nothing has changed.
        StoreError: the live store does not answer.
    """
    for _ in range(_TRIES):
        found = await house.conversations.load(sid)
        before = state.load(found[1]) if found else None
        outcome = conversation.step(before, make_event(before))
        after = outcome.state
        if found is None or after is None or after == before:
            return await _carry_out(house, sid, found[0] if found else 0, before, outcome)
        await _before(house, sid, found[0] + 1, outcome)
        version = await house.conversations.save(sid, found[0], state.dump(after))
        if version:
            return await _carry_out(house, sid, version, before, outcome)
    raise NotAllowed(ErrorCode.STORE_LOST)


async def begin(house: House, sid: bytes, event: Event, ticket_hash: bytes, half: bytes) -> Moved | None:
    """Apply the first event of a conversation; None when there is one under this sid already.

    Raises:
        StoreError: the live store does not answer.
    """
    outcome = conversation.step(None, event)
    if outcome.state is None:
        raise NotAllowed(ErrorCode.OUT_OF_STATE)
    for effect in outcome.effects:
        if isinstance(effect, effects.Due):
            await house.deadlines.set_due(sid, effect.at_ms)
    if not await house.conversations.create(sid, state.dump(outcome.state), ticket_hash, half, house.worker):
        return None
    return await _carry_out(house, sid, 1, None, outcome)


async def _before(house: House, sid: bytes, version: int, outcome: conversation.Outcome) -> None:
    for effect in outcome.effects:
        match effect:
            case effects.Due(at_ms=at_ms):
                await house.deadlines.set_due(sid, at_ms)
            case effects.EnterRoom():
                await house.room.enter(sid, _entry(effect), version)
            case _:
                pass


async def _carry_out(
    house: House, sid: bytes, version: int, before: Conversation | None, outcome: conversation.Outcome
) -> Moved:
    notes: list[effects.Note] = []
    for effect in outcome.effects:
        match effect:
            case effects.Tell(to=to, note=note):
                if (
                    not tell(house, sid, to, note)
                    or outcome.state is None
                    or isinstance(note, effects.ClosedBy)
                ):
                    notes.append(note)
            case effects.EnterRoom():
                await house.room.enter(sid, _entry(effect), version)
            case effects.MarkInRoom(present=present):
                await house.room.mark(sid, present, version)
            case effects.LeaveRoom():
                await house.room.leave(sid)
            case effects.Vacate(member=member):
                if before is not None:
                    await house.desk.drop_mine(before.place(member).device_id.hex(), sid)
                await house.conversations.detach(sid, member)
            case effects.Count(measure=measure, value=value) if countable(measure, value, house.languages):
                await house.tallies.count(_day(house.now()), measure.value, value)
            case effects.Forget():
                await house.alarms.forget(sid)
                await house.conversations.forget(sid)
            case effects.Due() | effects.Admit() | effects.Count():
                pass  # deadlines are written before; the store admits who attaches; the rest is not countable
    if on_board(before) != on_board(outcome.state):
        house.duty.nudge()
    return Moved(outcome.state, tuple(notes))


def tell(house: House, sid: bytes, to: Member, note: effects.Note) -> bool:
    """Send a note on its way to a member; False when it is an answer to the one who asked."""
    if isinstance(note, effects.LeaseEnded):
        house.relay.tell(sid, to, LEASE_ENDED)
        return True
    if to is Member.HELP_SEEKER:
        frame = for_help_seeker(note)
        if frame is not None:
            house.relay.tell(sid, to, codec.encode(frame))
        return frame is not None
    desk_frame = for_desk(sid, note)
    if desk_frame is not None:
        house.relay.tell(sid, to, codec.encode(desk_frame))
    return desk_frame is not None


def _day(now: int) -> datetime.date:
    return datetime.datetime.fromtimestamp(now / 1000, datetime.UTC).date()


def _entry(effect: effects.EnterRoom) -> Entry:
    return Entry(
        effect.arrival_ms,
        effect.language,
        effect.urgency,
        effect.present,
        effect.first,
        effect.about,
        effect.before,
    )
