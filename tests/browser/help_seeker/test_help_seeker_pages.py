# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import dataclasses
import datetime
import html
import html.parser
import re
import zoneinfo

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from chat.live.of_people import held
from chat.records.content import shipped
from chat.rules.content import Kind, OwnWords
from chat.rules.crisis_lines import CrisisLines
from chat.rules.shown import Shown
from chat.rules.wait_estimate import Wait
from chat.web.first_page import Intake, Stands, Times
from chat.web.held import kinds
from chat.web.help_seeker_pages import HelpSeekerPages, Site
from chat.web.texts import Texts

FINGERPRINT = "13579 24680 11223 34455 66778 89900"
TEXTS = Texts.load()


async def _open(_language: str) -> Intake:
    return Intake(Stands.SHORT_WAIT, Wait(0, 3))


SITE = Site(
    script="main-0.js",
    style="main-0.css",
    plain_style="plain-0.css",
    leave_to="/leave",
    demo=False,
    https=True,
    fingerprints=lambda: (FINGERPRINT,),
    intake=_open,
    languages=TEXTS.translators,
)


def client(**changes: object) -> TestClient:
    pages = HelpSeekerPages(dataclasses.replace(SITE, **changes), TEXTS)
    app = FastAPI()
    app.include_router(pages.router())
    return TestClient(app)


def with_intake(intake: Intake, path: str = "/", **changes: object) -> str:
    async def standing(_language: str) -> Intake:
        return intake

    return client(intake=standing, **changes).get(path).text


class Outline(html.parser.HTMLParser):
    """Titles, headings, ids and addresses of a page; fails on a tag that is not closed."""

    VOID = frozenset({"meta", "link", "br", "input"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "action"}]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


