# SPDX-License-Identifier: AGPL-3.0-or-later
"""A short notation for states, events and effects, so that a table of them can be read and written by hand.

Times are seconds after `BEGIN`. A state is `open h+2 0-1 1.3`: phase, then member, sign and generation;
`+` present, `-` away, `.` vacant (left out when nobody ever held it); `!` after the phase: first in the
room. Every field of every effect is in its notation.
"""

from __future__ import annotations

from chat.protocol.types import Phase
from chat.rules import effects as fx
from chat.rules import events as ev
from chat.rules.conversation import NotAllowed, step
from chat.rules.state import Conversation, Member, Presence

BEGIN = 1_000_000_000

SIGNS = {Presence.PRESENT: "+", Presence.AWAY: "-", Presence.VACANT: "."}


def at(seconds: str | float) -> int:
    return BEGIN + round(float(seconds) * 1000)


def ago(ms: int) -> str:
    return f"{(ms - BEGIN) / 1000:g}"


def event(text: str, now: int) -> ev.Event:
    match text.split():
        case ["started", generation]:
            return ev.Started("nl", int(generation), now)
        case ["attached", member, generation]:
            return ev.Attached(Member(member), int(generation), now)
        case ["attached", member, generation, device]:
            return ev.Attached(Member(member), int(generation), now, device.encode())
        case ["gone", member, generation]:
            return ev.Gone(Member(member), int(generation), now)
        case ["claimed", device, generation]:
            return ev.Claimed(b"staff " + device.encode(), device.encode(), int(generation), now)
        case ["lapsed"]:
            return ev.ClaimLapsed(now)
        case ["lost", generation]:
            return ev.MatchedLost(int(generation), now)
        case ["reply", generation]:
            return ev.ReplyPosted(int(generation), now)
        case ["joined", device, generation]:
            return ev.Joined(b"staff " + device.encode(), device.encode(), int(generation), now)
        case ["ended", member, generation]:
            return ev.Ended(Member(member), int(generation), now)
        case ["tick"]:
            return ev.Tick(now)
        case ["tick", "active", seconds]:
            return ev.Tick(now, at(seconds))
        case _:
            raise ValueError(text)


def state(value: Conversation | None) -> str:
    if value is None:
        return "none"
    words = [value.phase.name.lower() + "!" * value.first]
    for member in Member:
        place = value.place(member)
        if place.generation:
            words.append(f"{member.value}{SIGNS[place.presence]}{place.generation}")
    if value.phase is Phase.CLOSED:
        words.append(value.ended_by.name.lower() if value.ended_by is not None else "?")
    return " ".join(words)


def effect(value: fx.Effect) -> str:
    match value:
        case fx.Due():
            return f"due {ago(value.at_ms)}"
        case fx.Tell():
            return f"{value.to.value}: {note(value.note)}"
        case fx.Admit():
            return f"admit {value.member.value} {value.generation}"
        case fx.Vacate():
            return f"vacate {value.member.value}"
        case fx.EnterRoom():
            there = presence(value.present) + " first" * value.first
            return f"enter {ago(value.arrival_ms)} {value.language} {value.urgency.name.lower()} {there}"
        case fx.MarkInRoom():
            return f"mark {presence(value.present)}"
        case fx.LeaveRoom():
            return "leave"
        case fx.Count():
            return f"count {value.measure.value} {value.value}"
        case fx.Forget():
            return "forget"


def note(value: fx.Note) -> str:
    match value:
        case fx.Welcomed():
            return f"welcome {value.phase.name.lower()} {value.generation} {presence(value.present)}"
        case fx.Taken():
            return f"taken {presence(value.present)}"
        case fx.PresenceOf():
            return f"{value.member.value} {presence(value.present)}"
        case fx.ClosedBy():
            return f"closed {value.by.name.lower()}"
        case fx.BackToWaiting():
            return "back to waiting"
        case fx.Released():
            return "released"
        case fx.Superseded():
            return f"superseded {value.generation}"
        case fx.LeaseEnded():
            return f"lease ended {value.generation}"


def presence(present: bool) -> str:
    return "present" if present else "away"


def after(*story: str) -> Conversation | None:
    """The state after a story of `second event` lines."""
    value = None
    for line in story:
        seconds, text = line.split(maxsplit=1)
        value = step(value, event(text, at(seconds))).state
    return value


def react(before: Conversation | None, text: str, seconds: str | float) -> tuple[str, str]:
    """What follows from one event, in shorthand: (state, effects) or (`refused`, code)."""
    try:
        outcome = step(before, event(text, at(seconds)))
    except NotAllowed as refusal:
        return "refused", refusal.code.name.lower()
    return state(outcome.state), "; ".join(effect(value) for value in outcome.effects)
