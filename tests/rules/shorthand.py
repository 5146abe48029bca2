# SPDX-License-Identifier: AGPL-3.0-or-later
"""A short notation for states, events and effects, so that a table of them can be read and written by hand.

Times are seconds after `BEGIN`. A state is `open h+2 0-1 1.3`: phase, then member, sign and generation;
`+` present, `-` away, `?` asks to come, `.` vacant (left out when nobody ever held it); `!` after the phase:
first in the room. What else stands comes behind: `opened` (once, and not now), `before A` (whom it is offered
first), `not A` (whom it is offered only when nobody else is there), `asked C` (a colleague, at which desks),
`invited` (the newcomer), the risk flag. A device `A` belongs to `staff A`; `C2` too is a device of `staff C`.
Every field of every effect is in its notation.
"""

from __future__ import annotations

from chat.protocol.types import About, EndHow, Phase, Risk, Urgency
from chat.rules import effects as fx
from chat.rules import events as ev
from chat.rules.conversation import NotAllowed, step
from chat.rules.state import Conversation, Member, Presence
from chat.rules.waiting_room import Entry

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
            return ev.Claimed(staff(device.encode()), device.encode(), int(generation), now)
        case ["lapsed"]:
            return ev.ClaimLapsed(now)
        case ["back", generation]:
            return ev.GivenBack(int(generation), now)
        case ["reply", generation]:
            return ev.ReplyPosted(int(generation), now)
        case ["reply", "1", generation]:
            return ev.ReplyPosted(int(generation), now, Member.SUPERVISOR)
        case ["moves", generation, seat]:
            return ev.ReplyPosted(int(generation), now, Member.NEWCOMER, int(seat))
        case ["asks", generation, *devices]:
            names = tuple(device.encode() for device in devices)
            return ev.HandoverAsked(int(generation), staff(names[0]), names, now)
        case ["no", device]:
            return ev.HandoverRefused(staff(device.encode()), now)
        case ["yes", device, generation]:
            name = device.encode()
            return ev.Came(staff(name), name, int(generation), now, invited=True)
        case ["takes", "over", device, generation]:
            name = device.encode()
            return ev.Came(staff(name), name, int(generation), now, invited=False)
        case ["wishes", device, generation]:
            name = device.encode()
            return ev.WishedToJoin(staff(name), name, int(generation), now)
        case ["declined", slot, generation]:
            return ev.Declined(int(slot), int(generation), now)
        case ["says", urgency, about, generation]:
            return ev.Described(About[about.upper()], Urgency[urgency.upper()], int(generation), now)
        case ["withdrew", member, generation]:
            return ev.Withdrawn(Member(member), int(generation), now)
        case ["risk", risk, generation]:
            return ev.RiskJudged(Risk[risk.upper()], int(generation), now)
        case ["removed", device]:
            return ev.Removed(device.encode(), now)
        case ["ended", member, generation]:
            return ev.Ended(Member(member), int(generation), now)
        case ["boundary", generation]:
            return ev.Ended(Member.COUNSELLOR, int(generation), now, EndHow.BOUNDARY)
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
            words.append(f"{member.value}{'?' if place.asks else SIGNS[place.presence]}{place.generation}")
    if value.opened_ms and value.phase in {Phase.WAITING, Phase.MATCHED}:
        words.append("opened")
    if value.before:
        words.append(f"before {holder(value.before)}")
    if value.after_others:
        words.append(f"not {' '.join(map(holder, value.after_others))}")
    if value.asked is not None:
        words += ["asked", *(device.decode() for device in value.asked.devices)]
    words += ["invited"] * value.invited
    if value.risk is not Risk.NONE:
        words.append(value.risk.name.lower())
    if value.urgency is not Urgency.USUAL:
        words.append(value.urgency.name.lower())
    if value.about:
        words.append(f"about {value.about.name.lower()}")
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
            who = f"{value.member.value} {value.generation} {value.device_id.decode()}"
            return f"vacate {who} {value.why.name.lower()}"
        case fx.Move():
            return f"move {value.generation} from {value.device_id.decode()}"
        case fx.AskColleague():
            devices = " ".join(device.decode() for device in value.devices)
            return f"{'ask' if value.asked else 'unask'} {devices} by {holder(value.by)} {value.language}"
        case fx.EnterRoom():
            return f"enter {_room(value.entry)}"
        case fx.DescribeInRoom():
            return f"describe {_room(value.entry)}"
        case fx.MarkInRoom():
            return f"mark {presence(value.present)}"
        case fx.LeaveRoom():
            return "leave"
        case fx.Count():
            return f"count {value.measure.value} {value.value}"
        case fx.Forget():
            return "forget"


def _room(value: Entry) -> str:
    there = presence(value.present) + " first" * value.first
    there += f" before {holder(value.before)}" * bool(value.before)
    there += f" not {' '.join(map(holder, value.after_others))}" * bool(value.after_others)
    there += f" about {value.about.name.lower()}" * bool(value.about)
    return f"{ago(value.arrival_ms)} {value.language} {value.urgency.name.lower()} {there}"


def note(value: fx.Note) -> str:
    match value:
        case fx.Welcomed():
            return f"welcome {value.phase.name.lower()} {value.generation} {presence(value.present)}"
        case fx.Taken():
            return f"taken {value.purpose} {presence(value.present)}"
        case fx.PresenceOf():
            return f"{value.member.value} {presence(value.present)}"
        case fx.ClosedBy():
            return f"closed {value.by.name.lower()}"
        case fx.BackToWaiting():
            return f"back to waiting {value.why.name.lower()}"
        case fx.NotComing():
            return f"not coming {value.slot} {value.why.name.lower()}"
        case fx.HandoverWas():
            return f"handover {value.answer.name.lower()}"
        case fx.RiskIs():
            return f"risk {value.risk.name.lower()}"
        case fx.DescribedAs():
            return f"described {value.urgency.name.lower()} {value.about.name.lower()}"
        case fx.NotYours():
            return "not yours"
        case fx.Superseded():
            return f"superseded {value.generation}"
        case fx.LeaseEnded():
            return f"lease ended {value.generation}"


def staff(device: bytes) -> bytes:
    """Whose device it is."""
    return b"staff " + device[:1]


def holder(staff_id: bytes) -> str:
    return staff_id.decode().removeprefix("staff ")


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
