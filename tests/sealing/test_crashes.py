# SPDX-License-Identifier: AGPL-3.0-or-later
"""Death at any moment (11). A seat reaches the world only by its actions, carried out in order: before and
after each of them is a point at which to die. The walk of test_model.py mixes what is tried one by one."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from chat.sealing import actions
from chat.sealing.actions import Action
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.lines import LineState
from chat.sealing.offer import Purpose
from chat.sealing.staff_seat import StaffSeat
from tests.sealing.world import ANNA_ID, Keys, Randomness, Side, World
from tests.vectors.people import SID, TRUST


@dataclass
class Mortal(Side):
    """A side that dies at one of its steps; what it may show and claim is looked at as it happens."""

    dies_at: int = 0
    last_words: bool = False
    """Whether what it had handed to its socket still arrives."""
    steps: int = 0
    dead: bool = False
    kept: set[bytes] = field(default_factory=set)
    """Lines that were ever in a blob."""
    shown: set[bytes] = field(default_factory=set)
    """Lines of the other that were ever on a screen."""
    screen: set[bytes] = field(default_factory=set)
    """Those on the screen of the tab that lives."""
    other: Mortal | None = None
    bonded_at: int | None = None
    """The first blob with a bond: who has only an older one is a newcomer, and needs a yes."""

    def carry_out(self, wanted: list[Action], only: int | None = None) -> list[Action]:
        done: list[Action] = []
        for action in wanted[:only]:
            if self.step():
                break
            done += super().carry_out([action])
            self.look(action)
            if self.step():
                break
        return done

    def step(self) -> bool:
        if not self.dead:
            self.steps += 1
            if self.steps == self.dies_at:
                self.die()
        return self.dead

    def die(self) -> None:
        self.dead = True
        if not self.last_words:
            self.sent.clear()

    def look(self, action: Action) -> None:
        match action:
            case actions.Persist():
                self.kept |= {line.mid for line in self.seat.channel.lines}
                if self.bonded_at is None and self.seat._bond is not None:
                    self.bonded_at = len(self.blobs) - 1
            case actions.LineAdded(line):
                assert line.mid in self.kept, "shown before it was kept"
                if not line.own:
                    assert line.mid not in self.screen, "shown twice"
                    self.screen.add(line.mid)
                    self.shown.add(line.mid)
            case actions.LineChanged(mid, LineState.DELIVERED):
                self.claims(mid)
            case actions.Dead() | actions.PeerEnded():
                raise AssertionError(action)

    def claims(self, mid: bytes) -> None:
        assert self.other is not None
        assert mid in self.other.shown, "delivered, and the other side never showed it"

    def look_at_all(self) -> None:
        """A reloaded page shows what its blob holds."""
        self.screen = {line.mid for line in self.theirs()}
        self.shown |= self.screen
        for line in self.own():
            if line.state is LineState.DELIVERED:
                self.claims(line.mid)


class Story:
    """Everything a seat does: a first line that waits, a take, lines, a lost network, two reloads."""

    def __init__(self, h: int = 0, s: int = 0, last_words: bool = False, back: int = 0) -> None:
        self.world = World()
        self.back = back
        self.h = Mortal("h", self.world.h.seat, dies_at=h, last_words=last_words)
        self.s = Mortal("s", self.world.s.seat, dies_at=s, last_words=last_words)
        self.h.other, self.s.other = self.s, self.h
        self.world.h, self.world.s = self.h, self.s
        self.written = 0

    def tell(self) -> Story:
        self.write(self.h)
        self.here(self.s)
        self.world.take()
        self.network()
        self.write(self.h, self.s, self.h, self.s)
        self.network(3)
        self.write(self.h)
        self.world.lose()
        for side in self.both():
            side.carry_out(side.seat.connected(self.world.now))
        self.write(self.s)
        self.network()
        for reloaded in self.both():
            reloaded.die()
            self.network()
            self.write(self.s, self.h)
            self.network(3)
        return self

    def both(self) -> Iterator[Mortal]:
        for side in (self.h, self.s):
            self.here(side)
            yield side

    def here(self, side: Mortal) -> None:
        """After its death another tab, from what was kept; a staff browser that kept nothing takes anew."""
        if not side.dead:
            return
        side.dead = False
        self.world.lives += 1
        if side.blobs:
            earliest = len(side.blobs) - 1 if side.bonded_at is None else side.bonded_at
            self.world.reload(side, side.blobs[max(len(side.blobs) - 1 - self.back, earliest)])
        elif side is self.h:
            side.seat = HelpSeekerSeat(SID, 0, TRUST, Randomness(f"h {self.world.lives}"))
        else:
            side.seat = StaffSeat(SID, 0, ANNA_ID, Randomness(f"s {self.world.lives}"))
        side.look_at_all()
        side.carry_out(side.seat.connected(self.world.now))
        if isinstance(side.seat, StaffSeat) and side.seat.phase == "none":
            side.carry_out(side.seat.offer(Purpose.TAKE, 0, self.world.now))

    def write(self, *sides: Mortal) -> None:
        for side in sides:
            self.here(side)
            self.written += 1
            self.world.write(side, f"{side.name} {self.written}")

    def network(self, seconds: int = 1) -> None:
        for _ in range(seconds):
            while True:
                list(self.both())
                if not self.world.pump():
                    break
            self.world.tick()

    def end(self) -> None:
        """Nobody dies any more; everything that is kept arrives, in order and once."""
        self.h.dies_at = self.s.dies_at = 0
        self.network()
        self.world.settle(1, connected=True)
        self.world.until(self.world.at_peace, 120)
        for writer, reader in ((self.h, self.s), (self.s, self.h)):
            own = writer.texts(own=True)
            theirs = reader.texts(own=False)
            assert [text for text in theirs if text in own] == own
            assert len(theirs) == len(set(theirs))
            if not self.back:  # who has only an older blob lacks what came after it
                assert theirs == own
                assert writer.kept <= {line.mid for line in writer.seat.channel.lines}
                epochs = [a.offer[20:24] for a in writer.frames if isinstance(a, actions.SendOffer)]
                offers = {a.offer for a in writer.frames if isinstance(a, actions.SendOffer)}
                assert len(set(epochs)) == len(offers), "an epoch was offered twice"


@functools.cache
def last_step() -> int:
    story = Story().tell()
    story.end()
    return max(story.h.steps, story.s.steps)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Keys:
    """No key twice, in every one of these."""
    return Keys(monkeypatch)


def test_the_story_is_long():
    assert last_step() > 80


@pytest.mark.parametrize("last_words", [False, True], ids=["lost", "left"])
@pytest.mark.parametrize(("who", "every"), [("h", 1), ("s", 1), ("hs", 3)])
def test_n11_killed_between_any_two_steps(who: str, every: int, last_words: bool):
    for step in range(1, last_step() + 1, every):
        Story(**dict.fromkeys(who, step), last_words=last_words).tell().end()


@pytest.mark.parametrize("back", [1, 3, 7])
@pytest.mark.parametrize("who", ["h", "s"])
def test_n11_killed_and_back_from_an_older_blob(who: str, back: int):
    for step in range(1, last_step() + 1, 7):
        for last_words in (False, True):
            Story(**{who: step}, last_words=last_words, back=back).tell().end()


def test_n11_what_was_sent_arrives_when_only_the_receiver_returns():
    """Its writer is gone for good; the server still has the bytes, and the receiving chain opens them."""
    for step in range(20):
        world = World().open()
        world.write(world.h, "one")
        world.write(world.h, "two")
        stored = list(world.h.sent)
        world.lose()
        receiver = Mortal("s", world.s.seat, world.s.blobs, dies_at=step)
        for action in stored:
            world.deliver(action, receiver)
        taken = max((a.n for a in receiver.frames if isinstance(a, actions.Took)), default=0)
        receiver.dead, receiver.dies_at = False, 0
        world.reload(receiver)
        for action in stored[taken:]:  # the server may have dropped what was taken in
            world.deliver(action, receiver)

        assert receiver.texts(own=False) == ["one", "two"], step
