# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hello and reply (3), resume (4), and the loss of each frame (8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chat.sealing import actions, handshake, offer
from chat.sealing.errors import Code
from chat.sealing.offer import Purpose
from chat.sealing.staff_seat import StaffIdentity, StaffSeat
from tests.sealing.world import ANNA_ID, BEN_ID, Randomness, Side, World, answer, staff_seat, waiting
from tests.vectors.make_handshake import make_offer
from tests.vectors.people import ANNA, ANNA_CERT, ANNA_DRAFT, DAY, MANAGER_CERT, NOW

# --- 3: hello and reply ---


def test_n03_the_same_hello_gets_the_same_bytes_and_another_none():
    world = World()
    world.take()
    world.deliver(world.s.sent.pop(0), world.h)
    (hello,) = world.h.sent
    first = world.deliver(hello, world.s)
    again = world.deliver(hello, world.s)
    second = handshake.make_hello(world.s.seat._offered.offer, bytes(32), handshake.key_pair(bytes(32)).pk)

    assert [a for a in again if isinstance(a, actions.SendReply)] == [
        a for a in first if isinstance(a, actions.SendReply)
    ]
    assert world.deliver(actions.SendHello(second), world.s) == []


def test_n03_the_same_offer_gets_the_same_hello():
    seat = waiting()
    data = make_offer()
    told = [seat.offered(data, ANNA_CERT, MANAGER_CERT, NOW) for _ in range(3)]
    hellos = {a.m1 for out in told for a in out if isinstance(a, actions.SendHello)}

    assert len(hellos) == 1


def test_n03_a_hello_for_another_offer_or_key_changes_nothing():
    world = World()
    world.take()
    for data in (make_offer(epoch=1), make_offer(epoch=2)):
        hello = handshake.make_hello(offer.parse(data), bytes(32), handshake.key_pair(bytes(32)).pk)
        assert world.deliver(actions.SendHello(hello), world.s) == []
    assert world.s.seat.phase == "offered"
    world.settle()
    assert world.at_peace()


def test_n03_a_reply_to_another_hello_changes_nothing():
    world = World()
    world.take()
    world.deliver(world.s.sent.pop(0), world.h)
    parsed = world.s.seat._offered.offer
    other = handshake.make_hello(parsed, bytes(32), handshake.key_pair(bytes(32)).pk)
    own = handshake.key_pair(world.h.seat._memory.seed)
    forged = handshake.make_reply(parsed, other, own.pk, bytes(32))

    assert world.h.seat.replied(forged, world.now) == []
    world.settle()
    assert world.at_peace()


def test_n03_an_offer_with_a_key_that_is_none_is_refused():
    """FIPS 203, 7.2: coefficients must be reduced."""
    bad = b"\xff" * 1184 + bytes(32)

    assert answer(waiting(), make_offer(pk=bad)) is Code.NOT_OPENED


# --- 4: resume ---


def resume_offer(world: World, identity: StaffIdentity, bond: bytes | None = None) -> Side:
    """Somebody with this certificate resumes this conversation, with a bond of their own or none of worth."""
    side = staff_seat(world, identity)
    seat = side.seat
    assert isinstance(seat, StaffSeat)
    seat._purpose, seat._bond, seat._epoch = Purpose.TAKE, bond or bytes(32), 50
    side.carry_out(seat.connected(world.now))
    return side


def run_handshake(world: World, thief: Side) -> None:
    for _ in range(4):
        for side, other in ((thief, world.h), (world.h, thief)):
            on_its_way, side.sent = side.sent, []
            for action in on_its_way:
                world.deliver(action, other)


def test_n04_a_stolen_staff_key_does_not_enter_a_running_conversation():
    """Key and certificate of Anna, the server's help, but not the bond: the ready does not open."""
    world = World().open()
    world.write(world.h, "The weather is mild")
    world.settle()
    thief = resume_offer(world, ANNA_ID)
    run_handshake(world, thief)

    assert thief.seat.phase != "active"
    assert thief.theirs() == []
    world.lose()
    world.write(world.h, "It rains now")
    world.settle(40, connected=True)
    assert world.at_peace()
    world.assert_same()


def test_n04_nor_does_the_right_bond_with_another_certificate():
    world = World().open()
    thief = resume_offer(world, BEN_ID, world.s.seat._bond)
    run_handshake(world, thief)

    assert world.h.of(actions.RefusedOffer)[-1] == actions.RefusedOffer(Code.NOT_THE_SAME_STAFF)


def test_n04_without_a_bond_there_is_no_resume():
    assert answer(waiting(), make_offer(purpose=Purpose.RESUME)) is Code.NO_BOND


def test_n04_a_renewed_certificate_resumes():
    world = World().open()
    world.write(world.h, "The weather is mild")
    world.settle()
    renewed = replace(ANNA_DRAFT, issued=NOW, not_after=NOW + 30 * DAY).make()
    state = world.s.blobs[-1]
    world.s.seat = StaffSeat.restore(
        state, StaffIdentity(renewed, MANAGER_CERT, ANNA.sign), Randomness("renewed")
    )
    world.settle(10, connected=True)

    assert world.at_peace()
    assert world.h.seat.peer.cert_id == offer.parse(make_offer(cert=renewed)).cert_id


