# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of transitions for docs/protocol.md, made by running the rules.

Each row applies one event to one situation that was itself reached through `step`, so the table
cannot say what the code does not do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chat.protocol.types import About, EndHow, Phase, Risk, Urgency
from chat.rules import effects as fx
from chat.rules import events as ev
from chat.rules.conversation import NotAllowed, Outcome, step
from chat.rules.deadlines import Limit, deadlines, next_due
from chat.rules.state import SLOT, Conversation, Member, Place, Presence

_H, _C, _S, _N = Member.HELP_SEEKER, Member.COUNSELLOR, Member.SUPERVISOR, Member.NEWCOMER
_STAFF, _DESK, _OTHER = b"staff", b"desk", b"other desk"
_COLLEAGUE, _THEIRS = b"colleague", b"their desk"
_SUPERVISOR, _BESIDE = b"supervisor", b"desk beside"
_BEGIN: Final = 1_000_000
_NOW: Final = _BEGIN + 5_000
_WHO: Final = {_H: "help-seeker", _C: "counsellor", _S: "supervisor", _N: "newcomer"}
_LIMITS: Final = {
    Limit.TOO_LONG: "six hours have passed",
    Limit.PLACE_KEPT: "the place was kept for 10 minutes",
    Limit.NOT_OPENED: "not opened in time",
    Limit.AWAY: "the help-seeker was away for 15 minutes",
    Limit.COUNSELLOR_LOST: "the counsellor was away for 2 minutes",
    Limit.SUPERVISOR_AWAY: "the supervisor was away for 15 minutes",
    Limit.SUPERVISOR_LAPSED: "the supervisor was not let in for 10 minutes",
    Limit.NEWCOMER_LAPSED: "the newcomer was not let in for 10 minutes",
    Limit.QUESTION_LAPSED: "the colleague did not answer for 2 minutes",
    Limit.IDLE: "nobody wrote for 60 minutes",
}


def markdown() -> str:
    """The table as Markdown, ending with a line feed. A `·` stands where the phase stays.

    Events without any effect are left out; refusals are gathered in one row for each phase.
    """
    lines = ["| phase | event | becomes | effects |", "|---|---|---|---|"]
    for situation, state in _situations():
        refused: list[str] = []
        for name, event in _events(situation, state):
            try:
                outcome = step(state, event)
            except NotAllowed as refusal:
                refused.append(f"{name} (`{refusal.code.name.lower()}`)")
                continue
            effects = _effects(outcome)
            if effects or outcome.state != state:
                lines.append(f"| {situation} | {name} | {_becomes(state, outcome)} | {effects} |")
        if refused and "," not in situation:
            lines.append(f"| {situation} | *refused:* {', '.join(refused)} | | |")
    return "\n".join(lines) + "\n"


def _situations() -> Iterator[tuple[str, Conversation | None]]:
    waiting = _after(None, ev.Started("nl", 1, _BEGIN))
    matched = _after(waiting, ev.Claimed(_STAFF, _DESK, 1, _BEGIN))
    opened = _after(matched, ev.ReplyPosted(1, _BEGIN))
    asked = _after(opened, ev.HandoverAsked(1, _COLLEAGUE, (_THEIRS,), _BEGIN))
    newcomer = _after(asked, ev.Came(_COLLEAGUE, _THEIRS, 1, _BEGIN, invited=True))
    taking_over = _after(opened, ev.Came(_SUPERVISOR, _BESIDE, 1, _BEGIN, invited=False))
    asks = _after(opened, ev.WishedToJoin(_SUPERVISOR, _BESIDE, 1, _BEGIN))
    with_supervisor = _after(asks, ev.ReplyPosted(1, _BEGIN, _S))
    lost = _after(opened, ev.GivenBack(1, _BEGIN))
    yield "(none)", None
    yield "waiting", waiting
    yield "waiting, help-seeker away", _after(waiting, ev.Gone(_H, 1, _BEGIN))
    yield "waiting, was open before, help-seeker away", _after(lost, ev.Gone(_H, 1, _BEGIN))
    yield "matched", matched
    yield "matched, help-seeker away", _after(matched, ev.Gone(_H, 1, _BEGIN))
    yield "matched, was open before", _after(lost, ev.Claimed(_STAFF, _DESK, 3, _BEGIN))
    yield "open", opened
    yield "open, help-seeker away", _after(opened, ev.Gone(_H, 1, _BEGIN))
    yield "open, counsellor away", _after(opened, ev.Gone(_C, 1, _BEGIN))
    yield "open, colleague asked", asked
    yield "open, newcomer asks", newcomer
    yield "open, newcomer asks, counsellor away", _after(newcomer, ev.Gone(_C, 1, _BEGIN))
    yield "open, supervisor takes over", taking_over
    yield "open, supervisor asks", asks
    yield "open, supervisor there", with_supervisor
    yield "open, supervisor away", _after(with_supervisor, ev.Gone(_S, 1, _BEGIN))
    yield "closed", _after(opened, ev.Ended(_H, 1, _BEGIN))


