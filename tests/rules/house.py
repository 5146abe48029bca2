# SPDX-License-Identifier: AGPL-3.0-or-later
"""The house of the walk (test_walk.py): it does with every effect what the real one does, but simply,
and checks after each step what must always hold.
"""

from __future__ import annotations

from hypothesis.stateful import RuleBasedStateMachine, invariant
from msgspec.structs import replace

from chat.protocol.types import Phase
from chat.rules import effects as fx
from chat.rules import events as ev
from chat.rules.conversation import NotAllowed, step
from chat.rules.deadlines import LONGEST_MS, next_due
from chat.rules.outcomes import Measure, countable
from chat.rules.state import Conversation, Member, Presence, dump, load
from chat.rules.waiting_room import Entry

from .line import Line

H, C, S, N = Member.HELP_SEEKER, Member.COUNSELLOR, Member.SUPERVISOR, Member.NEWCOMER
BEGIN = 1_000_000_000
WAYS = {
    (None, Phase.WAITING),
    (Phase.WAITING, Phase.MATCHED),
    (Phase.MATCHED, Phase.WAITING),
    (Phase.MATCHED, Phase.OPEN),
    (Phase.OPEN, Phase.WAITING),
    *((phase, Phase.CLOSED) for phase in (Phase.WAITING, Phase.MATCHED, Phase.OPEN)),
}


