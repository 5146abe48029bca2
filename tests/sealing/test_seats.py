# SPDX-License-Identifier: AGPL-3.0-or-later
"""One seat from outside: a line's way, envelopes (5), sending (9, 10), what a server says (12), limits."""

from __future__ import annotations

import asyncio

import pytest

from chat.sealing import actions
from chat.sealing.envelope import SIZES
from chat.sealing.errors import Code, SealingError
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.staff_seat import StaffSeat
from tests.sealing.world import ANNA_ID, Keys, Randomness, World, states
from tests.vectors.people import TRUST, flip


def header_n(data: bytes) -> int:
    return int.from_bytes(data[7:11], "big")


# --- the way of a line ---


def test_a_line_goes_from_waiting_to_delivered():
    world = World()
    world.write(world.h, "one")
    assert states(world.h) == ["WAITING"]

    world.take()
    world.deliver(world.s.sent.pop(0), world.h)
    world.deliver(world.h.sent.pop(0), world.s)
    world.deliver(world.s.sent.pop(0), world.h)
    assert states(world.h) == ["KEPT"]

    epoch = world.h.seat.channel.tx.epoch
    world.h.carry_out(world.h.seat.stored(epoch, 1))
    assert states(world.h) == ["SENT"]

    world.settle()
    assert states(world.h) == ["DELIVERED"]
    changes = [change.state.name for change in world.h.of(actions.LineChanged)]
    assert changes == ["KEPT", "SENT", "DELIVERED"]


def test_everything_is_kept_before_it_is_sent_shown_or_acknowledged():
    world = World()
    world.write(world.h, "one")
    world.open()
    for out in (
        world.h.seat.compose("two", world.now),
        world.s.seat.delivered(world.h.envelopes()[-1], world.now),
        world.s.seat.delivered(flip(world.h.envelopes()[-1], 600), world.now),
    ):
        kinds = [type(action) for action in out]
        assert not kinds or kinds[0] is actions.Persist
        assert kinds.count(actions.Persist) <= 1


def test_bare_acknowledgements_and_typing_are_rare():
    world = World().open()
    for i in range(6):
        world.write(world.h, f"line {i}")
        world.pump()
        world.now += 0.1
    acks = len(world.s.envelopes())
    world.settle()

    assert acks == 1
    assert states(world.h) == ["DELIVERED"] * 6
    before = len(world.h.envelopes())
    for _ in range(60):
        world.h.carry_out(world.h.seat.typing(world.now))
        world.now += 0.1
    assert len(world.h.envelopes()) - before == 2
    world.pump()
    assert len(world.s.of(actions.PeerTyping)) == 2


def test_a_draft_outlives_a_reload_and_goes_nowhere():
    world = World().open()
    world.h.carry_out(world.h.seat.set_draft("half a sentence"))
    world.reload(world.h)

    assert world.h.seat.draft == "half a sentence"
    world.write(world.h, "a whole sentence")
    assert world.h.seat.draft == ""


# --- 5: envelopes, at a seat ---


def test_n05_reordered_and_repeated_envelopes():
    world = World().open()
    for text in ("one", "two", "three"):
        world.write(world.h, text)
    sent = list(world.h.sent)
    world.h.sent.clear()
    for action in (sent[2], sent[0], sent[0], sent[1], sent[0]):
        world.deliver(action, world.s)
    assert world.s.texts(own=False) == ["one", "two"]

    world.settle(10)
    assert world.at_peace()
    world.assert_same()


def test_n05_a_skipped_envelope_is_answered_at_once():
    """The help-seeker asks for an epoch, the staff browser offers one; neither waits for a clock."""
    world = World().open()
    world.now += 10
    for side, other in ((world.h, world.s), (world.s, world.h)):
        world.write(side, "one")
        world.write(side, "two")
        late = side.sent[-1]
        world.lose()
        world.deliver(late, other)

    assert [type(action) for action in world.s.frames].count(actions.SendOffer) == 2
    assert [type(action) for action in world.h.frames].count(actions.AskResume) == 1


def test_n05_a_number_given_twice_is_not_shown_and_a_hole_is_not_skipped():
    """Numbers of lines, inside good envelopes: what a state that ran apart would send."""
    world = World().open()
    world.write(world.h, "one")
    world.pump()
    world.h.seat.channel.out_seq = 0
    world.write(world.h, "another with the same number")
    world.pump()
    assert world.s.texts(own=False) == ["one"]

    world.now += 10
    world.h.seat.channel.out_seq = 5
    world.write(world.h, "after a hole")
    world.pump()
    assert world.s.texts(own=False) == ["one"]
    assert world.s.seat.channel.in_seq == 1
    assert [type(action) for action in world.s.frames].count(actions.SendOffer) == 2


def test_n05_forged_then_genuine():
    world = World().open()
    world.write(world.h, "one")
    (sent,) = world.h.sent
    for at in (0, 2, 6, 11, 30, 1062):
        world.deliver(actions.SendEnvelope(flip(sent.envelope, at)), world.s)
    world.settle()

    world.assert_same()
    assert not world.s.of(actions.Dead)


def test_n05_an_envelope_reflected_to_its_writer_is_nothing():
    world = World().open()
    world.write(world.h, "one")
    (sent,) = world.h.sent

    assert world.h.seat.delivered(sent.envelope, world.now) == []


