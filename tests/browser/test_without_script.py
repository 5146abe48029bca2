# SPDX-License-Identifier: AGPL-3.0-or-later
"""Talking in a browser that runs no script, with a desk of the Python sealing beside it."""

from __future__ import annotations

import contextlib
import gzip
import os
import signal
import time
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, expect

from chat.sealing.certificate import Role
from tests.browser import axe
from tests.browser.pages import DeskPage
from tests.browser.without_script import PlainPage, talking, wait_until, waiting
from tests.support.sealed import Beside, Counsellor, Organisation
from tests.support.service import Service, running


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory, organisation: Organisation) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("plain")
    organisation.install(folder / "data")
    with running(folder, fronted=True) as started:
        yield started


def test_the_whole_way(chromium: Browser, known: Service, organisation: Organisation, other: Beside) -> None:
    desk = other.counsellor(known)
    person = PlainPage.open(chromium, known)
    person.start()
    assert person.address == "/talk"
    assert person.cookies() == ["kentering_talk"]
    person.is_told("You are next.")
    person.write("The weather is mild")
    expect(person.stream.locator(".mark:visible")).to_have_text(
        "Your message is kept. It is sent when a counsellor is here."
    )
    counsellor = other.take_next(desk, organisation.counsellor("Anna"))
    person.with_counsellor("Anna")
    other.wait(counsellor, "texts", 1)
    person.all_delivered()
    other.do(counsellor.say("Good day"))
    person.shows("Good day")
    other.wait(counsellor, "delivered", 1)
    person.write("It rains now")
    other.wait(counsellor, "texts", 3)
    person.all_delivered()

    assert person.lines() == [("own", "The weather is mild"), ("peer", "Good day"), ("own", "It rains now")]
    assert person.address == "/talk"

    person.opens("Stop, or erase")
    person.page.get_by_role("button", name="End the conversation").click()
    expect(person.page.get_by_role("heading", name="The conversation is over")).to_be_visible()
    expect(person.page.get_by_text("You ended it.")).to_be_visible()
    assert person.cookies() == []
    other.wait(counsellor, "ends", 1)
    person.close()


EACH = 40
TEXTS = (
    "The weather is mild",
    "Het regent zachtjes",
    "الطقس معتدل اليوم",
    "A line with\na second line",
    "🌧️ <b>&amp;</b>",
)


def text_of(side: str, number: int) -> str:
    return f"{TEXTS[number % len(TEXTS)]} ({side}{number:02d})"


def apart(service: Service, person: PlainPage, counsellor: Counsellor) -> int:
    """The process that holds the stream, when it is not the one that holds the desk."""
    for _ in range(60):
        pid = holder(service, counsellor.seat.sid)
        if pid is not None and pid != worker_of(service, counsellor):
            return pid
        before = generation(service, counsellor.seat.sid)
        service.fronts[0].drop()  # the browser comes back by itself, on a connection of its own choice
        wait_until(partial(came_back, service, counsellor.seat.sid, before))
    raise AssertionError("sixty connections in a row came to the same worker")


def holder(service: Service, sid: bytes) -> int | None:
    """The process that holds the stream."""
    with contextlib.closing(service.look()) as store:
        channel = store.hget(b"k:{%b}:relay" % sid.hex().encode(), b"w:h")
    assert channel is not None
    return service.workers().get(channel.decode().removeprefix("k:w:"))


def test_forty_messages_each_way_and_every_worker_is_killed_in_between(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside
) -> None:
    person, counsellor = talking(chromium, known, organisation, other)
    expected = []
    for number in range(EACH):
        if number % 13 == 12:
            pid = apart(known, person, counsellor)
            person.type(text_of("h", number))  # typed before it breaks: it must still be there
            os.kill(pid, signal.SIGKILL)
            person.send()
        else:
            person.write(text_of("h", number))
        other.wait(counsellor, "texts", 2 * number + 1)
        other.do(counsellor.say(text_of("c", number)))
        person.shows(f"(c{number:02d})")
        expected += [("own", text_of("h", number)), ("peer", text_of("c", number))]
    person.all_delivered()
    other.wait(counsellor, "delivered", EACH)

    mirrored = {"own": "peer", "peer": "own"}
    assert person.lines() == expected
    assert counsellor.texts() == [(mirrored[side], text) for side, text in expected]
    assert person.address == "/talk"
    person.close()


