# SPDX-License-Identifier: AGPL-3.0-or-later
"""Without script: who is in the conversation, and what passes between the two seats."""

from __future__ import annotations

import pytest

from chat.sealing import actions
from chat.sealing.certificate import parse
from chat.sealing.envelope import Kind
from chat.sealing.offer import Mode, Purpose
from chat.sealing.sealer import Posted
from chat.sealing.staff_seat import StaffSeat
from chat.sealing.star import WHOEVER
from tests.sealing.page import SID, Page
from tests.sealing.world import BEN_ID, Randomness, Side
from tests.vectors.people import CARLA_CERT, NOW


def test_a_supervisor_reads_along_after_a_yes_and_everybody_is_told():
    page = Page().open()
    page.say("before")
    page.pump()
    page.supervised()
    page.say("The weather is mild")
    page.pump()
    page.change(lambda sealer: sealer.star.say("It rains now", NOW))
    page.pump()
    page.supervisor.carry_out(page.supervisor.seat.compose("Good day", NOW))
    page.pump()

    assert [(line.text, line.origin) for line in page.supervisor.theirs()] == [
        ("The weather is mild", 0),
        ("It rains now", 2),
    ]
    assert [(line.text, line.origin) for line in page.s.theirs()] == [("It rains now", None), ("Good day", 1)]
    assert page.s.of(actions.RoomChanged) == [actions.RoomChanged(True, True)]
    assert page.supervisor.of(actions.RoomChanged) == [actions.RoomChanged(True, True)]
    assert page.sealer.star.alias(1) == "Carla"


def test_a_supervisor_who_left_gets_nothing_more_and_stays_on_the_screen():
    page = Page().open().supervised()
    page.supervisor.carry_out(page.supervisor.seat.compose("Good day", NOW))
    page.pump()
    page.supervisor.carry_out(page.supervisor.seat.end(NOW))
    page.pump()
    page.say("after")
    page.pump()

    assert page.sealer.star.alias(1) is None
    assert page.shown() == [("Carla", "Good day"), ("Anna", "after")]
    assert page.supervisor.theirs() == []
    assert page.s.of(actions.RoomChanged)[-1] == actions.RoomChanged(True, False)


def test_without_a_yes_nobody_comes():
    page = Page().open()
    page.supervisor.carry_out(page.supervisor.seat.offer(Purpose.SUPERVISE, 0, NOW))
    page.pump()
    page.answers(1, yes=False)
    page.say("The weather is mild")
    page.pump()

    assert page.supervisor.seat.phase == "offered"
    assert page.sealer.star.seats[1].question is None


def handed_over(page: Page, *, summary: bool = False) -> Side:
    """Ben comes; what Anna's desk sends from then on reaches nobody."""
    before, page.s = page.s, Side("b", StaffSeat(SID, 0, BEN_ID, Randomness("b"), Mode.SERVER))
    page.s.carry_out(page.s.seat.offer(Purpose.HANDOVER, page.sealer.star.seats[0]._highest, NOW))
    page.pump()
    page.answers(0, yes=True, summary=summary)
    page.pump()
    assert page.s.seat.phase == "active"
    return before


@pytest.mark.parametrize("agreed", [True, False])
def test_a_summary_goes_to_whoever_comes_only_with_a_yes(agreed: bool):
    page = Page().open()
    page.s.carry_out(page.s.seat.compose("What we spoke of", NOW, Kind.SUMMARY))
    page.say("Ben comes now")
    page.pump()
    handed_over(page, summary=agreed)

    assert [(line.kind, line.text) for line in page.s.theirs()] == (
        [(Kind.SUMMARY, "What we spoke of")] if agreed else []
    )
    assert page.shown() == [("Anna", "What we spoke of"), ("Anna", "Ben comes now")]


