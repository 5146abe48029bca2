# SPDX-License-Identifier: AGPL-3.0-or-later
"""When there is a new epoch, and when not."""

from __future__ import annotations

import pytest

from chat.sealing import actions
from chat.sealing.errors import Code, SealingError
from chat.sealing.offer import Purpose
from chat.sealing.staff_seat import StaffSeat
from tests.sealing.world import ANNA_ID, Randomness, Side, World
from tests.vectors.people import SID


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
