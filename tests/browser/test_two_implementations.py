# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shipped scripts in Chromium on one side, the Python sealing on the other, over the real service."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.support.sealed import Organisation, beside
from tests.support.service import Service

TEXTS = (
    "The weather is mild",
    "Het regent zachtjes",
    "الطقس معتدل اليوم",
    "x" * 3000,
    "Emoji: 🌧️ and <b>marks</b>",
)


def test_python_counsellor_and_the_help_seekers_page(
    chromium: Browser, known: Service, organisation: Organisation
) -> None:
    with beside() as other:
        identity = organisation.counsellor("Willem")
        desk = other.counsellor(known)
        person = HelpSeekerPage.open(chromium, known)
        person.start()
        counsellor = other.take_next(desk, identity)
        person.with_counsellor("Willem")
        for count, text in enumerate(TEXTS, 1):
            person.write(text)
            other.wait(counsellor, "texts", 2 * count - 1)
            other.do(counsellor.say(f"{count}: {text}"))
            person.shows(f"{count}: {text}")
        person.resume_after_reload()
        person.write("after a reload")
        other.wait(counsellor, "texts", 2 * len(TEXTS) + 1)
        other.wait(counsellor, "delivered", len(TEXTS))
        person.all_delivered(len(TEXTS) + 1)

        mirrored = {"own": "peer", "peer": "own"}
        assert [(mirrored[side], text) for side, text in counsellor.texts()] == person.lines()

        person.end()
        person.is_over()
        other.wait(counsellor, "ends", 1)
        person.close()


def test_python_help_seeker_and_the_desk(
    chromium: Browser, known: Service, organisation: Organisation
) -> None:
    with beside() as other:
        desk = DeskPage.open(chromium.new_context(), known)
        desk.enrol(known.first_link(), "Anna")
        person = other.help_seeker(known, organisation.trust)
        desk.help_next()
        desk.page.locator(".list-label").first.wait_for()
        (label,) = desk.labels()
        for count, text in enumerate(TEXTS, 1):
            other.do(person.say(text))
            desk.shows(label, text)
            desk.write(label, f"{count}: {text}")
            other.wait(person, "texts", 2 * count)
        desk.page.reload()
        desk.is_open()
        desk.write(label, "after a reload")
        other.wait(person, "texts", 2 * len(TEXTS) + 1)
        other.wait(person, "delivered", len(TEXTS))
        desk.all_delivered(label, len(TEXTS) + 1)

        mirrored = {"own": "peer", "peer": "own"}
        assert [(mirrored[side], text) for side, text in person.texts()] == desk.lines(label)
        assert person.seat.peer is not None
        assert person.seat.peer.alias == "Anna"
        desk.close()
