# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.help_seeker.people import Counsellor, Person
from tests.browser.pages import DeskPage
from tests.support.service import Service

PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def counsellor(chromium: Browser, service: Service) -> Iterator[Counsellor]:
    desk = DeskPage.open(chromium.new_context(), service)
    desk.enrol(service.first_link(), "Anna")
    yield Counsellor(desk)
    desk.close()


@pytest.fixture
def person(chromium: Browser, service: Service, counsellor: Counsellor) -> Iterator[Person]:
    """Somebody on the first page, on a phone, while a counsellor is on duty."""
    arrived = Person.open(chromium, service, viewport=PHONE)
    yield arrived
    arrived.close()


@pytest.fixture
def talking(person: Person, counsellor: Counsellor) -> Iterator[Person]:
    """An open conversation; ended and put away afterwards, unless the test has ended it."""
    person.start()
    counsellor.takes(person)
    yield person
    if person.page.get_by_role("button", name="End the conversation").is_visible():
        person.end()
    counsellor.puts_away()
