# SPDX-License-Identifier: AGPL-3.0-or-later
"""A conversation in a real browser, from the first press to the goodbye."""

from __future__ import annotations

import os
import re
import signal
import time

from playwright.sync_api import Browser, Page, expect

from tests.browser.help_seeker.people import Counsellor, Person
from tests.support.service import Service


def test_a_first_message_written_while_waiting_arrives(person: Person, counsellor: Counsellor) -> None:
    person.start()
    person.sees("You are next.")
    person.write("The weather is mild")
    expect(person.log.get_by_text("not sent yet")).to_be_visible()

    counsellor.takes(person)

    counsellor.shows("The weather is mild")
    person.all_delivered(1)
    counsellor.writes("And the sky is grey")
    person.shows("And the sky is grey")
    person.end()
    counsellor.puts_away()
    assert person.troubles == []


def test_who_it_is_and_the_number_that_vouches_are_one_press_away(talking: Person) -> None:
    talking.page.get_by_text("Sealed, verified").click()
    shown = talking.page.locator(".fingerprint").inner_text()
    page = talking.page.context.new_page()
    page.goto(talking.address + "private")

    assert re.fullmatch(r"\d{5}( \d{5}){5}", shown)
    assert page.locator(".fingerprint").inner_text() == shown


def test_a_link_is_refused_before_it_leaves(talking: Person) -> None:
    talking.write("look at www.example.org")

    talking.sees("You can't send links here. Please take it out.")
    assert talking.field.input_value() == "look at www.example.org"
    talking.field.fill("look at this")
    expect(talking.page.get_by_text("You can't send links here.")).to_have_count(0)
    talking.press("Send")
    expect(talking.log.locator(".line")).to_have_count(1)


def test_a_text_longer_than_one_envelope_is_refused_kindly(talking: Person, counsellor: Counsellor) -> None:
    talking.write("é" * 2035)
    talking.sees("This is too long for one message. Please send it in two parts.")

    talking.write("é" * 2034)
    counsellor.shows("é" * 2034)


def test_what_arrives_is_plain_text_whatever_it_looks_like(talking: Person, counsellor: Counsellor) -> None:
    counsellor.writes("<b>bold</b> & <img src=x>")

    talking.shows("<b>bold</b> & <img src=x>")
    assert talking.log.locator("b, img, a").count() == 0


def test_enter_sends_and_shift_enter_is_a_new_line(talking: Person, counsellor: Counsellor) -> None:
    talking.field.press_sequentially("one")
    talking.field.press("Shift+Enter")
    talking.field.press_sequentially("two")
    talking.field.press("Enter")

    expect(talking.log.locator(".line")).to_have_count(1)
    assert talking.lines() == [("own", "one\ntwo")]
    counsellor.shows("one")


def test_on_a_touch_screen_enter_is_a_new_line(
    chromium: Browser, service: Service, counsellor: Counsellor
) -> None:
    person = Person.open(
        chromium, service, has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740}
    )
    person.start()
    person.field.press_sequentially("one")
    person.field.press("Enter")
    person.field.press_sequentially("two")

    assert person.field.input_value() == "one\ntwo"
    person.stop_waiting()
    person.close()


def test_only_additions_are_announced_and_status_is_apart(talking: Person) -> None:
    assert talking.log.get_attribute("aria-relevant") == "additions"
    assert talking.log.get_by_role("status").count() == 0
    expect(talking.page.get_by_role("status").get_by_text("Anna is here")).to_be_visible()


def test_a_reload_asks_first_and_keeps_lines_and_draft(talking: Person, counsellor: Counsellor) -> None:
    talking.write("The weather is mild")
    counsellor.shows("The weather is mild")
    talking.all_delivered(1)
    talking.field.fill("I wanted to")
    # A draft is kept when nobody typed for a moment. Nothing shows it, but a longer moment ends after it.
    talking.page.evaluate("new Promise((later) => setTimeout(later, 2000))")
    talking.page.reload()

    talking.is_told("Continue the conversation?")
    assert "weather" not in talking.page.content()
    talking.press("Continue")
    talking.with_counsellor("Anna")
    expect(talking.log.locator(".line")).to_have_count(1)
    assert talking.field.input_value() == "I wanted to"
    talking.write("It rains now")
    counsellor.shows("It rains now")
    assert "weather" not in str(talking.storage())


def test_a_second_tab_takes_over_and_can_be_taken_back(talking: Person, counsellor: Counsellor) -> None:
    talking.write("The weather is mild")
    counsellor.shows("The weather is mild")
    other = Person(talking.page.context.new_page(), talking.service)
    other.page.goto(other.address)
    other.page.evaluate("(kept) => sessionStorage.setItem('kentering', kept)", talking.storage()["kentering"])
    other.page.reload()
    other.press("Continue")

    talking.is_told("The conversation goes on in another tab")
    assert "weather" not in talking.page.content()
    talking.press("Continue here")
    other.is_told("The conversation goes on in another tab")
    talking.with_counsellor("Anna")
    talking.write("It rains now")
    counsellor.shows("It rains now")
    other.page.close()


def test_workers_die_and_the_conversation_goes_on(
    talking: Person, counsellor: Counsellor, service: Service
) -> None:
    for pid in service.workers().values():
        service.kill_worker_of(pid)
    talking.write("Written meanwhile")

    counsellor.shows("Written meanwhile")
    talking.all_delivered(1)


