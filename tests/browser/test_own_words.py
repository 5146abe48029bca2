# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a manager writes for help-seekers stands on their pages, with and without script, and is renewed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe import violations
from tests.browser.pages import PATIENCE, DeskPage, HelpSeekerPage
from tests.browser.without_script import PlainPage
from tests.support.service import Service, running

SAVE = """
async ([version, own]) => (await fetch("/api/manage/texts", {
  method: "PUT",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ version, value: { languages: { en: own } } }),
})).status
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with running(tmp_path) as started:
        yield started


def first_page_says(person: HelpSeekerPage, text: str) -> None:
    """At the latest with the load after every worker has seen the change."""
    while person.page.get_by_text(text, exact=True).count() == 0:
        person.page.reload()
    expect(person.page.get_by_text(text, exact=True)).to_be_visible(timeout=PATIENCE)


def test_about_and_welcome_are_shown_as_plain_text_renewed_and_gone_when_somebody_comes(
    chromium: Browser, service: Service
) -> None:
    desk = DeskPage.open(chromium.new_context(), service)
    desk.enrol(service.first_link(), "Anna")
    for version, about in enumerate(("We are <b>three</b> people.", "We are four people now.")):
        own = {"confidentiality": "", "about": about, "welcome": "Take a\nbreath & <i>wait</i>."}
        assert desk.page.evaluate(SAVE, [version, own]) == 200
        person = HelpSeekerPage.open(chromium, service)
        first_page_says(person, about)
        assert violations(person.page) == []
        person.close()

    person = HelpSeekerPage.open(chromium, service)
    first_page_says(person, "We are four people now.")
    expect(person.page.get_by_text("Take a")).to_be_hidden()
    person.start()
    welcome = person.page.get_by_text("Take a\nbreath & <i>wait</i>.")
    expect(welcome.filter(visible=True)).to_have_count(1)
    assert violations(person.page) == []
    desk.help_next()
    person.with_counsellor("Anna")
    expect(welcome.filter(visible=True)).to_have_count(0)
    person.end()
    person.is_over()
    person.close()

    plain = PlainPage.open(chromium, service)
    plain.start()
    told = plain.stream.get_by_text("Take a\nbreath & <i>wait</i>.")
    expect(told.filter(visible=True)).to_have_count(1)
    desk.help_next()
    plain.with_counsellor("Anna")
    expect(told.filter(visible=True)).to_have_count(0)
    plain.close()
    desk.close()
