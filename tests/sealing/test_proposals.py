# SPDX-License-Identifier: AGPL-3.0-or-later
"""What staff propose inside the channel, and take back."""

from __future__ import annotations

import pytest

from chat.sealing import actions
from chat.sealing.envelope import Kind
from chat.sealing.offer import Purpose
from chat.sealing.seat import proposal
from chat.sealing.star import WHOEVER
from tests.sealing.world import Side, World
from tests.vectors.people import some

OTHER = some("cert", 32)
HANDOVER = Purpose.HANDOVER
ASKED = actions.Proposed(HANDOVER, WHOEVER)
GONE = actions.TakenBack(HANDOVER, WHOEVER)


def propose(world: World, cert_id: bytes = WHOEVER) -> None:
    world.s.carry_out(world.s.seat.propose(HANDOVER, cert_id, world.now))


def take_back(world: World, cert_id: bytes = WHOEVER) -> None:
    world.s.carry_out(world.s.seat.take_back(HANDOVER, cert_id, world.now))


def answer(world: World, *, yes: bool) -> None:
    world.h.carry_out(world.h.seat.answer(HANDOVER, WHOEVER, yes, world.now))


def says(world: World, kind: Kind, content: bytes, side: Side | None = None) -> None:
    """What no seat of ours says there."""
    by = side or world.s
    by.carry_out(by.seat._say(kind, content, world.now))


def stands(world: World, cert_id: bytes = WHOEVER) -> bool:
    there: bool = world.h.seat.is_announced(HANDOVER, cert_id)
    return there


def told(world: World) -> list[actions.Action]:
    return [said for said in world.h.told if isinstance(said, actions.Proposed | actions.TakenBack)]


def goes_on(world: World) -> None:
    """Lines go both ways as before."""
    world.write(world.h, "The weather is mild")
    world.write(world.s, "It rains now")
    world.settle()
    assert world.at_peace()
    assert world.s.texts(own=False)[-1] == "The weather is mild"
    assert world.h.texts(own=False)[-1] == "It rains now"


def test_it_is_taken_back_and_may_be_proposed_anew():
    world = World().open()
    propose(world)
    world.settle()
    assert stands(world)
    take_back(world)
    world.settle()
    assert not stands(world)
    propose(world)
    world.settle()

    assert stands(world)
    assert told(world) == [ASKED, GONE, ASKED]
    answer(world, yes=True)
    world.settle()
    assert world.s.of(actions.Answered) == [actions.Answered(HANDOVER, WHOEVER, True)]
    goes_on(world)


@pytest.mark.parametrize("yes", [True, False])
def test_an_answer_that_crosses_the_taking_back_is_about_nothing(yes: bool):
    world = World().open()
    propose(world)
    world.settle()
    answer(world, yes=yes)
    take_back(world)
    world.settle()

    assert world.s.of(actions.Answered) == []
    assert not stands(world)
    goes_on(world)


def test_what_was_answered_or_never_proposed_is_not_taken_back():
    world = World().open()
    propose(world)
    world.settle()
    answer(world, yes=True)
    world.settle()
    before = len(world.s.envelopes())
    take_back(world)
    take_back(world, OTHER)

    assert len(world.s.envelopes()) == before
    assert world.s.of(actions.Answered) == [actions.Answered(HANDOVER, WHOEVER, True)]


def test_taking_one_back_leaves_another():
    world = World().open()
    propose(world)
    propose(world, OTHER)
    take_back(world, OTHER)
    world.settle()

    assert stands(world)
    assert not stands(world, OTHER)
    says(world, Kind.ANSWER, proposal(Purpose.SUPERVISE, WHOEVER) + b"\0")
    world.settle()
    assert stands(world)


def test_nobody_says_yes_for_the_person_and_a_person_proposes_nothing():
    world = World().open()
    propose(world)
    says(world, Kind.ANSWER, proposal(HANDOVER, WHOEVER) + b"\1")
    says(world, Kind.PROPOSE, proposal(HANDOVER, OTHER), world.h)
    world.settle()

    assert stands(world)
    assert told(world) == [ASKED]
    assert world.s.of(actions.Proposed) == world.s.of(actions.Answered) == []
    goes_on(world)


def test_the_same_bytes_again_take_nothing_back():
    world = World().open()
    propose(world)
    world.settle()
    take_back(world)
    (envelope,) = [action for action in world.s.sent if isinstance(action, actions.SendEnvelope)]
    world.settle()
    propose(world)
    world.settle()
    world.deliver(envelope, world.h)
    world.settle()

    assert stands(world)
    assert told(world) == [ASKED, GONE, ASKED]


def test_the_same_proposal_sealed_again_asks_nothing_again():
    world = World().open()
    propose(world)
    world.pump()
    world.lose(world.h)  # the counsellor's browser does not hear that it arrived
    world.reload(world.s)
    take_back(world)
    world.settle(30, connected=True)

    assert not stands(world)
    assert told(world) == [ASKED, GONE]
    goes_on(world)


@pytest.mark.parametrize("who", ["h", "s"])
@pytest.mark.parametrize("arrived", [True, False])
def test_it_outlasts_a_reload(who: str, arrived: bool):
    world = World().open()
    propose(world)
    world.settle()
    take_back(world)
    if not arrived:
        world.lose(world.s)
    world.settle()
    world.reload(getattr(world, who))
    assert arrived is not stands(world)
    world.settle(30, connected=True)

    assert not stands(world)
    assert told(world) == [ASKED, GONE]
    goes_on(world)
