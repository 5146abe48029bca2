# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two taps that only become counts, and an erasure that leaves nothing of the conversation in the store."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.help_seeker.people import Counsellor, Person
from tests.browser.without_script import wait_until
from tests.support.service import Service


@pytest.fixture(autouse=True)
def nothing_before(service: Service, counsellor: Counsellor) -> Iterator[list[bytes]]:
    """What the store holds before a test; afterwards it holds no conversation."""
    yield service.conversation_keys()
    counsellor.nobody_waits()


def counts(service: Service) -> dict[str, int]:
    """The running day's counts, as they stand in the live store."""
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    with contextlib.closing(service.look()) as store:
        return {name.decode(): int(count) for name, count in store.hgetall(f"k:{{tally}}:{day}").items()}


def of(service: Service, measure: str) -> dict[str, int]:
    return {
        name.partition(":")[2]: count
        for name, count in counts(service).items()
        if name.startswith(measure + ":")
    }


def test_how_heavy_it_feels_is_said_before_and_after_and_only_counted(
    person: Person, counsellor: Counsellor, service: Service
) -> None:
    person.start()
    person.sees("How heavy does it feel at this moment?")
    assert person.axe() == []
    assert person.small_targets() == []
    person.press("Very heavy")
    person.sees("Thank you.")
    wait_until(lambda: of(service, "felt_before") == {"very_heavy": 1})
    counsellor.takes(person)
    expect(person.page.get_by_text("Thank you.")).to_be_hidden()
    person.write("The weather is mild")
    counsellor.shows("The weather is mild")
    person.end()
    person.is_over()
    person.sees("How heavy does it feel now?")
    assert person.axe() == []
    person.press("Fairly heavy")
    person.sees("Thank you.")
    wait_until(lambda: of(service, "felt_after") == {"fairly": 1})

    assert "heavy" not in counsellor.desk.pane(counsellor.label).locator("[role=log]").inner_text().lower()
    counsellor.puts_away()
    assert person.troubles == []


def test_who_only_waited_is_not_asked_how_it_feels_now(person: Person) -> None:
    person.start()
    person.stop_waiting()

    expect(person.page.get_by_text("How heavy does it feel now?")).to_have_count(0)


def test_erase_now_leaves_no_key_and_no_word(
    person: Person, counsellor: Counsellor, service: Service, nothing_before: list[bytes]
) -> None:
    person.start()
    expect(person.page.get_by_role("button", name="Erase now")).to_be_hidden()
    counsellor.takes(person)
    person.write("The weather is mild")
    counsellor.shows("The weather is mild")
    person.press("Erase now")
    person.sees("Erase it now?")
    assert person.axe() == []
    person.press("No, go on")
    person.press("Erase now")
    person.press("Yes, erase it")
    person.is_told("Erased")
    person.sees("Anna may still see the text on the screen until their notes are done, at most 15 minutes.")

    wait_until(lambda: service.conversation_keys() == nothing_before)
    assert "weather" not in person.page.content()
    assert person.storage() == {}
    assert person.axe() == []
    expect(person.page.get_by_text("How heavy does it feel now?")).to_have_count(0)
    counsellor.shows("The weather is mild")  # as the page says: until the wrap-up
    counsellor.puts_away()


def test_pages_and_doors_are_counted_each_alone(
    chromium: Browser, counsellor: Counsellor, service: Service
) -> None:
    before = counts(service)
    person = Person.open(chromium, service)
    person.start()
    person.stop_waiting()
    person.close()
    grown = {"page:open": 1, "door:clear": 1, "started:yes": 1}
    wait_until(
        lambda: all(
            counts(service).get(name, 0) == before.get(name, 0) + more for name, more in grown.items()
        )
    )
