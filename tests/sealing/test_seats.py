# SPDX-License-Identifier: AGPL-3.0-or-later
"""Epochs and envelopes from outside: what is shown, what is sent again, what a server can't make happen."""

from __future__ import annotations

import asyncio

import pytest

from chat.sealing import actions
from chat.sealing.envelope import SIZES
from chat.sealing.errors import Code, SealingError
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.lines import LineState
from chat.sealing.offer import Purpose
from chat.sealing.staff_seat import StaffSeat
from tests.sealing.world import ANNA_ID, Keys, Randomness, Side, World
from tests.vectors.people import SID, TRUST, flip


def states(side: Side) -> list[str]:
    return [line.state.name for line in side.own()]


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


# --- 6: two tabs ---


def second_tab(world: World) -> Side:
    seat = HelpSeekerSeat.restore(world.h.blobs[-1], TRUST, Randomness("second tab"))
    return Side("h2", seat, [world.h.blobs[-1]])


def test_n06_two_tabs_from_one_blob_at_a_hostile_server(monkeypatch: pytest.MonkeyPatch):
    keys = Keys(monkeypatch)
    world = World().open()
    world.write(world.h, "before")
    world.settle()
    one, two = world.h, second_tab(world)
    for turn in range(6):
        world.h = (two, one)[turn % 2]
        world.write(world.h, f"turn {turn}")
        world.write(world.s, f"answer {turn}")
        world.settle(30, connected=True)  # a tab that thinks it is active asks after 20 s

    # Both tabs have been active in turn; nothing of either is lost, nothing is shown twice.
    assert len(keys.used) > 20
    theirs = world.s.texts(own=False)
    assert sorted(theirs) == sorted(["before", *(f"turn {turn}" for turn in range(6))])
    for tab in (one, two):
        claimed = {line.mid for line in tab.own() if line.state is LineState.DELIVERED}
        assert claimed <= {line.mid for line in world.s.theirs()}
    assert world.at_peace()


def test_n06_a_tab_that_lags_behind_claims_nothing():
    """The other tab's lines were acknowledged under the same numbers; that is no word about one's own."""
    world = World().open()
    world.settle()
    one, two = world.h, second_tab(world)
    world.write(one, "of the first tab")
    world.settle()
    two.carry_out(two.seat.compose("of the second tab", world.now))
    for data in world.s.envelopes():
        two.carry_out(two.seat.delivered(data, world.now))

    assert states(one) == ["DELIVERED"]
    assert states(two) == ["WAITING"]


# --- 7: blobs rolled back ---


@pytest.mark.parametrize("back", [1, 3, 5])
@pytest.mark.parametrize("who", ["h", "s", "both"])
def test_n07_rolled_back(who: str, back: int, monkeypatch: pytest.MonkeyPatch):
    Keys(monkeypatch)
    world = World().open()
    for i in range(8):
        world.write(world.h, f"question {i}")
        world.write(world.s, f"answer {i}")
        world.settle(1)
    shown_h = {line.mid for line in world.h.theirs()}
    shown_s = {line.mid for line in world.s.theirs()}
    for side in (world.h, world.s):
        if who in (side.name, "both"):
            world.reload(side, side.blobs[-1 - 3 * back])
    world.write(world.h, "question at the end")
    world.write(world.s, "answer at the end")
    world.settle(40, connected=True)

    assert world.at_peace()
    shown_h |= {line.mid for line in world.h.theirs()}
    shown_s |= {line.mid for line in world.s.theirs()}
    for writer, reader, shown in ((world.h, world.s, shown_s), (world.s, world.h, shown_h)):
        own, theirs = [line.mid for line in writer.own()], [line.mid for line in reader.theirs()]
        assert len(theirs) == len(set(theirs))
        assert [mid for mid in theirs if mid in set(own)] == own
        assert {line.mid for line in writer.own() if line.state is LineState.DELIVERED} <= shown


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


# --- 11: death at any moment ---


