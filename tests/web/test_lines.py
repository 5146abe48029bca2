# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest

from chat.records.content import shipped
from chat.rules.content import Kind
from chat.rules.crisis_lines import CrisisLine, CrisisLines, LineKind
from chat.web.lines import DANGER, OTHERS, REPORT, Contact, by_country


def line(country: str, kind: LineKind, *contact: str, languages: list[str] | None = None) -> CrisisLine:
    return CrisisLine(
        id=f"{country.lower()}_{kind}",
        country=country,
        kind=kind,
        name="A line",
        contact=list(contact) or ["100"],
        source="a page",
        languages=languages or [],
    )


LINES = [
    line("XX", LineKind.REPORT),
    line("FR", LineKind.SUICIDE, languages=["fr"]),
    line("BE", LineKind.SUICIDE, languages=["nl"]),
    line("EU", LineKind.EMERGENCY),
    line("DE", LineKind.SUICIDE),
]


def test_what_holds_everywhere_is_first_then_where_the_language_is_spoken() -> None:
    assert [one.code for one in by_country(LINES, DANGER, "nl")] == ["EU", "BE", "DE", "FR"]
    assert [one.code for one in by_country(LINES, DANGER, "fr")] == ["EU", "FR", "DE", "BE"]


def test_countries_are_named_in_the_language_of_the_page() -> None:
    assert [one.name for one in by_country(LINES, DANGER, "de")] == [
        "Europäische Union",
        "Belgien",
        "Deutschland",
        "Frankreich",
    ]
    assert [one.name for one in by_country(LINES, REPORT, "en")] == [""]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("112", "tel:112"),
        ("0800 32 123", "tel:080032123"),
        ("+44 1372 847 161", "tel:+441372847161"),
        ("0900-8844", "tel:09008844"),
        ("childfocus.be", "https://childfocus.be"),
        ("hotline.ie/report", "https://hotline.ie/report"),
        ("form on childfocus.be", None),
        ("javascript:alert(1)", None),
        ("//evil.example", None),
        ("a.example/?q=1", None),
    ],
)
def test_a_contact_leads_to_its_number_or_site_and_nowhere_else(text: str, address: str | None) -> None:
    (country,) = by_country([line("BE", LineKind.HELP, text)], OTHERS, "en")

    assert country.lines[0].contacts == (Contact(text, address),)


def test_every_line_we_ship_is_on_one_of_the_pages_and_not_marked_as_checked() -> None:
    lines = shipped()[Kind.LINES]
    assert isinstance(lines, CrisisLines)

    shown = [
        one
        for kinds in (DANGER, REPORT, OTHERS)
        for country in by_country(lines.lines, kinds, "nl")
        for one in country.lines
    ]

    assert len(shown) == len(lines.lines) > 20
    assert not any(one.checked for one in shown)
