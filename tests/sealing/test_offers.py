# SPDX-License-Identifier: AGPL-3.0-or-later
"""Offers (2): which a help-seeker's browser follows, and what it asks the person first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chat.sealing import actions, handshake, offer
from chat.sealing.errors import Code
from chat.sealing.offer import Mode, Purpose
from tests.sealing.world import BEN_ID, World, answer, handed_over, waiting
from tests.vectors.make_handshake import make_offer
from tests.vectors.people import (
    ANNA_DRAFT,
    BEN,
    BEN_CERT,
    CARLA,
    CARLA_CERT,
    MANAGER_CERT,
    NOW,
    TRUST,
    flip,
    some,
)


def test_n02_other_sid():
    assert answer(waiting(), make_offer(sid=some("other", 16))) is Code.OTHER_SID


def test_n02_a_colleagues_certificate_over_the_same_key():
    """Key substitution: the signature would verify, and another alias would stand on the screen."""
    eva = replace(ANNA_DRAFT, alias="Eva", id=some("eva", 16)).make()

    assert answer(waiting(), make_offer(), eva) is Code.NOT_THE_SAME_STAFF


def test_n02_role_two_in_slot_one():
    data = make_offer(purpose=Purpose.SUPERVISE, slot=1)

    assert answer(waiting(slot=1), data) is Code.WRONG_SLOT
    carla = make_offer(CARLA, CARLA_CERT, purpose=Purpose.SUPERVISE, slot=1)
    assert answer(waiting(slot=1), carla, CARLA_CERT) == "asks"


def test_n02_purpose_changed():
    assert answer(waiting(), flip(make_offer(purpose=Purpose.HANDOVER), 1, 3)) is Code.BAD_SIGNATURE


def test_n02_mode_two_to_a_browser_and_mode_one_to_the_sealer():
    assert answer(waiting(), make_offer(mode=Mode.SERVER)) is Code.BAD_MODE
    assert answer(waiting(mode=Mode.SERVER), make_offer()) is Code.BAD_MODE
    assert answer(waiting(mode=Mode.SERVER), make_offer(mode=Mode.SERVER)) == "hello"


def test_n02_lower_epoch_and_a_new_offer_of_the_same():
    seat = waiting()

    assert answer(seat, make_offer(epoch=5)) == "hello"
    assert answer(seat, make_offer(epoch=4)) is Code.OLD_EPOCH
    assert answer(seat, make_offer(epoch=5, pk=handshake.key_pair(some("x", 32)).pk)) is Code.OLD_EPOCH


def test_n02_a_take_replayed_after_a_handover():
    world = World()
    world.take()
    (taken,) = [a for a in world.s.frames if isinstance(a, actions.SendOffer)]
    world.settle()
    handed_over(world, BEN_ID)

    world.deliver(taken, world.h)

    assert world.h.of(actions.RefusedOffer)[-1] == actions.RefusedOffer(Code.OLD_EPOCH)
    assert world.h.seat.peer.alias == "Ben"


def test_n02_a_new_take_of_an_open_conversation():
    """A rogue certified colleague and the server: there is no way in without a question."""
    world = World().open()
    world.write(world.s, "Good day")
    world.settle()

    assert answer(world.h.seat, make_offer(BEN, BEN_CERT, epoch=9), BEN_CERT) is Code.OUT_OF_STATE
    assert answer(world.h.seat, make_offer(epoch=9)) is Code.OUT_OF_STATE
    assert world.h.seat.peer.alias == "Anna"


@pytest.mark.parametrize(
    ("purpose", "slot", "who", "cert"),
    [(Purpose.HANDOVER, 0, BEN, BEN_CERT), (Purpose.SUPERVISE, 1, CARLA, CARLA_CERT)],
)
def test_n02_no_hello_before_the_yes(purpose: Purpose, slot: int, who: object, cert: bytes):
    seat = waiting(slot)
    data = make_offer(who, cert, purpose=purpose, slot=slot)
    told = seat.offered(data, cert, MANAGER_CERT, NOW)
    told += seat.offered(data, cert, MANAGER_CERT, NOW)  # delivered again
    told += seat.connected(NOW)
    told += seat.set_peer_present(True, NOW) + seat.tick(NOW + 60)

    assert not any(isinstance(action, actions.SendHello) for action in told)
    cert_id = offer.parse(data).cert_id
    assert seat.consent(bytes(32), True, NOW) == []
    assert any(isinstance(a, actions.SendHello) for a in seat.consent(cert_id, True, NOW))


def test_n02_a_no_is_a_no():
    seat = waiting(1)
    data = make_offer(CARLA, CARLA_CERT, purpose=Purpose.SUPERVISE, slot=1)
    seat.offered(data, CARLA_CERT, MANAGER_CERT, NOW)

    told = seat.consent(offer.parse(data).cert_id, False, NOW)

    assert not any(isinstance(action, actions.SendHello) for action in told)
    assert seat.phase == "none"
    assert answer(seat, data, CARLA_CERT) is Code.OLD_EPOCH


def test_n02_an_announcement_counts_for_exactly_this_certificate():
    for announced in (True, False):
        world = World().open()
        cert_id = offer.parse(make_offer(BEN, BEN_CERT)).cert_id
        world.s.carry_out(
            world.s.seat.propose(Purpose.HANDOVER, cert_id if announced else bytes(32), world.now)
        )
        world.settle()
        data = make_offer(BEN, BEN_CERT, purpose=Purpose.HANDOVER, epoch=9)
        world.h.carry_out(world.h.seat.offered(data, BEN_CERT, MANAGER_CERT, world.now))

        (question,) = world.h.of(actions.NeedsConsent)
        assert question == actions.NeedsConsent("Ben", cert_id, Purpose.HANDOVER, announced)
        world.h.carry_out(world.h.seat.consent(cert_id, True, world.now))
        world.pump()
        expected = [actions.Answered(Purpose.HANDOVER, cert_id, True)] if announced else []
        assert world.s.of(actions.Answered) == expected


def test_n02_revoked_or_expired_staff_cannot_resume_either():
    world = World().open()
    revoked = frozenset({offer.parse(make_offer()).cert_id})
    world.h.seat.trust = replace(TRUST, revoked=revoked)

    assert answer(world.h.seat, make_offer(purpose=Purpose.RESUME, epoch=9)) is Code.REVOKED