PAGES = ["/", "/private", "/seen", "/leaving", "/reading", "/found", "/others", "/leave"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_and_says_nothing_in_its_title(path: str) -> None:
    page = client().get(path).text
    outline = Outline(page)

    assert "<title>Kentering</title>" in page
    assert outline.headings[0] == "h1"
    assert outline.headings.count("h1") == 1
    assert '<html lang="en" dir="ltr">' in page


@pytest.mark.parametrize("path", PAGES)
def test_every_address_is_on_this_origin(path: str) -> None:
    addresses = Outline(client().get(path).text).addresses

    assert [a for a in addresses if not a.startswith(("/", "#", "?"))] == []
    assert [a for a in addresses if a.startswith("//")] == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_repeats_what_it_was_asked(path: str) -> None:
    headers = {"user-agent": "Canary/1", "referer": "https://canary.invalid/", "accept-language": "xx-canary"}
    answer = client().get(f"{path}?language=canary", headers=headers)

    assert "canary" not in answer.text.lower()
    assert "canary" not in str(answer.headers).lower()


def test_the_first_page_says_what_this_is_in_five_lines() -> None:
    page = client().get("/").text

    assert "You can talk here about sexual thoughts about children that worry you." in page
    assert "Nobody asks who you are." in page
    assert page[page.index('class="promises"') :].count("<li>") == 5
    assert page.index('id="start"') < page.index("You stay anonymous")


def test_the_first_page_loads_one_script_and_one_style() -> None:
    page = client().get("/").text

    assert re.findall(r"<script[^>]*>", page) == ['<script type="module" src="/assets/main-0.js">']
    assert re.findall(r'<link rel="stylesheet"[^>]*>', page) == [
        '<link rel="stylesheet" href="/assets/main-0.css">'
    ]


@pytest.mark.parametrize("path", ["/private", "/seen", "/leaving", "/reading", "/found", "/others", "/leave"])
def test_the_other_pages_load_no_script(path: str) -> None:
    assert "<script" not in client().get(path).text


BRUSSELS = zoneinfo.ZoneInfo("Europe/Brussels")
NOW = datetime.datetime(2026, 11, 27, 18, 0, tzinfo=BRUSSELS)
UNTIL = datetime.datetime(2026, 11, 27, 22, 0, tzinfo=BRUSSELS)
OPENS = datetime.datetime(2026, 11, 28, 16, 0, tzinfo=BRUSSELS)

EVERY_STATE: dict[Stands, list[tuple[Intake, str]]] = {
    Stands.OPEN: [(Intake(Stands.OPEN), "We can&#39;t say how long it will be until a counsellor has time")],
    Stands.SHORT_WAIT: [
        (Intake(Stands.SHORT_WAIT, Wait(0, 1)), "will probably have time for you in less than 1 minute."),
        (Intake(Stands.SHORT_WAIT, Wait(0, 3)), "will probably have time for you in less than 3 minutes."),
        (Intake(Stands.SHORT_WAIT, Wait(3, 10)), "will probably have time for you in 3 to 10 minutes."),
    ],
    Stands.LONG_WAIT: [
        (Intake(Stands.LONG_WAIT, Wait(10, 45)), "will probably have time for you in 10 to 45 minutes."),
        (Intake(Stands.LONG_WAIT, Wait(20, None)), "It will probably take more than 20 minutes until"),
        (Intake(Stands.LONG_WAIT, Wait(20, None)), "Your place is kept while you wait"),
    ],
    Stands.FULL: [
        (Intake(Stands.FULL), "Please try again in half an hour."),
        (Intake(Stands.FULL, times=Times(NOW, UNTIL, OPENS)), "We are open until:"),
    ],
    Stands.CLOSED: [
        (Intake(Stands.CLOSED), "Please come back another time."),
        (Intake(Stands.CLOSED, times=Times(NOW, None, OPENS)), "We open again:"),
        (Intake(Stands.CLOSED, times=Times(NOW, UNTIL, OPENS)), "Somebody may still come today"),
        (Intake(Stands.CLOSED, times=Times(NOW, UNTIL, OPENS)), "After that we open again:"),
    ],
    Stands.LOST: [(Intake(Stands.LOST), "You can try, or come back in a few minutes.")],
}


def test_every_state_of_the_first_page_is_looked_at() -> None:
    assert set(EVERY_STATE) == set(Stands)


@pytest.mark.parametrize("stands", Stands)
def test_the_first_page_in_every_state(stands: Stands) -> None:
    for intake, says in EVERY_STATE[stands]:
        page = with_intake(intake)
        Outline(page)

        assert says in page
        assert f'data-stands="{stands}"' in page
        assert ('id="start"' in page) is (stands not in {Stands.CLOSED, Stands.FULL})
        assert ("<noscript><div" in page) is ('id="start"' in page)
        assert "Someone is in danger now" in page
        assert "112" in page


@pytest.mark.parametrize("language", [translator.language for translator in TEXTS.translators])
def test_no_state_is_left_in_english(language: str) -> None:
    english = {says for cases in EVERY_STATE.values() for _, says in cases}
    for cases in EVERY_STATE.values():
        for intake, _ in cases:
            page = with_intake(intake, f"/?language={language}")

            assert f'<html lang="{language}"' in page
            assert [says for says in english if says in page] == [] or language == "en"


def test_a_closed_line_says_when_it_opens_on_its_own_clock() -> None:
    page = with_intake(Intake(Stands.CLOSED, times=Times(NOW, None, OPENS)))

    assert '<time data-here datetime="2026-11-28T16:00:00+01:00">' in page
    assert re.search(r"Saturday, November 28, 2026, 4:00\sPM \(time of Brussels\)", page)
    assert 'id="start"' not in page


def test_a_time_of_today_is_told_without_its_day() -> None:
    page = with_intake(Intake(Stands.FULL, times=Times(NOW, UNTIL, OPENS)))

    assert re.search(r'datetime="2026-11-27T22:00:00\+01:00">10:00\sPM \(time of Brussels\)', page)


def test_the_page_holds_the_hours_for_whoever_stops_waiting() -> None:
    page = with_intake(Intake(Stands.OPEN, times=Times(NOW, UNTIL, OPENS)))

    assert 'data-until="2026-11-27T22:00:00+01:00" data-opens="2026-11-28T16:00:00+01:00"' in page
    assert "data-until" not in with_intake(Intake(Stands.OPEN))


def test_what_is_read_while_waiting_is_what_the_page_of_its_own_says() -> None:
    page = html.unescape(client().get("/reading?language=nl").text)
    pieces = client().get("/reading/pieces?language=nl").json()

    assert len(pieces) == 4
    for piece in pieces:
        for text in (piece["title"], *piece["before"], *piece["points"], *piece["after"]):
            assert text in page


def test_lines_of_help_are_within_reach_on_every_page_and_lead_to_nowhere_else() -> None:
    lines = shipped()[Kind.LINES]
    assert isinstance(lines, CrisisLines)
    given = {contact for line in lines.lines for contact in line.contact}

    for path in [path for path in PAGES if path != "/leave"]:
        outline = Outline(client(lines=lambda: lines.lines).get(path).text)
        away = [a for a in outline.addresses if not a.startswith(("/", "#", "?"))]
        assert "tel:112" in away
        assert {a for a in away if a.startswith("https://")} <= {f"https://{one}" for one in given}
        assert all(a.startswith(("tel:", "https://")) for a in away)


def test_without_script_the_page_says_so_and_the_button_waits() -> None:
    page = client().get("/").text
    button = re.search(r'<button id="start"[^>]*>', page)

    assert button is not None
    assert "disabled" in button[0]
    assert "Without scripts in your browser our server seals it for you" in page.partition("<noscript>")[2]


@pytest.mark.parametrize(("demo", "shown"), [(True, 1), (False, 0)])
def test_a_demonstration_says_so_on_every_page(demo: bool, shown: int) -> None:
    for path in PAGES:
        page = client(demo=demo).get(path).text
        assert page.count("Demonstration: keys made on this computer") == shown


def test_how_this_stays_private_shows_the_number_and_that_it_proves_nothing() -> None:
    page = client().get("/private").text

    assert FINGERPRINT in page
    assert "proves nothing by itself" in page
    assert "altered page" in page


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/leave"])
def test_the_way_out_stands_on_every_page_and_gives_no_referrer(path: str) -> None:
    link = '<a id="leave" class="button leave" href="/talk/leave" rel="noreferrer nofollow"'

    assert link in client().get(path).text


def test_leaving_opens_the_address_of_the_settings_and_wipes_this_origin_on_the_way() -> None:
    answer = client(leave_to="https://weather.example/").get("/leave", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "https://weather.example/")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


def test_the_goodbye_page_is_neutral_and_wipes_this_origin() -> None:
    answer = client().get("/leave")

    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    # The cookie stays: this address can't see it, so nobody could end the conversation that it opens.
    assert "set-cookie" not in answer.headers
    assert not re.search("child|sexual|counsellor|talk", answer.text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (404, "There is nothing here"),
        (500, "It is not your fault."),
        (503, "our side"),
        (405, "That didn&#39;t work"),
    ],
)
def test_error_pages_are_kind_and_whole(status: int, says: str) -> None:
    page = HelpSeekerPages(SITE, TEXTS).error(TEXTS.choose(), status)
    Outline(page)

    assert says in page
    assert str(status) not in page


