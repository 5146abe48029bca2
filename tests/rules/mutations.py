# SPDX-License-Identifier: AGPL-3.0-or-later
"""Planted faults. Each is one change of a rule that the tests have to notice (test_mutations.py).

`old` stands exactly once in its file, so the list breaks loudly when a rule is rewritten.
`walk` marks those that the random walks alone have to find, without any table.
"""

from __future__ import annotations

from .mutation import Mutation
from .mutations_of_handover import OF_HANDOVER

MUTATIONS = (
    *OF_HANDOVER,
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
        "what a tap says does not reach the waiting room",
        "conversation.py",
        "return Outcome(after, (DescribeInRoom(entry(after)), answer))",
        "return Outcome(after, (answer,))",
        walk=True,
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
        "    return Entry(\n        state.started_ms,",
        "    return Entry(\n        state.phase_ms,",
        walk=True,
    ),
    Mutation(
        "a lost match is in no room",
        "conversation.py",
        "*alone, EnterRoom(entry(after))]",
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
    Mutation("a bucket never runs dry", "pace.py", "if level < _MICRO:", "if level < 0:"),
    Mutation("a pause fills without end", "pace.py", "min(level + ", "max(level + "),
    Mutation(
        "a clock that goes back fills",
        "pace.py",
        "    if now > at_ms:",
        "    at_ms = min(at_ms, now)\n    if now > at_ms:",
    ),
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
