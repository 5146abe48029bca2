# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever stands in a field of a form or in an address, the answer is ours; nothing ends or breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import chat.web
from chat.sealing.trust import Trust
from chat.web.help_seeker_pages import HelpSeekerPages
from chat.web.without_script.forms import MOST_BODY
from chat.web.without_script.routes import WithoutScript
from tests.support.plain import Plain
from tests.support.sealed import Beside, Organisation
from tests.support.service import Service, running

PAGES = Path(chat.web.__file__).parent / "pages"
VALID: dict[str, dict[str, str]] = {
    "/talk": {"do": "start", "language": "en"},
    "/talk/write": {"form": "", "text": "The weather is mild", "anyway": "yes"},
    "/talk/answer": {
        "form": "",
        "slot": "0",
        "cert": "0" * 64,
        "about": "join",
        "summary": "yes",
        "answer": "yes",
    },
    "/talk/felt": {"weight": "1", "ticket": "0" * 32, "framed": "yes"},
    "/talk/describe": {"about": "1", "urgency": "2"},
}
"""Address -> its fields, as a page of ours fills them in; `form` is asked for."""
ENDS = {"do": "end", "form": ""}
"""The other form of `/talk`."""
HOSTILE = {
    "empty": "",
    "not ASCII": "é",
    "not ASCII, as long as it should be": "é" * 32,
    "digits of another kind": "²",
    "digits of another script": "٣",
    "no number": "-1",
    "half a byte": "0" * 31,
    "a byte too many": "0" * 34,
    "nothing but a zero": "\0",
    "too long": "x" * 5000,
    "much too long": "0" * 20_000,
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, organisation: Organisation) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("forms")
    organisation.install(folder / "data")
    with running(folder, KENTERING_STARTS_WITHOUT_SCRIPT_BURST="1000") as started:
        yield started


@pytest.fixture
def person(service: Service, other: Beside) -> Iterator[Plain]:
    """Somebody who waits."""
    other.counsellor(service)
    made = Plain.start(service)
    yield made
    made.get("/talk/leave")


def filled(person: Plain, fields: dict[str, str]) -> dict[str, str]:
    return {**fields, "form": person.get("/talk/write").form} if "form" in fields else fields


def waits(person: Plain) -> bool:
    return 'action="/talk/describe' in person.get("/talk/describe").text


def posts() -> set[str]:
    hub = SimpleNamespace(house=None, settings=SimpleNamespace(leave_to="/leave"))
    made = WithoutScript(
        cast("Any", hub), cast("Trust", None), cast("HelpSeekerPages", None), "", https=True, onion=False
    )
    routes = cast("list[Any]", made.router().routes)
    return {route.path for route in routes if "POST" in route.methods}


def test_every_address_that_takes_a_form_and_every_field_of_it_is_tried_here() -> None:
    in_pages: dict[str, set[str]] = {}
    for page in PAGES.rglob("*.html"):
        for address, form in re.findall(
            r'<form[^>]* action="([^"{]+)[^>]*>(.*?)</form>', page.read_text("utf-8"), re.DOTALL
        ):
            in_pages.setdefault(address, set()).update(re.findall(r' name="(\w+)"', form))

    tried = {path: set(fields) for path, fields in VALID.items()}
    tried["/talk"] |= set(ENDS)
    assert tried == in_pages
    assert set(VALID) == posts()


@pytest.mark.parametrize(
    ("path", "field"), [(path, field) for path, fields in VALID.items() for field in fields]
)
def test_whatever_stands_in_a_field_is_answered(
    service: Service, person: Plain, path: str, field: str
) -> None:
    for name, value in HOSTILE.items():
        for one in (person, Plain(service)):
            answer = one.post(path, **{**filled(person, VALID[path]), field: value})
            if (
                path == "/talk" and one is not person and answer.status == 303
            ):  # in the language of its browser
                one.cookie = answer.headers["set-cookie"].partition(";")[0]
                one.get("/talk/leave")
            assert answer.status in {200, 303, 400}, name
            assert answer.status != 400 or "It is not your fault." in answer.text, name
    assert waits(person)


@pytest.mark.parametrize("field", ENDS)
def test_nothing_but_the_press_itself_ends_a_conversation(person: Plain, field: str) -> None:
    for name, value in HOSTILE.items():
        answer = person.post("/talk", **{**filled(person, ENDS), field: value})
        assert answer.status in {303, 400}, name
    assert waits(person)


@pytest.mark.parametrize("ticket", ["", "é" * 16, "é" * 32, "00", "0" * 31, "0" * 34, "g" * 32])
def test_what_is_no_ticket_is_refused_kindly(service: Service, ticket: str) -> None:
    refused = Plain(service).post("/talk/felt", weight="1", ticket=ticket)

    assert refused.status == 400
    assert "It is not your fault." in refused.text


@pytest.mark.parametrize("path", VALID)
@pytest.mark.parametrize(
    "body",
    [
        "",
        "=",
        "text=%ED%A0%80",
        "text=%FF%FE",
        "&".join(f"text{number}=1" for number in range(20)),
        "text=" + "a" * MOST_BODY,
    ],
    ids=["nothing", "no names", "half a sign", "no text", "too many fields", "too much"],
)
def test_what_is_no_form_of_ours_is_answered(person: Plain, path: str, body: str) -> None:
    answer = person.send(path, body)

    assert answer.status in {200, 303, 400}
    assert waits(person)


@pytest.mark.parametrize(
    "address",
    [
        "/talk/live?after=%C2%B2",
        "/talk/live?after=%D9%A3",
        "/talk/live?after=" + "9" * 5000,
        "/talk/live?after=-1",
        "/talk/live?after=",
        "/talk?language=%C3%A9",
        "/talk?language=" + "x" * 5000,
        "/talk/seen/0/%C3%A9",
        "/talk/seen/%C2%B2/" + "0" * 32,
        "/talk/seen/0/" + "0" * 5000,
        "/talk/here/%C3%A9",
    ],
)
def test_whatever_stands_in_an_address_is_answered(person: Plain, address: str) -> None:
    assert person.get(address).status == 200
    assert waits(person)
