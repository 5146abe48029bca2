# SPDX-License-Identifier: AGPL-3.0-or-later
"""The desk in real browsers: who comes in and who is put out, two tabs, three conversations at once."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from chat.protocol import frames
from chat.protocol.types import VERSION, ErrorCode
from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.support.clients import Desk
from tests.support.sealed import beside
from tests.support.service import Service, running

SCREENS = ({"width": 900, "height": 560}, {"width": 1280, "height": 720})
"""A small one, and the one that Playwright begins with."""


def halves(link: str) -> tuple[bytes, bytes]:
    """What a link's fragment holds: the invitation's address, and the secret the server never sees."""
    code = base64.urlsafe_b64decode(link.partition("#")[2] + "=")
    return code[:16], code[16:]


def link_of(service: Service, address: bytes, secret: bytes) -> str:
    return f"{service.desk}/enrol#" + base64.urlsafe_b64encode(address + secret).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("desk")) as started:
        yield started


@pytest.fixture(scope="module")
def anna(chromium: Browser, service: Service) -> Iterator[DeskPage]:
    """The first person: manager and counsellor."""
    desk = DeskPage.open(chromium.new_context(), service)
    desk.enrol(service.first_link(), "Anna")
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def ben(chromium: Browser, service: Service, anna: DeskPage) -> Iterator[DeskPage]:
    """A counsellor in another browser, invited and certified by Anna."""
    desk = DeskPage.open(chromium.new_context(), service)
    desk.ask_to_be_certified(anna.invite("Ben"))
    anna.certify("Ben")
    desk.sign_in()
    anna.go("Desk")
    yield desk
    desk.close()


def refusal(service: Service, token: str) -> ErrorCode:
    """What a socket with this session's cookie is told when it wants to be a desk."""

    async def knock() -> ErrorCode:
        async with await Desk.open(service, token) as desk:
            await desk.send(frames.OpenDesk(VERSION, take_over=True))
            answer = await desk.next()
            assert isinstance(answer, frames.DeskRefused)
            return answer.code

    with beside() as other:
        return other.do(knock())


def test_a_colleague_is_certified_by_one_click_and_takes_a_conversation(
    chromium: Browser, service: Service, anna: DeskPage, ben: DeskPage
) -> None:
    person = HelpSeekerPage.open(chromium, service)
    person.start()
    anna.sees_waiting(1)
    ben.help_next()
    person.with_counsellor("Ben")
    anna.page.get_by_text("Nobody is waiting").wait_for()
    (label,) = ben.labels()
    person.write("The weather is mild")
    ben.shows(label, "The weather is mild")

    assert anna.labels() == []

    ben.end(label)
    person.is_over()
    ben.put_away(label)
    person.close()


def test_a_request_that_was_not_made_with_the_link_is_not_certified(
    chromium: Browser, service: Service, anna: DeskPage
) -> None:
    """As a server could try that wants a key of its own certified: right invitation, unknown secret."""
    address, _ = halves(anna.invite("Carla"))
    _, secret = halves(anna.invite("Nobody"))
    stranger = DeskPage.open(chromium.new_context(), service)
    stranger.ask_to_be_certified(link_of(service, address, secret))
    anna.go("Team")
    asking = anna.asking("Carla")
    asking.get_by_role("button", name="Certify").click()
    asking.get_by_text("This request was not made with your link. Do not certify it.").wait_for()
    asking.get_by_role("button", name="Cancel").click()
    asking.wait_for(state="detached")
    stranger.page.get_by_role("heading", name="This link is no longer good").wait_for()

    expect(anna.page.get_by_role("listitem").filter(has_text="Carla")).to_have_count(0)

    anna.page.get_by_role("listitem").filter(has_text="Nobody").get_by_role("button", name="Cancel").click()
    anna.go("Desk")
    stranger.close()


def test_a_link_opened_in_a_second_browser_is_refused(
    chromium: Browser, service: Service, anna: DeskPage
) -> None:
    link = anna.invite("Carla")
    first = DeskPage.open(chromium.new_context(), service)
    first.ask_to_be_certified(link)
    second = DeskPage.open(chromium.new_context(), service)
    second.page.goto(link)
    second.page.get_by_role("heading", name="This link was used in another browser").wait_for()

    assert second.page.url == f"{service.desk}/enrol"

    anna.go("Team")
    anna.asking("Carla").get_by_role("button", name="Cancel").click()
    anna.asking("Carla").wait_for(state="detached")
    anna.go("Desk")
    first.close()
    second.close()


def test_a_removed_device_is_out_at_once_and_the_other_stays(
    chromium: Browser, service: Service, anna: DeskPage, ben: DeskPage
) -> None:
    ben.go("Devices")
    ben.page.get_by_role("button", name="Make a link").click()
    link = ben.page.get_by_label("Open this link once").input_value()
    further = DeskPage.open(chromium.new_context(), service)
    further.ask_to_be_certified(link)
    anna.go("Team")
    asking = anna.asking("A further device")
    asking.get_by_label("This link was made in another browser").fill(link)
    asking.get_by_role("button", name="Certify").click()
    asking.wait_for(state="detached")
    further.sign_in()
    person = HelpSeekerPage.open(chromium, service)
    person.start()
    further.help_next()
    person.with_counsellor("Ben")
    (label,) = further.labels()
    person.write("The weather is mild")
    further.shows(label, "The weather is mild")
    token = further.token()

    ben.go("Devices")
    row = ben.page.get_by_role("listitem").filter(has_text="Another browser")
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("button", name="Remove this device").click()
    row.get_by_text("Removed on").wait_for()
    further.is_signed_out()

    assert "The weather is mild" not in further.page.content()
    assert refusal(service, token) is ErrorCode.NOT_SIGNED_IN
    further.page.get_by_role("button", name="Sign in").click()
    further.page.get_by_text("This passkey is not known here, or its device was removed.").wait_for()
    ben.go("Desk")
    ben.is_open()

    person.end()
    person.is_over()
    person.close()
    further.close()
    anna.go("Desk")


