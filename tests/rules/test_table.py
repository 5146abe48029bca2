# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from chat.protocol.types import Phase
from chat.rules.table import markdown


def rows() -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown().splitlines()]


def test_it_is_one_table():
    head, rule, *body = rows()

    assert head == ["phase", "event", "becomes", "effects"]
    assert rule == ["---"] * 4
    assert {len(row) for row in body} == {4}
    assert len({(row[0], row[1]) for row in body}) == len(body)
    assert markdown() == markdown()


def test_it_shows_every_phase_and_every_way_between_them():
    body = rows()[2:]
    ways = {(phase.split(",")[0], becomes) for phase, _, becomes, _ in body if becomes not in {"·", ""}}

    assert {phase.split(",")[0] for phase, *_ in body} == {"(none)", *(phase.name.lower() for phase in Phase)}
    assert ways == {
        ("(none)", "waiting"),
        ("waiting", "matched"),
        ("waiting", "closed"),
        ("matched", "waiting"),
        ("matched", "open"),
        ("matched", "closed"),
        ("open", "waiting"),
        ("open", "closed"),
    }


def test_some_rows():
    text = markdown()

    assert "| matched | reply posted | open | count taken yes, count wait under_1_min |" in text
    assert "| waiting, help-seeker away | tick: the place was kept for 10 minutes | closed |" in text
    assert "claimed by another desk (`taken`)" in text
