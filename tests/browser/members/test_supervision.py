# SPDX-License-Identifier: AGPL-3.0-or-later
"""A supervisor over the real service: joins after a yes, takes over, leaves; and what only staff sees."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.members_pages import (
    Questions,
    asks_to_join,
    is_told,
    label,
    note,
    sees_among_staff,
    write_among_staff,
)
from tests.browser.pages import DeskPage, HelpSeekerPage


def test_a_supervisor_joins_takes_part_and_leaves(
    person: HelpSeekerPage, anna: DeskPage, carla: DeskPage
) -> None:
    questions = Questions(person)
    asks_to_join(carla)
    questions.asks("May Carla join?", "Anna did not announce this.")
    is_told(carla, "They are asked whether you may join.")
    questions.answers("Yes, Carla may join")

    note(person, "Carla, a supervisor, is here now")
    expect(person.page.get_by_text("Carla, a supervisor, is here too")).to_be_visible()
    is_told(anna, "A supervisor is here")
    is_told(carla, "You are here as a supervisor, and the other person knows it.")
    person.write("It rains now")
    anna.write(label(anna), "Take an umbrella")
    carla.shows(label(carla), "Take an umbrella")
    carla.write(label(carla), "Good evening")
    person.shows("Good evening")
    anna.shows(label(anna), "Good evening")
    assert [text for _, text in carla.lines(label(carla))] == [
        "It rains now",
        "Take an umbrella",
        "Good evening",
    ]

    carla.page.locator(".pane").get_by_role("button", name="Leave").click()
    note(person, "Carla has left the conversation. From here on only Anna reads what you write.")
    person.write("Only to Anna")
    anna.shows(label(anna), "Only to Anna")
    assert ("peer", "Only to Anna") not in carla.lines(label(carla))


def test_a_no_to_the_supervisor(person: HelpSeekerPage, anna: DeskPage, carla: DeskPage) -> None:
    asks_to_join(carla)
    questions = Questions(person)
    questions.asks("May Carla join?")
    questions.answers("No")
    is_told(carla, "The other person does not want anybody else to join.")
    questions.asks_nothing()
    person.write("Only to Anna")
    anna.shows(label(anna), "Only to Anna")
    assert carla.lines(label(carla)) == []


def test_called_by_the_counsellor_she_is_announced_and_takes_over(
    person: HelpSeekerPage, anna: DeskPage, carla: DeskPage
) -> None:
    questions = Questions(person)
    anna.pane(label(anna)).get_by_role("button", name="Get help").click()
    carla.page.get_by_role("button", name="I'm on it").click()
    anna.page.get_by_text("Carla is on it.").wait_for()
    asks_to_join(carla)
    questions.asks("May Carla join?", "Anna asks for help from Carla, a supervisor.")
    questions.answers("Yes, Carla may join")
    is_told(carla, "You are here as a supervisor")

    carla.page.get_by_role("button", name="Talk with them yourself").click()
    questions.asks("Go on with Carla?", "Anna did not announce this.")
    questions.answers("Yes, go on with Carla")
    person.with_counsellor("Carla")
    is_told(anna, "A colleague talks with this person now.")
    expect(person.page.get_by_text("Carla, a supervisor, is here too")).to_be_hidden()
    person.write("To Carla")
    carla.shows(label(carla), "To Carla")


def test_what_staff_say_among_themselves_reaches_nobody_else(
    person: HelpSeekerPage, anna: DeskPage, carla: DeskPage
) -> None:
    write_among_staff(anna, "Carla", "Can you look at this")
    carla.go("Desk")
    sees_among_staff(carla, "Anna", "Can you look at this")
    write_among_staff(carla, "Anna", "Yes, now")
    sees_among_staff(anna, "Carla", "Yes, now")

    assert [text for _, text in person.lines()] == ["The weather is mild"]
    assert [text for _, text in anna.lines(label(anna))] == ["The weather is mild"]
    carla.page.reload()
    carla.is_open()
    write_among_staff(anna, "Carla", "Still there")
    anna.page.get_by_text("Carla's tab was loaded again, and has lost this.").wait_for()
