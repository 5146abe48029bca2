# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page in other languages than English: it speaks them all the way, and fits a small screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from chat.web.texts import Texts
from tests.browser.help_seeker.conftest import PHONE
from tests.browser.help_seeker.people import Counsellor, Person
from tests.support.service import Service

TEXTS = Texts.load()


def _fits(person: Person) -> None:
    assert person.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert person.small_targets() == []


@pytest.mark.parametrize("language", ["nl", "de"])
def test_a_conversation_in_a_language(
    chromium: Browser, service: Service, counsellor: Counsellor, language: str
) -> None:
    t = TEXTS.choose(language).t
    person = Person.open(chromium, service, locale=language, viewport=PHONE)

    expect(person.page.locator("html")).to_have_attribute("lang", language)
    person.is_told(t("You can talk here about sexual thoughts about children that worry you."))
    _fits(person)
    person.press(t("Start talking"))
    person.is_told(t("You are in the waiting room"))
    _fits(person)
    counsellor.desk.help_next()
    person.is_told(t("You are talking with {name}", name="Anna"))
    person.page.get_by_label(t("Your message")).fill("The weather is mild")
    person.press(t("Send"))
    expect(person.log.locator(".line.own .state")).to_have_text(t("delivered"))
    _fits(person)
    person.press(t("End the conversation"))
    person.press(t("Yes, end it"))
    person.is_told(t("The conversation is over"))
    _fits(person)
    counsellor.puts_away()
    person.close()
