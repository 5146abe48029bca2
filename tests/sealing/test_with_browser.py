# SPDX-License-Identifier: AGPL-3.0-or-later
"""One seat of ours and one of the browser's, in conversation: frames lost, both reloaded, time passing.

Vectors show that the bytes are the same; this shows that the two mean the same by them.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chat.sealing import actions
from chat.sealing.actions import Action
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.lines import LineState
from chat.sealing.offer import Purpose
from chat.sealing.staff_seat import StaffSeat
from tests.sealing.world import ANNA_ID, Randomness, Side
from tests.vectors.people import ANNA_CERT, MANAGER_CERT, NOW, SID, TRUST, some

PROGRAM = Path(__file__).with_name("browser-seat.ts")
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or "node"


class Browser:
    """The browser's seat, in a process of its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [NODE, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.sent: list[dict[str, Any]] = []

    def __call__(self, command: str, now: float, *given: object) -> list[Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([command, now, *map(to_wire, given)]) + "\n")
        self.process.stdin.flush()
        told: list[Any] = json.loads(self.process.stdout.readline())
        self.sent += [one["sent"] for one in told if isinstance(one, dict) and "sent" in one]
        return told

    def close(self) -> None:
        self.process.communicate(timeout=120)
        assert self.process.returncode == 0


def to_wire(value: object) -> object:
    if isinstance(value, bytes):
        return "x" + value.hex()
    return [to_wire(one) for one in value] if isinstance(value, (list, tuple)) else value


