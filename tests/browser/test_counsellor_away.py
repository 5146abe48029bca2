# SPDX-License-Identifier: AGPL-3.0-or-later
"""A counsellor's browser is killed and stays away, or its session ends: who hears what, what comes back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, expect

from chat.live import keys
from chat.protocol import frames
from chat.rules.deadlines import LOST_MS
from chat.web.desk_sessions import token_hash
from tests.browser.axe import violations
from tests.browser.members_pages import Questions, label, staff, talking
from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.browser.test_desk_survives import kill, on_profile
from tests.faults.ageing import age
from tests.support.service import Service, running

LOOKED_AT = 180_000
"""Milliseconds until a look at the session that does not come fails a test; there are two a minute."""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with running(tmp_path) as started:
        yield started


def sid_of(desk: DeskPage) -> bytes:
    """The conversation that this desk took last."""
    taken = desk.wires.last(frames.Taken)
    assert taken is not None
    return taken.sid


def sees(person: HelpSeekerPage, text: str) -> None:
    person.page.get_by_text(text).first.wait_for()


def test_a_killed_browser_that_stays_away_is_replaced_and_the_person_knows_each_time(
    chromium: Browser, service: Service, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    anna = DeskPage.open(on_profile(chromium, profile), service)
    anna.enrol(service.first_link(), "Anna")
    ben = staff(chromium, service, anna, "Ben")
    with talking(chromium, service, anna, "Anna") as person:
        person.write("The weather is mild")
        anna.shows(label(anna), "The weather is mild")
        sees(person, "Anna is here")
        sid, passkeys = sid_of(anna), anna.passkeys()

        kill(profile)
        sees(person, "The counsellor is not connected just now")
        person.write("Written to somebody who is away")
        age(service, sid, LOST_MS, silent=False)

        sees(person, "The connection to Anna was lost.")
        sees(person, "You are next.")
        later = HelpSeekerPage.open(chromium, service)
        later.start()
        questions = Questions(person)
        ben.help_next()  # before everybody else who waits
        questions.asks(
            "Ben can talk with you now",
            "The connection to Anna was lost.",
            "Ben has not seen what was written before.",
        )
        questions.answers("Yes, go on with Ben")
        person.with_counsellor("Ben")
        assert ben.lines(label(ben)) == []
        person.write("To Ben")
        ben.shows(label(ben), "To Ben")
        ben.write(label(ben), "From Ben")
        person.shows("From Ben")

        again = DeskPage.open(on_profile(chromium, profile), service)
        again.give_passkeys(*passkeys)
        again.page.goto(service.desk)
        again.sign_in()
        again.page.get_by_text("went back to the waiting room, while this desk was closed").wait_for()
        assert again.labels() == []
        later.stop_waiting()
        later.close()
        person.end()
        person.is_over()
    with contextlib.suppress(Error):  # it is dead; the driver may not have noticed
        anna.close()
    for desk in (again, ben):
        desk.close()


def test_a_session_that_ran_out_is_noticed_by_itself_and_nothing_is_lost(
    chromium: Browser, service: Service
) -> None:
    anna = staff(chromium, service, None, "Anna")
    with talking(chromium, service, anna, "Anna") as person:
        name = label(anna)
        person.write("The weather is mild")
        anna.shows(name, "The weather is mild")
        anna.page.get_by_role("textbox", name=f"Reply to {name}").fill("Not sent yet")

        with contextlib.closing(service.look()) as store:  # its time is over, and nobody says so to anybody
            assert store.delete(keys.desk_session(token_hash(anna.token()))) == 1
        anna.page.get_by_text("The service signed you out.").wait_for(timeout=LOOKED_AT)
        assert anna.page.get_by_role("textbox").count() == 0
        assert violations(anna.page) == []
        sees(person, "The counsellor is not connected just now")
        person.write("Written meanwhile")

        anna.sign_in()
        anna.shows(name, "The weather is mild")
        anna.shows(name, "Written meanwhile")
        expect(anna.page.get_by_role("textbox", name=f"Reply to {name}")).to_have_value("Not sent yet")
        anna.page.get_by_role("button", name=f"Send to {name}").click()
        person.shows("Not sent yet")
        person.end()
        person.is_over()
    anna.close()
