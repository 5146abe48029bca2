# SPDX-License-Identifier: AGPL-3.0-or-later
"""What managers edit, in a real browser: saved by hand, kept, told apart from what a colleague saved."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.manage_pages import PAGES, ManagePages
from tests.browser.pages import DeskPage
from tests.support.service import Service, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("manage")) as started:
        yield started


@pytest.fixture(scope="module")
def anna(chromium: Browser, service: Service) -> Iterator[DeskPage]:
    """The first person: manager and counsellor."""
    desk = DeskPage.open(chromium.new_context(locale="en-GB"), service)
    desk.enrol(service.first_link(), "Anna")
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def ben(chromium: Browser, service: Service, anna: DeskPage) -> Iterator[DeskPage]:
    """A counsellor, who manages nothing."""
    desk = DeskPage.open(chromium.new_context(locale="en-GB"), service)
    desk.ask_to_be_certified(anna.invite("Ben"))
    anna.certify("Ben")
    desk.sign_in()
    yield desk
    desk.close()


@pytest.fixture
def manage(anna: DeskPage) -> ManagePages:
    return ManagePages(anna)


@pytest.fixture
def beside(anna: DeskPage, service: Service) -> Iterator[ManagePages]:
    """The same manager in a second tab, which is not the desk: enough to save something meanwhile."""
    tab = DeskPage.open(anna.page.context, service)
    tab.page.goto(service.desk)
    tab.page.get_by_role("navigation", name="Places").wait_for()
    yield ManagePages(tab)
    tab.page.close()


def test_every_page_opens_from_the_list_and_says_where_one_is(manage: ManagePages) -> None:
    for name in PAGES:
        manage.open(name)
        chosen = manage.list.locator("[aria-current=page]")

        expect(chosen).to_have_count(1)
        expect(chosen).to_contain_text(name)


def test_hours_are_saved_by_hand_and_are_there_after_a_reload(manage: ManagePages) -> None:
    manage.open("Opening hours")
    manage.loaded()
    manage.language("Dutch")
    manage.page.get_by_label("at these hours of the week").check()
    manage.add_hours("Monday")
    manage.hours("Monday", 1, "16", "2200")
    manage.says("Not saved yet")
    manage.marked("Opening hours")
    manage.save()
    manage.page.reload()
    manage.desk.is_open()
    manage.open("Opening hours")
    manage.language("Dutch")

    expect(manage.day("Monday").get_by_role("textbox", name="Monday, from, 1")).to_have_value("16:00")
    expect(manage.day("Monday").get_by_role("textbox", name="Monday, to, 1")).to_have_value("22:00")


def test_hours_that_can_not_be_meant_are_not_saved(manage: ManagePages) -> None:
    manage.open("Opening hours")
    manage.language("French")
    manage.page.get_by_label("at these hours of the week").check()
    manage.add_hours("Friday")
    manage.hours("Friday", 1, "half past four", "22:00")
    manage.day("Friday").get_by_text("Write a time such as 16:30").wait_for()
    manage.says("Not saved. 1 thing has to be put right first.")
    expect(manage.page.get_by_role("button", name="Save", exact=True)).to_have_attribute(
        "aria-disabled", "true"
    )
    manage.hours("Friday", 1, "16:00", "20:00")
    manage.add_hours("Friday")
    manage.hours("Friday", 2, "19:00", "23:00")
    expect(manage.day("Friday").get_by_text("overlaps with other hours of the same day")).to_have_count(2)
    manage.day("Friday").get_by_role("button", name="Make one of them").click()
    expect(manage.day("Friday").get_by_role("textbox", name="Friday, to, 1")).to_have_value("23:00")
    manage.hours("Friday", 1, "22:00", "02:00")
    manage.day("Friday").get_by_text("until the next day").wait_for()
    manage.add_hours("Saturday")
    manage.hours("Saturday", 1, "01:00", "05:00")
    manage.day("Friday").get_by_text("runs into hours of the next day").wait_for()
    manage.hours("Saturday", 1, "02:00", "05:00")
    manage.save()


def test_the_preview_says_what_the_hours_mean_now(manage: ManagePages) -> None:
    manage.open("Opening hours")
    manage.language("German")
    seen = manage.seen("As people see it now, by these hours")
    seen.get_by_text("No hours are set: open whenever somebody is on duty.").wait_for()
    manage.page.get_by_label("at these hours of the week").check()
    seen.get_by_text("Please come back another time.").wait_for()
    expect(seen.get_by_text("Start talking")).to_have_count(0)
    manage.add_hours("Monday")
    manage.hours("Monday", 1, "00:00", "24:00")
    manage.day("Monday").get_by_role("button", name="The same every day").click()
    seen.get_by_text("Now open.").wait_for()
    expect(seen.get_by_text("Start talking")).to_have_count(1)
    manage.page.get_by_role("button", name="Undo the changes").click()
    manage.page.get_by_role("button", name="Undo them").click()
    manage.says("Everything is saved")


def test_a_day_without_hours_is_closed_every_year(manage: ManagePages) -> None:
    manage.open("Opening hours")
    manage.page.get_by_role("button", name="Add a day").click()
    new = manage.day("A new day").first
    new.get_by_text("Choose a date.").wait_for()
    new.get_by_label("Date").fill("2026-12-25")
    day = manage.day(re.compile("^Friday,? 25 December 2026$")).first  # browsers differ in the comma
    day.get_by_label("Name, for this list").fill("Christmas")
    day.get_by_label("Every year").check()
    manage.day("every year on 25 December").first.get_by_text("Closed", exact=True).wait_for()
    manage.save()


def test_a_draft_outlives_a_look_at_the_desk_and_leaving_asks(manage: ManagePages) -> None:
    manage.open("Texts")
    manage.language("English")
    manage.page.get_by_label("Who we are").fill("The weather is mild")
    manage.seen("On the first page").get_by_text("The weather is mild").wait_for()
    manage.page.keyboard.press("Alt+r")
    manage.desk.go("Desk")
    manage.open("Texts")
    expect(manage.page.get_by_label("Who we are")).to_have_value("The weather is mild")
    manage.page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    dialog = manage.page.get_by_role("dialog", name="Sign out?")
    dialog.get_by_text("What you have changed and not saved will be lost.").wait_for()
    dialog.get_by_role("button", name="Stay signed in").click()
    manage.save()


def test_an_approval_is_for_these_words_and_no_others(manage: ManagePages) -> None:
    manage.open("Texts")
    manage.language("English")
    approved = manage.page.get_by_label("Our organisation stands behind this wording")
    manage.page.get_by_label("What has to be passed on").fill("It rains")
    approved.check()
    manage.save()
    manage.page.get_by_label("What has to be passed on").fill("It rains and snows")
    expect(approved).not_to_be_checked()
    manage.seen("On the first page").get_by_text("It rains and snows").wait_for()
    manage.page.get_by_role("button", name="Undo the changes").click()
    manage.page.get_by_role("button", name="Undo them").click()


def test_what_somebody_else_saved_is_shown_beside_mine(manage: ManagePages, beside: ManagePages) -> None:
    for one in (manage, beside):
        one.open("Texts")
        one.language("English")
    beside.page.get_by_label("While somebody waits").fill("It snows")
    manage.page.get_by_label("While somebody waits").fill("It rains")
    beside.save()
    manage.page.get_by_role("button", name="Save", exact=True).click()
    manage.page.get_by_role("heading", name="Somebody else saved this meanwhile").wait_for()
    difference = manage.page.get_by_role("row", name="English, While somebody waits")
    expect(difference.get_by_role("cell")).to_have_text(["It snows", "It rains"])
    manage.says("Choose first what to keep.")
    manage.page.get_by_role("button", name="Keep mine, and save it next").click()
    manage.says("Not saved yet")
    manage.save()
    beside.open("Limits")
    beside.open("Texts")
    beside.language("English")
    expect(beside.page.get_by_label("While somebody waits")).to_have_value("It rains")


def test_an_earlier_version_is_compared_put_into_the_form_and_saved_by_hand(manage: ManagePages) -> None:
    manage.open("Texts")
    manage.language("English")
    manage.page.get_by_label("When the line is closed").fill("First words")
    manage.save()
    manage.page.get_by_label("When the line is closed").fill("Second words")
    manage.save()
    manage.page.get_by_role("button", name="Earlier versions").click()
    dialog = manage.page.get_by_role("dialog", name="Earlier versions")
    expect(dialog.get_by_role("listitem").first).to_contain_text("Anna")
    dialog.get_by_role("listitem").nth(1).get_by_role("button", name="Compare").click()
    difference = dialog.get_by_role("row", name="English, When the line is closed")
    expect(difference.get_by_role("cell")).to_have_text(["First words", "Second words"])
    dialog.get_by_role("button", name="Put it into the form").click()
    expect(manage.page.get_by_label("When the line is closed")).to_have_value("First words")
    manage.says("Not saved yet")
    manage.save()


def test_a_line_is_confirmed_by_whoever_checked_it_and_a_change_takes_that_away(manage: ManagePages) -> None:
    manage.open("Helplines")
    line = manage.page.get_by_role("group", name="BE, Zelfmoordlijn")
    line.get_by_text("Not confirmed: help-seekers don't see it.").wait_for()
    line.get_by_role("button", name="I have checked it today: Zelfmoordlijn").click()
    line.get_by_text("It is shown once you have saved.").wait_for()
    manage.save()
    line.get_by_text(re.compile("^Checked by Anna on ")).wait_for()
    line.get_by_role("button", name="Change Zelfmoordlijn").click()
    line.get_by_label("Date of the source").fill("2026-11")
    line.get_by_text("Not confirmed: help-seekers don't see it.").wait_for()
    manage.save()


def test_a_new_line_needs_a_source(manage: ManagePages) -> None:
    manage.open("Helplines")
    manage.page.get_by_role("button", name="Add an entry").click()
    line = manage.page.get_by_role("group", name=", Other help").last
    line.get_by_text("nothing stands here from memory").wait_for()
    manage.says(re.compile(r"^Not saved\. \d things have to be put right first\.$"))
    line.get_by_role("button", name="Take this entry away").click()
    manage.says(re.compile("Everything is saved|Saved at"))


def test_shared_quick_replies_and_ones_own(manage: ManagePages, ben: DeskPage) -> None:
    manage.open("Quick replies")
    manage.language("English")
    manage.page.get_by_role("button", name="Add a quick reply").click()
    manage.page.get_by_label("Name").last.fill("weather")
    manage.page.get_by_label("Text").last.fill("look at www.example.org")
    manage.page.get_by_text("Links are not sent.").wait_for()
    manage.page.get_by_label("Text").last.fill("The weather is mild")
    manage.save()

    ben.page.get_by_role("navigation", name="Places").get_by_role("button", name="Quick replies").click()
    own = ManagePages(ben)
    own.loaded()
    own.language("English")
    ben.page.get_by_role("button", name="Add a quick reply").click()
    ben.page.get_by_label("Name").fill("mine")
    ben.page.get_by_label("Text").fill("It rains")
    own.save()
    expect(ben.page.get_by_label("Name")).to_have_count(1)


def test_a_choice_that_was_saved_is_retired_and_not_deleted(manage: ManagePages) -> None:
    manage.open("Wrap-up choices")
    manage.language("English")
    referrals = manage.page.get_by_role("region", name="Referred to")
    before = referrals.get_by_role("listitem").count()
    referrals.get_by_role("button", name="Add a choice").click()
    referrals.get_by_label("In English").last.fill("A walk outside")
    referrals.get_by_role("button", name="Take away A walk outside").wait_for()
    manage.save()
    referrals.get_by_role("button", name="Offer no more: A walk outside").click()
    referrals.get_by_text("Not offered any more. Its earlier counts stay.").wait_for()
    manage.save()
    expect(referrals.get_by_role("listitem")).to_have_count(before + 1)


def test_the_procedure_is_a_proposal_until_somebody_says_it_is_ours(manage: ManagePages) -> None:
    manage.open("Procedure")
    manage.page.get_by_text("This is still a proposal that came with Kentering.").wait_for()
    manage.language("English")
    manage.page.get_by_label("The card").fill("The weather is mild")
    manage.seen("As counsellors see it").get_by_text("The weather is mild").wait_for()
    manage.page.get_by_role("button", name="Add a point").click()
    manage.page.get_by_label(re.compile(r"^Point \d+$")).last.fill("It rains")
    manage.page.get_by_label("This is our organisation's own procedure").check()
    manage.save()
    expect(manage.page.get_by_text("This is still a proposal that came with Kentering.")).to_have_count(0)


def test_limits_have_bounds(manage: ManagePages) -> None:
    manage.open("Limits")
    cap = manage.page.get_by_label("Conversations at once, for one person")
    cap.fill("11")
    manage.page.get_by_text("Write a whole number from 1 to 10.").wait_for()
    cap.fill("4")
    manage.page.get_by_label("Time zone").fill("Europe/Nowhere")
    manage.page.get_by_text("No time zone has this name.").wait_for()
    manage.page.get_by_label("Time zone").fill("Europe/Amsterdam")
    manage.page.get_by_label("Another language").fill("pl")
    manage.page.get_by_role("button", name="Add the language").click()
    manage.save()
    manage.open("Opening hours")
    manage.language("Polish")


def test_staff_actions_say_who_did_what(manage: ManagePages, ben: DeskPage) -> None:
    manage.open("Staff actions")
    manage.page.get_by_text("Anna certified Ben").wait_for()
    manage.page.get_by_text("Anna changed: Limits").first.wait_for()
    manage.page.get_by_label("Of whom").select_option("Ben")
    manage.page.get_by_text("Ben signed in").first.wait_for()
    expect(manage.page.get_by_text("Anna changed: Limits")).to_have_count(0)
    assert ben.page.url.startswith("http")


def test_a_lost_device_is_removed_and_replaced_step_by_step(
    chromium: Browser, service: Service, manage: ManagePages
) -> None:
    carla = DeskPage.open(chromium.new_context(locale="en-GB"), service)
    carla.ask_to_be_certified(manage.desk.invite("Carla"))
    manage.desk.certify("Carla")
    carla.sign_in()
    manage.open("A lost device")
    manage.page.get_by_label("Person").select_option("Carla")
    device = manage.page.get_by_role("listitem").filter(has_text="certificate until").last
    device.get_by_role("button", name="Remove", exact=True).click()
    device.get_by_text("A certificate can't be called back.").wait_for()
    device.get_by_role("button", name="Remove this device").click()
    carla.is_signed_out()
    manage.page.get_by_text("Carla has no device any more").wait_for()
    manage.page.get_by_text("For the removed devices of Carla, that is").wait_for()
    manage.page.get_by_role("button", name="Make a link for Carla").click()
    link = manage.page.get_by_label("The link for the new device").input_value()
    assert "/enrol#" in link
    carla.close()


def test_an_operator_is_accepted_without_a_certificate_and_sets_hours_and_limits_only(
    chromium: Browser, service: Service, manage: ManagePages
) -> None:
    team = manage.page
    manage.desk.go("Team")
    team.get_by_label("Name", exact=True).fill("Otto")
    team.get_by_role("checkbox", name="Counsellor").uncheck()
    team.get_by_role("checkbox", name="Operator").check()
    team.get_by_role("button", name="Make the link").click()
    otto = DeskPage.open(chromium.new_context(locale="en-GB"), service)
    otto.ask_to_be_certified(team.get_by_label("The link for this person").input_value())
    manage.desk.go("Team")
    manage.desk.asking("Otto").get_by_role("button", name="Accept").click()
    manage.desk.asking("Otto").wait_for(state="detached")
    otto.page.get_by_role("button", name="Sign in").click()
    pages = ManagePages(otto)
    expect(pages.list.get_by_role("button")).to_have_text(["Opening hours", "Limits"])
    pages.open("Limits")
    otto.page.get_by_label("Minutes until the desk locks").fill("15")
    pages.save()
    otto.close()


def test_who_manages_nothing_sees_no_page_for_it(ben: DeskPage) -> None:
    places = ben.page.get_by_role("navigation", name="Places")

    expect(places.get_by_role("button", name="Quick replies")).to_have_count(1)
    expect(places.get_by_role("button", name="Manage")).to_have_count(0)
    expect(places.get_by_role("button", name="Team")).to_have_count(0)
