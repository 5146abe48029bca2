# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every transition of a conversation. Nothing else in the house changes its state.

How it works: `step(state, event)` gives the next state and the effects, or raises `NotAllowed`, and
then nothing has changed. `_react` is the table of phase and event; what is missing there is refused.
A command may be sent again without harm: phones and Tor drop, and two workers may see the same fact.

    (nothing) -> WAITING -> MATCHED -> OPEN -> CLOSED
                    ^          |        |
                    +----------+--------+  the counsellor was lost, or gave it back

Somebody can be away in every phase; it is noted at the place, not as a phase. Whoever comes to an open
conversation (handover, supervisor) is a place too; what happens there stands in chat/rules/handover.py.
Every state but CLOSED has a next deadline (chat/rules/deadlines.py), and deadlines alone bring every
conversation to its end.
"""

from __future__ import annotations

from msgspec.structs import replace

from chat.protocol.types import EndedBy, EndHow, ErrorCode, HandoverAnswer, Left, Phase
from chat.rules import handover, outcomes
from chat.rules.deadlines import Limit, deadlines, next_due
from chat.rules.effects import (
    Admit,
    BackToWaiting,
    ClosedBy,
    Count,
    DescribedAs,
    DescribeInRoom,
    Due,
    Effect,
    EnterRoom,
    Forget,
    LeaseEnded,
    LeaveRoom,
    RiskIs,
    Tell,
    Vacate,
)
from chat.rules.events import (
    Attached,
    Came,
    Claimed,
    ClaimLapsed,
    Declined,
    Described,
    Ended,
    Event,
    GivenBack,
    Gone,
    HandoverAsked,
    HandoverRefused,
    Removed,
    ReplyPosted,
    RiskJudged,
    Started,
    Tick,
    WishedToJoin,
    Withdrawn,
)
from chat.rules.outcomes import Measure
from chat.rules.places import (
    NotAllowed,
    Outcome,
    attach,
    command,
    entry,
    left,
    presence_changed,
    seated,
    taken,
    unasked,
    vacant,
    welcome,
)
from chat.rules.state import Conversation, Member, Place, Presence

__all__ = ["NotAllowed", "Outcome", "step"]

H, C, S, N = Member.HELP_SEEKER, Member.COUNSELLOR, Member.SUPERVISOR, Member.NEWCOMER
_BEFORE = frozenset({Left.LOST, Left.LAPSED, Left.REMOVED})
"""Who left like this is offered the conversation before everybody else: it was no wish of theirs."""
_BY_WILL = frozenset({Left.DECLINED, Left.GIVEN_BACK})
"""Who left like this is offered it only when nobody else is there: one of the two did not want it."""


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
            return attach(state, state.help_seeker, generation, now)
        case _, Attached(member=member, generation=generation, now=now, device_id=device_id):
            place = state.place(member)
            if place.presence is Presence.VACANT or place.device_id != device_id:
                raise NotAllowed(ErrorCode.NOT_A_MEMBER)
            return attach(state, place, generation, now)
        case _, Gone(member=member, generation=generation, now=now):
            return _gone(state, member, generation, now)
        case _, Ended(member=member, generation=generation, now=now, how=how):
            return _ended(state, member, generation, now, how)
        case _, Withdrawn(member=member, generation=generation, now=now):
            return handover.withdraw(state, member, generation, now)
        case _, Declined(slot=slot, generation=generation, now=now):
            return _declined(state, slot, generation, now)
        case _, Removed(device_id=device_id, now=now):
            return _removed(state, device_id, now)
        case _, Tick(now=now, last_activity=last_activity):
            return _tick(state, now, last_activity)
        case _, HandoverRefused():
            return handover.refused(state, event)
        case _, ReplyPosted(member=Member.SUPERVISOR):
            return handover.join(state, event)

        case Phase.WAITING, Described():
            return _described(state, event)
        case ((Phase.MATCHED | Phase.OPEN), Described(generation=generation)):
            command(state, H, generation)
            return Outcome(state)  # somebody came at that moment: it can be said to them

        case Phase.WAITING, Claimed():
            return _match(state, event)
        case ((Phase.MATCHED | Phase.OPEN as phase), Claimed(generation=generation, now=now)):
            if state.counsellor.device_id != event.device_id:
                raise NotAllowed(ErrorCode.TAKEN)
            return attach(state, state.counsellor, generation, now, taking=phase is Phase.MATCHED)

        case Phase.WAITING, ClaimLapsed():
            return Outcome(state, (EnterRoom(entry(state)),))
        case ((Phase.MATCHED | Phase.OPEN), ClaimLapsed()):
            return Outcome(state, (LeaveRoom(),))

        case ((Phase.MATCHED | Phase.OPEN), GivenBack(generation=generation, now=now)):
            command(state, C, generation)
            return _back_to_waiting(state, Left.GIVEN_BACK, now)
        case Phase.WAITING, GivenBack(generation=generation):
            return handover.left_already(state, C, generation)

        case Phase.MATCHED, ReplyPosted(member=Member.COUNSELLOR):
            return _open(state, event)
        case Phase.OPEN, ReplyPosted(member=Member.COUNSELLOR, generation=generation):
            command(state, C, generation)
            return Outcome(state)
        case Phase.OPEN, ReplyPosted(member=Member.NEWCOMER):
            return handover.move(state, event)

        case Phase.OPEN, HandoverAsked():
            return handover.ask(state, event)
        case Phase.OPEN, Came():
            return handover.come(state, event)
        case Phase.OPEN, WishedToJoin():
            return handover.wish_to_join(state, event)

        case ((Phase.MATCHED | Phase.OPEN), RiskJudged(risk=risk, generation=generation)):
            command(state, C, generation)
            after = state if risk is state.risk else replace(state, risk=risk)
            return Outcome(after, (Tell(C, RiskIs(risk)),))

        case _:
            raise NotAllowed(ErrorCode.OUT_OF_STATE)


def _start(event: Started) -> Outcome:
    state = Conversation(
        phase=Phase.WAITING,
        language=event.language,
        urgency=event.urgency,
        started_ms=event.now,
        phase_ms=event.now,
        first=False,
        help_seeker=Place(H, Presence.PRESENT, event.generation, event.now),
        counsellor=Place(C),
        supervisor=Place(S),
        about=event.about,
        mode=event.mode,
    )
    return Outcome(
        state,
        (
            Admit(H, event.generation),
            EnterRoom(entry(state)),
            welcome(state, H),
            Count(Measure.STARTED, outcomes.ONE),
            Count(Measure.LANGUAGE, event.language),
        ),
    )


def _over(state: Conversation | None, event: Event) -> Outcome:
    """There is no conversation, or not any more: who asks is told so, and leftovers are removed."""
    by = EndedBy.UNKNOWN if state is None or state.ended_by is None else state.ended_by
    match event:
        case Started() | Declined() | Described():
            return Outcome(state, (Tell(H, ClosedBy(by)),))
        case Attached(member=member) | Ended(member=member) | Withdrawn(member=member):
            return Outcome(state, (Tell(member, ClosedBy(by)),))
        case GivenBack():
            return Outcome(state, (Tell(C, ClosedBy(by)),))
        case Claimed() | Came() | WishedToJoin():
            raise NotAllowed(ErrorCode.TAKEN)
        case ClaimLapsed():
            return Outcome(state, (LeaveRoom(),))
        case Tick():
            return Outcome(state, (Forget(),))
        case Gone() | HandoverRefused() | Removed():
            return Outcome(state)
        case _:
            raise NotAllowed(ErrorCode.OUT_OF_STATE)


def _gone(state: Conversation, member: Member, generation: int, now: int) -> Outcome:
    place = state.place(member)
    if place.presence is not Presence.PRESENT or place.generation != generation:
        return Outcome(state)
    if state.phase is Phase.MATCHED and member is C:
        return _back_to_waiting(state, Left.LOST, now)
    if place.asks:
        return Outcome(*left(state, member, Left.LOST, now))
    after = state.with_place(replace(place, presence=Presence.AWAY, since_ms=now))
    told = Tell(member, LeaseEnded(generation))
    return Outcome(after, (*presence_changed(after, member, present=False), told))


def _described(state: Conversation, event: Described) -> Outcome:
    command(state, H, event.generation)
    answer = Tell(H, DescribedAs(event.about, event.urgency))
    if (event.about, event.urgency) == (state.about, state.urgency):
        return Outcome(state, (answer,))
    after = replace(state, about=event.about, urgency=event.urgency)
    return Outcome(after, (DescribeInRoom(entry(after)), answer))


def _match(state: Conversation, event: Claimed) -> Outcome:
    """The claim held; the conversation moves. Of two claims the compare-and-set lets one through."""
    after = replace(
        state,
        phase=Phase.MATCHED,
        phase_ms=event.now,
        counsellor=seated(state.counsellor, event),
    )
    return Outcome(
        after,
        (
            LeaveRoom(),
            Admit(C, event.generation),
            Tell(C, taken(after, C)),
            *presence_changed(after, C, present=True),
        ),
    )


def _open(state: Conversation, event: ReplyPosted) -> Outcome:
    """The counsellor's m2 is posted: both sides have the keys. What is counted is counted the first time."""
    command(state, C, event.generation)
    opened_ms = state.opened_ms or event.now
    others = tuple(staff for staff in state.after_others if staff != state.counsellor.staff_id)
    after = replace(
        state, phase=Phase.OPEN, phase_ms=event.now, opened_ms=opened_ms, before=b"", after_others=others
    )
    after, alone = handover.one_seat_each(after, event.now)
    if state.opened_ms:
        return Outcome(after, (Tell(C, RiskIs(after.risk)), *alone))
    waited = outcomes.wait_band(event.now - state.started_ms)
    return Outcome(after, (*alone, Count(Measure.TAKEN, outcomes.ONE), Count(Measure.WAIT, waited)))


