# SPDX-License-Identifier: AGPL-3.0-or-later
"""Waiting well: what can be said, read, heard and done meanwhile, and that the place is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, WebSocketRoute, expect

from chat.protocol import codec, frames
from chat.protocol.types import About, ErrorCode, Urgency
from chat.web.texts import Texts
from tests.browser.help_seeker.people import Counsellor, Person
from tests.browser.pages import PATIENCE
from tests.browser.without_script import wait_until
from tests.support.service import Service

TEXTS = Texts.load()
LANGUAGES = [translator.language for translator in TEXTS.translators]
TAPS = "Two things you can tell us, if you like"
SIGNALS = "Tell me when somebody comes"
READING = "Something to read while you wait"
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}

COUNT_TONES = """
  globalThis.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    globalThis.tones += 1;
    return start.apply(this, when);
  };
"""


def summary_of(person: Person, title: str) -> Locator:
    return person.page.locator("summary").filter(has_text=title)


def opens(person: Person, title: str) -> None:
    """Lines that come just now move what is below them, and a click goes where it stood."""
    summary = summary_of(person, title)

    def is_open() -> bool:
        if not summary.evaluate("(element) => element.parentElement.open"):
            summary.click()
        return bool(summary.evaluate("(element) => element.parentElement.open"))

    wait_until(is_open)


def pressed(person: Person, name: str, value: str) -> None:
    button = person.page.get_by_role("button", name=name, exact=True)
    expect(button).to_have_attribute("aria-pressed", value)


@pytest.fixture
def waiting(person: Person) -> Iterator[Person]:
    person.start()
    yield person
    if person.page.get_by_role("button", name="Stop waiting").is_visible():
        person.stop_waiting()


def test_with_little_data_the_page_says_that_we_cannot_say(waiting: Person) -> None:
    waiting.sees("You are next.")
    waiting.sees("We can't say how long it will be until a counsellor has time for you.")
    assert waiting.wires.last(frames.Expected) in {None, frames.Expected(None, None)}


def test_a_tap_is_heard_changed_and_taken_back_and_survives_a_reload(
    waiting: Person, counsellor: Counsellor
) -> None:
    opens(waiting, TAPS)
    waiting.press("About me")
    waiting.press("It is very urgent")

    pressed(waiting, "About me", "true")
    pressed(waiting, "It is very urgent", "true")
    expect(waiting.page.get_by_text("You come before those for whom it is less urgent.")).to_be_visible()
    expect(counsellor.desk.page.get_by_text("About themselves").first).to_be_visible()

    waiting.press("It can wait a little")

    pressed(waiting, "It is very urgent", "false")
    pressed(waiting, "It can wait a little", "true")

    waiting.press("It can wait a little")

    pressed(waiting, "It can wait a little", "false")

    waiting.page.reload()
    waiting.press("Continue")
    waiting.is_told("You are in the waiting room")
    opens(waiting, TAPS)

    pressed(waiting, "About me", "true")
    assert waiting.wires.last(frames.Described) == frames.Described(About.ME, Urgency.USUAL)
    waiting.sees("You are next.")


def test_who_says_that_it_is_urgent_comes_first_and_nobody_is_told_that_somebody_else_did(
    chromium: Browser, service: Service, waiting: Person
) -> None:
    other = Person.open(chromium, service)
    other.start()
    other.sees("1 person is before you.")
    opens(other, TAPS)
    other.press("It is very urgent")

    other.sees("You are next.")
    waiting.sees("1 person is before you. Somebody in acute need was let in before you.")

    other.press("It can wait a little")

    other.sees("1 person is before you.")
    waiting.sees("You are next.")
    other.stop_waiting()
    other.close()


def test_the_place_is_kept_through_a_reload_and_the_first_message_too(
    chromium: Browser, service: Service, waiting: Person, counsellor: Counsellor
) -> None:
    waiting.write("The weather is mild")
    expect(waiting.log.get_by_text("not sent yet")).to_be_visible()
    other = Person.open(chromium, service)
    other.start()
    other.sees("1 person is before you.")
    waiting.page.reload()
    waiting.is_told("Continue the conversation?")
    assert "weather" not in waiting.page.content()
    waiting.press("Continue")

    waiting.sees("You are next.")
    other.sees("1 person is before you.")
    assert waiting.lines() == [("own", "The weather is mild")]
    counsellor.takes(waiting)
    counsellor.shows("The weather is mild")
    waiting.end()
    counsellor.puts_away()
    other.stop_waiting()
    other.close()


def test_reading_costs_neither_the_place_nor_the_address_and_is_not_taken_away(
    waiting: Person, counsellor: Counsellor
) -> None:
    address, entries = waiting.page.url, waiting.page.evaluate("history.length")
    opens(waiting, READING)
    opens(waiting, "When an urge comes")
    expect(waiting.page.get_by_text("An urge is like a wave")).to_be_visible()
    counsellor.takes(waiting)

    expect(waiting.page.get_by_text("An urge is like a wave")).to_be_visible()
    waiting.sees("Somebody is here for you now.")
    assert waiting.axe() == []
    waiting.press("Close this and talk")
    expect(waiting.page.get_by_text(READING)).to_be_hidden()
    expect(waiting.field).to_be_focused()
    assert (waiting.page.url, waiting.page.evaluate("history.length")) == (address, entries)
    waiting.end()
    counsellor.puts_away()


def test_reading_that_does_not_arrive_can_be_asked_for_again(waiting: Person) -> None:
    waiting.page.route("**/reading/pieces*", lambda route: route.abort())
    opens(waiting, READING)
    expect(waiting.page.get_by_text("This could not be loaded just now.")).to_be_visible()
    waiting.page.unroute("**/reading/pieces*")
    summary_of(waiting, READING).click()  # closes it
    opens(waiting, READING)

    expect(waiting.page.get_by_text("Telling somebody")).to_be_visible()


def test_a_signal_is_off_until_it_is_asked_for_and_nothing_of_it_is_kept(
    chromium: Browser, service: Service, counsellor: Counsellor
) -> None:
    person = Person.open(chromium, service)
    person.page.add_init_script(COUNT_TONES)
    person.page.reload()
    person.start()
    counsellor.takes(person)
    assert (person.page.title(), person.page.evaluate("tones")) == ("Kentering", 0)
    person.end()
    counsellor.puts_away()
    person.page.reload()

    person.start()
    opens(person, SIGNALS)
    person.press("A mark in the tab's name")
    person.press("A soft sound")
    pressed(person, "A soft sound", "true")
    heard_once = person.page.evaluate("tones")
    kept = json.dumps(person.storage())
    counsellor.takes(person)

    assert heard_once > 0
    assert person.page.evaluate("tones") == 2 * heard_once
    assert person.page.title() == "• Kentering"
    assert "sound" not in kept
    person.field.press("a")
    assert person.page.title() == "Kentering"
    person.end()
    counsellor.puts_away()
    assert person.page.title() == "Kentering"
    person.close()


def test_where_a_browser_makes_no_sound_the_page_says_so(
    chromium: Browser, service: Service, counsellor: Counsellor
) -> None:
    person = Person.open(chromium, service)
    person.page.add_init_script("delete globalThis.AudioContext")
    person.page.reload()
    person.start()
    opens(person, SIGNALS)
    person.press("A soft sound")

    person.sees("Your browser doesn't let this page make a sound.")
    pressed(person, "A soft sound", "false")
    person.stop_waiting()
    person.close()


SLOW_SOUND = """
  globalThis.made = [];
  globalThis.gets_ready = [];
  const Real = AudioContext;
  globalThis.AudioContext = class extends Real {
    constructor() {
      super();
      made.push(this);
    }
    resume() {
      return new Promise((resolve) => gets_ready.push(() => resolve(super.resume())));
    }
  };