def test_a_peer_that_breaks_the_format_ends_the_seat(monkeypatch: pytest.MonkeyPatch):
    world = World().open()
    monkeypatch.setattr("chat.sealing.envelope.pad", lambda inner: bytes(2) + inner.ljust(1022, b"\0"))
    world.write(world.h, "one")
    monkeypatch.undo()
    world.pump()

    assert world.s.of(actions.Dead) == [actions.Dead(Code.BAD_PADDING)]
    assert world.s.seat.phase == "ended"


# --- 9 and 10: sending ---


@pytest.mark.anyio
async def test_n09_a_hundred_sends_at_once_give_one_to_a_hundred(monkeypatch: pytest.MonkeyPatch):
    Keys(monkeypatch)
    world = World().open()
    first = world.h.seat.channel.tx.n

    async def send(i: int) -> None:
        await asyncio.sleep(0)
        world.write(world.h, f"line {i}")

    async with asyncio.TaskGroup() as group:
        for i in range(100):
            group.create_task(send(i))
    numbers = [header_n(data) for data in world.h.envelopes()]

    assert numbers[-100:] == list(range(first, first + 100))
    assert [line.seq for line in world.h.own()] == list(range(1, 101))
    world.settle()
    world.assert_same()


def test_n10_a_resend_is_the_same_bytes():
    world = World().open()
    world.write(world.h, "one")
    world.write(world.h, "two")
    world.h.carry_out(world.h.seat.typing(world.now))
    first = [action.envelope for action in world.h.sent]
    world.lose()
    again = [a.envelope for a in world.h.seat.connected(world.now) if isinstance(a, actions.SendEnvelope)]

    assert again[-3:] == first
    epoch = world.h.seat.channel.tx.epoch
    world.h.carry_out(world.h.seat.stored(epoch, header_n(first[1])))
    later = [a.envelope for a in world.h.seat.connected(world.now) if isinstance(a, actions.SendEnvelope)]
    assert later == first[2:]
    assert {len(data) for data in first} <= set(SIZES)


# --- 12: what a server says ---


def test_n12_forged_stored_frames_are_never_more_than_sent():
    world = World().open()
    world.write(world.h, "one")
    world.lose()
    for epoch in range(4):
        for n in (0, 1, 2, 50, 2**32 - 1):
            world.h.carry_out(world.h.seat.stored(epoch, n))

    assert states(world.h) == ["SENT"]
    world.settle(60)
    assert world.at_peace()
    world.assert_same()


def test_n12_a_closed_frame_is_not_the_counsellors_word():
    world = World().open()
    world.write(world.h, "one")
    world.lose()
    world.h.carry_out(world.h.seat.closed())

    assert not world.h.of(actions.PeerEnded)
    assert states(world.h) == ["UNDELIVERED"]
    assert world.h.seat.phase == "ended"


def test_n12_the_counsellors_own_end_is():
    world = World().open()
    world.write(world.h, "one")
    world.settle()
    world.s.carry_out(world.s.seat.end(world.now))
    assert world.s.seat.phase == "ended"
    world.pump()

    assert world.h.of(actions.PeerEnded) == [actions.PeerEnded()]
    assert states(world.h) == ["DELIVERED"]


def test_after_the_end_nothing_is_taken_in_sent_or_kept():
    world = World().open()
    world.write(world.h, "one")
    sent = world.h.sent[0]
    for side in (world.h, world.s):
        out = side.seat.closed()
        assert not any(isinstance(action, actions.Persist) for action in out)
        assert side.seat.closed() == []
        assert side.seat.end(world.now) == []
        assert side.seat.tick(world.now + 100) == []
        assert side.seat.gap(world.now + 100) == []
        assert side.seat.channel.tx is None
        assert side.seat.channel.rx is None
        assert side.seat._bond is None
        with pytest.raises(SealingError) as refused:
            side.seat.compose("later", world.now)
        assert refused.value.code is Code.ENDED
    assert world.s.seat.delivered(sent.envelope, world.now) == []
    assert world.s.seat.asked_resume(bytes(32), world.now) == []
    assert world.s.seat.answered(bytes(2384), world.now) == []
    assert world.h.seat.replied(bytes(1168), world.now) == []


# --- limits and spoilt states ---


def test_a_line_that_could_not_be_passed_on_is_refused():
    world = World().open()
    world.write(world.h, "é" * 2034)
    with pytest.raises(SealingError) as refused:
        world.write(world.h, "é" * 2034 + "a")
    assert refused.value.code is Code.TOO_LONG
    world.settle()
    world.assert_same()


@pytest.mark.parametrize("state", [b"", b"\x90", b"\xc1", b"state", b"\x9e" + b"\xc0" * 14])
def test_a_state_that_is_not_one_is_refused(state: bytes):
    with pytest.raises(SealingError) as refused:
        HelpSeekerSeat.restore(state, TRUST, Randomness("x"))
    assert refused.value.code is Code.BAD_STATE
    with pytest.raises(SealingError) as refused:
        StaffSeat.restore(state, ANNA_ID, Randomness("x"))
    assert refused.value.code is Code.BAD_STATE
