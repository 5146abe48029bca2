# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two seats over a network that loses, repeats, reorders and lies; tabs that die, come back from older
blobs, and run twice. Whatever happened: no key is used twice, nothing is lost, nothing comes twice, the
order holds, and nothing is shown as delivered that the other side did not show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chat.sealing import actions, handshake
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.lines import LineState
from chat.sealing.offer import Purpose
from chat.sealing.staff_seat import StaffSeat
from tests.sealing.world import Keys, Randomness, Side, World

which = st.integers(0, 2)
place = st.integers(0, 30)


class Tide(RuleBasedStateMachine):
    """`h2` is a second tab of the help-seeker, made from a blob of the first."""

    def __init__(self) -> None:
        super().__init__()
        self._patch = pytest.MonkeyPatch()
        self.keys = Keys(self._patch)
        self.world = World()
        self.tabs: list[Side] = [self.world.h]
        self.rolled_back: set[str] = set()
        self.shown: dict[str, set[bytes]] = {"h": set(), "s": set()}
        self.kept: dict[str, list[bytes]] = {"h": [], "s": []}
        self.written = 0

    def teardown(self) -> None:
        try:
            self.settle_and_compare()
        finally:
            self._patch.undo()

    # --- who is who ---

    def side(self, number: int) -> Side:
        everyone = [self.world.s, *self.tabs]
        return everyone[number % len(everyone)]

    def others(self, side: Side) -> list[Side]:
        return self.tabs if side is self.world.s else [self.world.s]

    def bonded(self, side: Side) -> list[int]:
        """Which of a side's blobs hold a bond; one that lost the bond is a newcomer, and asks as one."""
        found = []
        for i, blob in enumerate(side.blobs):
            if isinstance(side.seat, HelpSeekerSeat):
                read = HelpSeekerSeat.restore(blob, side.seat.trust, side.seat.random)
                good = read._bond is not None and read._confirmed
            else:
                good = StaffSeat.restore(blob, side.seat.identity, side.seat.random)._bond is not None
            if good:
                found.append(i)
        return found

    # --- what people do ---

    @initialize(opened=st.booleans())
    def begin(self, opened: bool) -> None:
        self.write_some(self.world.h)
        self.world.take()
        if opened:
            self.exchange(0, 4)

    def write_some(self, side: Side) -> None:
        self.written += 1
        self.world.write(side, f"line {self.written}")

    @rule(who=which)
    def write(self, who: int) -> None:
        self.write_some(self.side(who))

    @rule(who=which, only=st.integers(0, 1))
    def write_and_die(self, who: int, only: int) -> None:
        side = self.side(who)
        if side.blobs:
            self.written += 1
            side.carry_out(side.seat.compose(f"line {self.written}", self.world.now), only)
            self.world.reload(side)

    # --- what the network does ---

    @rule(who=which, at=place, repeat=st.booleans(), to=which)
    def deliver(self, who: int, at: int, repeat: bool, to: int) -> None:
        side = self.side(who)
        if side.sent:
            at %= len(side.sent)
            action = side.sent[at] if repeat else side.sent.pop(at)
            others = self.others(side)
            self.world.deliver(action, others[to % len(others)])

    @rule(tab=which, rounds=st.integers(1, 4))
    def exchange(self, tab: int, rounds: int) -> None:
        """For a while the network is as it should be, and one tab is the one connected."""
        h, s = self.tabs[tab % len(self.tabs)], self.world.s
        for _ in range(rounds):
            for side, other in ((h, s), (s, h)):
                on_its_way, side.sent = side.sent, []
                for action in on_its_way:
                    self.world.deliver(action, other)

    @rule(tab=which, who=which, lines=st.integers(1, 3), rounds=st.integers(0, 2))
    def talk(self, tab: int, who: int, lines: int, rounds: int) -> None:
        for i in range(lines):
            self.write_some(self.side(who + i))
        self.exchange(tab, rounds)

    @rule(tab=which)
    def resume(self, tab: int) -> None:
        """A tab connects, with an honest server for as long as it takes."""
        h, s = self.tabs[tab % len(self.tabs)], self.world.s
        self.world.now += 6
        h.carry_out(h.seat.connected(self.world.now))
        s.carry_out(s.seat.set_peer_present(True, self.world.now))
        self.exchange(tab, 4)

    @rule(tab=which)
    def talk_in_one_tab(self, tab: int) -> None:
        """The tab that was not connected before goes on, and then the other side."""
        self.resume(tab)
        self.write_some(self.tabs[tab % len(self.tabs)])
        self.write_some(self.world.s)
        self.exchange(tab, 3)

    @rule(who=which, only=st.integers(0, 4))
    def deliver_and_die(self, who: int, only: int) -> None:
        side = self.side(who)
        other = self.others(side)[0]
        if side.sent and other.blobs:
            self.world.deliver(side.sent.pop(0), other, only)
            self.world.reload(other)

    @rule(who=which, at=place)
    def lose(self, who: int, at: int) -> None:
        side = self.side(who)
        if side.sent:
            side.sent.pop(at % len(side.sent))

    @rule(seconds=st.sampled_from([0.5, 2.0, 6.0, 31.0]), present=st.booleans())
    def time_goes_on(self, seconds: float, present: bool) -> None:
        self.world.now += seconds
        for side in (self.world.s, *self.tabs):
            side.carry_out(side.seat.set_peer_present(present, self.world.now))
            side.carry_out(side.seat.tick(self.world.now))

    @rule(who=which)
    def reconnect(self, who: int) -> None:
        side = self.side(who)
        side.carry_out(side.seat.connected(self.world.now))

    # --- what dies and comes back ---

    @rule(who=which)
    def reload(self, who: int) -> None:
        side = self.side(who)
        if side.blobs:
            self.world.reload(side)
            side.carry_out(side.seat.connected(self.world.now))

    @rule(who=which, back=st.integers(1, 8))
    def roll_back(self, who: int, back: int) -> None:
        side = self.side(who)
        good = self.bonded(side)
        if good:
            at = good[max(0, len(good) - 1 - back)]
            self.world.reload(side, side.blobs[at])
            side.blobs = side.blobs[: at + 1]
            self.rolled_back.add(side.name[0])

    @precondition(lambda self: len(self.tabs) == 1)
    @rule()
    def second_tab(self) -> None:
        first = self.tabs[0]
        good = self.bonded(first)
        if good and good[-1] == len(first.blobs) - 1:
            assert isinstance(first.seat, HelpSeekerSeat)
            seat = HelpSeekerSeat.restore(first.blobs[-1], first.seat.trust, Randomness("second tab"))
            self.tabs.append(Side("h2", seat, [first.blobs[-1]]))
            self.rolled_back.add("h")

    # --- what a hostile server does ---

    @rule(who=which, n=st.integers(0, 40))
    def forged_stored(self, who: int, n: int) -> None:
        side = self.side(who)
        epoch = side.seat.channel.tx.epoch if side.seat.channel.tx else 1
        side.carry_out(side.seat.stored(epoch, n))

    @rule()
    def forged_request(self) -> None:
        self.world.deliver(actions.AskResume(bytes(32)), self.world.s)

    @rule()
    def forged_hello(self) -> None:
        seat = self.world.s.seat
        assert isinstance(seat, StaffSeat)
        offered = seat._offered
        if offered is not None and offered.offer.purpose is Purpose.RESUME:
            m1 = handshake.make_hello(offered.offer, bytes(32), handshake.key_pair(bytes(32)).pk)
            self.world.deliver(actions.SendHello(m1), self.world.s)

    @rule(at=place, bit=st.integers(0, 1062 * 8))
    def forged_envelope(self, at: int, bit: int) -> None:
        for side in (self.world.s, *self.tabs):
            sent = side.envelopes()
            if sent:
                data = bytearray(sent[at % len(sent)])
                data[bit // 8] ^= 1 << bit % 8
                for other in self.others(side):
                    self.world.deliver(actions.SendEnvelope(bytes(data)), other)

    # --- what must hold ---

    def sides(self) -> Iterator[Side]:
        yield self.world.s
        yield from self.tabs

    @invariant()
    def nobody_died(self) -> None:
        for side in self.sides():
            assert not side.of(actions.Dead)
            assert not side.of(actions.PeerEnded)

    @invariant()
    def nothing_twice(self) -> None:
        for side in self.sides():
            texts = side.texts(own=False)
            assert len(texts) == len(set(texts))

    @invariant()
    def delivered_means_shown(self) -> None:
        for side in self.sides():
            self.shown[side.name[0]] |= {a.line.mid for a in side.of(actions.LineAdded) if not a.line.own}
            self.shown[side.name[0]] |= {line.mid for line in side.theirs()}  # what a reloaded page shows
        for side in self.sides():
            peer = "h" if side is self.world.s else "s"
            claimed = {a.mid for a in side.of(actions.LineChanged) if a.state is LineState.DELIVERED}
            claimed |= {line.mid for line in side.own() if line.state is LineState.DELIVERED}
            assert claimed <= self.shown[peer]

    @invariant()
    def what_was_kept_is_there(self) -> None:
        for side in (self.world.s, self.tabs[0]):
            if side.name not in self.rolled_back:
                own = [line.mid for line in side.own()]
                assert own[: len(self.kept[side.name])] == self.kept[side.name]
                self.kept[side.name] = own

    def settle_and_compare(self) -> None:
        """In the end the network is honest and one tab is left: everything that is kept is there.

        Each writes once more: a tab that another one overtook notices only when something is to be said.
        """
        if not self.kept["h"]:
            return
        h = self.world.h = self.tabs[-1]
        s = self.world.s
        self.world.lose(h, s)
        self.write_some(h)
        self.write_some(s)
        self.world.settle(1, connected=True)
        self.world.until(self.world.at_peace)
        for writer, reader in ((h, s), (s, h)):
            theirs = [line.mid for line in reader.theirs()]
            own = [line.mid for line in writer.own() if line.state is not LineState.UNDELIVERED]
            in_theirs = [mid for mid in theirs if mid in set(own)]
            assert in_theirs == own
            assert all(line.state is not LineState.UNDELIVERED for line in writer.own())
        if not self.rolled_back:
            self.world.assert_same()


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Tide,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_happens_nothing_is_lost_or_twice():
    run(60, 50)


@pytest.mark.long
def test_whatever_happens_for_long():
    run(1500, 80)