def test_n04_after_a_hello_made_by_the_server_nothing_is_lost():
    world = World().open()
    world.write(world.h, "one")
    world.settle()
    world.now += 10
    world.deliver(actions.AskResume(bytes(32)), world.s)
    offered = world.s.seat._offered.offer
    forged = handshake.make_hello(offered, bytes(32), handshake.key_pair(bytes(32)).pk)
    world.deliver(actions.SendHello(forged), world.s)
    assert world.s.seat.phase == "replied"
    world.lose(world.s)
    world.write(world.h, "two")
    world.write(world.s, "three")
    world.settle(60)

    assert world.at_peace()
    world.assert_same()
    assert world.h.texts(own=True) == ["one", "two"]


# --- 8: loss of every single frame ---


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("lost", range(8))
@pytest.mark.parametrize("dead", ["nobody", "h", "s", "both"])
def test_n08_each_frame_lost_and_each_side_dead(resume: bool, lost: int, dead: str):
    """One frame of the handshake is lost, a side dies right then, and all come back."""
    world = World()
    world.write(world.h, "one")
    if resume:
        world.open()
        world.reload(world.h)
        world.h.carry_out(world.h.seat.connected(world.now))
    else:
        world.take()
    for step in range(8):
        side, other = (world.s, world.h) if world.s.sent else (world.h, world.s)
        if not side.sent:
            break
        action = side.sent.pop(0)
        if step == lost:
            break
        world.deliver(action, other)
    for side in {"nobody": [], "h": [world.h], "s": [world.s], "both": [world.h, world.s]}[dead]:
        side.sent.clear()
        if side.blobs:
            world.reload(side)
    world.write(world.s, "two")
    world.settle(1, connected=True)
    world.until(world.at_peace, 120)
    world.assert_same()


def test_n08_a_ready_that_never_came_is_repaired_by_the_same_take():
    world = World()
    world.write(world.h, "one")
    world.take()
    world.deliver(world.s.sent.pop(0), world.h)
    world.deliver(world.h.sent.pop(0), world.s)
    world.deliver(world.s.sent.pop(0), world.h)
    assert world.h.seat.phase == "active"
    world.h.sent.clear()
    world.h.seat.channel.unstored.clear()  # as if the server had said that it stored them
    world.settle(60)

    assert world.at_peace()
    world.assert_same()
    assert world.h.of(actions.RefusedOffer) == []


def test_n08_a_handover_made_again_is_not_asked_about_again():
    """Ben's browser did not hear our ready and offers the same once more: the yes was to him."""
    world = World().open()
    world.s = staff_seat(world, BEN_ID)
    world.s.carry_out(world.s.seat.offer(Purpose.HANDOVER, 1, world.now))
    world.deliver(world.s.sent.pop(0), world.h)
    (question,) = world.h.of(actions.NeedsConsent)
    world.h.carry_out(world.h.seat.consent(question.cert_id, True, world.now))
    world.pump()
    world.h.sent.clear()
    world.h.seat.channel.unstored.clear()
    world.write(world.h, "to Ben")
    world.lose()
    world.settle(60)

    assert world.h.of(actions.NeedsConsent) == [question]
    assert world.at_peace()
    assert world.s.texts(own=False) == ["to Ben"]


def test_n08_a_ready_that_comes_after_the_offer_was_made_again():
    world = World()
    world.take()
    world.deliver(world.s.sent.pop(0), world.h)
    world.deliver(world.h.sent.pop(0), world.s)
    world.deliver(world.s.sent.pop(0), world.h)
    (late,) = world.h.sent
    world.lose()
    world.s.carry_out(world.s.seat.set_peer_present(True, world.now))
    world.tick(30)
    assert world.s.seat.phase == "offered"
    world.deliver(late, world.s)
    assert world.s.seat._offered is None  # the bond is known now, so the next offer is a resume
    world.write(world.h, "one")
    world.settle(10)

    assert world.at_peace()
    world.assert_same()
    assert world.h.of(actions.Active) == [actions.Active(1, "Anna"), actions.Active(3, "Anna")]


def test_n08_lost_before_it_opened_the_place_is_first_again():
    """Lines written while waiting go to the next counsellor; those written to Anna do not."""
    world = World()
    world.write(world.h, "to whoever comes")
    world.take()
    world.deliver(world.s.sent.pop(0), world.h)
    world.deliver(world.h.sent.pop(0), world.s)
    world.deliver(world.s.sent.pop(0), world.h)
    world.write(world.h, "to Anna")
    world.lose()
    world.h.carry_out(world.h.seat.back_to_waiting())
    ben = World(BEN_ID)
    ben.h = world.h
    ben.s.seat._hint = 1
    ben.s.carry_out(ben.s.seat.offer(Purpose.TAKE, 1, ben.now))
    ben.settle()

    assert ben.s.texts(own=False) == ["to whoever comes"]
    assert [line.state.name for line in ben.h.own()] == ["DELIVERED", "UNDELIVERED"]


def test_back_to_waiting_is_no_way_out_of_an_open_conversation():
    world = World().open()
    world.write(world.s, "Good day")
    world.settle()

    assert world.h.seat.back_to_waiting() == []
    assert world.h.seat.phase == "active"
