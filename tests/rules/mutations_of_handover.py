# SPDX-License-Identifier: AGPL-3.0-or-later
"""Planted faults (mutations.py) of handing over, supervising, losing and removing a counsellor."""

from __future__ import annotations

from .mutation import Mutation

OF_HANDOVER = (
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
        "who was declined is offered it again",
        "waiting_room.py",
        "    return staff in entry.after_others and any(",
        "    return staff in entry.after_others and all(",
    ),
    Mutation(
        "somebody waits for those to whom they said no",
        "waiting_room.py",
        "entry.language in languages and other not in entry.after_others",
        "entry.language in languages and other != staff",
    ),
    Mutation(
        "a no is not remembered",
        "conversation.py",
        "_BY_WILL = frozenset({Left.DECLINED, Left.GIVEN_BACK})",
        "_BY_WILL = frozenset({Left.GIVEN_BACK})",
    ),
    Mutation(
        "a yes does not wash a no away",
        "conversation.py",
        "if staff != state.counsellor.staff_id)",
        "if staff)",
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
)
