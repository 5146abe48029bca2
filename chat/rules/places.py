# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every transition does with places: who may command, who leaves, who is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from chat.protocol.types import ErrorCode, HandoverAnswer, Left, Phase
from chat.rules.effects import (
    Admit,
    AskColleague,
    Effect,
    HandoverWas,
    MarkInRoom,
    NotComing,
    PresenceOf,
    Superseded,
    Taken,
    Tell,
    Vacate,
    Welcomed,
)
from chat.rules.events import Came, Claimed, WishedToJoin
from chat.rules.state import SLOT, STAFF, Conversation, Member, Place, Presence
from chat.rules.waiting_room import Entry


class NotAllowed(Exception):
    """The event may not happen now, or not from there; nothing has changed."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(frozen=True, slots=True)
class Outcome:
    """The next state (None: there is no conversation), and what to do, in this order."""

    state: Conversation | None
    effects: tuple[Effect, ...] = ()


def command(state: Conversation, member: Member, generation: int) -> None:
    """Only the present connection of a member may command.

    Raises:
        NotAllowed: of any other.
    """
    if state.place(member).generation != generation:
        raise NotAllowed(ErrorCode.SUPERSEDED)


def attach(state: Conversation, place: Place, generation: int, now: int, *, taking: bool = False) -> Outcome:
    """A connection of a member: the newest one counts, the one before is told.

    Raises:
        NotAllowed: there is a newer one.
    """
    if generation < place.generation:
        raise NotAllowed(ErrorCode.SUPERSEDED)
    was_present = place.presence is Presence.PRESENT
    after = state
    effects: list[Effect] = []
    if not was_present or generation > place.generation:
        since = place.since_ms if was_present else now
        here = replace(place, presence=Presence.PRESENT, generation=generation, since_ms=since)
        after = state.with_place(here)
    if was_present and generation > place.generation:
        effects.append(Tell(place.member, Superseded(place.generation)))
    answer = Tell(place.member, taken(after, place.member)) if taking else welcome(after, place.member)
    effects += (Admit(place.member, generation), answer)
    if not was_present:
        effects += presence_changed(after, place.member, present=True)
    return Outcome(after, tuple(effects))


def seated(seat: Place, event: Claimed | Came | WishedToJoin, asking_ms: int = 0) -> Place:
    """A staff seat with its new holder.

    Generations of a seat rise across its holders: else a connection of the last holder could pass for one
    of the next.

    Raises:
        NotAllowed: this generation was there before.
    """
    if event.generation <= seat.generation:
        raise NotAllowed(ErrorCode.SUPERSEDED)
    return Place(
        seat.member, Presence.PRESENT, event.generation, event.now, event.staff_id, event.device_id, asking_ms
    )


def vacant(seat: Place, now: int) -> Place:
    """A staff seat that nobody holds."""
    return Place(seat.member, Presence.VACANT, seat.generation, now)


def left(state: Conversation, member: Member, why: Left, now: int) -> tuple[Conversation, tuple[Effect, ...]]:
    """A supervisor or a newcomer is there, or wishes to be, no longer; those concerned are told."""
    place = state.place(member)
    effects: list[Effect] = [Vacate(member, why, place.generation, place.device_id)]
    if state.is_present(Member.HELP_SEEKER) and why is not Left.DECLINED:
        shown = Left.LOST if why is Left.REMOVED else why
        effects.append(Tell(Member.HELP_SEEKER, NotComing(SLOT[member], shown)))
    if member is Member.NEWCOMER and state.invited:
        effects.append(Tell(Member.COUNSELLOR, HandoverWas(_ANSWERS[why])))
    after = state.with_place(vacant(place, now))
    return replace(after, invited=after.invited and after.newcomer.is_held), tuple(effects)


def unasked(
    state: Conversation, answer: HandoverAnswer | None, without: bytes = b""
) -> tuple[Conversation, tuple[Effect, ...]]:
    """The question to a colleague stands no longer; `answer` is what the counsellor is told, if anything.

    without: a desk that knows already.
    """
    question = state.asked
    if question is None:
        return state, ()
    devices = tuple(device for device in question.devices if device != without)
    effects: list[Effect] = []
    if devices:
        effects.append(AskColleague(devices, state.counsellor.staff_id, state.language, asked=False))
    if answer is not None:
        effects.append(Tell(Member.COUNSELLOR, HandoverWas(answer)))
    return replace(state, asked=None), tuple(effects)


def entry(state: Conversation) -> Entry:
    """The line in the waiting room. Arrival stays the first one: a lost counsellor costs nobody the place."""
    present = state.is_present(Member.HELP_SEEKER)
    return Entry(
        state.started_ms,
        state.language,
        state.urgency,
        present,
        state.first,
        state.about,
        state.before,
        state.after_others,
    )


def purpose(state: Conversation, member: Member) -> int:
    """Of the offer this member of staff has to make: 1 take, 2 somebody was there before, 3 supervise."""
    if member is Member.SUPERVISOR:
        return 3
    return 2 if state.opened_ms else 1


def taken(state: Conversation, member: Member) -> Taken:
    """The answer to who took a seat, or may ask for one."""
    return Taken(purpose(state, member), state.is_present(Member.HELP_SEEKER))


def welcome(state: Conversation, member: Member) -> Tell:
    """The answer to a connection that came."""
    other = Member.COUNSELLOR if member is Member.HELP_SEEKER else Member.HELP_SEEKER
    welcomed = Welcomed(state.phase, state.place(member).generation, state.is_present(other))
    return Tell(member, welcomed)


def presence_changed(state: Conversation, member: Member, *, present: bool) -> tuple[Effect, ...]:
    """The help-seeker hears of staff, staff of the help-seeker; the waiting room skips who is away."""
    told = STAFF if member is Member.HELP_SEEKER else (Member.HELP_SEEKER,)
    news = tuple(Tell(to, PresenceOf(member, present)) for to in told if state.is_present(to))
    if state.phase is Phase.WAITING and member is Member.HELP_SEEKER:
        return (MarkInRoom(present), *news)
    return news


_ANSWERS = {
    Left.DECLINED: HandoverAnswer.DECLINED,
    Left.BY_ITSELF: HandoverAnswer.NOT_NOW,
    Left.LAPSED: HandoverAnswer.LAPSED,
    Left.LOST: HandoverAnswer.LAPSED,
    Left.REMOVED: HandoverAnswer.LAPSED,
}
"""What the counsellor who hands over is told when the colleague comes no more."""