def _events(situation: str, state: Conversation | None) -> Iterator[tuple[str, ev.Event]]:
    """Every event for a phase; for a situation within one only those that then differ."""
    if "," not in situation:
        yield from _every_event(state)
    elif "was open before" in situation:
        yield "reply posted", ev.ReplyPosted(3, _NOW)
        yield "help-seeker declined slot 0", ev.Declined(0, 1, _NOW)
    elif "colleague asked" in situation:
        yield from _of_the_question()
    else:
        places = state.members() if state else ()
        away = [place for place in places if place.presence is Presence.AWAY]
        for place in away or [place for place in places if place.member in {_S, _N}]:
            yield from _of_a_place(place)
    yield from _ticks(state)


def _of_the_question() -> Iterator[tuple[str, ev.Event]]:
    yield "colleague asked", ev.HandoverAsked(1, _COLLEAGUE, (_THEIRS,), _NOW)
    yield "another colleague asked", ev.HandoverAsked(1, _SUPERVISOR, (_BESIDE,), _NOW)
    yield "colleague refused", ev.HandoverRefused(_COLLEAGUE, _NOW)
    yield "colleague came", ev.Came(_COLLEAGUE, _THEIRS, 1, _NOW, invited=True)
    yield "somebody came who is not asked", ev.Came(_SUPERVISOR, _BESIDE, 1, _NOW, invited=True)
    yield "supervisor takes over", ev.Came(_SUPERVISOR, _BESIDE, 1, _NOW, invited=False)
    yield "counsellor withdrew", ev.Withdrawn(_C, 1, _NOW)
    yield "counsellor gave it back", ev.GivenBack(1, _NOW)
    yield "colleague's device removed", ev.Removed(_THEIRS, _NOW)
    yield "help-seeker ended", ev.Ended(_H, 1, _NOW)


def _of_a_place(place: Place) -> Iterator[tuple[str, ev.Event]]:
    who = _WHO[place.member]
    yield f"{who} attached", ev.Attached(place.member, 2, _NOW, place.device_id)
    yield f"{who} gone", ev.Gone(place.member, 1, _NOW)
    yield f"{who} ended", ev.Ended(place.member, 1, _NOW)
    if place.member not in {_S, _N}:
        return
    yield f"{who}'s reply posted", ev.ReplyPosted(1, _NOW, place.member, 2)
    yield f"{who}'s reply posted, older connection", ev.ReplyPosted(0, _NOW, place.member, 2)
    slot = SLOT[place.member]
    yield f"help-seeker declined slot {slot}", ev.Declined(slot, 1, _NOW)
    yield f"{who} withdrew", ev.Withdrawn(place.member, 1, _NOW)
    yield f"{who}'s device removed", ev.Removed(place.device_id, _NOW)
    yield "counsellor withdrew", ev.Withdrawn(_C, 1, _NOW)
    yield "counsellor gave it back", ev.GivenBack(1, _NOW)
    yield "another came", ev.Came(b"another", _OTHER, 2, _NOW, invited=False)
    yield "another supervisor asked", ev.WishedToJoin(b"another", _OTHER, 2, _NOW)


