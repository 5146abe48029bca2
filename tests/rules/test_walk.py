# SPDX-License-Identifier: AGPL-3.0-or-later
"""Conversations of any interleaving: both sides, drops, doubles, time-outs, two desks that take at once.

What is done with the effects, and what must hold after each step, stands in house.py.
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from chat.protocol.types import About, Phase, Risk, Urgency
from chat.rules import events as ev
from chat.rules.state import Member

from .house import C, H, House, N, S
from .line import SENDINGS

DESKS = (b"A", b"B", b"C")
SECOND = 1000
PAUSES = (1, 30, 59, 61, 121, 9 * 60, 11 * 60, 14 * 60, 16 * 60, 50 * 60, 61 * 60)


class Walk(House):
    """Everything that can happen to one conversation."""

    # --- what happens ---

    @initialize(
        upto=st.sampled_from((Phase.WAITING, Phase.MATCHED, Phase.MATCHED, Phase.OPEN, Phase.OPEN)),
        company=st.sampled_from(("", "asked", "asked", "newcomer", "newcomer", "asks to join", "supervisor")),
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
        if company in {"asks to join", "supervisor"}:
            self.supervisor_asks(b"C", fresh=True, pick=0)
        if company == "supervisor":
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

    @rule(about=st.sampled_from(About), urgency=st.sampled_from(Urgency), pick=st.integers(0, 5))
    def help_seeker_describes(self, about: About, urgency: Urgency, pick: int) -> None:
        self.apply(ev.Described(about, urgency, self.generation(H, pick), self.now))

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

    @precondition(lambda self: self.state is not None and any(place.asks for place in self.state.members()))
    @rule()
    def who_asks_to_come_goes_away(self) -> None:
        for place in self.state.members():
            if place.asks:
                self.connection_drops(place.member)

    @precondition(lambda self: self.state is not None and self.state.phase is Phase.OPEN)
    @rule(desk=st.sampled_from(DESKS))
    def it_goes_through_other_hands(self, desk: bytes) -> None:
        """Given back, taken and opened again: it was taken once, whoever has it."""
        self.apply(ev.GivenBack(self.state.counsellor.generation, self.now))
        self.places_fit_the_phase()
        self.desk_takes(desk)
        if self.state.phase is Phase.MATCHED:
            self.conversation_opens()

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
