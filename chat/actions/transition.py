# SPDX-License-Identifier: AGPL-3.0-or-later
"""One change of a conversation: load, apply the rule, save if the version is unchanged, then the effects.

How the order keeps everything safe when a worker is killed between any two steps:

1. The next deadline is written before the state that needs it; it can only move earlier, and a
   deadline that fires early is harmless. So is a lease, before the state says that somebody is there.
2. An entry of the waiting room is written before the state says *waiting* again; who claims it too
   early is refused by the rules and gives it back.
3. Who holds which seat changes with the state, and who has to know is woken, in one script
   (chat/live/steps.py): there is no moment in which two hold a seat, or nobody, or somebody untold.
4. Everything after the save may be done twice, and is done again by whoever comes next: an attach
   writes the entry again, a deadline of a closed conversation forgets it again.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from chat.actions.house import House
from chat.actions.notes import LEASE_ENDED, payload
from chat.live import steps, wake
from chat.live.steps import Step
from chat.live.wake import Kind
from chat.protocol import codec, frames
from chat.protocol.types import ErrorCode, Left
from chat.rules import conversation, effects, state
from chat.rules.board import on_board
from chat.rules.conversation import NotAllowed
from chat.rules.events import Event, ReplyPosted
from chat.rules.intake import PROOF
from chat.rules.outcomes import countable
from chat.rules.state import SLOT, Conversation, Member
from chat.rules.wait_estimate import ended_wait

__all__ = ["LEASE_ENDED", "Moved", "Sitter", "apply", "begin", "move", "sit", "tell"]

_TRIES = 20
"""Of two workers that save at once one is refused, so this many in a row means that something is broken."""

MakeEvent = Callable[[Conversation | None], Event]
"""Makes the event from the state as it stands; may raise NotAllowed."""
_Prepare = Callable[[Conversation | None], Awaitable[tuple[Event, tuple[Step, ...]]]]


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of it."""

    state: Conversation | None
    notes: tuple[effects.Note, ...]
    """Everything that somebody was told, answers too."""
    generation: int = 0
    """Of who sat down or moved."""


@dataclass(frozen=True, slots=True)
class Sitter:
    """Who sits down: a desk, and the server's half of its reload key."""

    staff: bytes
    device: bytes
    half: bytes = field(repr=False)


async def apply(house: House, sid: bytes, make_event: MakeEvent) -> Moved:
    """Apply one event to a conversation.

    Raises:
        NotAllowed: the rules refuse it; nothing has changed.
        StoreError: the live store does not answer.
    """

    async def prepare(before: Conversation | None) -> tuple[Event, tuple[Step, ...]]:
        return make_event(before), ()

    return await _change(house, sid, prepare)


async def sit(
    house: House, sid: bytes, member: Member, sitter: Sitter, make_event: Callable[[int], Event]
) -> Moved:
    """Apply the event by which somebody gets a staff place, made from the generation it will have there.

    Raises:
        NotAllowed: the rules refuse it; nothing has changed.
        StoreError: the live store does not answer.
    """
    generation = 0

    async def prepare(_: Conversation | None) -> tuple[Event, tuple[Step, ...]]:
        nonlocal generation
        before = await house.conversations.generation(sid, member)
        generation = before + 1
        device, staff = sitter.device.hex(), sitter.staff.hex()
        seat = steps.Sit(member, generation, house.worker, sitter.half, device, staff)
        house.here(sid, member, generation)
        return make_event(generation), (steps.At(member, before), seat)

    moved = await _change(house, sid, prepare)
    return Moved(moved.state, moved.notes, generation)


async def move(house: House, sid: bytes, generation: int) -> Moved:
    """The newcomer's reply: slot 0 is its own from now on, whoever had it can write nothing more.

    Raises:
        NotAllowed: the rules refuse it, or a newer connection of the newcomer is there; nothing has changed.
        StoreError: the live store does not answer.
    """
    n, c = Member.NEWCOMER, Member.COUNSELLOR
    seat = 0

    async def prepare(_: Conversation | None) -> tuple[Event, tuple[Step, ...]]:
        nonlocal seat
        if await house.conversations.generation(sid, n) != generation:
            raise NotAllowed(ErrorCode.SUPERSEDED)
        before = await house.conversations.generation(sid, c)
        seat = before + 1
        house.here(sid, c, seat)
        return ReplyPosted(generation, house.now(), n, seat), (steps.At(n, generation), steps.At(c, before))

    moved = await _change(house, sid, prepare)
    return Moved(moved.state, moved.notes, seat)


async def _change(house: House, sid: bytes, prepare: _Prepare) -> Moved:
    for _ in range(_TRIES):
        found = await house.conversations.load(sid)
        before = state.load(found[1]) if found else None
        event, first = await prepare(before)
        outcome = conversation.step(before, event)
        after = outcome.state
        if found is None or after is None or after == before:
            _tell_all(house, sid, outcome)
            return await _carry_out(house, sid, found[0] if found else 0, before, outcome)
        await _before(house, sid, found[0] + 1, outcome)
        all_steps = (*first, *_steps(sid, outcome))
        version = await house.conversations.save(sid, found[0], state.dump(after), all_steps)
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
    # In one write: the store takes them in this order, so no state is there without its deadline.
    due = [house.deadlines.set_due(sid, one.at_ms) for one in outcome.effects if isinstance(one, effects.Due)]
    data = state.dump(outcome.state)
    new = house.conversations.create(sid, data, ticket_hash, half, house.worker)
    if not (await asyncio.gather(new, *due))[0]:
        return None
    _tell_all(house, sid, outcome)
    return await _carry_out(house, sid, 1, None, outcome)


