# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rules.intake import Intake, intake

TABLE = [
    # within hours, closed by hand, attended -> how it stands
    (True, False, True, Intake.OPEN),
    (True, False, False, Intake.NOBODY),
    (True, True, True, Intake.BY_HAND),
    (True, True, False, Intake.BY_HAND),
    (False, False, True, Intake.OUT_OF_HOURS),
    (False, False, False, Intake.OUT_OF_HOURS),
    (False, True, True, Intake.OUT_OF_HOURS),
    (False, True, False, Intake.OUT_OF_HOURS),
]


@pytest.mark.parametrize(("hours", "hand", "attended", "stands"), TABLE)
def test_the_whole_table(hours: bool, hand: bool, attended: bool, stands: Intake):
    languages = {"nl"} if attended else {"en"}

    assert intake("nl", within_hours=hours, closed_by_hand=hand, attended=languages) is stands


@given(st.sampled_from(["nl", "en", "fr"]), st.frozensets(st.sampled_from(["nl", "en", "fr"])))
def test_nobody_waits_in_a_language_that_nobody_speaks(language: str, attended: frozenset[str]):
    found = intake(language, within_hours=True, closed_by_hand=False, attended=attended)

    assert (found is Intake.OPEN) == (language in attended)
