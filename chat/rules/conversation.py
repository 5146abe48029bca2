# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every transition of a conversation. Nothing else in the house changes its state.

How it works: `step(state, event)` gives the next state and the effects, or raises `NotAllowed`, and
then nothing has changed. `_react` is the table of phase and event; what is missing there is refused.
A command may be sent again without harm: phones and Tor drop, and two workers may see the same fact.

    (nothing) -> WAITING -> MATCHED -> OPEN -> CLOSED
                    ^          |
                    +----------+  the counsellor was lost before it opened

Somebody can be away in every phase; it is noted at the place, not as a phase. Every state but CLOSED
has a next deadline (chat/rules/deadlines.py), and deadlines alone bring every conversation to its end.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from chat.protocol.types import EndedBy, ErrorCode, Phase
from chat.rules import outcomes
from chat.rules.deadlines import Limit, deadlines, next_due
from chat.rules.effects import (
    Admit,
    BackToWaiting,
    ClosedBy,
    Count,
    Due,
    Effect,
    EnterRoom,
    Forget,
    LeaseEnded,
    LeaveRoom,
    MarkInRoom,
    PresenceOf,
    Released,
    Superseded,
    Taken,
    Tell,
    Vacate,
    Welcomed,
)
from chat.rules.events import (
    Attached,
    Claimed,
    ClaimLapsed,
    Ended,
    Event,
    Gone,
    Joined,
    MatchedLost,
    ReplyPosted,
    Started,
    Tick,
)
from chat.rules.outcomes import Measure
from chat.rules.state import STAFF, Conversation, Member, Place, Presence


