# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of people is in each key: no key without its kinds, no field of a value without one."""

from __future__ import annotations

import pytest

from chat.live import key_table
from chat.live.of_people import OF_KEY, STAYS, Kind, held
from chat.rules.state import Conversation
from chat.rules.wait_estimate import Take
from chat.rules.waiting_room import Entry

_STATE = {
    "phase": {Kind.PHASE},
    "language": {Kind.LANGUAGE},
    "urgency": {Kind.TAPPED},
    "started_ms": {Kind.TIMES},
    "phase_ms": {Kind.TIMES},
    "first": {Kind.PHASE},
    "help_seeker": {Kind.PRESENCE},
    "counsellor": {Kind.PRESENCE, Kind.STAFF},
    "supervisor": {Kind.PRESENCE, Kind.STAFF},
    "ended_by": {Kind.PHASE},
    "about": {Kind.TAPPED},
    "newcomer": {Kind.PRESENCE, Kind.STAFF},
    "invited": {Kind.STAFF},
    "asked": {Kind.STAFF},
    "risk": {Kind.RISK},
    "before": {Kind.STAFF},
    "opened_ms": {Kind.TIMES},
    "mode": {Kind.SCRIPT},
    "after_others": {Kind.STAFF},
}
_ENTRY = {
    "arrival_ms": {Kind.TIMES},
    "language": {Kind.LANGUAGE},
    "urgency": {Kind.TAPPED},
    "present": {Kind.PRESENCE},
    "first": {Kind.PHASE},
    "about": {Kind.TAPPED},
    "before": {Kind.STAFF},
    "after_others": {Kind.STAFF},
}
_TAKE = {name: {Kind.WAIT} for name in ("language", "at_min", "waited_min")}


def test_every_key_of_the_table_says_what_of_people_is_in_it() -> None:
    assert set(OF_KEY) == {row.pattern for row in key_table.KEYS}


@pytest.mark.parametrize(
    ("pattern", "fields", "kinds"),
    [
        ("k:{S}:state", Conversation.__struct_fields__, _STATE),
        ("k:{room}:entries", Entry.__struct_fields__, _ENTRY),
        ("k:{room}:claims", Entry.__struct_fields__, _ENTRY),
        ("k:{room}:takes", Take._fields, _TAKE),
    ],
)
def test_every_field_that_is_kept_is_of_a_kind(
    pattern: str, fields: tuple[str, ...], kinds: dict[str, set[Kind]]
) -> None:
    alone = set() if pattern.endswith("takes") else {Kind.NUMBER}

    assert set(kinds) == set(fields)
    assert OF_KEY[pattern] == alone.union(*kinds.values())


def test_what_is_held_is_all_kinds_and_a_key_that_is_left_out_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert held() == tuple(Kind)  # a kind that no key holds would be said for nothing

    monkeypatch.delitem(OF_KEY, "k:{S}:seat")
    with pytest.raises(KeyError):
        held()


def test_what_bears_the_name_of_a_conversation_goes_with_it() -> None:
    assert {pattern for pattern, kinds in OF_KEY.items() if "{S}" in pattern and kinds & STAYS} == set()
