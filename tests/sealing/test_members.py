# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is in it (18): handover, supervision, and staff among themselves."""

from __future__ import annotations

import pytest

from chat.sealing import actions, handshake, offer
from chat.sealing.errors import Code, SealingError
from chat.sealing.offer import Purpose
from tests.sealing.world import ANNA_ID, BEN_ID, CARLA_ID, World, answer, handed_over, waiting
from tests.vectors.make_handshake import make_offer
from tests.vectors.people import BEN_CERT, CARLA, CARLA_CERT, MANAGER_CERT, NOW, TRUST, some


def test_n18_a_newcomer_gets_nothing_of_before_and_the_one_who_left_nothing_of_after():
    world = World().open()
    world.write(world.h, "to Anna")
    world.settle()
    world.write(world.h, "to Anna, not delivered")
    world.lose(world.h)
    before = handed_over(world, BEN_ID)
    world.write(world.h, "to Ben")
    world.settle()
    for data in world.h.envelopes():
        before.s.carry_out(before.s.seat.delivered(data, world.now))

    assert world.s.texts(own=False) == ["to Ben"]
    # What was sealed to Anna may still reach her; nothing that was sealed to Ben opens.
    assert before.s.texts(own=False) == ["to Anna", "to Anna, not delivered"]
    assert [(line.text, line.state.name) for line in world.h.own()] == [
        ("to Anna", "DELIVERED"),
        ("to Anna, not delivered", "UNDELIVERED"),
        ("to Ben", "DELIVERED"),
    ]


def test_n18_the_old_bond_opens_no_resume_after_a_handover():
    world = World().open()
    before = handed_over(world, BEN_ID)
    before.s.seat._epoch = 60
    before.s.carry_out(before.s.seat.gap(world.now + 20))
    (offered,) = [a for a in before.s.sent if isinstance(a, actions.SendOffer)]

    world.deliver(offered, world.h)

    assert world.h.of(actions.RefusedOffer)[-1] == actions.RefusedOffer(Code.NOT_THE_SAME_STAFF)


def test_n18_a_counsellor_who_lost_everything_comes_back_as_a_newcomer():
    world = World().open()
    world.write(world.h, "before")
    world.settle()
    handed_over(world, ANNA_ID)
    world.write(world.h, "after")
    world.settle()

    assert world.s.texts(own=False) == ["after"]


def supervised() -> tuple[World, World]:
    """The star: one seat for the counsellor, one for the supervisor, both with the same browser."""
    counsellor = World().open()
    supervisor = World(CARLA_ID, slot=1)
    supervisor.take(Purpose.SUPERVISE)
    supervisor.settle(1)
    (question,) = supervisor.h.of(actions.NeedsConsent)
    supervisor.h.carry_out(supervisor.h.seat.consent(question.cert_id, True, supervisor.now))
    supervisor.settle()
    return counsellor, supervisor


def test_n18_a_supervisor_gets_what_the_browser_passes_on_and_only_that():
    counsellor = World().open()
    waiting_for = World(CARLA_ID, slot=1)
    counsellor.write(counsellor.s, "before she joined")
    counsellor.settle()
    (line,) = counsellor.h.theirs()
    assert waiting_for.h.seat.relay(0, line, counsellor.now) == []

    counsellor, supervisor = supervised()
    counsellor.write(counsellor.s, "The weather is mild")
    counsellor.settle()
    (line,) = counsellor.h.theirs()
    for _ in range(2):  # a reload of the page passes everything on again
        supervisor.h.carry_out(supervisor.h.seat.relay(0, line, supervisor.now))
    supervisor.h.carry_out(supervisor.h.seat.room(True, True, supervisor.now))
    supervisor.settle()

    assert [(got.text, got.origin) for got in supervisor.s.theirs()] == [("The weather is mild", 0)]
    assert supervisor.s.of(actions.RoomChanged) == [actions.RoomChanged(True, True)]
    assert supervisor.h.own() == []


def test_n18_none_after_leaving():
    counsellor, supervisor = supervised()
    supervisor.s.carry_out(supervisor.s.seat.end(supervisor.now))
    supervisor.settle(1)
    assert supervisor.h.of(actions.PeerEnded) == [actions.PeerEnded()]
    before = len(supervisor.h.envelopes())
    counsellor.write(counsellor.s, "after she left")
    counsellor.settle()
    (line,) = counsellor.h.theirs()

    with pytest.raises(SealingError) as refused:
        supervisor.h.seat.relay(0, line, supervisor.now)
    assert refused.value.code is Code.ENDED
    assert len(supervisor.h.envelopes()) == before


def test_the_two_slots_share_nothing():
    counsellor, supervisor = supervised()
    counsellor.write(counsellor.h, "to the counsellor")
    for data in counsellor.h.envelopes():
        supervisor.s.carry_out(supervisor.s.seat.delivered(data, supervisor.now))

    assert supervisor.s.theirs() == []


# --- staff among themselves ---


def test_a_peer_hello_proves_both_sides():
    pair, own = handshake.key_pair(some("p", 32)), handshake.key_pair(some("q", 32))
    parsed = offer.parse(make_offer(purpose=Purpose.PEER, pk=pair.pk))
    cert_id = offer.parse(make_offer(CARLA, CARLA_CERT)).cert_id
    m1 = handshake.make_peer_hello(parsed, some("s_h", 32), own.pk, cert_id, CARLA.sign)
    s_h, pk_h, chain = handshake.open_peer_hello(parsed, pair, m1, CARLA_CERT, MANAGER_CERT, TRUST, NOW)

    assert (s_h, pk_h, chain.staff.alias) == (some("s_h", 32), own.pk, "Carla")
    assert len(m1) == handshake.M1_PEER
    with pytest.raises(SealingError) as refused:
        handshake.open_peer_hello(parsed, pair, m1, BEN_CERT, MANAGER_CERT, TRUST, NOW)
    assert refused.value.code is Code.NOT_THE_SAME_STAFF


def test_a_peer_offer_is_not_for_a_help_seeker():
    assert answer(waiting(), make_offer(purpose=Purpose.PEER)) is Code.BAD_PURPOSE