def came_back(service: Service, sid: bytes, before: int) -> bool:
    return generation(service, sid) > before


def generation(service: Service, sid: bytes) -> int:
    """How many streams there have been."""
    with contextlib.closing(service.look()) as store:
        return int(store.hget(b"k:{%b}:relay" % sid.hex().encode(), b"g:h") or 0)


def worker_of(service: Service, counsellor: Counsellor) -> int:
    """The process that holds the desk."""
    assert counsellor.client.welcome is not None
    return service.workers()[counsellor.client.welcome.worker]


def test_the_desk_is_told_and_shows_who_seals(chromium: Browser, known: Service) -> None:
    """The shipped desk on the other side, through a reload of its own."""
    desk = DeskPage.open(chromium.new_context(), known)
    desk.enrol(known.first_link(), "Willem")
    person = PlainPage.open(chromium, known)
    person.start()
    desk.help_next()
    person.with_counsellor("Willem")
    (label,) = desk.labels()
    expect(desk.pane(label).get_by_text("This person's browser runs no scripts.")).to_be_visible()
    person.write("The weather is mild")
    desk.shows(label, "The weather is mild")
    desk.write(label, "Good day")
    person.shows("Good day")
    desk.all_delivered(label, 1)
    desk.page.reload()
    desk.is_open()
    expect(desk.pane(label).get_by_text("This person's browser runs no scripts.")).to_be_visible()
    person.write("after a reload")
    desk.shows(label, "after a reload")
    person.all_delivered()
    person.close()
    desk.close()


def test_who_writes_too_much_or_a_link_keeps_the_text(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside
) -> None:
    other.counsellor(known)
    person = PlainPage.open(chromium, known)
    person.start()
    for text, why in (("see www.example.org", "can't send links"), ("ü" * 3000, "too long for one message")):
        person.type(text)
        person.field.get_by_role("button", name="Send").click()
        expect(person.field.get_by_role("alert").filter(has_text=why)).to_be_visible()
        expect(person.field.get_by_role("textbox", name="Your message")).to_have_value(text)
    person.write("without it")
    person.shows("without it")
    person.close()


def test_what_may_show_who_it_is_is_asked_before_it_is_sent(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside
) -> None:
    person, counsellor = talking(chromium, known, organisation, other)
    person.type("My name is Peter, 0612345678")
    person.field.get_by_role("button", name="Send", exact=True).click()
    notice = person.field.get_by_role("alert")
    expect(notice).to_contain_text("This may show who you are: a telephone number and a name.")
    expect(person.field.locator("#words")).to_have_value("My name is Peter, 0612345678")
    assert person.lines() == []

    person.type("I am tired")
    person.field.get_by_role("button", name="Send", exact=True).click()
    other.wait(counsellor, "texts", 1)
    person.type("Call me Anna")
    person.field.get_by_role("button", name="Send", exact=True).click()
    person.field.get_by_role("button", name="Send it anyway").click()
    other.wait(counsellor, "texts", 2)
    assert [text for _, text in counsellor.texts()] == ["I am tired", "Call me Anna"]

    person.type("Call me Anna")
    person.field.get_by_role("button", name="Send", exact=True).click()
    expect(notice).to_contain_text("This may show who you are: a name.")
    person.type("Call me Anna, 0612345678")
    person.field.get_by_role("button", name="Send it anyway").click()
    expect(notice).to_contain_text("This may show who you are: a telephone number and a name.")
    person.type("Call me Anna, www.example.org")
    person.field.get_by_role("button", name="Send it anyway").click()
    expect(notice).to_contain_text("can't send links")
    expect(person.field.locator("#words")).to_have_value("Call me Anna, www.example.org")
    assert [text for _, text in counsellor.texts()] == ["I am tired", "Call me Anna"]

    person.type("My name is Anna, www.example.org")
    person.field.get_by_role("button", name="Send", exact=True).click()
    expect(notice).to_contain_text("can't send links")
    expect(person.field.get_by_role("button", name="Send it anyway")).to_have_count(0)
    person.close()


