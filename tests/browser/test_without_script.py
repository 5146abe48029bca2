# SPDX-License-Identifier: AGPL-3.0-or-later
"""Talking in a browser that runs no script, with a desk of the Python sealing beside it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.without_script import PlainPage, wait_until
from tests.support.sealed import Beside, Counsellor, Organisation, beside
from tests.support.service import Service, running


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return Organisation()


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory, organisation: Organisation) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("plain")
    organisation.install(folder / "data")
    with running(folder, fronted=True) as started:
        yield started


@pytest.fixture
def other() -> Iterator[Beside]:
    with beside() as made:
        yield made


def talking(
    chromium: Browser, known: Service, organisation: Organisation, other: Beside, alias: str = "Anna"
) -> tuple[PlainPage, Counsellor]:
    desk = other.counsellor(known)
    person = PlainPage.open(chromium, known)
    person.start()
    counsellor = other.take_next(desk, organisation.counsellor(alias))
    person.with_counsellor(alias)
    return person, counsellor


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
    assert counsellor.peer_ended
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