"""
STATES_OF_SOUND = "made.map(({ state }) => state)"


@pytest.fixture
def slow_to_sound(person: Person) -> Person:
    """Somebody waits, whose browser takes its time to get a sound ready."""
    person.page.add_init_script(COUNT_TONES + SLOW_SOUND)
    person.page.reload()
    person.start()
    opens(person, SIGNALS)
    person.press("A soft sound")
    return person


def test_a_second_press_while_the_sound_gets_ready_leaves_one_sound(slow_to_sound: Person) -> None:
    person = slow_to_sound
    person.press("A soft sound")
    person.page.evaluate("gets_ready.shift()()")
    wait_until(lambda: person.page.evaluate("made[0].state === 'closed'"))
    pressed(person, "A soft sound", "false")
    expect(person.page.get_by_text("Your browser doesn't let this page make a sound.")).to_have_count(0)
    person.page.evaluate("gets_ready.shift()()")
    pressed(person, "A soft sound", "true")
    assert person.page.evaluate(STATES_OF_SOUND) == ["closed", "running"]

    person.press("A soft sound")
    pressed(person, "A soft sound", "false")
    wait_until(lambda: person.page.evaluate("made[1].state === 'closed'"))
    person.stop_waiting()


def test_a_sound_that_gets_ready_after_the_screen_is_gone_is_not_heard(slow_to_sound: Person) -> None:
    person = slow_to_sound
    person.stop_waiting()
    person.page.evaluate("gets_ready.shift()()")
    wait_until(lambda: person.page.evaluate("made[0].state === 'closed'"))

    assert person.page.evaluate("tones") == 0


def test_a_tap_that_the_server_does_not_take_at_once_promises_nothing_until_it_is_heard(
    chromium: Browser, service: Service, counsellor: Counsellor
) -> None:
    person = Person.open(chromium, service)
    dropped: list[bytes] = []
    dropping = True

    def through(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def send(data: str | bytes) -> None:
            assert isinstance(data, bytes)
            if dropping and isinstance(codec.decode_from_help_seeker(data), frames.Describe):
                dropped.append(data)
                route.send(codec.encode(frames.Refused(ErrorCode.STORE_LOST)))
            else:
                server.send(data)

        route.on_message(send)

    person.page.route_web_socket("**/socket", through)
    person.page.reload()
    person.start()
    opens(person, TAPS)
    person.press("It is very urgent")
    pressed(person, "It is very urgent", "true")
    person.sees("Our server has trouble at the moment. What you wrote is kept here, and we keep trying.")
    urgent = person.page.get_by_text("You come before those for whom it is less urgent.")
    expect(urgent).to_be_hidden()
    dropping = False

    expect(urgent).to_be_visible(timeout=PATIENCE)
    pressed(person, "It is very urgent", "true")
    assert dropped != []
    person.stop_waiting()
    person.close()


HOURS = "document.getElementById('talk').dataset.opens = '2030-11-29T16:00:00+01:00'"


def test_after_a_quarter_of_an_hour_one_may_stop_without_blame(
    chromium: Browser, service: Service, counsellor: Counsellor
) -> None:
    person = Person.open(chromium, service, timezone_id="America/New_York")
    person.page.clock.install()
    person.page.reload()
    person.page.evaluate(HOURS)
    person.start()
    person.page.clock.fast_forward("14:59")
    expect(person.page.get_by_text("You have been waiting")).to_have_count(0)
    person.page.clock.fast_forward("01:01")
    person.sees("You have been waiting for 15 minutes.")
    expect(person.page.get_by_text("We open again: Friday, November 29 at 10:00")).to_be_visible()
    assert person.axe() == []
    person.press("Wait on")
    expect(person.page.get_by_text("You have been waiting")).to_be_hidden()
    person.page.clock.fast_forward("15:01")
    person.sees("You have been waiting for 30 minutes.")
    person.page.locator(".while-waiting").get_by_role("button", name="Stop waiting").click()
    person.press("Yes, stop waiting")

    person.sees("You left the waiting room.")
    person.sees("That is all right. You can start again at any time somebody is here.")
    expect(person.page.get_by_text("We open again: Friday, November 29 at 10:00")).to_be_visible()
    person.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_waiting_room_in_each_language_and_width(
    chromium: Browser, service: Service, counsellor: Counsellor, language: str
) -> None:
    t = TEXTS.choose(language).t
    person = Person.open(chromium, service, viewport=PHONE)
    person.page.goto(f"{person.address}?language={language}")
    person.press(t("Start talking"))
    person.is_told(t("You are in the waiting room"))
    for title in (TAPS, SIGNALS, READING):
        opens(person, t(title))
    opens(person, t("When an urge comes"))
    expect(person.page.get_by_text(t("Put the phone or the computer away. Not later: now."))).to_be_visible()
    person.press(t("It is very urgent"))
    pressed(person, t("It is very urgent"), "true")
    for scheme in ("light", "dark"):
        for viewport in (PHONE, WIDE):
            person.page.set_viewport_size(viewport)  # type: ignore[arg-type]  # two whole numbers
            person.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # of two
            assert person.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            assert (scheme, viewport, person.axe()) == (scheme, viewport, [])
    assert person.small_targets() == []
    person.press(t("Stop waiting"))
    person.press(t("Yes, stop waiting"))
    person.sees(t("That is all right. You can start again at any time somebody is here."))
    person.close()
