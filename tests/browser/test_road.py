# SPDX-License-Identifier: AGPL-3.0-or-later
"""The main road: two real browsers on two workers, through everything a network does to them."""

from __future__ import annotations

import base64
import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import DeskPage, HelpSeekerPage
from tests.support.service import Service, running

_PHRASES = (
    "The weather is mild today",
    "Het regent zachtjes",
    "Il fait beau ce matin",
    "Der Himmel ist grau, die Straße nass",
    "الطقس معتدل اليوم",
    "מזג האוויר נעים",
    "今日は晴れです",
    "Погода хорошая",
    "A line with\na second line",
    'Emoji: 🌧️ and <b>marks</b> & "quotes"',
)
EACH = 50
CONTROL = "planted-control"


def text_of(side: str, number: int) -> str:
    return f"{_PHRASES[number % len(_PHRASES)]} ({side}{number:02d})"


@pytest.fixture(scope="module")
def fronted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("road"), proxied=True, fronted=True) as started:
        yield started


def apart(chromium: Browser, service: Service, desk: DeskPage) -> HelpSeekerPage:
    """A help-seeker who waits on another worker than the desk's."""
    for _ in range(40):
        person = HelpSeekerPage.open(chromium, service)
        if person.start() != desk.worker():
            return person
        person.stop_waiting()
        person.close()
    raise AssertionError("forty connections in a row came to the same worker")


def disturb(service: Service, person: HelpSeekerPage, desk: DeskPage, number: int) -> None:
    """What happens between two messages."""
    match number:
        case 10:
            service.fronts[0].drop()
        case 18:
            service.fronts[1].drop()
        case 26:
            person.resume_after_reload()
        case 34:
            desk.page.reload()
            desk.is_open()
        case 42:
            os.kill(service.workers()[person.worker()], signal.SIGKILL)
        case _:
            pass


def encodings(text: str) -> Iterator[bytes]:
    """How a plaintext could stand somewhere by mistake."""
    utf8 = text.encode()
    yield utf8
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield utf8.hex().encode()
    yield utf8.hex().upper().encode()
    yield quote(text).encode()
    for shift in range(3):  # base64 depends on where the text begins in the whole
        yield base64.b64encode(b"x" * shift + utf8)[4:-4]
        yield base64.urlsafe_b64encode(b"x" * shift + utf8)[4:-4]


def found_in(haystack: bytes, text: str) -> bool:
    return any(needle in haystack for needle in encodings(text))


def test_a_conversation_survives_everything_and_nobody_between_can_read_it(
    chromium: Browser, fronted: Service
) -> None:
    service = fronted
    proxy = service.proxy
    assert proxy is not None
    proxy.capture = True
    desk = DeskPage.open(chromium.new_context(), service)
    desk.enrol(service.first_link(), "Anna")
    person = apart(chromium, service, desk)
    assert person.worker() != desk.worker()

    plant(proxy.path)
    desk.help_next()
    person.with_counsellor("Anna")
    (label,) = desk.labels()
    order = random.Random(7)  # noqa: S311 - only which side writes first
    expected: list[tuple[str, str]] = []
    for number in range(EACH):
        disturb(service, person, desk, number)
        for side in order.sample(("h", "c"), 2):
            text = text_of(side, number)
            expected.append((side, text))
            if side == "h":
                person.write(text)
                desk.shows(label, f"(h{number:02d})")
            else:
                desk.write(label, text)
                person.shows(f"(c{number:02d})")

    person.all_delivered(EACH)
    desk.all_delivered(label, EACH)
    assert person.lines() == [("own" if side == "h" else "peer", text) for side, text in expected]
    assert desk.lines(label) == [("own" if side == "c" else "peer", text) for side, text in expected]

    person.end()
    person.is_over()
    desk.page.get_by_text("The person ended").or_(
        desk.page.get_by_text("ended the conversation")
    ).first.wait_for()
    assert nothing_left(service)
    captured = bytes(proxy.captured)
    assert found_in(captured, CONTROL)
    assert [text for _, text in expected if found_in(captured, text)] == []
    desk.close()
    person.close()


def nothing_left(service: Service) -> bool:
    """Once the end has been carried out."""
    for _ in range(100):
        if not service.conversation_keys():
            return True
        time.sleep(0.1)
    return False


def plant(path: Path) -> None:
    """Something the scan must find: else it proves nothing."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(b"PING " + CONTROL.encode() + b"\r\n")
        connection.recv(64)
