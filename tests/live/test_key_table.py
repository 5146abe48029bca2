# SPDX-License-Identifier: AGPL-3.0-or-later
"""The row of a key names everything that is kept there as a value of ours.

A field without its words here fails, and so do words that the row does not have.
"""

from __future__ import annotations

from dataclasses import fields

import pytest

from chat.live import key_table
from chat.live.desk import DeskSession
from chat.rules.alarm import Alarm
from chat.rules.duty import Duty
from chat.rules.shown import Shown
from chat.rules.state import Conversation, Place, Question
from chat.rules.wait_estimate import STEPS, Take
from chat.rules.waiting_room import Entry

Words = dict[str, str]
_LAST = "to whom of the staff it is offered last, since the help-seeker said no to them or they gave it back"
_PLACES = "the places of help-seeker, counsellor, supervisor and newcomer"
STRUCTS: list[tuple[str, tuple[str, ...], Words]] = [
    (
        "k:{S}:state",
        Conversation.__struct_fields__,
        {
            "phase": "phase",
            "language": "language",
            "urgency": "urgency",
            "started_ms": "when it began",
            "phase_ms": "phase and since when",
            "first": "whether it is offered first",
            "help_seeker": _PLACES,
            "counsellor": _PLACES,
            "supervisor": _PLACES,
            "ended_by": "how it ended",
            "about": "whom it is about",
            "newcomer": _PLACES,
            "invited": "whether it is handed over",
            "asked": "the colleague asked",
            "risk": "the counsellor's judgement of the risk",
            "before": "who of the staff had it before",
            "opened_ms": "when it opened first",
            "mode": "who seals on the help-seeker's side",
            "after_others": _LAST,
        },
    ),
    (
        "k:{S}:state",
        Place.__struct_fields__,
        {
            "member": _PLACES,
            "presence": "presence",
            "generation": "generation",
            "since_ms": "presence, generation, since when",
            "staff_id": "staff",
            "device_id": "device",
            "asking_ms": "asking since when",
        },
    ),
    (
        "k:{S}:state",
        Question.__struct_fields__,
        {
            "staff_id": "the colleague asked",
            "devices": "at which devices",
            "since_ms": "devices and since when",
        },
    ),
    (
        "k:{room}:entries",
        Entry.__struct_fields__,
        {
            "arrival_ms": "arrival",
            "language": "language",
            "urgency": "urgency",
            "present": "present",
            "first": "whether it is offered first",
            "about": "whom it is about",
            "before": "who of the staff had it before",
            "after_others": _LAST,
        },
    ),
    (
        "k:{room}:takes",
        Take._fields,
        {"language": "language", "at_min": "the minute", "waited_min": "its length"},
    ),
    (
        "k:{desk}:standing",
        Duty.__struct_fields__,
        {
            "staff": "staff",
            "alias": "alias",
            "roles": "roles",
            "status": "on duty, on a break or off",
            "languages": "in which languages",
            "since_ms": "since when",
        },
    ),
    (
        "k:{desk}:alarms",
        Alarm.__struct_fields__,
        {
            "kind": "kind",
            "sid": "conversation or none",
            "staff": "staff",
            "device": "device",
            "since_ms": "since when",
        },
    ),
    (
        "k:{desk}:session:<hash>",
        tuple(field.name for field in fields(DeskSession)),
        {"token_hash": "SHA-256 of its cookie", "staff": "staff", "device": "device", "expires": "expires"},
    ),
    (
        "k:{store}:shown",
        tuple(field.name for field in fields(Shown)),
        {
            "waiting": "those who wait",
            "conversations": "conversations",
            "lines": "lines",
            "entries": "entries",
            "without_clock": "how many entries have no clock",
        },
    ),
]


@pytest.mark.parametrize(("pattern", "kept", "words"), STRUCTS)
def test_a_row_names_everything_that_is_kept_there(pattern: str, kept: tuple[str, ...], words: Words) -> None:
    (row,) = (one for one in key_table.KEYS if one.pattern == pattern)
    said = f"{row.shape}; {row.holds}"

    assert set(words) == set(kept)
    assert {field: wanted for field, wanted in words.items() if wanted not in said} == {}


def test_the_numbers_in_the_rows_are_right() -> None:
    rows = {row.pattern: row.holds for row in key_table.KEYS}

    assert len(STEPS) + 1 == 11  # and one for what was longer
    assert "one of eleven values" in rows["k:{room}:takes"]
    assert len(fields(Shown)) == 5
    assert rows["k:{store}:shown"].startswith("five small numbers")