class NotAllowed(Exception):  # noqa: N818 - a refusal is an answer to somebody, not an error of ours
    """The event may not happen now, or not from there; nothing has changed."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(frozen=True, slots=True)
class Outcome:
    """The next state (None: there is no conversation), and what to do, in this order."""

    state: Conversation | None
    effects: tuple[Effect, ...] = ()


def step(state: Conversation | None, event: Event) -> Outcome:
    """Apply one event.

    Raises:
        NotAllowed: with the code to answer; nothing has changed.
    """
    outcome = _react(state, event)
    after = outcome.state
    if after is None or after.phase is Phase.CLOSED:
        return outcome
    if isinstance(event, Tick):
        return Outcome(after, (Due(next_due(after, event.last_activity)), *outcome.effects))
    if after is state:
        return outcome
    return Outcome(after, (Due(next_due(after)), *outcome.effects))


def _react(state: Conversation | None, event: Event) -> Outcome:
    if state is None and isinstance(event, Started):
        return _start(event)
    if state is None or state.phase is Phase.CLOSED:
        return _over(state, event)

    match state.phase, event:
        case _, Started(generation=generation, now=now):
            return _attach(state, state.help_seeker, generation, now)
        case _, Attached(member=member, generation=generation, now=now, device_id=device_id):
            place = state.place(member)
            if place.presence is Presence.VACANT or place.device_id != device_id:
                raise NotAllowed(ErrorCode.NOT_A_MEMBER)
            return _attach(state, place, generation, now)
        case _, Gone(member=member, generation=generation, now=now):
            return _gone(state, member, generation, now)
        case _, Ended(member=member, generation=generation, now=now):
            return _ended(state, member, generation, now)
        case _, Tick(now=now, last_activity=last_activity):
            return _tick(state, now, last_activity)

        case Phase.WAITING, Claimed():
            return _match(state, event)
        case ((Phase.MATCHED | Phase.OPEN as phase), Claimed(generation=generation, now=now)):
            if state.counsellor.device_id != event.device_id:
                raise NotAllowed(ErrorCode.TAKEN)
            return _attach(state, state.counsellor, generation, now, taking=phase is Phase.MATCHED)

        case Phase.WAITING, ClaimLapsed():
            return Outcome(state, (_entry(state),))
        case ((Phase.MATCHED | Phase.OPEN), ClaimLapsed()):
            return Outcome(state, (LeaveRoom(),))

        case Phase.MATCHED, MatchedLost(generation=generation, now=now):
            _command(state, Member.COUNSELLOR, generation)
            return _back_to_waiting(state, now)
        case Phase.WAITING, MatchedLost(generation=generation):
            return _left_already(state, Member.COUNSELLOR, generation)

        case Phase.MATCHED, ReplyPosted(generation=generation, now=now):
            _command(state, Member.COUNSELLOR, generation)
            waited = outcomes.wait_band(now - state.started_ms)
            counts = (Count(Measure.TAKEN, outcomes.ONE), Count(Measure.WAIT, waited))
            return Outcome(replace(state, phase=Phase.OPEN, phase_ms=now), counts)
        case Phase.OPEN, ReplyPosted(generation=generation):
            _command(state, Member.COUNSELLOR, generation)
            return Outcome(state)

        case Phase.OPEN, Joined():
            return _join(state, event)

        case _:
            raise NotAllowed(ErrorCode.OUT_OF_STATE)


def _start(event: Started) -> Outcome:
    h = Place(Member.HELP_SEEKER, Presence.PRESENT, event.generation, event.now)
    state = Conversation(
        phase=Phase.WAITING,
        language=event.language,
        urgency=event.urgency,
        started_ms=event.now,
        phase_ms=event.now,
        first=False,
        help_seeker=h,
        counsellor=Place(Member.COUNSELLOR),
        supervisor=Place(Member.SUPERVISOR),
        about=event.about,
    )
    return Outcome(
        state,
        (
            Admit(Member.HELP_SEEKER, event.generation),
            _entry(state),
            _welcome(state, Member.HELP_SEEKER),
            Count(Measure.STARTED, outcomes.ONE),
            Count(Measure.LANGUAGE, event.language),
        ),
    )


def _over(state: Conversation | None, event: Event) -> Outcome:
    """There is no conversation, or not any more: who asks is told so, and leftovers are removed."""
    by = EndedBy.UNKNOWN if state is None or state.ended_by is None else state.ended_by
    match event:
        case Started():
            return Outcome(state, (Tell(Member.HELP_SEEKER, ClosedBy(by)),))
        case Attached(member=member) | Ended(member=member):
            return Outcome(state, (Tell(member, ClosedBy(by)),))
        case Claimed():
            raise NotAllowed(ErrorCode.TAKEN)
        case ClaimLapsed():
            return Outcome(state, (LeaveRoom(),))
        case Tick():
            return Outcome(state, (Forget(),))
        case Gone() | MatchedLost():
            return Outcome(state)
        case _:
            raise NotAllowed(ErrorCode.OUT_OF_STATE)


def _attach(state: Conversation, place: Place, generation: int, now: int, *, taking: bool = False) -> Outcome:
    """A connection of a member: the newest one counts, the one before is told."""
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
    answer = Tell(place.member, _taken(after)) if taking else _welcome(after, place.member)
    effects += (Admit(place.member, generation), answer)
    if not was_present:
        effects += _presence_changed(after, place.member, present=True)
    return Outcome(after, tuple(effects))


def _gone(state: Conversation, member: Member, generation: int, now: int) -> Outcome:
    place = state.place(member)
    if place.presence is not Presence.PRESENT or place.generation != generation:
        return Outcome(state)
    if state.phase is Phase.MATCHED and member is Member.COUNSELLOR:
        return _back_to_waiting(state, now)
    after = state.with_place(replace(place, presence=Presence.AWAY, since_ms=now))
    told = Tell(member, LeaseEnded(generation))
    return Outcome(after, (*_presence_changed(after, member, present=False), told))


def _match(state: Conversation, event: Claimed) -> Outcome:
    """The claim held; the conversation moves. Of two claims the compare-and-set lets one through."""
    after = replace(
        state,
        phase=Phase.MATCHED,
        phase_ms=event.now,
        counsellor=_seated(state.counsellor, event),
    )
    return Outcome(
        after,
        (
            LeaveRoom(),
            Admit(Member.COUNSELLOR, event.generation),
            Tell(Member.COUNSELLOR, _taken(after)),
            *_presence_changed(after, Member.COUNSELLOR, present=True),
        ),
    )


def _join(state: Conversation, event: Joined) -> Outcome:
    seat = state.supervisor
    if seat.presence is not Presence.VACANT:
        if seat.device_id != event.device_id:
            raise NotAllowed(ErrorCode.TAKEN)
        return _attach(state, seat, event.generation, event.now)
    after = state.with_place(_seated(seat, event))
    return Outcome(
        after,
        (
            Admit(Member.SUPERVISOR, event.generation),
            _welcome(after, Member.SUPERVISOR),
            *_presence_changed(after, Member.SUPERVISOR, present=True),
        ),
    )


def _seated(seat: Place, event: Claimed | Joined) -> Place:
    # Generations of a seat rise across its holders: else a connection of the last holder could pass
    # for one of the next.
    if event.generation <= seat.generation:
        raise NotAllowed(ErrorCode.SUPERSEDED)
    return Place(seat.member, Presence.PRESENT, event.generation, event.now, event.staff_id, event.device_id)


def _ended(state: Conversation, member: Member, generation: int, now: int) -> Outcome:
    if state.place(member).presence is Presence.VACANT:
        return _left_already(state, member, generation)
    _command(state, member, generation)
    match member:
        case Member.HELP_SEEKER:
            return _close(state, EndedBy.HELP_SEEKER, now)
        case Member.COUNSELLOR:
            return _close(state, EndedBy.COUNSELLOR, now)
        case Member.SUPERVISOR:
            return _supervisor_left(state, now)


def _left_already(state: Conversation, member: Member, generation: int) -> Outcome:
    """A staff member ends what it held until just now; the answer may have been lost."""
    last = state.place(member).generation
    if last == 0 or generation != last:
        raise NotAllowed(ErrorCode.NOT_A_MEMBER)
    return Outcome(state, (Tell(member, Released()),))


def _supervisor_left(state: Conversation, now: int) -> Outcome:
    left = _vacant(state.supervisor, now)
    after = state.with_place(left)
    told = Tell(Member.SUPERVISOR, Released())
    return Outcome(
        after, (told, Vacate(Member.SUPERVISOR), *_presence_changed(after, Member.SUPERVISOR, present=False))
    )


def _back_to_waiting(state: Conversation, now: int) -> Outcome:
    """The counsellor was lost before a word was said: the place is the first, and anybody may take it."""
    after = replace(
        state,
        phase=Phase.WAITING,
        phase_ms=now,
        first=True,
        counsellor=_vacant(state.counsellor, now),
    )
    effects: list[Effect] = [Tell(Member.COUNSELLOR, Released()), Vacate(Member.COUNSELLOR), _entry(after)]
    if after.is_present(Member.HELP_SEEKER):
        effects.append(Tell(Member.HELP_SEEKER, BackToWaiting()))
    return Outcome(after, tuple(effects))


def _tick(state: Conversation, now: int, last_activity: int) -> Outcome:
    passed = [deadline for deadline in deadlines(state, last_activity) if deadline[0] <= now]
    if not passed:
        return Outcome(state)
    _, limit = min(passed, key=lambda deadline: deadline[0])
    match limit:
        case Limit.TOO_LONG:
            return _close(state, EndedBy.TOO_LONG, now)
        case Limit.PLACE_KEPT | Limit.AWAY:
            return _close(state, EndedBy.AWAY, now)
        case Limit.IDLE:
            return _close(state, EndedBy.IDLE, now)
        case Limit.NOT_OPENED:
            return _back_to_waiting(state, now)
        case Limit.SUPERVISOR_AWAY:
            return _supervisor_left(state, now)


def _close(state: Conversation, by: EndedBy, now: int) -> Outcome:
    after = replace(state, phase=Phase.CLOSED, phase_ms=now, ended_by=by)
    effects: list[Effect] = []
    if state.phase is not Phase.OPEN:
        effects.append(LeaveRoom())
    # Those away too: a connection can be alive although its lease ended.
    effects += [Tell(place.member, ClosedBy(by)) for place in state.members()]
    if state.phase is Phase.OPEN:
        lasted = outcomes.duration_band(now - state.phase_ms)
        effects += (Count(Measure.ENDED, outcomes.ENDINGS[by]), Count(Measure.DURATION, lasted))
    else:
        effects.append(Count(Measure.LEFT, outcomes.ENDINGS[by]))
    return Outcome(after, (*effects, Forget()))


def _command(state: Conversation, member: Member, generation: int) -> None:
    """Only the present connection of a member may command."""
    if state.place(member).generation != generation:
        raise NotAllowed(ErrorCode.SUPERSEDED)


def _vacant(seat: Place, now: int) -> Place:
    return Place(seat.member, Presence.VACANT, seat.generation, now)


def _entry(state: Conversation) -> EnterRoom:
    # Arrival stays the first one: a lost match costs nobody the place.
    present = state.is_present(Member.HELP_SEEKER)
    return EnterRoom(state.started_ms, state.language, state.urgency, present, state.first, state.about)


def _taken(state: Conversation) -> Taken:
    return Taken(state.is_present(Member.HELP_SEEKER))


def _welcome(state: Conversation, member: Member) -> Tell:
    other = Member.COUNSELLOR if member is Member.HELP_SEEKER else Member.HELP_SEEKER
    welcomed = Welcomed(state.phase, state.place(member).generation, state.is_present(other))
    return Tell(member, welcomed)


def _presence_changed(state: Conversation, member: Member, *, present: bool) -> tuple[Effect, ...]:
    """The help-seeker hears of staff, staff of the help-seeker; the waiting room skips who is away."""
    told = STAFF if member is Member.HELP_SEEKER else (Member.HELP_SEEKER,)
    news = tuple(Tell(to, PresenceOf(member, present)) for to in told if state.is_present(to))
    if state.phase is Phase.WAITING and member is Member.HELP_SEEKER:
        return (MarkInRoom(present), *news)
    return news
