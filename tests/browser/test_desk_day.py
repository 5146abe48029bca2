# SPDX-License-Identifier: AGPL-3.0-or-later
"""A working day over the real service: duty, a colleague's call, risk, a boundary, the wrap-up, the lock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from chat.protocol.types import DutyStatus
from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.support.service import Service, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("day")) as started:
        yield started


@pytest.fixture(scope="module")
def ben(chromium: Browser, service: Service) -> Iterator[DeskPage]:
    """The first person: counsellor and manager."""
    desk = DeskPage.open(chromium.new_context(), service)
    desk.enrol(service.first_link(), "Ben")
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def carla(chromium: Browser, service: Service, ben: DeskPage) -> Iterator[DeskPage]:
    """A supervisor in another browser."""
    desk = DeskPage.open(chromium.new_context(), service)
    desk.ask_to_be_certified(ben.invite("Carla", "Supervisor"))
    ben.certify("Carla")
    desk.sign_in()
    ben.go("Desk")
    yield desk
    desk.close()


@pytest.fixture
def person(chromium: Browser, service: Service, ben: DeskPage) -> Iterator[HelpSeekerPage]:
    """Somebody whom Ben talks with."""
    page = HelpSeekerPage.open(chromium, service)
    page.start()
    ben.help_next()
    page.with_counsellor("Ben")
    page.write("The weather is mild")
    ben.shows(ben.labels()[-1], "The weather is mild")
    yield page
    page.close()


def finish(ben: DeskPage, person: HelpSeekerPage) -> None:
    (label,) = ben.labels()
    ben.end(label)
    person.is_over()
    ben.put_away(label)


def test_nobody_comes_on_duty_by_signing_in(ben: DeskPage) -> None:
    ben.sign_out()
    ben.page.get_by_role("button", name="Sign in").click()
    ben.is_open()

    assert ben.stands() is DutyStatus.OFF
    expect(ben.page.get_by_text("You are off duty. Go on duty to take a conversation.")).to_be_visible()

    ben.go_on_duty()


def test_a_break_is_kept_through_a_reload(ben: DeskPage) -> None:
    ben.page.get_by_role("button", name="Take a break").click()
    ben.page.get_by_role("button", name="Back on duty").wait_for()
    ben.page.reload()
    ben.is_open()

    expect(ben.page.get_by_role("button", name="Back on duty")).to_be_visible()

    ben.page.get_by_role("button", name="Back on duty").click()
    ben.page.get_by_role("button", name="Take a break").wait_for()


def test_a_supervisor_is_called_answers_and_the_caller_is_told(
    ben: DeskPage, carla: DeskPage, person: HelpSeekerPage
) -> None:
    (label,) = ben.labels()
    ben.pane(label).get_by_role("button", name="Get help").click()
    ben.page.get_by_text("Every supervisor on duty is called.").wait_for()
    calls = carla.page.get_by_role("region", name="Calls for a supervisor")
    expect(calls).to_contain_text("Ben asks for help")
    calls.get_by_role("button", name="I'm on it").click()
    expect(calls).to_contain_text("You are on it.")
    expect(ben.page.get_by_role("region", name="Calls for a supervisor")).to_contain_text("Carla is on it.")

    finish(ben, person)


def test_risk_is_seen_on_the_board_and_imminent_danger_alarms(
    ben: DeskPage, carla: DeskPage, person: HelpSeekerPage
) -> None:
    (label,) = ben.labels()
    ben.pane(label).get_by_role("button", name="Risk").click()
    ben.pane(label).get_by_role("radio", name="Concern", exact=True).check()
    expect(ben.pane(label).get_by_role("heading", name="Procedure")).to_be_visible()
    carla.page.get_by_role("button", name="Board").click()
    row = carla.page.get_by_label("Open conversations").get_by_role("row").filter(has_text="Ben")
    expect(row).to_contain_text("Concern")
    ben.pane(label).get_by_role("radio", name="Imminent danger").check()
    calls = carla.page.get_by_role("region", name="Calls for a supervisor")
    expect(calls).to_contain_text("Ben sees imminent danger")
    expect(row).to_contain_text("Imminent danger")
    calls.get_by_role("button", name="I'm on it").first.click()
    expect(calls).to_contain_text("You are on it.")
    ben.page.reload()
    ben.is_open()
    expect(ben.pane(label).get_by_role("button", name="Imminent danger")).to_be_visible()

    carla.go("Desk")
    finish(ben, person)
    ben.page.get_by_role("button", name="Not now").click()


def test_a_supervisor_closes_intake_and_nobody_new_can_begin(
    chromium: Browser, service: Service, ben: DeskPage, carla: DeskPage
) -> None:
    ben.go_on_duty()
    carla.go("Board")
    intake = carla.page.get_by_role("region", name="Intake")
    english = intake.get_by_role("listitem").filter(has_text="English")
    expect(english).to_contain_text("Open")
    visitor = HelpSeekerPage.open(chromium, service)
    begin = visitor.page.get_by_role("button", name="Start talking")
    expect(begin).to_be_visible()

    english.get_by_role("button", name="Close intake").click()
    expect(english).to_contain_text("Closed by hand")
    visitor.page.reload()
    expect(begin).to_have_count(0)

    english.get_by_role("button", name="Open again").click()
    expect(english.get_by_role("button", name="Close intake")).to_be_visible()
    visitor.page.reload()
    expect(begin).to_be_visible()
    visitor.close()
    carla.go("Desk")


def test_a_boundary_is_read_counts_as_heavy_and_offers_a_pause(ben: DeskPage, person: HelpSeekerPage) -> None:
    (label,) = ben.labels()
    ben.pane(label).get_by_role("button", name=f"End {label}").click()
    ben.page.get_by_role("button", name="End with a boundary").click()
    fixed = ben.page.locator("blockquote").inner_text()
    ben.page.get_by_role("button", name="Send this and end").click()
    person.is_over()
    expect(person.page.get_by_role("listitem").filter(has_text=fixed)).to_be_visible()
    ben.put_away(label)
    expect(ben.page.get_by_label("Your duty")).to_contain_text("heavy contacts today")
    ben.page.get_by_role("button", name="Pause for").click()

    expect(ben.page.get_by_label("Your duty")).to_contain_text("left")
    assert ben.stands() is DutyStatus.BREAK

    ben.page.get_by_role("button", name="Back on duty").click()
    ben.page.get_by_role("button", name="Take a break").wait_for()


def test_a_locked_desk_shows_no_text_and_the_passkey_opens_it(ben: DeskPage, person: HelpSeekerPage) -> None:
    (label,) = ben.labels()
    ben.page.get_by_role("textbox", name=f"Reply to {label}").fill("An unfinished bridge")
    ben.page.get_by_role("banner").get_by_role("button", name="Lock").click()
    ben.page.get_by_role("heading", name="The desk is locked").wait_for()
    person.write("A lighthouse by the sea")
    ben.page.get_by_text("1 new line waits for you.").wait_for()
    person.all_delivered(2)
    assert "lighthouse" not in ben.page.content()
    ben.page.reload()
    ben.page.get_by_role("heading", name="The desk is locked").wait_for()
    assert "bridge" not in ben.page.content()
    ben.page.get_by_role("button", name="Unlock with your passkey").click()

    ben.shows(label, "A lighthouse by the sea")
    expect(ben.page.get_by_role("textbox", name=f"Reply to {label}")).to_have_value("An unfinished bridge")
    ben.write(label, "A harbour in the mist")
    person.shows("A harbour in the mist")

    finish(ben, person)
