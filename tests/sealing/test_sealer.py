# SPDX-License-Identifier: AGPL-3.0-or-later
"""Without script: the seat lives in a store that takes a change only from the version it was read at."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest

from chat.sealing import actions
from chat.sealing.errors import Code, SealingError
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.offer import Mode, Purpose
from chat.sealing.sealer import FORMS_KEPT, Sealer
from chat.sealing.staff_seat import StaffSeat
from tests.sealing.world import ANNA_ID, Randomness, Side
from tests.vectors.people import NOW, SID, TRUST, flip, some

TOKEN = some("token", 32)


@dataclass
class Store:
    """Write if the version is unchanged, and publish with it; the one promise the sealer needs."""

    state: bytes = b""
    version: int = 0
    published: list[actions.Action] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, version: int, state: bytes, out: list[actions.Action]) -> bool:
        with self.lock:
            if version != self.version:
                return False
            self.state, self.version = state, version + 1
            self.published += [action for action in out if not isinstance(action, actions.Persist)]
            return True


class Page:
    """One request after another, each with nothing in memory."""

    def __init__(self) -> None:
        self.store = Store()
        self.random = Randomness("sealer")
        self.lock = threading.Lock()
        seat = HelpSeekerSeat(SID, 0, TRUST, self.safe_random, Mode.SERVER)
        self.store.write(0, Sealer(seat, []).seal(TOKEN, self.safe_random(12)), [])
        self.s = Side("s", StaffSeat(SID, 0, ANNA_ID, Randomness("s"), Mode.SERVER))

    def safe_random(self, n: int) -> bytes:
        with self.lock:
            return self.random(n)

    def change(self, work: object) -> list[actions.Action]:
        """Load, change, write if unchanged, else all of it again."""
        while True:
            version, state = self.store.version, self.store.state
            try:
                sealer = Sealer.open(state, TOKEN, TRUST, self.safe_random)
            except SealingError:  # the version was read before the state: read again
                continue
            out = work(sealer)
            if self.store.write(version, sealer.seal(TOKEN, self.safe_random(12)), out):
                return [action for action in out if not isinstance(action, actions.Persist)]

    def form(self) -> bytes:
        made: list[bytes] = []

        def work(sealer: Sealer) -> list[actions.Action]:
            made.append(sealer.new_form(self.safe_random))
            return []

        self.change(work)
        return made[-1]

    def post(self, form: bytes, text: str) -> None:
        self.change(lambda sealer: sealer.post(form, text, NOW))

    def pump(self) -> None:
        """What the sealer published goes to the desk, what the desk sends comes as a change."""
        for _ in range(6):
            published, self.store.published = self.store.published, []
            for action in published:
                match action:
                    case actions.SendHello(m1):
                        self.s.carry_out(self.s.seat.answered(m1, NOW))
                    case actions.SendEnvelope(data):
                        self.s.carry_out(self.s.seat.delivered(data, NOW))
                    case actions.AskResume(cert_id):
                        self.s.carry_out(self.s.seat.asked_resume(cert_id, NOW + 60))
            sent, self.s.sent = self.s.sent, []
            for action in sent:
                match action:
                    case actions.SendOffer(offer, staff, manager):
                        self.change(
                            lambda sealer, o=offer, s=staff, m=manager: sealer.seat.offered(o, s, m, NOW)
                        )
                    case actions.SendReply(m2, ready):
                        self.change(lambda sealer, m=m2: sealer.seat.replied(m, NOW))
                        self.change(lambda sealer, r=ready: sealer.seat.delivered(r, NOW))
                    case actions.SendEnvelope(data):
                        self.change(lambda sealer, d=data: sealer.seat.delivered(d, NOW))

    def open(self) -> Page:
        self.s.carry_out(self.s.seat.offer(Purpose.TAKE, 0, NOW))
        self.pump()
        assert self.s.seat.phase == "active"
        return self


def test_a_conversation_in_which_nothing_stays_in_memory():
    page = Page()
    page.post(page.form(), "The weather is mild")
    page.open()
    page.post(page.form(), "It rains now")
    page.s.carry_out(page.s.seat.compose("Good day", NOW))
    page.pump()

    assert page.s.texts(own=False) == ["The weather is mild", "It rains now"]
    seat = Sealer.open(page.store.state, TOKEN, TRUST, page.random).seat
    assert [line.text for line in seat.lines() if not line.own] == ["Good day"]


def test_n14_fifty_posts_at_once():
    page = Page().open()
    forms = [page.form() for _ in range(30)]
    threads = [
        threading.Thread(target=page.post, args=(form, f"line {i % 30}"))
        for i, form in enumerate([*forms, *forms[:20]])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = [a.envelope for a in page.store.published if isinstance(a, actions.SendEnvelope)]
    numbers = [int.from_bytes(data[7:11], "big") for data in sent]
    page.pump()

    assert numbers == list(range(numbers[0], numbers[0] + 30))
    assert sorted(page.s.texts(own=False)) == sorted(f"line {i}" for i in range(30))


def test_n14_a_repeated_post_is_dropped():
    page = Page().open()
    form = page.form()
    for _ in range(3):
        page.post(form, "once")
    page.post(bytes(16), "no form of ours")
    page.pump()

    assert page.s.texts(own=False) == ["once"]


def test_n14_a_text_that_is_too_long_leaves_the_form_good():
    page = Page().open()
    form = page.form()
    with pytest.raises(SealingError) as refused:
        page.post(form, "a" * 5000)
    assert refused.value.code is Code.TOO_LONG
    page.post(form, "shorter")
    page.pump()

    assert page.s.texts(own=False) == ["shorter"]


def test_n14_a_store_that_fell_back():
    """A number is sealed a second time, under another iv: a duplicate that is dropped, then a resume."""
    page = Page().open()
    before = page.store.state
    page.post(page.form(), "lost with the store")
    first = [a.envelope for a in page.store.published if isinstance(a, actions.SendEnvelope)]
    page.pump()
    page.store.state = before
    page.post(page.form(), "after the fall")
    second = [a.envelope for a in page.store.published if isinstance(a, actions.SendEnvelope)]
    page.pump()

    assert first[0][:11] == second[0][:11]
    assert first[0][11:23] != second[0][11:23]
    assert page.s.texts(own=False) == ["lost with the store"]
    page.change(lambda sealer: sealer.seat.gap(NOW))
    page.pump()
    assert page.s.texts(own=False) == ["lost with the store", "after the fall"]


def test_only_the_cookie_opens_it():
    page = Page()
    for sealed, token, code in (
        (page.store.state, some("other token", 32), Code.NOT_OPENED),
        (flip(page.store.state, 1), TOKEN, Code.NOT_OPENED),
        (b"\2" + page.store.state[1:], TOKEN, Code.UNKNOWN_VERSION),
        (page.store.state[:40], TOKEN, Code.BAD_LENGTH),
    ):
        with pytest.raises(SealingError) as refused:
            Sealer.open(sealed, token, TRUST, page.random)
        assert refused.value.code is code


def test_pages_left_open_do_not_pile_up():
    page = Page()
    forms = [page.form() for _ in range(FORMS_KEPT + 1)]
    sealer = Sealer.open(page.store.state, TOKEN, TRUST, page.random)

    assert sealer.forms == forms[1:]
