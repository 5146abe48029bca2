# SPDX-License-Identifier: AGPL-3.0-or-later
"""Conversations of any interleaving: both sides, drops, doubles, time-outs, two desks that take at once.

The machine does with every effect what the house does, in the smallest way, and checks after each
step what must always hold.
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from chat.protocol.types import Phase, Risk
from chat.rules import effects as fx
from chat.rules import events as ev
from chat.rules.conversation import NotAllowed, step
from chat.rules.deadlines import LONGEST_MS, next_due
from chat.rules.outcomes import Measure, countable
from chat.rules.state import Conversation, Member, Presence, dump, load
from chat.rules.waiting_room import Entry

from .line import SENDINGS, Line

H, C, S, N = Member.HELP_SEEKER, Member.COUNSELLOR, Member.SUPERVISOR, Member.NEWCOMER
DESKS = (b"A", b"B", b"C")
SECOND = 1000
BEGIN = 1_000_000_000
PAUSES = (1, 30, 59, 61, 121, 9 * 60, 11 * 60, 14 * 60, 16 * 60, 50 * 60, 61 * 60)
WAYS = {
    (None, Phase.WAITING),
    (Phase.WAITING, Phase.MATCHED),
    (Phase.MATCHED, Phase.WAITING),
    (Phase.MATCHED, Phase.OPEN),
    (Phase.OPEN, Phase.WAITING),
    *((phase, Phase.CLOSED) for phase in (Phase.WAITING, Phase.MATCHED, Phase.OPEN)),
}


class Walk(RuleBasedStateMachine):
    """One conversation, from before it starts until after it is forgotten."""

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
            case fx.EnterRoom():
                self.entry = Entry(
                    effect.arrival_ms,
                    effect.language,
                    effect.urgency,
                    effect.present,
                    effect.first,
                    effect.about,
                    effect.before,
                    effect.after_others,
                )
                self.claim = None
            case fx.MarkInRoom(present=present):
                if self.entry is not None:
                    self.entry = replace(self.entry, present=present)
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

    # --- what happens ---

    @initialize(
        upto=st.sampled_from((Phase.WAITING, Phase.MATCHED, Phase.MATCHED, Phase.OPEN, Phase.OPEN)),
        company=st.sampled_from(("", "asked", "newcomer", "newcomer", "supervisor")),
    )
    def start(self, upto: Phase, company: str) -> None:
        self.apply(ev.Started("nl", self.fresh(H), self.now))
        if upto is not Phase.WAITING:
            self.desk_takes(DESKS[0])
        if upto is not Phase.OPEN:
            return
        self.conversation_opens()
        if company in {"asked", "newcomer"}:
            self.apply(ev.HandoverAsked(self.state.counsellor.generation, b"staff B", (b"B",), self.now))
        if company == "newcomer":
            self.the_one_asked_comes()
        if company == "supervisor":
            self.supervisor_asks(b"C", fresh=True, pick=0)
            self.apply(ev.ReplyPosted(self.state.supervisor.generation, self.now, S))

    @rule(pause=st.sampled_from(PAUSES))
    def time_passes(self, pause: int) -> None:
        self.now += pause * SECOND
        if self.due is not None and self.due <= self.now:
            self.apply(ev.Tick(self.now, self.active))

    @rule()
    def a_deadline_fires_early(self) -> None:
        self.apply(ev.Tick(self.now, self.active))

    @rule(again=st.booleans(), pick=st.integers(0, 5))
    def help_seeker_attaches(self, again: bool, pick: int) -> None:
        self.apply(ev.Attached(H, self.generation(H, pick) if again else self.fresh(H), self.now))

    @rule(desk=st.sampled_from(DESKS), again=st.booleans(), pick=st.integers(0, 5))
    def counsellor_attaches(self, desk: bytes, again: bool, pick: int) -> None:
        generation = self.generation(C, pick) if again else self.fresh(C)
        effects = self.apply(ev.Attached(C, generation, self.now, desk))
        if effects is not None and self.state.phase is not Phase.CLOSED:
            assert self.state.counsellor.device_id == desk

    @rule(member=st.sampled_from(Member), pick=st.integers(0, 5))
    def lease_ends(self, member: Member, pick: int) -> None:
        self.apply(ev.Gone(member, self.generation(member, pick), self.now))

    @precondition(lambda self: self.state is not None)
    @rule(member=st.sampled_from(Member))
    def connection_drops(self, member: Member) -> None:
        self.apply(ev.Gone(member, self.state.place(member).generation, self.now))

    @rule(desk=st.sampled_from(DESKS))
    def desk_claims(self, desk: bytes) -> None:
        """The script in the store: only who is in the room and present."""
        if self.entry is not None and self.entry.present:
            self.entry, self.claim = None, desk

    @rule(desk=st.sampled_from(DESKS))
    def claim_moves(self, desk: bytes) -> None:
        """Also a desk whose claim has lapsed may come with it late."""
        waiting = self.state is not None and self.state.phase is Phase.WAITING
        effects = self.apply(ev.Claimed(b"staff " + desk, desk, self.fresh(C), self.now))
        if effects is not None and waiting:
            assert self.state.counsellor.device_id == desk

    @rule(desk=st.sampled_from(DESKS))
    def desk_takes(self, desk: bytes) -> None:
        """Both without a hitch."""
        self.desk_claims(desk)
        if self.claim == desk:
            self.claim_moves(desk)

    @rule()
    def claim_lapses(self) -> None:
        self.apply(ev.ClaimLapsed(self.now))

    @rule(pick=st.integers(0, 5))
    def desk_gives_back(self, pick: int) -> None:
        self.apply(ev.GivenBack(self.generation(C, pick), self.now))

    @precondition(lambda self: self.state is not None and self.state.phase is Phase.MATCHED)
    @rule()
    def conversation_opens(self) -> None:
        self.apply(ev.ReplyPosted(self.state.counsellor.generation, self.now))
        self.handshake()

    @rule(pick=st.integers(0, 5))
    def late_reply(self, pick: int) -> None:
        was_matched = self.state is not None and self.state.phase is Phase.MATCHED
        if self.apply(ev.ReplyPosted(self.generation(C, pick), self.now)) is not None and was_matched:
            self.handshake()

    # --- who else comes ---

    @rule(desk=st.sampled_from(DESKS), fresh=st.booleans(), pick=st.integers(0, 5))
    def supervisor_asks(self, desk: bytes, fresh: bool, pick: int) -> None:
        generation = self.fresh(S) if fresh else self.generation(S, pick)
        self.apply(ev.WishedToJoin(b"staff " + desk, desk, generation, self.now))

    @rule(pick=st.integers(0, 5))
    def supervisor_joins(self, pick: int) -> None:
        self.apply(ev.ReplyPosted(self.generation(S, pick), self.now, S))

    @rule(desks=st.lists(st.sampled_from(DESKS), min_size=1, max_size=1), pick=st.integers(0, 5))
    def counsellor_asks(self, desks: list[bytes], pick: int) -> None:
        asked = ev.HandoverAsked(self.generation(C, pick), b"staff " + desks[0], tuple(desks), self.now)
        self.apply(asked)

    @rule(desk=st.sampled_from(DESKS))
    def colleague_refuses(self, desk: bytes) -> None:
        self.apply(ev.HandoverRefused(b"staff " + desk, self.now))

    @precondition(lambda self: self.state is not None and self.state.asked is not None)
    @rule()
    def the_one_asked_refuses(self) -> None:
        self.apply(ev.HandoverRefused(self.state.asked.staff_id, self.now))

    @rule(desk=st.sampled_from(DESKS), invited=st.booleans())
    def somebody_comes(self, desk: bytes, invited: bool) -> None:
        came = ev.Came(b"staff " + desk, desk, self.fresh(N), self.now, invited)
        if self.apply(came) is not None:
            self.asked.discard(desk)

    @precondition(lambda self: self.state is not None and self.state.asked is not None)
    @rule()
    def the_one_asked_comes(self) -> None:
        self.somebody_comes(self.state.asked.devices[0], invited=True)

    @rule(pick=st.integers(0, 5))
    def newcomer_moves(self, pick: int) -> None:
        self.apply(ev.ReplyPosted(self.generation(N, pick), self.now, N, self.fresh(C)))

    @precondition(lambda self: self.state is not None and self.state.newcomer.is_held)
    @rule()
    def newcomer_is_let_in(self) -> None:
        old = self.state.counsellor.generation
        self.apply(ev.ReplyPosted(self.state.newcomer.generation, self.now, N, self.fresh(C)))

        if self.state.phase is Phase.OPEN:
            assert not self.may_put(C, old)

    @rule(slot=st.integers(0, 1), pick=st.integers(0, 5))
    def help_seeker_declines(self, slot: int, pick: int) -> None:
        self.apply(ev.Declined(slot, self.generation(H, pick), self.now))

    @rule(member=st.sampled_from((C, S, N)), pick=st.integers(0, 5))
    def somebody_withdraws(self, member: Member, pick: int) -> None:
        self.apply(ev.Withdrawn(member, self.generation(member, pick), self.now))

    @rule(desk=st.sampled_from(DESKS))
    def a_device_is_removed(self, desk: bytes) -> None:
        if self.apply(ev.Removed(desk, self.now)) is not None:
            self.asked.discard(desk)
        if self.state is not None and self.state.phase is not Phase.CLOSED:
            assert desk not in {place.device_id for place in self.state.members()}

    @precondition(lambda self: self.state is not None and self.state.asked is not None)
    @rule()
    def the_one_asked_is_removed(self) -> None:
        self.a_device_is_removed(self.state.asked.devices[0])

        assert self.state.asked is None or self.state.phase is Phase.CLOSED

    @precondition(lambda self: self.state is not None and self.state.phase is Phase.MATCHED)
    @rule()
    def the_match_is_lost(self) -> None:
        self.connection_drops(C)

        assert self.state.phase is Phase.WAITING

    @rule(risk=st.sampled_from(Risk), pick=st.integers(0, 5))
    def risk_is_judged(self, risk: Risk, pick: int) -> None:
        self.apply(ev.RiskJudged(risk, self.generation(C, pick), self.now))

    @rule(member=st.sampled_from((S, N, C, H)), pick=st.integers(0, 5))
    def somebody_ends(self, member: Member, pick: int) -> None:
        if member in {S, N} or pick == 0:  # seldom, there is little to see afterwards
            self.apply(ev.Ended(member, self.generation(member, pick), self.now))

    @precondition(lambda self: self.last is not None and not isinstance(self.last, ev.Tick))
    @rule()
    def the_same_comes_again(self) -> None:
        before, counts = self.state, list(self.counts)
        self.apply(self.last)

        assert self.state == before
        assert self.counts == counts

    # --- the lanes (alone, and closer: test_line.py) ---

    def handshake(self) -> None:
        self.epoch += 1
        for line in self.lines.values():
            line.new_epoch(self.epoch)

    @rule(writer=st.sampled_from((H, C)), lines=st.integers(1, 3))
    def writes(self, writer: Member, lines: int) -> None:
        """Also while waiting: it is kept in the browser until there are keys."""
        for _ in range(lines):
            self.lines[writer].write()

    @precondition(lambda self: self.epoch > 0)
    @rule(writer=st.sampled_from((H, C)), sendings=SENDINGS)
    def sends(self, writer: Member, sendings: list[str]) -> None:
        if self.may_put(writer, self.state.place(writer).generation):
            self.lines[writer].send(sendings)
            self.active = self.now

    @precondition(lambda self: self.epoch > 0)
    @rule(writer=st.sampled_from((H, C)), pick=st.integers(0, 5))
    def an_old_tab_sends(self, writer: Member, pick: int) -> None:
        """It sealed something of its own: were it admitted, the lane would hold a stranger's line."""
        generation = self.generation(writer, pick)
        if generation != self.state.place(writer).generation:
            assert not self.may_put(writer, generation)

    @rule(reader=st.sampled_from((H, C)), count=st.integers(1, 4))
    def takes_in(self, reader: Member, count: int) -> None:
        self.lines[C if reader is H else H].take_in(count)

    @rule(lines=st.integers(1, 3))
    def they_talk(self, lines: int) -> None:
        for writer in (H, C):
            self.writes(writer, lines)
            if self.epoch > 0:
                self.sends(writer, ["heard"] * 3)
            self.takes_in(C if writer is H else H, lines)

    @precondition(lambda self: self.state is not None and self.state.phase is Phase.OPEN)
    @rule()
    def memory_is_lost(self) -> None:
        """A reload on either side: another handshake, both seal anew what was not shown."""
        self.handshake()

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

    def teardown(self) -> None:
        """When both come back, everything that was written is shown; then somebody leaves."""
        if self.state is None or self.state.phase is Phase.CLOSED:
            return
        if self.state.phase is Phase.OPEN:
            for line in self.lines.values():
                line.settle()
        self.apply(ev.Ended(H, self.state.help_seeker.generation, self.now))

        assert self.state.phase is Phase.CLOSED

        self.only_members_are_admitted_each_by_the_newest_connection()
        self.who_waits_is_in_the_room_or_claimed()
        self.a_deadline_stands_before_it_is_needed()
        self.each_end_is_counted_once()


def test_walk():
    run_state_machine_as_test(Walk, settings=settings(stateful_step_count=40))


@pytest.mark.long
def test_long_walk():
    long = settings(max_examples=1_000, stateful_step_count=50)
    run_state_machine_as_test(Walk, settings=long)