def _every_event(state: Conversation | None) -> Iterator[tuple[str, ev.Event]]:
    yield "started", ev.Started("nl", 1, _NOW)
    for member in (_H, _C):
        who, place = _WHO[member], state.place(member) if state else Place(member)
        yield f"{who} attached", ev.Attached(member, 2, _NOW, place.device_id)
        yield f"{who} attached, older connection", ev.Attached(member, 0, _NOW, place.device_id)
        yield f"{who} gone", ev.Gone(member, 1, _NOW)
        yield f"{who} gone, older connection", ev.Gone(member, 0, _NOW)
        yield f"{who} ended", ev.Ended(member, 1, _NOW)
        yield f"{who} ended, older connection", ev.Ended(member, 0, _NOW)
    yield "counsellor ended with a boundary", ev.Ended(_C, 1, _NOW, EndHow.BOUNDARY)
    yield "claimed", ev.Claimed(_STAFF, _DESK, 2, _NOW)
    yield "claimed by another desk", ev.Claimed(_STAFF, _OTHER, 2, _NOW)
    yield "claim lapsed", ev.ClaimLapsed(_NOW)
    yield "counsellor gave it back", ev.GivenBack(1, _NOW)
    yield "reply posted", ev.ReplyPosted(1, _NOW)
    yield "reply posted, older connection", ev.ReplyPosted(0, _NOW)
    yield "help-seeker declined slot 0", ev.Declined(0, 1, _NOW)
    yield "help-seeker said what it is about", ev.Described(About.ME, Urgency.ACUTE, 1, _NOW)
    yield "counsellor judged the risk", ev.RiskJudged(Risk.CONCERN, 1, _NOW)
    yield "counsellor's device removed", ev.Removed(_DESK, _NOW)
    yield "colleague asked", ev.HandoverAsked(1, _COLLEAGUE, (_THEIRS,), _NOW)
    yield "colleague came", ev.Came(_COLLEAGUE, _THEIRS, 1, _NOW, invited=True)
    yield "supervisor takes over", ev.Came(_SUPERVISOR, _BESIDE, 1, _NOW, invited=False)
    yield "supervisor asked to join", ev.WishedToJoin(_SUPERVISOR, _BESIDE, 1, _NOW)


def _ticks(state: Conversation | None) -> Iterator[tuple[str, ev.Event]]:
    if state is None or state.phase is Phase.CLOSED:
        yield "tick", ev.Tick(_NOW)
        return
    for at, limit in deadlines(state, _NOW):
        active = _NOW if limit is Limit.IDLE else at
        if at == next_due(state, active):
            yield f"tick: {_LIMITS[limit]}", ev.Tick(at, active)


def _after(state: Conversation | None, event: ev.Event) -> Conversation | None:
    return step(state, event).state


def _becomes(state: Conversation | None, outcome: Outcome) -> str:
    before = state.phase if state else None
    if outcome.state is None or outcome.state.phase is before:
        return "·"
    return _phase(outcome.state.phase)


def _effects(outcome: Outcome) -> str:
    words = [_words(effect) for effect in outcome.effects if not isinstance(effect, fx.Due)]
    return ", ".join(words)


def _words(effect: fx.Effect) -> str:
    match effect:
        case fx.Tell(to=to, note=note):
            return f"tell {_WHO[to]} {_note(note)}"
        case fx.Admit(member=member, generation=generation):
            return f"admit {_WHO[member]} {generation}"
        case fx.Vacate(member=member, why=why):
            return f"vacate the seat of the {_WHO[member]}, tell `seat left` ({why.name.lower()})"
        case fx.Move(generation=generation):
            return f"move the newcomer to slot 0 {generation}, tell counsellor `seat left` (handed_over)"
        case fx.AskColleague(asked=asked):
            return "ask the colleague" if asked else "take the question back"
        case fx.EnterRoom(entry=entry):
            return "enter the room first" if entry.first else "enter the room"
        case fx.MarkInRoom(present=present):
            return f"mark in room {_present(present)}"
        case fx.DescribeInRoom():
            return "describe in room"
        case fx.LeaveRoom():
            return "leave the room"
        case fx.Due():
            return "set the deadline"
        case fx.Count(measure=measure, value=value):
            return f"count {measure.value} {value}"
        case fx.Forget():
            return "forget"


def _note(note: fx.Note) -> str:
    match note:
        case fx.Welcomed(phase=phase, present=present):
            return f"`welcome` ({_phase(phase)}, other side {_present(present)})"
        case fx.Taken(purpose=purpose, present=present):
            return f"`taken` (purpose {purpose}, other side {_present(present)})"
        case fx.PresenceOf(member=member, present=present):
            return f"`presence` ({_WHO[member]} {_present(present)})"
        case fx.ClosedBy(by=by):
            return f"`closed` ({by.name.lower()})"
        case fx.BackToWaiting(why=why):
            return f"`back to waiting` ({why.name.lower()})"
        case fx.NotComing(slot=slot, why=why):
            return f"`not coming` (slot {slot}, {why.name.lower()})"
        case fx.HandoverWas(answer=answer):
            return f"`handover answered` ({answer.name.lower()})"
        case fx.RiskIs(risk=risk):
            return f"`risk set` ({risk.name.lower()})"
        case fx.DescribedAs(about=about, urgency=urgency):
            return f"`described` ({about.name.lower()}, {urgency.name.lower()})"
        case fx.NotYours():
            return "`seat left`"
        case fx.Superseded():
            return "`superseded`"
        case fx.LeaseEnded():
            return "`lease ended`"


def _present(present: bool) -> str:
    return "present" if present else "away"


def _phase(phase: Phase) -> str:
    return phase.name.lower()
