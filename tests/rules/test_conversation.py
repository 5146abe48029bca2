# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every transition, against the table written out by hand (transitions.txt), and longer stories with
every deadline to the millisecond (stories.txt).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from chat.protocol.types import About, Phase
from chat.rules.conversation import NotAllowed, step
from chat.rules.deadlines import deadlines, next_due
from chat.rules.effects import Due, Forget
from chat.rules.events import ClaimLapsed, Tick
from chat.rules.state import Member, Urgency, dump, load

from .shorthand import after, at, effect, event, react, state

TABLE = Path(__file__).with_name("transitions.txt")
STORIES = Path(__file__).with_name("stories.txt")
NOW = 50
H, C, S, N = Member.HELP_SEEKER, Member.COUNSELLOR, Member.SUPERVISOR, Member.NEWCOMER


class Situation(NamedTuple):
    name: str
    state: str
    story: tuple[str, ...]
    cells: dict[str, str]


def table() -> list[Situation]:
    """The situations of transitions.txt: name, state, story, and event -> expectation."""
    found: list[Situation] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            name, picture = line[3:].split(" = ")
            found.append(Situation(name, picture, (), {}))
        elif line.startswith("> "):
            last = found[-1]
            found[-1] = last._replace(story=(*last.story, line[2:]))
        elif line and not line.startswith("#"):
            events, expected = line.split(": ", 1)
            found[-1].cells.update(dict.fromkeys(events.split(", "), expected))
    return found


def written(before: str, reaction: tuple[str, str]) -> str:
    """A reaction as the table writes it."""
    becomes, effects = reaction
    if becomes == "refused":
        return f"refused {effects}"
    becomes = "=" if becomes == before else becomes
    return f"{becomes} | {effects}" if effects else becomes


def test_every_cell_of_the_table():
    for situation in table():
        before = after(*situation.story)

        assert state(before) == situation.state

        for text, expected in situation.cells.items():
            actual = written(situation.state, react(before, text, NOW))

            assert actual == expected, f"{situation.name}, {text}"


def test_the_table_has_no_empty_cell():
    situations = table()
    every = set(situations[0].cells)
    kinds = {text.split()[0] for text in every}

    assert {situation.state.split()[0].rstrip("!") for situation in situations} == {
        "none",
        *(phase.name.lower() for phase in Phase),
    }
    assert all(set(situation.cells) == every for situation in situations)
    assert kinds == {
        "started", "attached", "gone", "claimed", "lapsed", "back", "reply", "moves", "asks", "no", "yes",
        "takes", "wishes", "declined", "says", "withdrew", "risk", "removed", "ended", "boundary", "tick",
    }  # fmt: skip


def test_a_state_is_not_changed_in_place():
    for situation in table():
        before = after(*situation.story)
        for text in situation.cells:
            react(before, text, NOW)

        assert before == after(*situation.story)


SITUATIONS = {situation.name: situation.story for situation in table()}


def test_stories():
    for line in STORIES.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        told, expected = line.split(" -> ")
        name, _, told = told.rpartition(": ")
        *story, last = told.split("; ")
        before = after(*SITUATIONS.get(name, ()), *story)
        second, text = last.split(maxsplit=1)

        assert written(state(before), react(before, text, second)) == expected, line


def test_what_was_declared_and_the_place_come_along_when_a_match_is_lost():
    started = event("started 1", at(0))
    waiting = step(None, type(started)("nl", 1, at(0), Urgency.ACUTE, About.ME)).state
    matched = step(waiting, event("claimed A 1", at(10))).state
    back = [effect(value) for value in step(matched, event("back 1", at(20))).effects]

    assert "enter 0 nl acute present first not A about me" in back


def test_an_unknown_event_is_an_error():
    for before in (None, after("0 started 1"), after("0 started 1", "1 ended h 1")):
        with pytest.raises(NotAllowed):
            step(before, object())


def test_effects_begin_with_the_deadline_and_end_with_forget():
    for situation in table():
        before = after(*situation.story)
        for text in situation.cells:
            try:
                outcome = step(before, event(text, at(NOW)))
            except NotAllowed:
                continue
            kinds = [type(value) for value in outcome.effects]

            assert Due not in kinds[1:]
            assert Forget not in kinds[:-1]


def test_only_a_closed_conversation_has_no_deadline():
    for situation in table():
        held = after(*situation.story)
        if held is None:
            continue
        if held.phase is Phase.CLOSED:
            assert deadlines(held) == ()
            with pytest.raises(ValueError, match="empty"):
                next_due(held)
        else:
            assert next_due(held) > at(NOW)
            assert effect(step(held, Tick(at(NOW))).effects[0]) == f"due {(next_due(held) - at(0)) / 1000:g}"


def test_a_state_survives_the_store():
    for situation in table():
        held = after(*situation.story)
        if held is not None:
            assert load(dump(held)) == held
            assert len(dump(held)) < 250


def test_who_belongs_to_it():
    held = after(*SITUATIONS["open 1 away"])

    assert [place.member for place in held.members()] == [H, C, S]
    assert [held.is_present(member) for member in Member] == [True, True, False, False]
    assert [place.member for place in after(*SITUATIONS["newcomer"]).members()] == [H, C, N]
    assert held.counsellor.staff_id == b"staff A"
    assert (held.supervisor.staff_id, held.supervisor.device_id) == (b"staff B", b"B")
    assert (held.help_seeker.staff_id, held.help_seeker.device_id) == (b"", b"")


def test_a_lapsed_claim_changes_no_state():
    for situation in table():
        held = after(*situation.story)

        assert step(held, ClaimLapsed(at(NOW))).state is held