def raw(out: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(out[name][1:])


@pytest.fixture
def browser() -> Iterator[Browser]:
    started = Browser()
    yield started
    started.close()


class Walk:
    """A random walk; `ours` is the side that Python plays."""

    def __init__(self, seed: int, ours: str, browser: Browser) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a walk that can be walked again
        self.now = float(NOW)
        self.browser = browser
        self.written = 0
        self.lives = 0
        self.names = f"{ours} {seed}"
        if ours == "s":
            browser("help-seeker", self.now, SID, TRUST.roots, TRUST.built)
            seat = StaffSeat(SID, 0, ANNA_ID, Randomness(self.names))
            self.side = Side("s", seat)
            self.side.carry_out(seat.offer(Purpose.TAKE, 0, self.now))
        else:
            self.side = Side("h", HelpSeekerSeat(SID, 0, TRUST, Randomness(self.names)))
            browser("staff", self.now, SID, ANNA_CERT, MANAGER_CERT, some("anna", 32))
            browser("offer", self.now, int(Purpose.TAKE), 0)

    def to_browser(self, action: Action) -> None:
        match action:
            case actions.SendOffer(offer, staff, manager):
                self.browser("offered", self.now, offer, staff, manager)
            case actions.SendHello(m1):
                self.browser("answered", self.now, m1)
            case actions.SendReply(m2, ready):
                self.browser("replied", self.now, m2)
                self.browser("delivered", self.now, ready)
            case actions.AskResume(cert_id):
                self.browser("askedResume", self.now, cert_id)
            case actions.SendEnvelope(envelope):
                self.browser("delivered", self.now, envelope)

    def to_us(self, out: dict[str, Any]) -> None:
        seat, now = self.side.seat, self.now
        if isinstance(seat, HelpSeekerSeat):
            match out["kind"]:
                case "offer":
                    chain = raw(out, "staff"), raw(out, "manager")
                    self.side.carry_out(seat.offered(raw(out, "offer"), *chain, now))
                case "reply":
                    self.side.carry_out(seat.replied(raw(out, "m2"), now))
                    self.side.carry_out(seat.delivered(raw(out, "ready"), now))
        else:
            match out["kind"]:
                case "hello":
                    self.side.carry_out(seat.answered(raw(out, "m1"), now))
                case "resume":
                    self.side.carry_out(seat.asked_resume(raw(out, "certId"), now))
        if out["kind"] == "envelope":
            self.side.carry_out(seat.delivered(raw(out, "envelope"), now))

    def pump(self, most: int = 1000) -> None:
        for _ in range(most):
            if self.side.sent and (not self.browser.sent or self.chance.random() < 0.5):
                self.to_browser(self.side.sent.pop(0))
            elif self.browser.sent:
                self.to_us(self.browser.sent.pop(0))
            else:
                return

    def write(self) -> None:
        self.written += 1
        if self.chance.random() < 0.5:
            self.side.carry_out(self.side.seat.compose(f"ours {self.written}", self.now))
        else:
            self.browser("compose", self.now, f"theirs {self.written}")

    def lose(self) -> None:
        queue: list[Any] = self.chance.choice([self.side.sent, self.browser.sent])
        if queue:
            queue.pop(self.chance.randrange(len(queue)))

    def reload_ours(self) -> None:
        self.side.sent.clear()
        if self.side.blobs:
            self.lives += 1
            names = Randomness(f"{self.names} {self.lives}")
            if isinstance(self.side.seat, HelpSeekerSeat):
                self.side.seat = HelpSeekerSeat.restore(self.side.blobs[-1], TRUST, names)
            else:
                self.side.seat = StaffSeat.restore(self.side.blobs[-1], ANNA_ID, names)
            self.side.carry_out(self.side.seat.connected(self.now))

    def reload_theirs(self) -> None:
        self.browser.sent.clear()
        self.browser("reload", self.now)

    def pass_time(self, seconds: float, present: bool) -> None:
        self.now += seconds
        self.side.carry_out(self.side.seat.set_peer_present(present, self.now))
        self.browser("setPeerPresent", self.now, present)
        self.browser("tick", self.now)

    def step(self) -> None:
        match self.chance.randrange(14):
            case 0 | 1 | 2 | 3:
                self.write()
            case 4 | 5 | 6:
                self.pump()
            case 7:
                self.pump(self.chance.randrange(6))
            case 8:
                self.lose()
            case 9:
                self.reload_ours()
            case 10:
                self.reload_theirs()
            case 11:
                self.side.carry_out(self.side.seat.connected(self.now))
                self.browser("connected", self.now)
            case _:
                self.pass_time(self.chance.choice([1, 3, 7, 31]), self.chance.random() < 0.8)

    def is_settled(self) -> bool:
        theirs, ours = self.browser("lines", self.now), self.side.seat.lines()
        return (
            [line.text for line in ours if line.own]
            == [one["text"] for one in theirs if one["from"] == "peer"]
            and [line.text for line in ours if not line.own]
            == [one["text"] for one in theirs if one["from"] == "own"]
            and all(line.state is LineState.DELIVERED for line in ours)
            and all(one["state"] == "delivered" for one in theirs)
            and (self.side.seat.phase, self.browser("phase", self.now)) == ("active", ["active"])
        )

    def settle(self) -> None:
        self.side.sent.clear()
        self.browser.sent.clear()
        self.side.carry_out(self.side.seat.connected(self.now))
        self.browser("connected", self.now)
        for _ in range(240):
            self.pump()
            self.pass_time(1, present=True)
            if self.is_settled():
                return
        raise AssertionError("it never came to be")


def walk(seed: int, ours: str, browser: Browser) -> None:
    walking = Walk(seed, ours, browser)
    browser("compose", walking.now, "theirs 0")  # so that there is a blob to reload from
    for _ in range(50):
        walking.step()
    walking.settle()


@pytest.mark.parametrize("ours", ["h", "s"])
@pytest.mark.parametrize(
    "seed", [0, 31]
)  # 31: a first offer made again, and answered, while its ready was late
def test_a_conversation_with_the_browser(seed: int, ours: str, browser: Browser):
    walk(seed, ours, browser)


@pytest.mark.long
@pytest.mark.parametrize("ours", ["h", "s"])
@pytest.mark.parametrize("seed", range(1, 21))
def test_many_conversations_with_the_browser(seed: int, ours: str, browser: Browser):
    walk(seed, ours, browser)
