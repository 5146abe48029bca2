# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest

from chat.rules.reveals import Kind
from chat.web.without_script.guard import unasked, written

NAME = "My name is Peter"
BOTH = "My name is Peter, 0612345678"


@pytest.mark.parametrize(
    ("text", "told", "asked"),
    [
        ("The weather is mild", "", ()),
        (NAME, "", (Kind.NAME,)),
        (NAME, written([Kind.NAME]), ()),
        ("My name is Anna", written([Kind.NAME]), ()),
        ("The weather is mild", written([Kind.NAME]), ()),
        (BOTH, written([Kind.PHONE, Kind.NAME]), ()),
        (BOTH, written([Kind.NAME]), (Kind.PHONE, Kind.NAME)),
        (BOTH, "yes", (Kind.PHONE, Kind.NAME)),
        (BOTH, "phone name everything", ()),
        (BOTH, "PHONE,name", (Kind.PHONE, Kind.NAME)),
    ],
)
def test_it_is_asked_unless_all_of_it_was_told(text: str, told: str, asked: tuple[Kind, ...]) -> None:
    assert unasked(text, told) == asked
