# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two counsellors, a supervisor and three help-seekers at once: nobody sees a line that is not theirs.

Each has a browser context of their own. What stands on every screen is compared whole, so that one line in
the wrong place, once too often or out of order fails. That whoever left opens nothing with the keys it had
is shown in tests/faults/test_handover_sealed.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from chat.protocol import frames
from tests.browser.members_pages import (
    Questions,
    asked_over,
    asks_to_join,
    hand_over,
    is_told,
    label,
    note,
    put_all_away,
    sees_among_staff,
    talking,
    write_among_staff,
)
from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.support.service import Service

TURNS = 30


@pytest.fixture
def two_more(chromium: Browser, service: Service, anna: DeskPage) -> Iterator[dict[str, HelpSeekerPage]]:
    """Two more people whom Anna talks with at the same time, by their colour at her desk."""
    with talking(chromium, service, anna, "Anna") as one:
        first = label(anna)
        with talking(chromium, service, anna, "Anna") as other:
            yield {first: one, label(anna): other}
            for page in (one, other):
                page.end()
                page.is_over()


class Screens:
    """What everybody has written, and so what must stand on every screen."""

    def __init__(self, desk: DeskPage, people: dict[str, HelpSeekerPage]) -> None:
        self.desk = desk
        self.people = people
        self.said: dict[str, list[tuple[str, str]]] = {
            name: person.lines() for name, person in people.items()
        }

    def turn(self, name: str, number: int) -> None:
        """A line in this conversation: of the person, then of the desk, and so on."""
        text = f"Line {number} in {name}"
        if number % 2:
            self.desk.write(name, text)
            self.people[name].shows(text)
        else:
            self.people[name].write(text)
            self.desk.shows(name, text)
        self.said[name].append(("peer" if number % 2 else "own", text))

    def are_right(self) -> None:
        """Every line is once where it belongs, in order, on both sides of each conversation."""
        mirrored = {"own": "peer", "peer": "own"}
        for name, person in self.people.items():
            assert person.lines() == self.said[name]
            assert self.desk.lines(name) == [(mirrored[side], text) for side, text in self.said[name]]


def deliveries(desk: DeskPage) -> int:
    """How many envelopes of the conversation that this desk left last have come to its browser."""
    sid = next(frame.sid for frame in reversed(desk.wires.received) if isinstance(frame, frames.SeatLeft))
    return sum(isinstance(frame, frames.DeskDelivery) and frame.sid == sid for frame in desk.wires.received)


def received(person: HelpSeekerPage) -> list[object]:
    """The envelopes that came to this page."""
    return [frame for frame in person.wires.received if isinstance(frame, frames.Delivery)]


def test_a_day_of_everybody_at_once(
    person: HelpSeekerPage,
    two_more: dict[str, HelpSeekerPage],
    anna: DeskPage,
    ben: DeskPage,
    carla: DeskPage,
) -> None:
    questions = Questions(person)
    others, mine = list(two_more), anna.labels()[-3]
    screens = Screens(anna, {mine: person, **two_more})
    for number in range(TURNS):
        screens.turn((mine, *others)[number % 3], number // 3)
    screens.are_right()

    # Refused: everything stays as it was.
    hand_over(anna, "Ben", at=mine)
    asked_over(ben, "Take over")
    questions.asks("Go on with Ben?", "Anna hands you over to Ben.")
    questions.answers("No, stay with Anna")
    is_told(anna, "The other person wants to stay with you.")
    is_told(ben, "The other person does not want to go on with somebody else.")
    screens.turn(mine, 10)
    screens.are_right()

    anna.pane(mine).get_by_role("button", name="Risk").click()
    anna.pane(mine).get_by_role("radio", name="Concern", exact=True).check()

    # A supervisor: refused, then called by Anna and let in: three in one conversation, the others untouched.
    asks_to_join(carla, concern=True)
    questions.asks("May Carla join?", "Anna did not announce this.")
    questions.answers("No")
    is_told(carla, "The other person does not want anybody else to join.")
    carla.go("Desk")
    put_all_away(carla)
    envelopes = len(received(person))
    anna.pane(mine).get_by_role("button", name="Get help").click()
    carla.page.get_by_role("button", name="I'm on it").click()
    anna.page.get_by_text("Carla is on it.").wait_for()
    while (
        len(received(person)) == envelopes
    ):  # Anna's browser announces her, and the page shows nothing of it
        person.page.wait_for_timeout(20)
    asks_to_join(carla, concern=True)
    questions.asks("May Carla join?", "Anna asks for help from Carla, a supervisor.")
    questions.answers("Yes, Carla may join")
    note(person, "Carla, a supervisor, is here now")
    hers = label(carla)
    write_among_staff(anna, "Carla", "Can you read along")
    sees_among_staff(carla, "Anna", "Can you read along")
    carla.write(hers, "Good evening")
    person.shows("Good evening")
    anna.shows(mine, "Good evening")
    person.write("Good evening to both")
    carla.shows(hers, "Good evening to both")
    anna.shows(mine, "Good evening to both")
    for name in others:
        screens.turn(name, 11)
    assert [text for _, text in carla.lines(hers)] == ["Good evening", "Good evening to both"]
    carla.page.locator(".pane").get_by_role("button", name="Leave").click()
    note(person, "Carla has left the conversation.")
    carla.go("Desk")
    put_all_away(carla)

    # Handed over with a yes: Anna's browser gets not one envelope more.
    hand_over(anna, "Ben", at=mine)
    asked_over(ben, "Take over")
    questions.asks("Go on with Ben?")
    questions.answers("Yes, go on with Ben")
    person.with_counsellor("Ben")
    is_told(anna, "A colleague talks with this person now.")
    last = anna.lines(mine)
    before = deliveries(anna)
    person.write("Only to Ben")
    ben.shows(label(ben), "Only to Ben")
    ben.write(label(ben), "Only from Ben")
    person.shows("Only from Ben")
    for name in others:
        screens.turn(name, 13)
    assert deliveries(anna) == before
    assert anna.lines(mine) == last
    assert [text for _, text in ben.lines(label(ben))] == ["Only to Ben", "Only from Ben"]

    # The supervisor takes over from Ben.
    asks_to_join(carla, concern=True)
    questions.answers("Yes, Carla may join")
    is_told(carla, "You are here as a supervisor")
    carla.page.get_by_role("button", name="Talk with them yourself").click()
    questions.asks("Go on with Carla?")
    questions.answers("Yes, go on with Carla")
    person.with_counsellor("Carla")
    is_told(ben, "A colleague talks with this person now.")
    person.write("Only to Carla")
    carla.shows(label(carla), "Only to Carla")

    assert [text for _, text in person.lines()] == [
        *(text for _, text in screens.said[mine]),
        "Good evening",
        "Good evening to both",
        "Only to Ben",
        "Only from Ben",
        "Only to Carla",
    ]
    everywhere = [text for desk in (anna, ben) for name in desk.labels() for _, text in desk.lines(name)]
    assert not {"Only to Carla", "Can you read along"} & {*everywhere}
    del screens.people[mine]
    screens.are_right()