def test_leaving_fast_leaves_nothing_to_go_back_to(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside
) -> None:
    person, counsellor = talking(chromium, known, organisation, other)
    person.write("The weather is mild")
    other.wait(counsellor, "texts", 1)
    person.page.get_by_role("link", name="Leave this page fast").click()
    person.page.wait_for_url("**/leave")
    other.do(closed(counsellor))
    assert person.cookies() == []
    person.page.go_back()

    expect(person.page.get_by_role("heading", name="Talking without scripts")).to_be_visible()
    expect(person.page.get_by_text("The weather is mild")).to_have_count(0)
    person.close()


@pytest.mark.parametrize("path", ["private", "seen", "leaving", "others", ""])
def test_the_button_of_any_other_tab_ends_it_too(
    chromium: Browser, known: Service, other: Beside, path: str
) -> None:
    other.counsellor(known)
    person = PlainPage.open(chromium, known)
    person.start()
    beside = person.page.context.new_page()
    beside.goto(f"{known.help_seeker}/{path}")
    beside.get_by_role("link", name="Leave this page fast").click()
    beside.wait_for_url("**/leave")

    person.is_told("The conversation is over")
    assert waiting(known) == 0
    assert person.cookies() == []
    person.close()


async def closed(counsellor: Counsellor) -> None:
    while not counsellor.closed:
        counsellor.changed.clear()
        await counsellor.changed.wait()


MOST_BYTES = 15 * 1024


def test_the_pages_are_light(chromium: Browser, known: Service, other: Beside) -> None:
    other.counsellor(known)
    person = PlainPage.open(chromium, known)
    urls: list[str] = []
    person.page.on("request", lambda request: urls.append(request.url))
    person.page.goto(known.help_seeker)
    first = weight(person, urls)
    person.start()
    talk = weight(person, [url for url in urls if "/talk/stream" not in url])

    assert first <= MOST_BYTES
    assert talk <= MOST_BYTES
    assert [url for url in urls if not url.startswith(known.help_seeker)] == []
    assert [url for url in urls if url.endswith(".js")] == []
    person.close()


def weight(person: PlainPage, urls: list[str]) -> int:
    """What these addresses weigh, packed; each once."""
    return sum(len(gzip.compress(person.page.context.request.get(url).body(), 9)) for url in set(urls))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_fault(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside, scheme: str
) -> None:
    """In a browser that runs scripts, since the one that looks is a script; the pages have none."""
    desk = other.counsellor(known)
    context = chromium.new_context(color_scheme=scheme)
    person = PlainPage(context.new_page(), known)
    person.page.goto(f"{known.help_seeker}/talk")
    assert axe.violations(person.page) == []
    person.page.get_by_role("button", name="Start talking").click()
    person.is_told("You are next.")
    person.write("The weather is mild")
    assert axe.violations(person.page) == []
    counsellor = other.take_next(desk, organisation.counsellor("Anna"))
    person.with_counsellor("Anna")
    other.do(counsellor.say("Good day"))
    person.shows("Good day")
    other.supervise(known, counsellor.seat.sid, organisation.counsellor("Sara", Role.SUPERVISOR))
    person.is_asked("May Sara listen in?")
    person.opens("Stop, or erase")
    person.opens("How this way of talking works")
    person.type("My name is Anna")
    person.field.get_by_role("button", name="Send", exact=True).click()
    expect(person.field.get_by_role("button", name="Send it anyway")).to_be_visible()
    assert axe.violations(person.page) == []
    other.do(counsellor.act(counsellor.seat.end(time.time())))
    person.is_told("Anna ended the conversation.")
    assert axe.violations(person.page) == []
    person.page.goto(f"{known.help_seeker}/talk")
    assert axe.violations(person.page) == []
    person.close()