def _ended(state: Conversation, member: Member, generation: int, now: int, how: EndHow) -> Outcome:
    if not state.place(member).is_held:
        return handover.left_already(state, member, generation)
    command(state, member, generation)
    match member:
        case Member.HELP_SEEKER:
            return _close(state, EndedBy.HELP_SEEKER, now)
        case Member.COUNSELLOR:
            by = EndedBy.BOUNDARY if how is EndHow.BOUNDARY else EndedBy.COUNSELLOR
            return _close(state, by, now)
        case Member.SUPERVISOR | Member.NEWCOMER:
            return Outcome(*left(state, member, Left.BY_ITSELF, now))


def _declined(state: Conversation, slot: int, generation: int, now: int) -> Outcome:
    """No to whoever asks for this slot. Who is in already, or was let go, is not meant."""
    command(state, H, generation)
    who = state.supervisor if slot else state.newcomer
    if who.asks:
        return Outcome(*left(state, who.member, Left.DECLINED, now))
    if slot == 0 and state.phase is Phase.MATCHED:
        return _back_to_waiting(state, Left.DECLINED, now)
    return Outcome(state)


def _removed(state: Conversation, device_id: bytes, now: int) -> Outcome:
    after, effects = handover.without_device(state, device_id, now)
    if after.counsellor.is_held and after.counsellor.device_id == device_id:
        back = _back_to_waiting(after, Left.REMOVED, now)
        return Outcome(back.state, (*effects, *back.effects))
    return Outcome(after, effects)