def test_the_one_who_is_here_can_resume_while_the_person_reads_a_question():
    page = Page().open()
    anna, ben = page.s, Side("b", StaffSeat(SID, 0, BEN_ID, Randomness("b"), Mode.SERVER))
    ben.carry_out(ben.seat.offer(Purpose.HANDOVER, 40, NOW))
    (offered,) = ben.sent
    assert isinstance(offered, actions.SendOffer)
    box = Posted("n", 0, offered.offer, offered.staff, offered.manager, None)
    page.change(lambda sealer: sealer.take_in([box], [], NOW))
    anna.carry_out(anna.seat.gap(NOW + 60))
    (resume,) = [action for action in anna.sent if isinstance(action, actions.SendOffer)]
    anna.sent.clear()
    both = [box, Posted("0", 0, resume.offer, resume.staff, resume.manager, None)]
    page.change(lambda sealer: sealer.take_in(both, [], NOW + 60))
    page.say("still here", NOW + 61)
    page.pump(NOW + 61)

    assert anna.seat.phase == "active"
    assert page.shown() == [("Anna", "still here")]
    assert page.sealer.star.seats[0].question is not None


def test_a_question_goes_when_whoever_asked_comes_no_more():
    page = Page().open()
    page.supervisor.carry_out(page.supervisor.seat.offer(Purpose.SUPERVISE, 0, NOW))
    page.pump()
    assert page.sealer.star.seats[1].question is not None
    page.change(lambda sealer: sealer.take_in([], [], NOW))

    assert page.sealer.star.seats[1].question is None


def test_whoever_comes_after_a_counsellor_was_lost_needs_a_yes_and_gets_what_was_written_meanwhile():
    page = Page().open()
    page.change(lambda sealer: sealer.star.say("to Anna", NOW))
    page.pump()
    waits = {"waiting": True, "supervised": False, "present": (False, False), "now": NOW}
    page.change(lambda sealer: sealer.star.stands(**waits))
    page.change(lambda sealer: sealer.star.say("to whoever comes", NOW))
    taker = Side("t", StaffSeat(SID, 0, BEN_ID, Randomness("t"), Mode.SERVER))
    page.s = taker
    taker.carry_out(taker.seat.offer(Purpose.TAKE, 10, NOW))
    page.pump()
    assert page.sealer.star.seats[0].question is None  # a take is for those who never had anybody
    assert taker.seat.phase == "offered"

    handed_over(page)

    assert page.s.texts(own=False) == ["to whoever comes"]


def test_giving_back_that_is_taken_back_is_asked_no_longer():
    page = Page().open()
    page.s.carry_out(page.s.seat.propose(Purpose.HANDOVER, WHOEVER, NOW))
    page.pump()
    assert page.sealer.star.asks_to_give_back
    page.s.carry_out(page.s.seat.take_back(Purpose.HANDOVER, WHOEVER, NOW))
    page.pump()
    assert not page.sealer.star.asks_to_give_back
    page.change(lambda sealer: sealer.star.give_back(True, NOW))  # pressed as it went
    page.say("I can stay")
    page.pump()

    assert page.s.of(actions.Answered) == []
    assert page.shown() == [("Anna", "I can stay")]


def test_a_supervisor_who_was_announced_and_taken_back_comes_unannounced():
    page = Page().open()
    cert_id = parse(CARLA_CERT).cert_id
    for word in (page.s.seat.propose, page.s.seat.take_back):
        page.s.carry_out(word(Purpose.SUPERVISE, cert_id, NOW))
        page.pump()
        announced = page.sealer.star.seats[1].is_announced(Purpose.SUPERVISE, cert_id)
        assert announced is (word == page.s.seat.propose)


def test_giving_back_is_asked_inside_the_channel():
    page = Page().open()
    page.s.carry_out(page.s.seat.propose(Purpose.HANDOVER, WHOEVER, NOW))
    page.pump()
    assert page.sealer.star.asks_to_give_back
    page.change(lambda sealer: sealer.star.give_back(True, NOW))
    page.pump()

    assert not page.sealer.star.asks_to_give_back
    assert page.s.of(actions.Answered) == [actions.Answered(Purpose.HANDOVER, WHOEVER, True)]