@pytest.mark.parametrize("dies", ["h", "s", "both"])
@pytest.mark.parametrize("after", range(12))
def test_n11_killed_between_any_two_steps(dies: str, after: int):
    world = World()
    world.write(world.h, "one")
    world.take()
    steps = 0
    while steps < after and (world.h.sent or world.s.sent):
        side, other = (world.s, world.h) if world.s.sent else (world.h, world.s)
        world.deliver(side.sent.pop(0), other)
        if steps == 4:
            world.write(world.h, "two")
            world.write(world.s, "three")
        steps += 1
    for side in (world.h, world.s):
        if dies in (side.name, "both"):
            side.sent.clear()
            world.reload(side)
    world.settle(1, connected=True)
    world.until(world.at_peace, 120)
    world.assert_same()


def test_n11_what_was_sent_arrives_when_only_the_receiver_returns():
    """Its writer is gone for good; the server still has the bytes, and the receiving chain opens them."""
    world = World().open()
    world.write(world.h, "one")
    world.write(world.h, "two")
    stored = list(world.h.sent)
    world.lose()
    world.reload(world.s)
    for action in stored:
        world.deliver(action, world.s)

    assert world.s.texts(own=False) == ["one", "two"]


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


# --- epochs: when there is a new one, and when not ---


def offers_of(side: Side) -> list[actions.Action]:
    return [action for action in side.frames if isinstance(action, actions.SendOffer)]


def test_a_dropped_socket_needs_no_new_epoch():
    world = World().open()
    world.write(world.h, "one")
    world.lose()
    world.settle(1, connected=True)

    assert len(offers_of(world.s)) == 1
    world.assert_same()


def test_no_acknowledgement_for_20_s_from_a_present_peer_is_a_new_epoch():
    world = World().open()
    world.write(world.s, "one")
    world.lose()
    world.s.carry_out(world.s.seat.set_peer_present(False, world.now))
    world.now += 100
    world.s.carry_out(world.s.seat.tick(world.now))
    assert len(offers_of(world.s)) == 1

    world.s.carry_out(world.s.seat.set_peer_present(True, world.now))
    world.s.carry_out(world.s.seat.tick(world.now + 19))
    assert len(offers_of(world.s)) == 1
    world.s.carry_out(world.s.seat.tick(world.now + 20))
    assert len(offers_of(world.s)) == 2


def test_a_flood_of_requests_costs_one_offer_in_5_s():
    world = World().open()
    world.now += 100
    for _ in range(100):
        world.s.carry_out(world.s.seat.asked_resume(bytes(32), world.now))
        world.now += 0.1

    assert len(offers_of(world.s)) - 1 == 2


def test_an_unanswered_offer_is_forgotten_after_ten_minutes():
    world = World()
    world.take(Purpose.HANDOVER)
    world.now += 599
    world.s.carry_out(world.s.seat.tick(world.now))
    assert world.s.seat.phase == "offered"
    world.s.carry_out(world.s.seat.tick(world.now + 1))
    assert world.s.seat.phase == "none"


def test_a_hint_out_of_reach_is_not_followed():
    seat = StaffSeat(SID, 0, ANNA_ID, Randomness("hint"))
    seat.offer(Purpose.TAKE, 2**32 - 1, 0.0)

    assert seat._epoch == 1


def test_the_next_epoch_is_above_the_servers_hint():
    seat = StaffSeat(SID, 0, ANNA_ID, Randomness("hint"))
    seat.offer(Purpose.TAKE, 41, 0.0)

    assert seat._epoch == 42


def test_a_first_offer_is_no_resume_and_a_resume_no_first_offer():
    world = World().open()
    with pytest.raises(SealingError) as refused:
        world.s.seat.offer(Purpose.HANDOVER, 0, world.now)
    assert refused.value.code is Code.OUT_OF_STATE
    with pytest.raises(SealingError) as refused:
        StaffSeat(SID, 0, ANNA_ID, Randomness("x")).offer(Purpose.RESUME, 0, 0.0)
    assert refused.value.code is Code.BAD_PURPOSE


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