def _back_to_waiting(state: Conversation, why: Left, now: int) -> Outcome:
    """The conversation is without its counsellor: it is the first in the waiting room. A supervisor stays."""
    lost = state.counsellor
    before = lost.staff_id if why in _BEFORE else b"" if why is Left.GIVEN_BACK else state.before
    again = state.after_others
    if why in _BY_WILL and lost.staff_id not in again:
        again = (*again, lost.staff_id)
    after, alone = handover.nobody_comes(state, now)
    after = replace(
        after,
        phase=Phase.WAITING,
        phase_ms=now,
        first=True,
        before=before,
        after_others=again,
        counsellor=vacant(lost, now),
    )
    effects: list[Effect] = [Vacate(C, why, lost.generation, lost.device_id), *alone, EnterRoom(entry(after))]
    if after.is_present(H):
        shown = why if why in {Left.GIVEN_BACK, Left.DECLINED} else Left.LOST
        effects.append(Tell(H, BackToWaiting(shown)))
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
            return _back_to_waiting(state, Left.LAPSED, now)
        case Limit.COUNSELLOR_LOST:
            return _back_to_waiting(state, Left.LOST, now)
        case Limit.SUPERVISOR_AWAY:
            return Outcome(*left(state, S, Left.LOST, now))
        case Limit.SUPERVISOR_LAPSED:
            return Outcome(*left(state, S, Left.LAPSED, now))
        case Limit.NEWCOMER_LAPSED:
            return Outcome(*left(state, N, Left.LAPSED, now))
        case Limit.QUESTION_LAPSED:
            return Outcome(*unasked(state, HandoverAnswer.LAPSED))


def _close(state: Conversation, by: EndedBy, now: int) -> Outcome:
    asked, question = unasked(state, None)
    after = replace(asked, phase=Phase.CLOSED, phase_ms=now, ended_by=by)
    effects: list[Effect] = [*question]
    if state.phase is not Phase.OPEN:
        effects.append(LeaveRoom())
    # Those away too: a connection can be alive although its lease ended.
    effects += [Tell(place.member, ClosedBy(by)) for place in state.members()]
    if state.opened_ms:
        lasted = outcomes.duration_band(now - state.opened_ms)
        effects += (Count(Measure.ENDED, outcomes.ENDINGS[by]), Count(Measure.DURATION, lasted))
    else:
        effects.append(Count(Measure.LEFT, outcomes.ENDINGS[by]))
    return Outcome(after, (*effects, Forget()))
