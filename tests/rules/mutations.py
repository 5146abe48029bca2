# SPDX-License-Identifier: AGPL-3.0-or-later
"""Planted faults. Each is one change of a rule that the tests have to notice (test_mutations.py).

`old` stands exactly once in its file, so the list breaks loudly when a rule is rewritten.
`walk` marks those that the random walks alone have to find, without any table.
"""

from __future__ import annotations

from typing import NamedTuple


class Mutation(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    walk: bool = False


MUTATIONS = (
    Mutation(
        "an older connection's lease end counts",
        "conversation.py",
        "if place.presence is not Presence.PRESENT or place.generation != generation:",
        "if place.presence is not Presence.PRESENT:",
    ),
    Mutation(
        "an older connection attaches",
        "places.py",
        "if generation < place.generation:",
        "if generation < 0:",
        walk=True,
    ),
    Mutation(
        "the tab before is not told",
        "places.py",
        "effects.append(Tell(place.member, Superseded(place.generation)))",
        "pass",
    ),
    Mutation(
        "an attach does not make present",
        "places.py",
        "here = replace(place, presence=Presence.PRESENT, generation=generation, since_ms=since)",
        "here = replace(place, generation=generation, since_ms=since)",
    ),
    Mutation(
        "a new connection begins the time of presence anew",
        "places.py",
        "since = place.since_ms if was_present else now",
        "since = now",
    ),
    Mutation(
        "any desk may attach to the seat",
        "conversation.py",
        "if place.presence is Presence.VACANT or place.device_id != device_id:",
        "if place.presence is Presence.VACANT:",
        walk=True,
    ),
    Mutation(
        "a vacant seat can be attached to",
        "conversation.py",
        "if place.presence is Presence.VACANT or place.device_id != device_id:",
        "if place.device_id != device_id:",
    ),
    Mutation(
        "a second desk takes what is taken",
        "conversation.py",
        "            if state.counsellor.device_id != event.device_id:\n"
        "                raise NotAllowed(ErrorCode.TAKEN)\n"
        "            return attach(state, state.counsellor, generation, now, taking=phase is Phase.MATCHED)",
        "            return _match(state, event)",
        walk=True,
    ),
    Mutation(
        "a lost holder's generation is given again",
        "places.py",
        "if event.generation <= seat.generation:",
        "if event.generation < seat.generation:",
    ),
    Mutation(
        "the generation of a vacant seat is forgotten",
        "places.py",
        "return Place(seat.member, Presence.VACANT, seat.generation, now)",
        "return Place(seat.member, Presence.VACANT, 0, now)",
        walk=True,
    ),
    Mutation(
        "a match leaves the entry in the room",
        "conversation.py",
        "            LeaveRoom(),\n            Admit(C",
        "            Admit(C",
        walk=True,
    ),
    Mutation(
        "the help-seeker is not told that somebody came",
        "conversation.py",
        "            *presence_changed(after, C, present=True),",
        "",
        walk=True,
    ),
    Mutation(
        "a supervisor listens silently",
        "handover.py",
        "return Outcome(after, presence_changed(after, S, present=True))",
        "return Outcome(after)",
        walk=True,
    ),
    Mutation(
        "a lost match keeps its counsellor",
        "conversation.py",
        "        counsellor=vacant(lost, now),\n",
        "",
        walk=True,
    ),
    Mutation(
        "a lost match is not first",
        "conversation.py",
        "        first=True,\n",
        "        first=False,\n",
    ),
    Mutation(
        "a lost match loses the place",
        "places.py",
        "    return EnterRoom(\n        state.started_ms,",
        "    return EnterRoom(\n        state.phase_ms,",
        walk=True,
    ),
    Mutation(
        "a lost match is in no room",
        "conversation.py",
        "*alone, entry(after)]",
        "*alone]",
        walk=True,
    ),
    Mutation(
        "the one who lost it stays admitted",
        "conversation.py",
        "[Vacate(C, why, lost.generation, lost.device_id), *alone,",
        "[*alone,",
        walk=True,
    ),
    Mutation(
        "the help-seeker is not told of the lost match",
        "conversation.py",
        "effects.append(Tell(H, BackToWaiting(shown)))",
        "pass",
    ),
    Mutation(
        "a counsellor gone before it opened leaves a match behind",
        "conversation.py",
        "if state.phase is Phase.MATCHED and member is C:",
        "if state.phase is Phase.OPEN and member is C:",
        walk=True,
    ),
    Mutation(
        "who is away in the room is offered",
        "places.py",
        "return (MarkInRoom(present), *news)",
        "return news",
        walk=True,
    ),
    Mutation(
        "an old tab ends the conversation",
        "conversation.py",
        "    command(state, member, generation)\n    match member:",
        "    match member:",
    ),
    Mutation(
        "a late reply of an old tab opens it",
        "conversation.py",
        "    command(state, C, event.generation)\n    opened_ms",
        "    opened_ms",
    ),
    Mutation(
        "a supervisor ends it for all",
        "conversation.py",
        "        case Member.SUPERVISOR | Member.NEWCOMER:\n"
        "            return Outcome(*left(state, member, Left.BY_ITSELF, now))",
        "        case Member.SUPERVISOR | Member.NEWCOMER:\n"
        "            return _close(state, EndedBy.COUNSELLOR, now)",
    ),
    Mutation(
        "the end leaves everything stored",
        "conversation.py",
        "return Outcome(after, (*effects, Forget()))",
        "return Outcome(after, tuple(effects))",
        walk=True,
    ),
    Mutation(
        "the end leaves the entry in the room",
        "conversation.py",
        "        effects.append(LeaveRoom())",
        "        pass",
        walk=True,
    ),
    Mutation(
        "a deadline does not stand",
        "conversation.py",
        "return Outcome(after, (Due(next_due(after)), *outcome.effects))",
        "return outcome",
        walk=True,
    ),
    Mutation(
        "a tick at the very deadline does nothing",
        "conversation.py",
        "if deadline[0] <= now]",
        "if deadline[0] < now]",
        walk=True,
    ),
    Mutation(
        "the last deadline decides",
        "conversation.py",
        "_, limit = min(passed,",
        "_, limit = max(passed,",
    ),
    Mutation(
        "the wait counts from the last match",
        "conversation.py",
        "outcomes.wait_band(event.now - state.started_ms)",
        "outcomes.wait_band(event.now - state.phase_ms)",
    ),
    Mutation(
        "an end in the room counts as an end of a conversation",
        "conversation.py",
        "    if state.opened_ms:\n        lasted",
        "    if state.phase is not Phase.WAITING:\n        lasted",
        walk=True,
    ),
    Mutation(
        "a second reply opens it again",
        "conversation.py",
        "        case Phase.MATCHED, ReplyPosted(member=Member.COUNSELLOR):",
        "        case (Phase.MATCHED | Phase.OPEN), ReplyPosted(member=Member.COUNSELLOR):",
    ),
    Mutation(
        "a tick after the end forgets nothing",
        "conversation.py",
        "            return Outcome(state, (Forget(),))",
        "            return Outcome(state)",
    ),
    Mutation(
        "there is no longest time",
        "deadlines.py",
        "found = [(state.started_ms + LONGEST_MS, Limit.TOO_LONG)]",
        "found = [(state.phase_ms + LONGEST_MS, Limit.TOO_LONG)]",
    ),
    Mutation(
        "a place is kept as long as a conversation",
        "deadlines.py",
        "kept = (PLACE_KEPT_MS, Limit.PLACE_KEPT) if first_wait",
        "kept = (AWAY_MS, Limit.PLACE_KEPT) if first_wait",
    ),
    Mutation(
        "the minute to open runs while the help-seeker is away",
        "deadlines.py",
        "if state.phase is Phase.MATCHED and state.is_present(Member.HELP_SEEKER):",
        "if state.phase is Phase.MATCHED:",
    ),
    Mutation(
        "the minute to open counts from the match alone",
        "deadlines.py",
        "both_here = max(state.phase_ms, state.help_seeker.since_ms)",
        "both_here = state.phase_ms",
    ),
    Mutation(
        "writing does not keep it open",
        "deadlines.py",
        "found.append((max(state.phase_ms, last_activity) + IDLE_MS, Limit.IDLE))",
        "found.append((state.phase_ms + IDLE_MS, Limit.IDLE))",
    ),
    Mutation(
        "a supervisor's absence ends the conversation",
        "deadlines.py",
        "return place.since_ms + AWAY_MS, Limit.SUPERVISOR_AWAY",
        "return place.since_ms + AWAY_MS, Limit.AWAY",
    ),
    Mutation(
        "a lost counsellor keeps the conversation",
        "conversation.py",
        "        case Limit.COUNSELLOR_LOST:\n            return _back_to_waiting(state, Left.LOST, now)",
        "        case Limit.COUNSELLOR_LOST:\n            return _close(state, EndedBy.AWAY, now)",
    ),
    Mutation(
        "a counsellor is lost although somebody is being asked for",
        "deadlines.py",
        "return None if state.newcomer.is_held else (place",
        "return (place",
    ),
    Mutation(
        "who gave it back by will is offered it first",
        "conversation.py",
        'b"" if why is Left.GIVEN_BACK else state.before',
        "lost.staff_id if why is Left.GIVEN_BACK else state.before",
    ),
    Mutation(
        "a no forgets who was lost",
        "conversation.py",
        'b"" if why is Left.GIVEN_BACK else state.before',
        'b""',
    ),
    Mutation(
        "a newcomer stays where there is nothing to come to",
        "conversation.py",
        "    after, alone = handover.nobody_comes(state, now)\n",
        "    after, alone = state, ()\n",
        walk=True,
    ),
    Mutation(
        "the one who handed over writes on",
        "handover.py",
        "counsellor = Place(C, Presence.PRESENT, event.seat_generation,",
        "counsellor = Place(C, Presence.PRESENT, before.generation,",
        walk=True,
    ),
    Mutation(
        "a move leaves the newcomer behind",
        "handover.py",
        "newcomer=vacant(seat, event.now), invited=False, before=",
        "invited=False, before=",
        walk=True,
    ),
    Mutation(
        "the help-seeker is not told who has it now",
        "handover.py",
        "effects.append(Tell(H, PresenceOf(C, present=True)))",
        "pass",
        walk=True,
    ),
    Mutation(
        "an old tab of the newcomer moves it",
        "handover.py",
        "    command(state, N, event.generation)\n    if event.seat_generation",
        "    if event.seat_generation",
    ),
    Mutation(
        "the seat's generation stands still at a move",
        "handover.py",
        "if event.seat_generation <= before.generation:",
        "if event.seat_generation < before.generation:",
    ),
    Mutation(
        "anybody comes without being asked",
        "handover.py",
        "if event.invited and (state.asked is None or event.device_id not in state.asked.devices):",
        "if event.invited and state.asked is None:",
    ),
    Mutation(
        "a second newcomer takes the place of the first",
        "handover.py",
        "        if state.newcomer.device_id != event.device_id:",
        "        if not event.device_id:",
    ),
    Mutation(
        "the counsellor takes over from oneself",
        "handover.py",
        "        return attach(state, state.newcomer, event.generation, event.now, taking=True)\n"
        "    if event.staff_id == state.counsellor.staff_id:",
        "        return attach(state, state.newcomer, event.generation, event.now, taking=True)\n"
        "    if not event.staff_id:",
    ),
    Mutation(
        "other desks go on asking after the yes",
        "places.py",
        "    if devices:\n        effects.append(AskColleague(",
        "    if not without:\n        effects.append(AskColleague(",
    ),
    Mutation(
        "the question outlives its answer",
        "handover.py",
        "    return Outcome(*unasked(state, HandoverAnswer.NOT_NOW))",
        "    return Outcome(state, unasked(state, HandoverAnswer.NOT_NOW)[1])",
        walk=True,
    ),
    Mutation(
        "who hands over is not told of the no",
        "places.py",
        "    if member is Member.NEWCOMER and state.invited:",
        "    if member is Member.NEWCOMER and state.invited and why is not Left.DECLINED:",
    ),
    Mutation(
        "a no to a supervisor sends the newcomer away",
        "conversation.py",
        "who = state.supervisor if slot else state.newcomer",
        "who = state.newcomer",
    ),
    Mutation(
        "a late no throws out who is in already",
        "conversation.py",
        "    if who.asks:\n        return Outcome(*left(state, who.member, Left.DECLINED, now))",
        "    if who.is_held:\n        return Outcome(*left(state, who.member, Left.DECLINED, now))",
    ),
    Mutation(
        "a joined supervisor goes on asking",
        "handover.py",
        "after = state.with_place(replace(seat, asking_ms=0))",
        "after = state.with_place(seat)",
    ),
    Mutation(
        "who asks to come can go away and stay",
        "conversation.py",
        "    if place.asks:\n        return Outcome(*left(state, member, Left.LOST, now))\n",
        "",
        walk=True,
    ),
    Mutation(
        "whoever asks to come has time without end",
        "deadlines.py",
        "    if place.asks:\n        newcomer",
        "    if place.asks and state.phase is Phase.CLOSED:\n        newcomer",
    ),
    Mutation(
        "a question has time without end",
        "deadlines.py",
        "    if state.asked is not None:",
        "    if state.asked is not None and state.newcomer.is_held:",
    ),
    Mutation(
        "one person has both seats",
        "handover.py",
        "    if not seat.is_held or seat.device_id != state.counsellor.device_id:",
        "    if not seat.is_held or seat.device_id == state.counsellor.device_id:",
    ),
    Mutation(
        "a removed device keeps its place beside",
        "handover.py",
        "    for member in (S, N):\n        if",
        "    for member in (N,):\n        if",
    ),
    Mutation(
        "a removed device keeps the conversation",
        "conversation.py",
        "    if after.counsellor.is_held and after.counsellor.device_id == device_id:",
        "    if not after.opened_ms and after.counsellor.device_id == device_id:",
        walk=True,
    ),
    Mutation(
        "a removed device is still asked",
        "handover.py",
        "if question is not None and device_id in question.devices:",
        "if question is not None and device_id in question.devices[1:]:",
    ),
    Mutation(
        "an old tab judges the risk",
        "conversation.py",
        "            command(state, C, generation)\n            after = state if risk",
        "            after = state if risk",
    ),
    Mutation(
        "a handover forgets the risk",
        "handover.py",
        "effects.append(Tell(C, RiskIs(after.risk)))",
        "pass",
    ),
    Mutation(
        "a second opening is counted again",
        "conversation.py",
        "    if state.opened_ms:\n        return Outcome(after, (Tell",
        "    if not after.opened_ms:\n        return Outcome(after, (Tell",
        walk=True,
    ),
    Mutation(
        "the next counsellor comes without a question",
        "places.py",
        "return 2 if state.opened_ms else 1",
        "return 1",
    ),
    Mutation(
        "a boundary counts as an end like any other",
        "conversation.py",
        "by = EndedBy.BOUNDARY if how is EndHow.BOUNDARY else EndedBy.COUNSELLOR",
        "by = EndedBy.COUNSELLOR",
    ),
    Mutation(
        "a lane skips a number",
        "lanes.py",
        "if n == last[1] + 1 else Verdict.GAP",
        "if n > last[1] else Verdict.GAP",
        walk=True,
    ),
    Mutation(
        "a lane takes the same envelope twice",
        "lanes.py",
        "(epoch, n) <= last:",
        "(epoch, n) < last:",
        walk=True,
    ),
    Mutation(
        "a new epoch may begin anywhere",
        "lanes.py",
        "return Verdict.APPENDED if n == 0 else Verdict.GAP",
        "return Verdict.APPENDED",
        walk=True,
    ),
    Mutation(
        "taking in drops one too many",
        "lanes.py",
        "if number > (epoch, n)",
        "if number > (epoch, n + 1)",
        walk=True,
    ),
    Mutation("a lane has no limit", "lanes.py", "len(lane.kept) >= limit", "len(lane.kept) > limit"),
    Mutation(
        "absent people are offered",
        "waiting_room.py",
        "if entry.present and entry.language",
        "if entry.language",
    ),
    Mutation(
        "absent people are counted before you",
        "waiting_room.py",
        "result[sid] + entry.present",
        "result[sid] + 1",
    ),
    Mutation(
        "urgency is forgotten",
        "waiting_room.py",
        "entry.arrival_ms - entry.urgency * LIFT_MS",
        "entry.arrival_ms",
    ),
    Mutation(
        "urgency counts backwards",
        "waiting_room.py",
        "entry.arrival_ms - entry.urgency",
        "entry.arrival_ms + entry.urgency",
    ),
    Mutation(
        "waiting never lifts",
        "waiting_room.py",
        "LIFT_MS: Final = 5 * 60_000",
        "LIFT_MS: Final = 500 * 60_000",
    ),
    Mutation("the head is the tail", "waiting_room.py", "return (not entry.first,", "return (entry.first,"),
    Mutation("a bucket never runs dry", "pace.py", "allowed = level >= _MICRO", "allowed = level >= 0"),
    Mutation("a pause fills without end", "pace.py", "min(held.burst * _MICRO, ", "max(0, "),
    Mutation("a clock that goes back fills", "pace.py", "max(now, held.at_ms)), allowed", "now), allowed"),
    Mutation("presence never ends", "presence.py", "return now < lease_end", "return now <= lease_end"),
    Mutation(
        "a counsellor certifies", "roles.py", "Permission.TAKE})", "Permission.TAKE, Permission.CERTIFY})"
    ),
    Mutation(
        "a free text is counted",
        "outcomes.py",
        "    return value in VALUES.get(measure, frozenset())",
        "    return True",
    ),
    Mutation("it closes a moment late", "opening_hours.py", "begin <= at < end", "begin <= at <= end"),
    Mutation("the later of two hours counts", "opening_hours.py", "fold=0", "fold=1"),
    Mutation("midnight ends every day", "opening_hours.py", "range(-_SPAN, days + 1)", "range(days + 1)"),
    Mutation(
        "a yearly date beats the date itself",
        "opening_hours.py",
        "(not one.yearly, bool(one.languages))",
        "(one.yearly, bool(one.languages))",
    ),
    Mutation("a small count is shown", "figures.py", "None if 0 < count < SMALL else count", "count"),
    Mutation(
        "the total gives a month away", "figures.py", "None if 0 < hidden < SMALL", "None if 0 > hidden"
    ),
    Mutation("whoever asks says who confirmed", "crisis_lines.py", ", confirmed_by=by)", ")"),
    Mutation("a changed line stays confirmed", "crisis_lines.py", "checked_on=None, confirmed_by=None", ""),
    Mutation("a choice nobody offers is counted", "wrap_up.py", "raise UnknownChoice", "pass"),
    Mutation("a band loses its border", "outcomes.py", "if length_ms < below", "if length_ms <= below"),
)