def test_the_icon_is_a_file_of_ours() -> None:
    answer = client().get("/icon.svg")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")


HELD = Shown(0, 1, None, 0, 0)


async def _held() -> Shown:
    return HELD


def test_what_we_can_see_of_you_claims_no_more_than_holds() -> None:
    page = html.unescape(client(held=_held).get("/seen").text)

    assert "<dt>Hours until all conversations of now are gone, at the latest</dt><dd>7</dd>" in page
    assert "it is hard to see one conversation begin or end" in page
    assert "nobody can see" not in page
    assert "nothing else" not in page
    assert "kibibytes" not in page


def test_what_we_can_see_of_you_says_every_kind_of_value_that_the_table_of_keys_holds() -> None:
    page = html.unescape(client(held=_held).get("/seen").text)
    text = Texts.load().choose("en")
    said = [sentence for part in kinds(text) for sentence in part]

    assert len(said) == len(set(said)) == len(held())
    assert [sentence for sentence in said if f"<li>{sentence}</li>" not in page] == []


def test_also_while_the_server_cannot_count_its_kinds_are_said() -> None:
    page = html.unescape(client().get("/seen").text)

    assert "Our server can't count at this moment." in page
    assert "What you tapped: how urgent it is, and whom it is about." in page


def test_where_the_way_out_ends_a_conversation_and_where_not_is_said() -> None:
    leaving = html.unescape(client().get("/leaving").text)
    private = html.unescape(client().get("/private").text)

    assert "In the tab where you talk it ends the conversation on both sides" in leaving
    assert "In other tabs of this site it does so only without scripts." in leaving
    assert "our server can't know that you are leaving" in leaving
    assert "In the tab where you talk, “Leave this page fast” ends the conversation" in private


@pytest.mark.parametrize("path", ["/private", "/seen"])
def test_a_page_that_says_that_we_cannot_read_it_says_of_what_with_and_without_script(path: str) -> None:
    page = html.unescape(client().get(path).text)

    assert "With scripts, what you write is sealed in your browser" in page
    assert "Without scripts in your browser our server seals it for you: it can read it" in page


OURS = "If you tell us who you are and that a child is in danger, we have to act on it."
THEIRS = "We pass on <what> we must."


@pytest.mark.parametrize("path", ["/", "/private"])
def test_the_organisations_confidentiality_line_takes_the_place_of_ours_once_approved(path: str) -> None:
    drafted = client(own_words=lambda _: OwnWords(confidentiality=THEIRS)).get(path).text
    approved = client(own_words=lambda _: OwnWords(confidentiality=THEIRS, approved=True)).get(path).text

    assert OURS in drafted
    assert "We pass on" not in drafted
    assert "We pass on &lt;what&gt; we must." in approved
    assert OURS not in approved


def test_who_the_organisation_is_stands_on_the_first_page_as_plain_text() -> None:
    own = OwnWords(about="We are <b>three</b> people.\nhttps://example.org", welcome="Welcome <script>")
    page = client(own_words=lambda _: own).get("/").text

    assert "We are &lt;b&gt;three&lt;/b&gt; people.\nhttps://example.org</p>" in page
    assert "Welcome &lt;script&gt;" in page
    assert "https://example.org" not in [part.partition('"')[0] for part in page.split('href="')]
    assert 'class="own-words"' not in client().get("/").text


def test_the_organisations_note_stands_on_the_closed_page_only() -> None:
    def page(stands: Stands) -> str:
        return with_intake(Intake(stands), own_words=lambda _: OwnWords(closed="Back on <Monday>."))

    assert "Back on &lt;Monday&gt;." in page(Stands.CLOSED)
    assert "Back on" not in page(Stands.OPEN)