async def _before(house: House, sid: bytes, version: int, outcome: conversation.Outcome) -> None:
    for effect in outcome.effects:
        match effect:
            case effects.Due(at_ms=at_ms):
                await house.deadlines.set_due(sid, at_ms)
            case effects.EnterRoom(entry=entry):
                await house.room.enter(sid, entry, version)
            case _:
                pass


def _steps(sid: bytes, outcome: conversation.Outcome) -> list[Step]:
    """What happens in the same moment as the save, in the order of the effects."""
    found: list[Step] = []
    for effect in outcome.effects:
        match effect:
            case effects.Tell(to=to, note=note):
                body = payload(sid, to, note)
                if body is not None:
                    found.append(steps.Tell(to, wake.encode(Kind.TOLD, to, sid, body)))
            case effects.Vacate(member=member, why=why, generation=generation):
                found.append(steps.Tell(member, _left(sid, member, why, generation)))
                found.append(steps.Vacate(member))
            case effects.Move(generation=generation):
                member = Member.COUNSELLOR
                found.append(steps.Tell(member, _left(sid, member, Left.HANDED_OVER, generation - 1)))
                found.append(steps.Move(generation))
            case _:
                pass
    return found


def _left(sid: bytes, member: Member, why: Left, generation: int) -> bytes:
    return wake.encode_left(member, sid, generation, codec.encode(frames.SeatLeft(sid, SLOT[member], why)))


def _tell_all(house: House, sid: bytes, outcome: conversation.Outcome) -> None:
    for effect in outcome.effects:
        if isinstance(effect, effects.Tell):
            tell(house, sid, effect.to, effect.note)


async def _carry_out(
    house: House, sid: bytes, version: int, before: Conversation | None, outcome: conversation.Outcome
) -> Moved:
    # None waits for another's answer: they go to the store in one write, in this order.
    done = [
        work
        for one in outcome.effects
        if (work := _after(house, sid, version, one, before or outcome.state)) is not None
    ]
    if len(done) == 1:
        await done[0]
    elif done:
        await asyncio.gather(*done)
    notes = [effect.note for effect in outcome.effects if isinstance(effect, effects.Tell)]
    if (take := ended_wait(before, outcome.state)) is not None and not _is_proof(before):
        house.takes.add(take, house.random(8))
    if on_board(before) != on_board(outcome.state):
        house.duty.nudge()
    return Moved(outcome.state, tuple(notes))


def _after(
    house: House, sid: bytes, version: int, effect: effects.Effect, of: Conversation | None
) -> Awaitable[object] | None:
    """What is left to do once the state says so."""
    match effect:
        case effects.EnterRoom(entry=entry):
            return house.room.enter(sid, entry, version)
        case effects.MarkInRoom(present=present):
            return house.room.mark(sid, present, version)
        case effects.DescribeInRoom(entry=entry):
            return house.room.describe(sid, entry, version)
        case effects.LeaveRoom():
            return house.room.leave(sid)
        case effects.Vacate(member=member, why=why, device_id=device):
            return house.desk.note_left(device.hex(), sid, SLOT[member], why)
        case effects.Move(device_id=device):
            return house.desk.note_left(device.hex(), sid, 0, Left.HANDED_OVER)
        case effects.AskColleague():
            return _ask(house, sid, effect)
        case effects.Count(measure=measure, value=value) if not _is_proof(of) and countable(
            measure, value, house.languages
        ):
            return house.tallies.count(_day(house.now()), measure.value, value)
        case effects.Forget():
            return _forget(house, sid)
        case effects.Tell() | effects.Due() | effects.Admit() | effects.Count():
            return None  # told and written before; the store admits who sits; the rest is not countable


async def _forget(house: House, sid: bytes) -> None:
    await house.alarms.forget(sid)
    await house.conversations.forget(sid)


def _is_proof(state: Conversation | None) -> bool:
    return state is not None and state.language == PROOF


async def _ask(house: House, sid: bytes, effect: effects.AskColleague) -> None:
    frame = codec.encode(frames.HandoverAsked(sid, effect.by, effect.language, effect.asked))
    for device in effect.devices:
        await house.desk.note_asked(device.hex(), sid, asked=effect.asked)
        await house.desk.tell(device.hex(), frame)


def tell(house: House, sid: bytes, to: Member, note: effects.Note) -> None:
    """Send a note on its way to a member; one that only answers a request has no frame."""
    body = payload(sid, to, note)
    if body is not None:
        house.relay.tell(sid, to, body)


def _day(now: int) -> datetime.date:
    return datetime.datetime.fromtimestamp(now / 1000, datetime.UTC).date()
