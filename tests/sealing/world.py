# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two seats and what lies between them. The network does what a test tells it; nobody is honest by default.

Everything a seat wants sent lands in a bag; a test delivers, repeats, drops and mixes it as it likes.
`settle` is the honest network: all in order, both sides present, until nothing is on its way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from chat.sealing import actions, channel, envelope
from chat.sealing.actions import Action
from chat.sealing.chain import ChainKey
from chat.sealing.errors import Code
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.lines import Line, LineState
from chat.sealing.offer import Mode, Purpose
from chat.sealing.staff_seat import StaffIdentity, StaffSeat
from tests.vectors.people import (
    ANNA,
    ANNA_CERT,
    BEN,
    BEN_CERT,
    CARLA,
    CARLA_CERT,
    MANAGER_CERT,
    NOW,
    SID,
    TRUST,
)

ANNA_ID = StaffIdentity(ANNA_CERT, MANAGER_CERT, ANNA.sign)
BEN_ID = StaffIdentity(BEN_CERT, MANAGER_CERT, BEN.sign)
CARLA_ID = StaffIdentity(CARLA_CERT, MANAGER_CERT, CARLA.sign)


class Randomness:
    """Random bytes that are the same in every run, and never twice."""

    def __init__(self, name: str) -> None:
        self._name, self._count = name, 0

    def __call__(self, length: int) -> bytes:
        self._count += 1
        return hashlib.shake_256(f"{self._name} {self._count}".encode()).digest(length)


