# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import msgspec
import pytest

from chat.rules.crisis_lines import CrisisLine, CrisisLines, LineKind, confirmed, public, to_check

TODAY = "2027-05-03"
OURS = CrisisLine("be_suicide", "BE", LineKind.SUICIDE, "A line", ["1813"], "its own page")
KNOWN = msgspec.structs.replace(OURS, checked_on="2027-01-02", confirmed_by="Mara")


def saved(line: CrisisLine, before: CrisisLine | None = None) -> CrisisLine:
    (kept,) = confirmed(
        CrisisLines([line]), CrisisLines([before] if before else []), by="Anna", today=TODAY
    ).lines
    return kept


def test_who_says_that_it_was_checked_today_has_confirmed_it():
    claimed = msgspec.structs.replace(OURS, checked_on=TODAY, confirmed_by="Somebody")

    assert saved(claimed, OURS) == msgspec.structs.replace(OURS, checked_on=TODAY, confirmed_by="Anna")
    assert saved(claimed) == msgspec.structs.replace(OURS, checked_on=TODAY, confirmed_by="Anna")


def test_what_was_not_touched_keeps_its_confirmation():
    assert saved(KNOWN, KNOWN) == KNOWN


@pytest.mark.parametrize(
    "change",
    [{"contact": ["1814"]}, {"name": "Another"}, {"checked_on": "2027-05-02"}, {"confirmed_by": "Anna"}],
)
def test_whatever_else_is_changed_takes_the_confirmation_away(change: dict[str, object]):
    kept = saved(msgspec.structs.replace(KNOWN, **change), KNOWN)

    assert (kept.checked_on, kept.confirmed_by) == (None, None)


def test_the_public_sees_what_was_confirmed_and_the_demonstration_everything():
    other = msgspec.structs.replace(KNOWN, id="other")

    assert public([OURS, other], demo=False) == [other]
    assert public([OURS, other], demo=True) == [OURS, other]


def test_what_was_not_confirmed_for_long_is_to_be_checked():
    assert to_check([OURS, KNOWN], since="2027-01-02") == [OURS]
    assert to_check([OURS, KNOWN], since="2027-01-03") == [OURS, KNOWN]


def test_an_id_stands_once():
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"lines": [msgspec.to_builtins(OURS)] * 2}, CrisisLines)
