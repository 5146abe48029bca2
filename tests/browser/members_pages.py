# SPDX-License-Identifier: AGPL-3.0-or-later
"""When more than two are concerned: questions, handing over, joining, what staff say among themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, expect

from tests.browser.axe import violations
from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.support.service import Service


def staff(
    chromium: Browser, service: Service, first: DeskPage | None, alias: str, role: str = ""
) -> DeskPage:
    """Somebody of the staff in a browser of their own; the first one manages, too."""
    desk = DeskPage.open(chromium.new_context(), service)
    if first is None:
        desk.enrol(service.first_link(), alias)
        return desk
    desk.ask_to_be_certified(first.invite(alias, role) if role else first.invite(alias))
    first.certify(alias)
    desk.sign_in()
    first.go("Desk")
    return desk


@contextmanager
def talking(chromium: Browser, service: Service, desk: DeskPage, alias: str) -> Iterator[HelpSeekerPage]:
    """Somebody who talks with this counsellor."""
    person = HelpSeekerPage.open(chromium, service)
    person.start()
    desk.help_next()
    person.with_counsellor(alias)
    yield person
    person.close()


class Questions:
    """What the help-seeker's page asks."""

    def __init__(self, person: HelpSeekerPage) -> None:
        self.person = person
        self.place = person.page.locator(".foot > section[role=alert]")

    def asks(self, heading: str, *texts: str) -> None:
        self.place.get_by_role("heading", name=heading).wait_for()
        for text in texts:
            expect(self.place).to_contain_text(text)
        assert violations(self.person.page) == []

    def answers(self, button: str) -> None:
        self.place.get_by_role("button", name=button).click()

    def asks_nothing(self) -> None:
        expect(self.place).to_be_hidden()


def note(person: HelpSeekerPage, text: str) -> None:
    """Told between the lines."""
    person.page.locator(".log .note").filter(has_text=text).wait_for()


def label(desk: DeskPage) -> str:
    return desk.labels()[-1]


def hand_over(desk: DeskPage, to: str, summary: str = "", at: str = "") -> None:
    """Ask a colleague by name, or "Whoever is next"; of the newest conversation, or the one labelled."""
    name = at or label(desk)
    desk.pane(name).get_by_role("button", name="Hand over").click()
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=to).check()
    if summary:
        dialog.get_by_label("A summary for them").fill(summary)
    dialog.get_by_role("button", name="Ask them").click()
    dialog.wait_for(state="detached")


def is_told(desk: DeskPage, text: str) -> None:
    """In the newest conversation's pane."""
    desk.page.locator(".pane").filter(has_text=text).wait_for()


def asked_over(desk: DeskPage, answer: str) -> None:
    desk.page.get_by_role("button", name=answer, exact=True).click()


def ended(desk: DeskPage) -> Locator:
    return desk.page.locator(".pane .ended")


def put_all_away(desk: DeskPage) -> None:
    """Every text that is over."""
    for _ in range(desk.page.locator(".pane").count()):
        done = ended(desk).get_by_role("button", name="Done, put the text away")
        if done.count() == 0:
            break
        done.first.click()


def asks_to_join(supervisor: DeskPage, *, concern: bool = False) -> None:
    """The first conversation of the board, or the first about which its counsellor has a concern."""
    supervisor.go("Board")
    rows = supervisor.page.locator("tr.risk-1" if concern else "tr")
    rows.get_by_role("button", name="Ask to join").first.click()


def among_staff(desk: DeskPage) -> Locator:
    """The place for what staff say among themselves, with its list of colleagues open."""
    place = desk.page.get_by_role("region", name="Among staff")
    listed = place.get_by_role("button", name="Colleagues on duty")
    if listed.get_attribute("aria-expanded") == "false":
        listed.click()
    return place


def write_among_staff(desk: DeskPage, to: str, text: str) -> None:
    place = among_staff(desk)
    field = place.get_by_label(f"To {to}, only staff sees this")
    if field.count() == 0:
        place.get_by_role("button", name=to).click()
    field.fill(text)
    place.get_by_role("button", name=f"Send to {to}, among staff").click()


def sees_among_staff(desk: DeskPage, by: str, text: str) -> None:
    place = among_staff(desk)
    if place.get_by_role("log").count() == 0:
        place.get_by_role("button", name=by).click()
    place.get_by_role("log").get_by_text(text).wait_for()