class Keys:
    """Every chain position anything was ever sealed with: each of them only once, whoever it was."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.used: set[bytes] = set()
        real = envelope.seal

        def recording(
            standing: ChainKey, slot: int, direction: envelope.Direction, inner: envelope.Inner, iv: bytes
        ) -> tuple[bytes, ChainKey]:
            assert standing.ck not in self.used, "a message key was used twice"
            self.used.add(standing.ck)
            return real(standing, slot, direction, inner, iv)

        monkeypatch.setattr(channel, "seal", recording)


@dataclass
class Side:
    """One tab: its seat, what it keeps, what it showed."""

    name: str
    seat: HelpSeekerSeat | StaffSeat
    blobs: list[bytes] = field(default_factory=list)
    sent: list[Action] = field(default_factory=list)
    """On its way to the other side."""
    told: list[Action] = field(default_factory=list)
    """Told to the screen."""
    frames: list[Action] = field(default_factory=list)
    """All that ever went to the socket."""

    def carry_out(self, wanted: list[Action], only: int | None = None) -> list[Action]:
        for action in wanted[:only]:
            match action:
                case actions.Persist(state):
                    self.blobs.append(state)
                case actions.Took():
                    self.frames.append(action)
                case (
                    actions.SendOffer()
                    | actions.SendHello()
                    | actions.SendReply()
                    | actions.SendEnvelope()
                    | actions.AskResume()
                ):
                    self.frames.append(action)
                    self.sent.append(action)
                case _:
                    self.told.append(action)
        return wanted[:only]

    def own(self) -> list[Line]:
        return [line for line in self.seat.lines() if line.own]

    def theirs(self) -> list[Line]:
        return [line for line in self.seat.lines() if not line.own]

    def texts(self, own: bool) -> list[str]:
        return [line.text for line in (self.own() if own else self.theirs())]

    def envelopes(self) -> list[bytes]:
        return [action.envelope for action in self.frames if isinstance(action, actions.SendEnvelope)]

    def of(self, kind: type) -> list[Action]:
        return [action for action in self.told if isinstance(action, kind)]


class World:
    """A help-seeker's browser `h` and a counsellor's `s`."""

    def __init__(
        self, identity: StaffIdentity = ANNA_ID, slot: int = 0, sid: bytes = SID, mode: Mode = Mode.BROWSER
    ) -> None:
        self.now = float(NOW)
        self.slot = slot
        self.lives = 0
        self.h = Side("h", HelpSeekerSeat(sid, slot, TRUST, Randomness("h"), mode))
        self.s = Side("s", StaffSeat(sid, slot, identity, Randomness("s"), mode))

    # --- doing ---

    def write(self, side: Side, text: str) -> None:
        side.carry_out(side.seat.compose(text, self.now))

    def take(self, purpose: Purpose = Purpose.TAKE) -> None:
        assert isinstance(self.s.seat, StaffSeat)
        self.s.carry_out(self.s.seat.offer(purpose, 0, self.now))

    def open(self) -> World:
        """An active seat."""
        self.take()
        self.settle()
        assert (self.h.seat.phase, self.s.seat.phase) == ("active", "active")
        return self

    def deliver(self, action: Action, to: Side, only: int | None = None) -> list[Action]:
        seat, now = to.seat, self.now
        match action:
            case actions.SendOffer(offer, staff, manager) if isinstance(seat, HelpSeekerSeat):
                wanted = seat.offered(offer, staff, manager, now)
            case actions.SendReply(m2, ready) if isinstance(seat, HelpSeekerSeat):
                done = to.carry_out(seat.replied(m2, now), only)
                return done + to.carry_out(seat.delivered(ready, now), only)
            case actions.SendHello(m1) if isinstance(seat, StaffSeat):
                wanted = seat.answered(m1, now)
            case actions.AskResume(cert_id) if isinstance(seat, StaffSeat):
                wanted = seat.asked_resume(cert_id, now)
            case actions.SendEnvelope(data):
                wanted = seat.delivered(data, now)
            case _:
                raise AssertionError(action)
        return to.carry_out(wanted, only)

    def pump(self) -> bool:
        """Everything on its way arrives, in order; False if there was nothing."""
        any_sent = bool(self.h.sent or self.s.sent)
        for side, other in ((self.h, self.s), (self.s, self.h)):
            on_its_way, side.sent = side.sent, []
            for action in on_its_way:
                self.deliver(action, other)
        return any_sent

    def tick(self, seconds: float = 1.0) -> None:
        self.now += seconds
        for side in (self.h, self.s):
            side.carry_out(side.seat.tick(self.now))

    def settle(self, seconds: int = 3, connected: bool = False) -> None:
        """An honest network and both present, for some seconds."""
        for side in (self.h, self.s):
            side.carry_out(side.seat.set_peer_present(True, self.now))
        if connected:
            self.connect()
        for _ in range(seconds):
            while self.pump():
                pass
            self.tick()
        while self.pump():
            pass

    def connect(self) -> None:
        assert isinstance(self.h.seat, HelpSeekerSeat)
        assert isinstance(self.s.seat, StaffSeat)
        self.s.carry_out(self.s.seat.connected(self.now, self.h.seat._highest))
        self.h.carry_out(self.h.seat.connected(self.now))

    def reload(self, side: Side, blob: bytes | None = None) -> None:
        """The memory is gone; the latest blob, or this one, is what is left."""
        state = blob if blob is not None else side.blobs[-1]
        self.lives += 1
        random = Randomness(f"{side.name} {self.lives}")
        if isinstance(side.seat, HelpSeekerSeat):
            side.seat = HelpSeekerSeat.restore(state, TRUST, random)
        else:
            side.seat = StaffSeat.restore(state, side.seat.identity, random)

    def lose(self, *sides: Side) -> None:
        for side in sides or (self.h, self.s):
            side.sent.clear()

    def until(self, good: Callable[[], bool], seconds: int = 300) -> None:
        """Settle until it is so."""
        for _ in range(seconds):
            if good():
                return
            self.settle(1)
        raise AssertionError("it never came to be")

    # --- looking ---

    def at_peace(self) -> bool:
        """Both active, and each has all lines of the other."""
        return (
            (self.h.seat.phase, self.s.seat.phase) == ("active", "active")
            and self._has_all(self.h, self.s)
            and self._has_all(self.s, self.h)
        )

    @staticmethod
    def _has_all(writer: Side, reader: Side) -> bool:
        there = {line.mid for line in reader.theirs()}
        owed = [line for line in writer.own() if line.state is not LineState.UNDELIVERED]
        return all(line.mid in there and line.state is LineState.DELIVERED for line in owed)

    def assert_same(self) -> None:
        assert self.h.texts(own=True) == self.s.texts(own=False)
        assert self.s.texts(own=True) == self.h.texts(own=False)


def waiting(slot: int = 0, mode: Mode = Mode.BROWSER) -> HelpSeekerSeat:
    return HelpSeekerSeat(SID, slot, TRUST, Randomness("h"), mode)


def answer(seat: HelpSeekerSeat, data: bytes, staff: bytes = ANNA_CERT) -> Code | str:
    """What a seat says to an offer: the code of a refusal, "hello", "asks", or "nothing"."""
    told = seat.offered(data, staff, MANAGER_CERT, NOW)
    for action in told:
        match action:
            case actions.RefusedOffer(code):
                return code
            case actions.SendHello():
                return "hello"
            case actions.NeedsConsent():
                return "asks"
    return "nothing"


def staff_seat(world: World, identity: StaffIdentity, slot: int = 0) -> Side:
    """Another staff browser in the same conversation."""
    return Side("s", StaffSeat(SID, slot, identity, Randomness(f"staff {slot} {world.now}")))


def states(side: Side) -> list[str]:
    """How far its own lines have come."""
    return [line.state.name for line in side.own()]


def handed_over(world: World, identity: StaffIdentity, purpose: Purpose = Purpose.HANDOVER) -> World:
    """The conversation goes on with somebody else; returns the world before, whose staff side is left."""
    before = World()
    before.s, before.h = world.s, world.h
    world.s = staff_seat(world, identity)
    world.s.carry_out(world.s.seat.offer(purpose, world.h.seat._highest, world.now))
    world.deliver(world.s.sent.pop(0), world.h)
    (question,) = world.h.of(actions.NeedsConsent)[-1:]
    world.h.carry_out(world.h.seat.consent(question.cert_id, True, world.now))
    world.h.sent = [a for a in world.h.sent if isinstance(a, actions.SendHello)]
    world.settle()
    assert world.h.seat.phase == "active"
    return before
