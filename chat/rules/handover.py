# SPDX-License-Identifier: AGPL-3.0-or-later
"""Handing over, taking over, supervising: whoever comes to a conversation that goes on meanwhile.

How it works: the counsellor asks a colleague (`Question`), the colleague's yes makes a *newcomer*, as
does a supervisor who takes over. The newcomer's browser offers slot 0 while the counsellor still holds
it, the help-seeker is asked by name, and with the newcomer's reply the seat moves in one moment. A
supervisor *asks* for slot 1 in the same way and has joined with the reply. Whoever asks has ten minutes,
and is let go at the first absence: there is nothing to come back to. The table that leads here stands in
chat/rules/conversation.py.
"""

from __future__ import annotations

from msgspec.structs import replace

from chat.protocol.types import ErrorCode, HandoverAnswer, Left
from chat.rules.effects import (
    Admit,
    AskColleague,
    Effect,
    HandoverWas,
    Move,
    NotYours,
    PresenceOf,
    RiskIs,
    Tell,
)
from chat.rules.events import Came, HandoverAsked, HandoverRefused, ReplyPosted, WishedToJoin
from chat.rules.places import (
    NotAllowed,
    Outcome,
    attach,
    command,
    left,
    presence_changed,
    seated,
    taken,
    unasked,
    vacant,
)
from chat.rules.state import Conversation, Member, Place, Presence, Question

H, C, S, N = Member.HELP_SEEKER, Member.COUNSELLOR, Member.SUPERVISOR, Member.NEWCOMER


def ask(state: Conversation, event: HandoverAsked) -> Outcome:
    """The counsellor asks a colleague; the same question may come again."""
    command(state, C, event.generation)
    if event.staff_id == state.counsellor.staff_id:
        raise NotAllowed(ErrorCode.NOT_ALLOWED)
    if state.newcomer.is_held or (state.asked and state.asked.staff_id != event.staff_id):
        raise NotAllowed(ErrorCode.OUT_OF_STATE)
    asked = state.asked or Question(event.staff_id, event.devices, event.now)
    question = AskColleague(asked.devices, state.counsellor.staff_id, state.language, asked=True)
    return Outcome(state if state.asked else replace(state, asked=asked), (question,))


def refused(state: Conversation, event: HandoverRefused) -> Outcome:
    """The colleague's no. Of somebody who is not asked (any more) it means nothing."""
    if state.asked is None or state.asked.staff_id != event.staff_id:
        return Outcome(state)
    return Outcome(*unasked(state, HandoverAnswer.NOT_NOW))


def come(state: Conversation, event: Came) -> Outcome:
    """Somebody may offer slot 0 from now on, beside the counsellor who holds it."""
    if state.newcomer.is_held:
        if state.newcomer.device_id != event.device_id:
            raise NotAllowed(ErrorCode.TAKEN)
        return attach(state, state.newcomer, event.generation, event.now, taking=True)
    if event.staff_id == state.counsellor.staff_id:
        raise NotAllowed(ErrorCode.NOT_ALLOWED)
    if event.invited and (state.asked is None or event.device_id not in state.asked.devices):
        raise NotAllowed(ErrorCode.TAKEN)
    place = seated(state.newcomer, event, asking_ms=event.now)
    if event.invited:
        after, answers = unasked(state, HandoverAnswer.ACCEPTED, without=event.device_id)
    else:
        after, answers = unasked(state, HandoverAnswer.LAPSED)
    after = replace(after, newcomer=place, invited=event.invited)
    return Outcome(after, (Admit(N, event.generation), Tell(N, taken(after, N)), *answers))


def wish_to_join(state: Conversation, event: WishedToJoin) -> Outcome:
    """A supervisor asks for slot 1; the help-seeker hears of it by the offer."""
    seat = state.supervisor
    if seat.is_held:
        if seat.device_id != event.device_id:
            raise NotAllowed(ErrorCode.TAKEN)
        return attach(state, seat, event.generation, event.now, taking=True)
    if event.staff_id == state.counsellor.staff_id:
        raise NotAllowed(ErrorCode.NOT_ALLOWED)
    after = state.with_place(seated(seat, event, asking_ms=event.now))
    return Outcome(after, (Admit(S, event.generation), Tell(S, taken(after, S))))


