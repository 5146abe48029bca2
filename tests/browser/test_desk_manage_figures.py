# SPDX-License-Identifier: AGPL-3.0-or-later
"""Figures at the desk: what is shown, what is hidden, and the table that the browser makes of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.manage_pages import ManagePages
from tests.browser.pages import DeskPage
from tests.support.service import Service, running

TALLIES = (
    ("2026-01-10", "page", "closed", 120),
    ("2026-01-10", "page", "full", 3),
    ("2026-01-10", "left", "help_seeker", 7),
    ("2026-01-10", "taken", "yes", 30),
    ("2026-02-03", "page", "closed", 80),
    ("2026-02-03", "matter", "own_thoughts", 9),
)
DAYS = (("2026-01-10", False), ("2026-01-11", True), ("2026-02-03", False))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("figures")) as started:
        write_days(started.data / "records" / "records.sqlite3")
        yield started


def write_days(records: Path) -> None:
    """As if these days had ended long ago."""
    with closing(sqlite3.connect(records, timeout=30)) as connection, connection:
        connection.executemany("INSERT INTO tally_days (day, lost) VALUES (?, ?)", DAYS)
        connection.executemany(
            "INSERT INTO tallies (day, measure, value, count) VALUES (?, ?, ?, ?)", TALLIES
        )


@pytest.fixture(scope="module")
def figures(chromium: Browser, service: Service) -> Iterator[ManagePages]:
    desk = DeskPage.open(chromium.new_context(locale="en-GB"), service)
    desk.enrol(service.first_link(), "Anna")
    pages = ManagePages(desk)
    pages.open("Figures")
    desk.page.get_by_label("From").fill("2026-01")
    desk.page.get_by_label("To").fill("2026-02")
    desk.page.get_by_role("button", name="Show the figures").click()
    desk.page.get_by_role("heading", name="Who came and found nobody").wait_for()
    yield pages
    desk.close()


def test_who_found_nobody_comes_first_and_small_numbers_stay_hidden(figures: ManagePages) -> None:
    shown = figures.page.get_by_role("region", name="Who came and found nobody").locator("dd")

    expect(shown).to_have_text(["200", "1 to 4", "7", "30"])


def test_lost_and_missing_days_are_named(figures: ManagePages) -> None:
    lost = figures.page.get_by_text("On 1 day the counts were lost with the live store.")
    lost.click()

    figures.page.get_by_text("11 January 2026").wait_for()
    figures.page.get_by_text("nothing was written: the service did not run").wait_for()


def test_counts_stand_by_month_in_the_words_of_the_organisation(figures: ManagePages) -> None:
    pages = figures.page.get_by_role("region", name="The first page was shown")
    closed = pages.get_by_role("row", name="while closed")
    full = pages.get_by_role("row", name="while full")

    expect(closed.get_by_role("cell")).to_have_text(["200", "120", "80"])
    expect(full.get_by_role("cell")).to_have_text(["hidden", "1 to 4", "0"])
    expect(figures.page.get_by_role("row", name="Own thoughts or feelings")).to_have_count(1)


def test_the_table_is_made_in_the_browser_and_hides_the_same(figures: ManagePages) -> None:
    asked: list[str] = []
    figures.page.on("request", lambda request: asked.append(request.url))
    lines = figures.download().splitlines()

    assert lines[0] == "Measure,Value,2026-01,2026-02,Total"
    assert "The first page was shown,while full,1 to 4,0,hidden" in lines
    assert "Counts of this day were lost,2026-01-11" in lines
    assert [url for url in asked if not url.startswith("blob:")] == []


def test_months_the_wrong_way_round_are_not_asked_for(figures: ManagePages) -> None:
    figures.page.get_by_label("From").fill("2026-03")

    figures.page.get_by_text("the earlier one first").wait_for()

    figures.page.get_by_label("From").fill("2026-01")