def listens_for_trouble(page: Page) -> None:
    """From now on the page keeps what it says of lost connections, however shortly it stands there."""
    page.evaluate(
        """() => {
          window.trouble = [];
          const look = () => {
            const found = document.body.innerText.match(/.*(interrupted|not connected|connecting).*/i);
            if (found !== null) window.trouble.push(found[0]);
          };
          new MutationObserver(look).observe(document.body, {
            attributes: true, characterData: true, childList: true, subtree: true,
          });
        }"""
    )


def test_workers_are_replaced_and_no_page_shows_anything_of_it(
    talking: Person, counsellor: Counsellor, service: Service
) -> None:
    screens = (talking.page, counsellor.desk.page)
    for screen in screens:
        listens_for_trouble(screen)
    before = set(service.workers().values())

    os.kill(service.process.pid, signal.SIGUSR1)
    said, until = 0, time.monotonic() + 240
    while len(now := service.workers()) != len(before) or before & set(now.values()):
        assert time.monotonic() < until, "the workers were not replaced"
        said += 1
        talking.write(f"The weather is mild ({said:03})")
        counsellor.writes(f"It rains ({said:03})")
        counsellor.shows(f"The weather is mild ({said:03})")
        talking.shows(f"It rains ({said:03})")

    talking.all_delivered(said)
    talking.write("And after it")
    counsellor.shows("And after it")
    assert talking.worker() in service.workers()
    assert [screen.evaluate("window.trouble") for screen in screens] == [[], []]


def test_ending_deletes_on_both_sides_and_the_address_never_changed(talking: Person) -> None:
    talking.press("End the conversation")
    talking.press("No, go on")
    expect(talking.page.get_by_text("End it now?")).to_be_hidden()
    talking.end()

    talking.is_told("The conversation is over")
    talking.sees("What our server held of it is deleted.")
    assert talking.storage() == {}
    assert talking.page.url == talking.address
    assert talking.page.title() == "Kentering"


def test_the_place_is_left_by_stop_waiting(person: Person, counsellor: Counsellor) -> None:
    person.start()
    person.press("Stop waiting")
    person.press("No, wait on")
    person.stop_waiting()

    counsellor.nobody_waits()


def test_shift_three_times_leaves_at_once_and_back_shows_nothing(
    person: Person, counsellor: Counsellor
) -> None:
    person.start()
    for _ in range(3):
        person.page.keyboard.press("Shift")
    person.page.wait_for_url("**/leave")

    assert person.storage() == {}
    counsellor.nobody_waits()
    person.page.go_back()
    assert person.page.url != person.address


def test_the_button_leaves_while_a_question_is_open(talking: Person) -> None:
    talking.press("End the conversation")
    talking.page.get_by_role("link", name="Leave this page fast").click()
    talking.page.wait_for_url("**/leave")

    assert talking.storage() == {}


def test_no_to_continue_deletes_it_everywhere(talking: Person) -> None:
    talking.page.reload()
    talking.press("No, delete it")

    expect(talking.page.get_by_role("button", name="Start talking")).to_be_visible()
    assert talking.storage() == {}


def test_what_may_show_who_it_is_is_asked_before_it_leaves(talking: Person, counsellor: Counsellor) -> None:
    talking.write("My name is Peter, 0612345678")
    talking.sees("This may show who you are")
    talking.sees("We noticed: a telephone number and a name.")
    assert talking.lines() == []
    assert talking.axe() == []
    assert talking.small_targets() == []

    talking.press("Change it")
    expect(talking.page.get_by_text("This may show who you are")).to_have_count(0)
    expect(talking.field).to_be_focused()
    assert talking.field.input_value() == "My name is Peter, 0612345678"
    talking.press("Send")
    talking.sees("This may show who you are")
    talking.field.fill("I am tired")
    expect(talking.page.get_by_text("This may show who you are")).to_have_count(0)
    talking.press("Send")
    counsellor.shows("I am tired")

    talking.write("Call me Anna")
    talking.press("Send it anyway")
    counsellor.shows("Call me Anna")
    expect(talking.page.get_by_text("This may show who you are")).to_have_count(0)
    talking.all_delivered(2)


def test_a_text_changed_under_the_notice_is_asked_about_again(
    talking: Person, counsellor: Counsellor
) -> None:
    talking.write("Call me Anna")
    talking.sees("We noticed: a name.")
    talking.field.fill("Call me Anna, 0612345678")
    talking.press("Send it anyway")
    talking.sees("We noticed: a telephone number and a name.")
    assert talking.lines() == []

    talking.field.fill("Call me Anna, www.example.org")
    talking.press("Send it anyway")
    talking.sees("You can't send links here. Please take it out.")
    assert talking.lines() == []

    talking.write("Call me Anna, 0612345678")
    talking.sees("We noticed: a telephone number and a name.")
    talking.field.fill("Call me Ben")
    talking.press("Send it anyway")
    counsellor.shows("Call me Ben")


def test_a_link_stays_refused_whatever_else_is_asked(talking: Person) -> None:
    talking.write("My name is Peter, www.example.org")

    talking.sees("You can't send links here. Please take it out.")
    expect(talking.page.get_by_role("button", name="Send it anyway")).to_have_count(0)