def test_who_signs_out_is_refused_until_the_passkey_is_used_again(service: Service, ben: DeskPage) -> None:
    token = ben.token()
    ben.sign_out()

    assert ben.page.context.cookies() == []
    assert ben.page.get_by_role("alert").count() == 0
    assert refusal(service, token) is ErrorCode.NOT_SIGNED_IN

    ben.sign_in()


def test_a_second_tab_takes_over_and_the_first_one_says_so(
    chromium: Browser, service: Service, anna: DeskPage, ben: DeskPage
) -> None:
    del anna
    person = HelpSeekerPage.open(chromium, service)
    person.start()
    ben.help_next()
    person.with_counsellor("Ben")
    (label,) = ben.labels()
    person.write("before the second tab")
    ben.shows(label, "before the second tab")
    second = DeskPage.open(ben.page.context, service)
    second.page.goto(service.desk)
    second.page.get_by_role("heading", name="The desk is open in another tab").wait_for()
    ben.write(label, "the first tab works as before")
    person.shows("the first tab works as before")
    second.page.get_by_role("button", name="Use this tab").click()
    second.shows(label, "before the second tab")
    ben.page.get_by_role("heading", name="You continued in another tab").wait_for()

    assert "before the second tab" not in ben.page.content()
    second.write(label, "from the second tab")
    person.shows("from the second tab")
    said = [("peer", "before the second tab"), ("own", "the first tab works as before")]
    assert second.lines(label) == [*said, ("own", "from the second tab")]

    ben.page.get_by_role("button", name="Use this tab").click()
    ben.shows(label, "from the second tab")
    second.page.get_by_role("heading", name="You continued in another tab").wait_for()
    second.page.close()
    ben.end(label)
    person.is_over()
    ben.put_away(label)
    person.close()


def test_three_conversations_at_one_desk_are_never_mixed(
    chromium: Browser, service: Service, anna: DeskPage
) -> None:
    people = three_on_both_workers(chromium, service)
    talks: dict[str, HelpSeekerPage] = {}
    for person in people:
        before = set(anna.labels())
        anna.help_next()
        person.with_counsellor("Anna")
        (label,) = set(anna.labels()) - before
        talks[label] = person
    five_each = sorted((label, side) for label in talks for side in ("desk", "person") for _ in range(5))
    turns = [five_each[number * 11 % 30] for number in range(30)]  # well mixed: 11 and 30 share no divisor
    said: dict[tuple[str, str], list[str]] = {turn: [] for turn in turns}
    for number, (label, side) in enumerate(turns):
        text = f"{number}: the {side} of {label}"
        said[label, side].append(text)
        if side == "desk":
            anna.write(label, text)
        else:
            talks[label].write(text)
    for label, person in talks.items():
        anna.all_delivered(label, 5)
        person.all_delivered(5)

    assert {person.worker() for person in people} == set(service.workers())
    for label, person in talks.items():
        desk, theirs = anna.lines(label), person.lines()
        assert [text for side, text in desk if side == "own"] == said[label, "desk"]
        assert [text for side, text in desk if side == "peer"] == said[label, "person"]
        assert [text for side, text in theirs if side == "own"] == said[label, "person"]
        assert [text for side, text in theirs if side == "peer"] == said[label, "desk"]

    for label, person in talks.items():
        anna.end(label)
        person.is_over()
        anna.put_away(label)
        person.close()


def three_on_both_workers(chromium: Browser, service: Service) -> list[HelpSeekerPage]:
    """Three people in the waiting room, in the order they came, not all on one worker."""
    waiting: list[HelpSeekerPage] = []
    for _ in range(40):
        person = HelpSeekerPage.open(chromium, service)
        worker = person.start()
        if len(waiting) < 2 or worker not in {other.worker() for other in waiting}:
            waiting.append(person)
        elif {other.worker() for other in waiting} == set(service.workers()):
            return [*waiting, person]
        else:
            person.stop_waiting()
            person.close()
        if len(waiting) == 3:
            return waiting
    raise AssertionError("forty connections in a row came to the same worker")


def test_the_newest_line_stays_in_sight_while_a_long_reply_is_written(
    chromium: Browser, service: Service, anna: DeskPage
) -> None:
    person = HelpSeekerPage.open(chromium, service)
    person.start()
    anna.help_next()
    person.with_counsellor("Anna")
    (label,) = anna.labels()
    for number in range(12):
        anna.write(label, f"line {number}")
    person.shows("line 11")
    newest = anna.pane(label).get_by_text("line 11", exact=True)
    expect(newest).to_be_in_viewport()
    anna.page.get_by_role("textbox", name=f"Reply to {label}").fill("a long reply\n" * 10)

    expect(newest).to_be_in_viewport(ratio=1)
    for screen in SCREENS:
        anna.page.set_viewport_size(screen)  # type: ignore[arg-type]  # two whole numbers
        expect(newest).to_be_in_viewport(ratio=1)

    anna.end(label)
    person.is_over()
    anna.put_away(label)
    person.close()


def test_tab_and_address_say_nothing_of_the_matter(anna: DeskPage) -> None:
    assert anna.page.title() == "Kentering"
    assert anna.page.url == f"{anna.service.desk}/"
    assert anna.page.request.get(f"{anna.service.desk}/icon.svg").headers["content-type"] == "image/svg+xml"
