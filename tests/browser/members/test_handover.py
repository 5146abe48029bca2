# SPDX-License-Identifier: AGPL-3.0-or-later
"""Another counsellor, over the real service: announced, refused, given back; what each side is shown."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.members_pages import (
    Questions,
    asked_over,
    hand_over,
    is_told,
    label,
    note,
    put_all_away,
)
from tests.browser.pages import DeskPage, HelpSeekerPage


def test_handed_over_with_a_summary_that_the_person_has_seen(
    person: HelpSeekerPage, anna: DeskPage, ben: DeskPage
) -> None:
    questions = Questions(person)
    before = label(anna)
    hand_over(anna, "Ben", summary="We spoke about the weather.")
    questions.asks("May this be passed on?", "We spoke about the weather.")
    questions.answers("Yes, pass it on")
    is_told(anna, "Ben is asked whether to take this over.")
    asked_over(ben, "Take over")
    questions.asks("Go on with Ben?", "Anna hands you over to Ben.")
    is_told(ben, "They are asked by your name.")
    questions.answers("Yes, go on with Ben")

    person.with_counsellor("Ben")
    note(person, "Ben is here now, in place of Anna.")
    is_told(anna, "A colleague talks with this person now.")
    assert [text for _, text in anna.lines(before)][:1] == ["The weather is mild"]
    person.write("It rains now")
    ben.shows(label(ben), "It rains now")
    assert [text for _, text in ben.lines(label(ben))] == ["We spoke about the weather.", "It rains now"]
    ben.write(label(ben), "Good evening")
    person.shows("Good evening")
    assert ("peer", "Good evening") not in anna.lines(before)

    person.resume_after_reload()
    person.with_counsellor("Ben")


def test_a_no_keeps_everything_as_it_was(person: HelpSeekerPage, anna: DeskPage, ben: DeskPage) -> None:
    questions = Questions(person)
    hand_over(anna, "Ben", summary="We spoke about the weather.")
    questions.answers("No, don't pass it on")
    asked_over(ben, "Take over")
    questions.asks("Go on with Ben?")
    questions.answers("No, stay with Anna")

    is_told(anna, "The other person wants to stay with you.")
    is_told(ben, "The other person does not want to go on with somebody else.")
    questions.asks_nothing()
    anna.write(label(anna), "Then we go on")
    person.shows("Then we go on")


def test_the_colleague_can_not_now(person: HelpSeekerPage, anna: DeskPage, ben: DeskPage) -> None:
    hand_over(anna, "Ben")
    asked_over(ben, "Not now")
    is_told(anna, "Ben can't take it now. You go on.")
    Questions(person).asks_nothing()


def test_a_reload_while_the_question_stands(person: HelpSeekerPage, anna: DeskPage, ben: DeskPage) -> None:
    hand_over(anna, "Ben")
    asked_over(ben, "Take over")
    questions = Questions(person)
    questions.asks("Go on with Ben?")
    person.resume_after_reload()
    questions.asks("Go on with Ben?", "Anna hands you over to Ben.")
    questions.answers("Yes, go on with Ben")
    person.with_counsellor("Ben")
    person.write("To Ben")
    ben.shows(label(ben), "To Ben")


def test_back_to_whoever_is_next_and_what_stands_on_the_screen(
    person: HelpSeekerPage, anna: DeskPage, ben: DeskPage, carla: DeskPage
) -> None:
    questions = Questions(person)
    hand_over(anna, "Whoever is next")
    questions.asks("May somebody else go on?")
    questions.answers("Yes, I will wait for somebody else")
    person.page.get_by_text("Anna gave the conversation back, as you agreed.").wait_for()
    is_told(anna, "The conversation is back in the waiting room, first in line.")
    person.write("Written while waiting")

    ben.help_next()
    questions.asks("Ben can talk with you now", "Ben has not seen what was written before.")
    questions.answers("No, wait for somebody else")
    person.page.get_by_text("You said no, and that is all right.").wait_for()
    is_told(ben, "The other person does not want to go on with somebody else.")
    for desk in (ben, anna):  # somebody else is there, so not to whom they said no, nor to who gave it back
        put_all_away(desk)
        desk.help_next()
        desk.page.get_by_text("There is nobody you could help at this moment.").wait_for()
    carla.help_next()
    questions.asks("Carla can talk with you now")
    questions.answers("Yes, go on with Carla")
    person.with_counsellor("Carla")
    questions.asks("Does Carla need to know what was said?")
    assert carla.lines(label(carla)) == []

    person.page.get_by_role("button", name="Send again to Carla").click()
    carla.shows(label(carla), "Written while waiting")
    questions.answers("Share what stands on my screen")
    expect(carla.pane(label(carla)).get_by_text("The weather is mild")).to_be_visible()
    questions.asks_nothing()


def test_back_to_whoever_is_next_is_asked_no_longer_once_it_is_taken_back(
    person: HelpSeekerPage, anna: DeskPage
) -> None:
    questions = Questions(person)
    mine = label(anna)
    hand_over(anna, "Whoever is next")
    questions.asks("May somebody else go on?")
    is_told(anna, "The other person is asked whether somebody else may go on.")
    anna.pane(mine).get_by_role("button", name="Take it back").click()
    questions.asks_nothing()

    person.with_counsellor("Anna")
    assert person.lines() == [("own", "The weather is mild")]
    assert person.page.locator(".log .note").count() == 0
    expect(anna.page.locator(".pane .passing")).to_have_count(0)
    person.write("I would have said yes")
    anna.shows(mine, "I would have said yes")
    anna.write(mine, "I can stay after all")
    person.shows("I can stay after all")

    person.resume_after_reload()
    person.shows("I can stay after all")
    questions.asks_nothing()
    hand_over(anna, "Whoever is next")
    questions.asks("May somebody else go on?")
    questions.answers("No, stay with Anna")
    is_told(anna, "The other person wants to stay with you.")
