# SPDX-License-Identifier: AGPL-3.0-or-later
"""One service, two counsellors and a supervisor, each in a browser context of their own, for all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.members_pages import label, put_all_away, staff, talking
from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.support.service import Service, running


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("members")) as started:
        yield started


@pytest.fixture(scope="package")
def anna(chromium: Browser, service: Service) -> Iterator[DeskPage]:
    desk = staff(chromium, service, None, "Anna")
    yield desk
    desk.close()


@pytest.fixture(scope="package")
def ben(chromium: Browser, service: Service, anna: DeskPage) -> Iterator[DeskPage]:
    desk = staff(chromium, service, anna, "Ben")
    yield desk
    desk.close()


@pytest.fixture(scope="package")
def carla(chromium: Browser, service: Service, anna: DeskPage) -> Iterator[DeskPage]:
    """A supervisor."""
    desk = staff(chromium, service, anna, "Carla", "Supervisor")
    yield desk
    desk.close()


@pytest.fixture
def person(
    chromium: Browser, service: Service, anna: DeskPage, ben: DeskPage, carla: DeskPage
) -> Iterator[HelpSeekerPage]:
    """Somebody whom Anna talks with; Ben and Carla are on duty, too."""
    carla.go("Desk")
    with talking(chromium, service, anna, "Anna") as page:
        page.write("The weather is mild")
        anna.shows(label(anna), "The weather is mild")
        yield page
        page.end()
        page.is_over()
    for desk in (anna, ben, carla):
        desk.go("Desk")
        put_all_away(desk)
