# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import dataclasses

import pytest

from chat.rules.content import Choice, Choices
from chat.rules.outcomes import Measure
from chat.rules.wrap_up import UnknownChoice, WrapUp, counts


def choices(*ids: str) -> list[Choice]:
    return [Choice(one, {"en": one}) for one in ids]


OFFERED = Choices(
    matters=[*choices("online"), Choice("old", {"en": "old"}, retired=True)],
    risks=choices("none", "imminent"),
    outcomes=choices("steps"),
    referrals=choices("care", "other"),
)
PLAIN = WrapUp("online", "none", "steps", frozenset(), boundary=False, heavy=False)


def test_each_choice_is_counted_alone_in_one_order():
    said = dataclasses.replace(PLAIN, referred=frozenset({"other", "care"}), boundary=True, heavy=True)

    assert counts(said, OFFERED) == [
        (Measure.MATTER, "online"),
        (Measure.RISK, "none"),
        (Measure.OUTCOME, "steps"),
        (Measure.REFERRED, "care"),
        (Measure.REFERRED, "other"),
        (Measure.BOUNDARY, "yes"),
        (Measure.HEAVY, "yes"),
    ]
    assert [measure for measure, _ in counts(PLAIN, OFFERED)] == [
        Measure.MATTER, Measure.RISK, Measure.OUTCOME,
    ]  # fmt: skip


def test_a_choice_that_was_retired_a_moment_ago_still_counts():
    assert counts(dataclasses.replace(PLAIN, matter="old"), OFFERED)[0] == (Measure.MATTER, "old")


@pytest.mark.parametrize(
    "change",
    [{"matter": "a free text"}, {"risk": "online"}, {"outcome": ""}, {"referred": frozenset({"care", "no"})}],
)
def test_what_was_never_offered_is_refused(change: dict[str, object]):
    with pytest.raises(UnknownChoice):
        counts(dataclasses.replace(PLAIN, **change), OFFERED)
