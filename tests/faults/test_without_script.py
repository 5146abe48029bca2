# SPDX-License-Identifier: AGPL-3.0-or-later
"""Without script: presses that come twice, at once, to any worker; a store that fell back; two tabs."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from chat.protocol import frames
from tests.support.plain import Plain, PlainStream
from tests.support.sealed import Beside, Counsellor, Organisation
from tests.support.service import Service, running

BATCH, BATCHES = 25, 4


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, organisation: Organisation) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("plain")
    organisation.install(folder / "data")
    with running(folder, KENTERING_MESSAGES_BURST="1000") as started:
        yield started


class Talk:
    """A conversation that is open, and every envelope that came to the desk."""

    def __init__(self, service: Service, organisation: Organisation, other: Beside) -> None:
        desk = other.counsellor(service)
        self.person = Plain.start(service)
        self.stream = PlainStream(self.person)
        self.envelopes: list[bytes] = []
        self.other = other
        self.counsellor = other.take_next(desk, organisation.counsellor("Anna"))
        taken_in = self.counsellor.take_in

        async def watched(frame: object) -> None:
            if isinstance(frame, frames.DeskDelivery):
                self.envelopes.append(frame.envelope)
            await taken_in(frame)

        self.counsellor.take_in = watched  # type: ignore[method-assign]  # a test listens in
        self.stream.shows("You are talking with Anna")

    def texts(self) -> list[str]:
        return [text for side, text in self.counsellor.texts() if side == "peer"]


@pytest.fixture
def talk(service: Service, organisation: Organisation, other: Beside) -> Iterator[Talk]:
    made = Talk(service, organisation, other)
    yield made
    made.person.get("/talk/leave")
    made.stream.close()


def holder(service: Service, sid: bytes) -> str:
    """The worker that holds the stream."""
    with contextlib.closing(service.look()) as store:
        channel = store.hget(b"k:{%b}:relay" % sid.hex().encode(), b"w:h")
    assert channel is not None
    return str(channel.decode().removeprefix("k:w:"))


def test_a_hundred_presses_that_come_twice_send_a_hundred_messages_and_use_no_key_twice(talk: Talk) -> None:
    expected = []
    for batch in range(BATCHES):
        forms = [talk.person.get("/talk/write").form for _ in range(BATCH)]
        posts = [(form, f"message {batch}.{number}") for number, form in enumerate(forms)] * 2
        threads = [
            threading.Thread(target=lambda f=form, x=text: talk.person.post("/talk/write", form=f, text=x))
            for form, text in posts
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expected += [text for _, text in posts[:BATCH]]
        talk.other.wait(talk.counsellor, "texts", len(expected))

    assert sorted(talk.texts()) == sorted(expected)
    # A key belongs to one number of one epoch: each number came once, with one sealing.
    places = {envelope[:11]: envelope for envelope in talk.envelopes}
    assert len(places) == len({envelope[:23] for envelope in talk.envelopes})
    assert set(talk.envelopes) == set(places.values())
    numbers = sorted(int.from_bytes(place[7:11], "big") for place in places if place[3:7] == b"\0\0\0\1")
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_press_that_comes_twice_gets_the_same_answer(talk: Talk) -> None:
    form = talk.person.get("/talk/write").form
    first, second = (talk.person.post("/talk/write", form=form, text="It rains now") for _ in range(2))
    talk.other.wait(talk.counsellor, "texts", 1)

    for answer in (first, second):
        assert "Sent on." in answer.text
        assert "It rains now" not in answer.text
    stranger = talk.person.post("/talk/write", form="0" * 32, text="no form of ours")
    assert "It is still here" in stranger.text
    assert "no form of ours" in stranger.text
    assert talk.texts() == ["It rains now"]


def test_a_state_that_was_rolled_back_loses_nothing_and_shows_nothing_twice(
    talk: Talk, service: Service
) -> None:
    key = b"k:{%b}:sealed" % talk.person.sid.hex().encode()
    talk.person.say("before")
    talk.other.wait(talk.counsellor, "texts", 1)
    with contextlib.closing(service.look()) as store:
        old = store.hget(key, b"d")
        talk.person.say("while the store falls back")
        talk.other.wait(talk.counsellor, "texts", 2)
        store.hset(key, b"d", old)
    talk.person.say("after it")
    talk.other.wait(talk.counsellor, "texts", 3)
    talk.other.do(talk.counsellor.say("Good day"))
    talk.stream.shows("Good day")
    talk.other.wait(talk.counsellor, "delivered", 1)

    assert talk.texts() == ["before", "while the store falls back", "after it"]
    assert len({envelope[:11] for envelope in talk.envelopes}) == len(set(talk.envelopes))


def test_a_killed_worker_takes_nothing_with_it(talk: Talk, service: Service) -> None:
    talk.person.say("before")
    talk.other.do(talk.counsellor.say("one"))
    talk.stream.shows("one")
    while holder(service, talk.person.sid) == desk_worker(talk.counsellor):
        talk.stream.close()
        talk.stream = PlainStream(talk.person)
        talk.stream.shows("You are talking with Anna")
    os.kill(service.workers()[holder(service, talk.person.sid)], signal.SIGKILL)
    talk.stream.ends()
    talk.person.say("while nothing streams")
    talk.other.do(talk.counsellor.say("two"))
    talk.stream = PlainStream(talk.person)
    talk.stream.shows("two")
    talk.other.wait(talk.counsellor, "delivered", 2)
    talk.other.wait(talk.counsellor, "texts", 4)

    assert talk.texts() == ["before", "while nothing streams"]
    lines = [line for line in ("before", "one", "while nothing streams", "two") if line in talk.stream.text]
    assert lines == ["before", "one", "while nothing streams", "two"]
    assert all(talk.stream.text.count(f"</span>{line}<") == 1 for line in lines)


def desk_worker(counsellor: Counsellor) -> str:
    assert counsellor.client.welcome is not None
    return counsellor.client.welcome.worker


def test_delivered_is_said_only_when_the_browser_showed_it(
    service: Service, organisation: Organisation, other: Beside
) -> None:
    desk = other.counsellor(service)
    person = Plain.start(service)
    blind = PlainStream(person, pictures=False)
    counsellor = other.take_next(desk, organisation.counsellor("Anna"))
    blind.shows("You are talking with Anna")
    other.do(counsellor.say("Good day"))
    blind.shows("Good day")
    person.say("An answer, while no picture was fetched")
    other.wait(counsellor, "texts", 2)
    assert counsellor.delivered() == 0

    blind.close()
    seeing = PlainStream(person)
    other.wait(counsellor, "delivered", 1)
    seeing.close()
    person.get("/talk/leave")


def test_the_newest_tab_has_the_stream_and_the_one_before_does_not_take_it_back(talk: Talk) -> None:
    after = talk.person.get("/talk/live").headers["refresh"]
    second = PlainStream(talk.person)
    second.shows("You are talking with Anna")
    talk.stream.ends()
    third = PlainStream(talk.person)
    third.shows("You are talking with Anna")
    second.ends()

    assert "goes on in another tab" in talk.person.get(after.partition("url=")[2]).text
    talk.stream = third


def test_a_conversation_ends_from_any_request_and_the_cookie_opens_nothing_after_it(
    talk: Talk, service: Service
) -> None:
    sid = talk.person.sid
    form = talk.person.get("/talk").form
    ended = talk.person.post("/talk", do="end", form=form)
    talk.stream.shows("The conversation is over")

    assert "You ended it." in ended.text
    assert ended.headers["set-cookie"].startswith("kentering_talk=; Max-Age=0;")
    talk.other.wait(talk.counsellor, "ends", 1)
    with contextlib.closing(service.look()) as store:
        assert [key for key in store.keys("*") if sid.hex().encode() in key] == []
    again = talk.person.get("/talk")
    assert "It ended while you were away." in again.text
    assert again.headers["set-cookie"].startswith("kentering_talk=; Max-Age=0;")
    assert "The conversation is over." in talk.person.post("/talk/write", form=form, text="too late").text
    # It is asked how it feels now on the page of that press, and not in the stream again.
    assert 'name="ticket"' in ended.text
    assert 'name="ticket"' not in talk.stream.text


def test_erasing_says_what_was_deleted_and_what_stays_for_a_while(talk: Talk, service: Service) -> None:
    talk.person.say("The weather is mild")
    erased = talk.person.post("/talk", do="erase", form=talk.person.get("/talk").form)

    assert "the locked copy of 1 message" in erased.text
    assert "Anna may still see the text" in erased.text
    talk.stream.shows("The conversation is over")
    assert 'name="ticket"' not in erased.text + talk.stream.text
    assert "The weather is mild" not in erased.text
    with contextlib.closing(service.look()) as store:
        assert [key for key in store.keys("*") if talk.person.sid.hex().encode() in key] == []


def test_leaving_is_a_link_that_ends_it_and_never_clears_the_cookies_of_others(
    talk: Talk, service: Service
) -> None:
    left = talk.person.get("/talk/leave")
    talk.stream.shows("The conversation is over")

    assert (left.status, left.headers["location"]) == (303, "/leave")
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    assert left.headers["set-cookie"].startswith("kentering_talk=; Max-Age=0;")
    assert 'name="ticket"' not in talk.stream.text


def test_the_neutral_page_leaves_a_conversation_and_its_cookie_alone(talk: Talk) -> None:
    neutral = talk.person.get("/leave")
    talk.person.say("The weather is mild")
    talk.other.wait(talk.counsellor, "texts", 1)

    assert (neutral.status, neutral.headers["set-cookie"]) == (200, None)
    assert talk.texts() == ["The weather is mild"]


def test_a_ticket_that_was_never_given_counts_nothing(service: Service) -> None:
    late = Plain(service).post("/talk/felt", weight="1", ticket="0" * 32)

    assert late.status == 200
    assert "It is too late to count this now." in late.text


def test_a_form_of_another_origin_does_nothing(service: Service, talk: Talk) -> None:
    form = talk.person.get("/talk/write").form
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://example.org"}):
        refused = talk.person.post("/talk/write", headers, form=form, text="not by the person")
        assert refused.status == 400
        assert Plain(service).post("/talk", headers, do="start", language="en").status == 400
    assert talk.texts() == []
