# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody without script: every request opens the state, changes it, and forgets it; desks beside it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from chat.sealing import actions
from chat.sealing.errors import SealingError
from chat.sealing.offer import Mode, Purpose
from chat.sealing.sealer import Posted, Sealer, sid_of
from chat.sealing.staff_seat import StaffSeat
from chat.sealing.star import Out, Star
from tests.sealing.world import ANNA_ID, CARLA_ID, Randomness, Side
from tests.vectors.people import NOW, TRUST, some

TOKEN = some("token", 32)
SID = sid_of(TOKEN)


@dataclass
class Store:
    """Write if the version is unchanged, and publish with it; the one promise the sealer needs."""

    state: bytes = b""
    version: int = 0
    published: Out = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, version: int, state: bytes, out: Out) -> bool:
        with self.lock:
            if version != self.version:
                return False
            self.state, self.version = state, version + 1
            self.published += out
            return True


class Page:
    """One request after another, each with nothing in memory."""

    def __init__(self) -> None:
        self.store = Store()
        self.random = Randomness("sealer")
        self.lock = threading.Lock()
        star = Star(SID, TRUST, self.safe_random)
        self.store.write(0, Sealer(star).seal(TOKEN, self.safe_random(12)), [])
        self.s = Side("s", StaffSeat(SID, 0, ANNA_ID, Randomness("s"), Mode.SERVER))
        self.supervisor = Side("v", StaffSeat(SID, 1, CARLA_ID, Randomness("v"), Mode.SERVER))
        self.told: Out = []

    def safe_random(self, n: int) -> bytes:
        with self.lock:
            return self.random(n)

    @property
    def sealer(self) -> Sealer:
        return Sealer.open(self.store.state, TOKEN, TRUST, self.safe_random)

    def change(self, work: object, now: float = NOW) -> Out:
        """Load, change, write if unchanged, else all of it again."""
        while True:
            version, state = self.store.version, self.store.state
            try:
                sealer = Sealer.open(state, TOKEN, TRUST, self.safe_random)
            except SealingError:  # the version was read before the state: read again
                continue
            out = work(sealer)
            sealer.published(out)
            if self.store.write(version, sealer.seal(TOKEN, self.safe_random(12)), out):
                self.told += out
                return out

    def form(self) -> bytes:
        made: list[bytes] = []

        def work(sealer: Sealer) -> Out:
            made.append(sealer.new_form(self.safe_random))
            return []

        self.change(work)
        return made[-1]

    def post(self, form: bytes, text: str) -> None:
        self.change(lambda sealer: sealer.post(form, text, NOW))

    def see(self, now: float = NOW) -> None:
        """The page shows everything that was taken in."""
        for said in self.sealer.star.lines():
            if not said.seen:
                self.change(lambda sealer, s=said: sealer.star.seen(s.slot, s.mid, now))

    def pump(self, now: float = NOW, *, sees: bool = True) -> None:
        """What the sealer published goes to the desks, what the desks send comes as a change."""
        for _ in range(8):
            published, self.store.published = self.store.published, []
            for slot, action in published:
                side = (self.s, self.supervisor)[slot]
                match action:
                    case actions.SendHello(m1):
                        side.carry_out(side.seat.answered(m1, now))
                    case actions.SendEnvelope(data):
                        side.carry_out(side.seat.delivered(data, now))
                    case actions.AskResume(cert_id):
                        side.carry_out(side.seat.asked_resume(cert_id, now + 60))
            for slot, side in enumerate((self.s, self.supervisor)):
                sent, side.sent = side.sent, []
                for action in sent:
                    self._came(slot, action, now)
            if sees:
                self.see(now)
            self.change(lambda sealer: _all_here(sealer, now))

    def _came(self, slot: int, action: actions.Action, now: float) -> None:
        match action:
            case actions.SendOffer(offer, staff, manager):
                box = Posted(f"{slot}", slot, offer, staff, manager, None)
                self.change(lambda sealer: sealer.take_in([box], [], now))
            case actions.SendReply(m2, ready):
                self.change(lambda sealer: sealer.star.replied(slot, m2, now))
                self.change(lambda sealer: sealer.star.delivered(slot, ready, now))
            case actions.SendEnvelope(data):
                self.change(lambda sealer: sealer.star.delivered(slot, data, now))

    def open(self) -> Page:
        self.s.carry_out(self.s.seat.offer(Purpose.TAKE, 0, NOW))
        self.pump()
        assert self.s.seat.phase == "active"
        return self

    def say(self, text: str, now: float = NOW) -> None:
        self.s.carry_out(self.s.seat.compose(text, now))

    def answers(self, slot: int, yes: bool, *, summary: bool = False) -> None:
        """The person's word on whoever asks for this slot."""
        question = self.sealer.star.seats[slot].question
        assert question is not None
        cert_id = question.outstanding.peer.cert_id
        self.change(lambda sealer: sealer.star.consent(slot, cert_id, yes, NOW, summary=summary))

    def supervised(self) -> Page:
        self.supervisor.carry_out(self.supervisor.seat.offer(Purpose.SUPERVISE, 0, NOW))
        self.pump()
        self.answers(1, yes=True)
        self.pump()
        assert self.supervisor.seat.phase == "active"
        return self

    def shown(self) -> list[tuple[str, str]]:
        return [(said.alias, said.text) for said in self.sealer.star.lines()]


def _all_here(sealer: Sealer, now: float) -> Out:
    return sealer.star.stands(waiting=False, supervised=True, present=(True, True), now=now)