class House(RuleBasedStateMachine):
    """One conversation, from before it starts until after it is forgotten; what happens is the walk's."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGIN
        self.state: Conversation | None = None
        self.entry: Entry | None = None
        self.claim: bytes | None = None
        self.admitted: dict[Member, int] = {}
        self.asked: set[bytes] = set()
        self.highest = dict.fromkeys(Member, 0)
        self.due: int | None = None
        self.active = 0
        self.counts: list[tuple[Measure, str]] = []
        self.closed = False
        self.forgotten = False
        self.last: ev.Event | None = None
        self.believes: dict[Member, list[int]] = {member: [1] for member in Member}
        self.epoch = 0
        self.lines = {H: Line(), C: Line()}

    # --- the house ---

    def apply(self, event: ev.Event) -> list[fx.Effect] | None:
        """One event through the rules, and its effects; None when it was refused."""
        before = self.state
        self.last = event
        self.now += 1  # no two things happen in the same millisecond, so that times cannot be mixed up
        try:
            outcome = step(before, event)
        except NotAllowed:
            assert self.state is before
            return None
        self.check_change(before, outcome.state)
        self.state = outcome.state
        for effect in outcome.effects:
            self.carry_out(effect, replaces_due=isinstance(event, ev.Tick))
        self.check_listener(before)
        return list(outcome.effects)

    def carry_out(self, effect: fx.Effect, *, replaces_due: bool) -> None:
        assert not self.forgotten or not isinstance(effect, fx.EnterRoom | fx.Admit | fx.Due | fx.Count)
        match effect:
            case fx.Due(at_ms=at):
                assert at <= next_due(self.state, self.active)
                self.due = at if replaces_due or self.due is None else min(at, self.due)
            case fx.EnterRoom(entry=entry):
                self.entry = entry
                self.claim = None
            case fx.MarkInRoom(present=present):
                if self.entry is not None:
                    self.entry = replace(self.entry, present=present)
            case fx.DescribeInRoom(entry=described):
                if self.entry is not None:
                    self.entry = replace(self.entry, about=described.about, urgency=described.urgency)
            case fx.LeaveRoom():
                self.entry = self.claim = None
            case fx.Admit(member=member, generation=generation):
                assert generation >= self.admitted.get(member, 0)
                self.admitted[member] = generation
            case fx.Vacate(member=member, generation=generation):
                assert self.admitted.pop(member) == generation
            case fx.Move(generation=generation):
                del self.admitted[N]
                assert generation > self.admitted[C]
                self.admitted[C] = generation
            case fx.AskColleague(devices=devices, asked=True):
                self.asked |= {*devices}
            case fx.AskColleague(devices=devices, asked=False):
                assert self.asked >= {*devices}
                self.asked -= {*devices}
            case fx.Count(measure=measure, value=value):
                assert countable(measure, value, {"nl"})
                self.counts.append((measure, value))
            case fx.Tell(note=fx.ClosedBy()):
                assert self.state is None or self.state.phase is Phase.CLOSED
            case fx.Forget():
                self.forgotten = self.state is not None
                self.admitted.clear()
                self.due = None
            case fx.Tell():
                pass

    def check_change(self, before: Conversation | None, after: Conversation | None) -> None:
        was, becomes = (held.phase if held else None for held in (before, after))

        assert was is becomes or (was, becomes) in WAYS
        if was is None and becomes is None:
            return
        assert after is not None
        if before is not None:
            assert (before.started_ms, before.language) == (after.started_ms, after.language)
            assert all(after.place(m).generation >= before.place(m).generation for m in Member)
            moves = isinstance(self.last, ev.ReplyPosted) and self.last.member is N
            holder = before.newcomer.device_id if moves else before.counsellor.device_id
            if was in {Phase.MATCHED, Phase.OPEN} and becomes in {Phase.MATCHED, Phase.OPEN}:
                assert after.counsellor.device_id == holder
            assert after.risk is before.risk or isinstance(self.last, ev.RiskJudged)

    def check_listener(self, before: Conversation | None) -> None:
        """Nobody of the staff gets in while the help-seeker is there and is not told."""
        if before is None or self.state is None or self.state.phase is Phase.CLOSED:
            return
        for member in (C, S):
            now, was = (held.place(member) for held in (self.state, before))
            came = (now.presence, now.asks, now.device_id) != (was.presence, was.asks, was.device_id)
            if came and now.presence is Presence.PRESENT and not now.asks and self.state.is_present(H):
                assert fx.Tell(H, fx.PresenceOf(member, present=True)) in self.effects_of_last(before)
        for member in (C, S, N):
            if before.place(member).is_held and not self.state.place(member).is_held:
                gone = [one for one in self.effects_of_last(before) if isinstance(one, fx.Vacate | fx.Move)]
                assert gone

    def effects_of_last(self, before: Conversation | None) -> tuple[fx.Effect, ...]:
        assert self.last is not None
        return step(before, self.last).effects

    def generation(self, member: Member, pick: int) -> int:
        """A generation that some connection of this member, old or new, believes in."""
        known = self.believes[member]
        return known[pick % len(known)]

    def fresh(self, member: Member) -> int:
        self.highest[member] += 1
        self.believes[member].append(self.highest[member])
        return self.highest[member]

    def may_put(self, member: Member, generation: int) -> bool:
        return not self.forgotten and self.admitted.get(member) == generation

    # --- what must always hold ---

    @invariant()
    def lines_are_whole(self) -> None:
        for line in self.lines.values():
            line.check()

    @invariant()
    def places_fit_the_phase(self) -> None:
        held = self.state
        if held is None or held.phase is Phase.CLOSED:
            return
        seat = held.counsellor.presence
        match held.phase:
            case Phase.WAITING:
                assert seat is Presence.VACANT
            case Phase.MATCHED:
                assert seat is Presence.PRESENT
            case Phase.OPEN:
                assert seat is not Presence.VACANT
        assert held.help_seeker.presence is not Presence.VACANT
        assert held.opened_ms or not held.supervisor.is_held
        assert held.opened_ms or held.phase is not Phase.OPEN
        assert held.phase is Phase.OPEN or not (held.newcomer.is_held or held.asked)
        assert not (held.newcomer.is_held and held.asked)
        assert held.newcomer.is_held or not held.invited
        assert held.phase is not Phase.OPEN or not held.before
        assert not held.newcomer.is_held or (held.newcomer.asks and held.is_present(N))
        assert not held.supervisor.asks or held.is_present(S)
        assert held.newcomer.device_id != held.counsellor.device_id or not held.newcomer.is_held

    @invariant()
    def who_is_asked_knows_and_nobody_else(self) -> None:
        held = self.state
        open_question = held is not None and held.phase is not Phase.CLOSED and held.asked is not None
        assert self.asked == ({*held.asked.devices} if open_question else set())

    @invariant()
    def only_members_are_admitted_each_by_the_newest_connection(self) -> None:
        held = self.state
        if held is None or held.phase is Phase.CLOSED:
            assert self.admitted == {}
        else:
            assert self.admitted == {place.member: place.generation for place in held.members()}

    @invariant()
    def who_waits_is_in_the_room_or_claimed(self) -> None:
        held = self.state
        if held is None or held.phase is not Phase.WAITING:
            assert self.entry is None
            return
        assert (self.entry is None) != (self.claim is None)
        if self.entry is not None:
            assert self.entry.present == held.is_present(H)
            assert (self.entry.first, self.entry.before) == (held.first, held.before)
            assert (self.entry.about, self.entry.urgency) == (held.about, held.urgency)
            assert self.entry.arrival_ms == held.started_ms

    @invariant()
    def a_deadline_stands_before_it_is_needed(self) -> None:
        held = self.state
        if held is None or held.phase is Phase.CLOSED:
            assert self.due is None
        else:
            assert self.due is not None
            assert self.due <= next_due(held, self.active)

    @invariant()
    def each_end_is_counted_once(self) -> None:
        measures = [measure for measure, _ in self.counts]
        closed = self.state is not None and self.state.phase is Phase.CLOSED
        opened = measures.count(Measure.TAKEN)

        assert measures.count(Measure.STARTED) == measures.count(Measure.LANGUAGE) == 1
        assert opened == measures.count(Measure.WAIT) <= 1
        assert measures.count(Measure.LEFT) == (closed and not opened)
        assert measures.count(Measure.ENDED) == measures.count(Measure.DURATION) == (closed and opened)
        assert self.forgotten == closed

    @invariant()
    def time_alone_brings_it_to_its_end(self) -> None:
        held, at, active = self.state, self.now, self.active
        for _ in range(12):
            if held is None or held.phase is Phase.CLOSED:
                break
            at = max(at, next_due(held, active))
            outcome = step(held, ev.Tick(at, active))

            assert outcome.state != held
            held = outcome.state
            if held.phase is Phase.CLOSED:
                assert outcome.effects[-1] == fx.Forget()
                assert at <= max(self.now, held.started_ms + LONGEST_MS)

        assert held is None or held.phase is Phase.CLOSED

    @invariant()
    def the_state_survives_the_store(self) -> None:
        if self.state is not None:
            assert load(dump(self.state)) == self.state