def join(state: Conversation, event: ReplyPosted) -> Outcome:
    """The help-seeker said yes to the supervisor, whose reply is posted."""
    seat = state.supervisor
    if not seat.is_held:
        raise NotAllowed(ErrorCode.NOT_A_MEMBER)
    command(state, S, event.generation)
    if not seat.asks:
        return Outcome(state)
    after = state.with_place(replace(seat, asking_ms=0))
    return Outcome(after, presence_changed(after, S, present=True))


def move(state: Conversation, event: ReplyPosted) -> Outcome:
    """The help-seeker said yes to the newcomer, whose reply is posted: it is the counsellor now."""
    seat, before = state.newcomer, state.counsellor
    if not seat.is_held:
        raise NotAllowed(ErrorCode.NOT_A_MEMBER)
    command(state, N, event.generation)
    if event.seat_generation <= before.generation:
        raise NotAllowed(ErrorCode.SUPERSEDED)
    counsellor = Place(C, Presence.PRESENT, event.seat_generation, event.now, seat.staff_id, seat.device_id)
    after = replace(state, counsellor=counsellor, newcomer=vacant(seat, event.now), invited=False, before=b"")
    moved = Move(event.seat_generation, before.device_id)
    effects: list[Effect] = [moved, Admit(C, event.seat_generation)]
    if after.is_present(H):
        effects.append(Tell(H, PresenceOf(C, present=True)))
    effects.append(Tell(C, RiskIs(after.risk)))
    after, alone = one_seat_each(after, event.now)
    return Outcome(after, (*effects, *alone))


def one_seat_each(state: Conversation, now: int) -> tuple[Conversation, tuple[Effect, ...]]:
    """A supervisor who became the counsellor leaves slot 1."""
    seat = state.supervisor
    if not seat.is_held or seat.device_id != state.counsellor.device_id:
        return state, ()
    return left(state, S, Left.BY_ITSELF, now)


def withdraw(state: Conversation, member: Member, generation: int, now: int) -> Outcome:
    """Take back what waits for an answer; when nothing does any more, nothing happens."""
    if not state.place(member).is_held:
        return left_already(state, member, generation)
    command(state, member, generation)
    if member is not C:
        return Outcome(*left(state, member, Left.BY_ITSELF, now))
    if state.asked is not None:
        return Outcome(*unasked(state, None))
    if state.newcomer.is_held and state.invited:
        after, effects = left(state, N, Left.BY_ITSELF, now)
        # Who took it back needs no answer.
        return Outcome(after, tuple(effect for effect in effects if not _answers(effect)))
    return Outcome(state)


def left_already(state: Conversation, member: Member, generation: int) -> Outcome:
    """A staff member ends what it held until just now; the answer may have been lost."""
    last = state.place(member).generation
    if last == 0 or generation != last:
        raise NotAllowed(ErrorCode.NOT_A_MEMBER)
    return Outcome(state, (Tell(member, NotYours()),))


def without_device(
    state: Conversation, device_id: bytes, now: int
) -> tuple[Conversation, tuple[Effect, ...]]:
    """A removed device neither supervises, nor comes, nor is asked. (Of the counsellor's the table knows.)"""
    effects: list[Effect] = []
    for member in (S, N):
        if state.place(member).is_held and state.place(member).device_id == device_id:
            state, told = left(state, member, Left.REMOVED, now)
            effects += told
    question = state.asked
    if question is not None and device_id in question.devices:
        others = tuple(device for device in question.devices if device != device_id)
        if others:
            state = replace(state, asked=replace(question, devices=others))
        else:
            state, told = unasked(state, HandoverAnswer.NOBODY_THERE, without=device_id)
            effects += told
    return state, tuple(effects)


def nobody_comes(state: Conversation, now: int) -> tuple[Conversation, tuple[Effect, ...]]:
    """The conversation is with its counsellor no longer: nobody takes it over from there."""
    state, effects = unasked(state, None)
    if state.newcomer.is_held:
        state, told = left(replace(state, invited=False), N, Left.LAPSED, now)
        effects += told
    return state, effects


def _answers(effect: Effect) -> bool:
    return isinstance(effect, Tell) and isinstance(effect.note, HandoverWas)
