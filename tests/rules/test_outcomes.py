# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.protocol.types import EndedBy
from chat.rules.outcomes import CHOSEN, ENDINGS, ONE, VALUES, Measure, countable, duration_band, wait_band

MINUTE = 60_000


@pytest.mark.parametrize(
    ("minutes", "band"),
    [
        (0, "under_1_min"), (1, "1_to_3_min"), (3, "3_to_10_min"), (10, "10_to_30_min"), (30, "over_30_min"),
        (360, "over_30_min"),
    ],
)  # fmt: skip
def test_wait_bands(minutes: int, band: str):
    assert wait_band(minutes * MINUTE) == band
    assert minutes in {0, 360} or wait_band(minutes * MINUTE - 1) != band


@pytest.mark.parametrize(
    ("minutes", "band"),
    [
        (0, "under_5_min"), (5, "5_to_15_min"), (15, "15_to_30_min"), (30, "30_to_60_min"),
        (60, "60_to_120_min"), (120, "over_120_min"), (360, "over_120_min"),
    ],
)  # fmt: skip
def test_duration_bands(minutes: int, band: str):
    assert duration_band(minutes * MINUTE) == band
    assert minutes in {0, 360} or duration_band(minutes * MINUTE - 1) != band


@given(st.integers(-10_000, 7 * 60 * MINUTE))
def test_every_length_has_a_band_of_the_closed_set(length: int):
    assert countable(Measure.WAIT, wait_band(length), set())
    assert countable(Measure.DURATION, duration_band(length), set())


def test_every_measure_has_a_closed_set():
    assert set(VALUES) | {Measure.LANGUAGE} | CHOSEN == set(Measure)
    assert not any(countable(measure, ONE, {ONE}) for measure in CHOSEN)
    assert not countable(Measure.DOOR, "a text nobody chose", {"nl"})
    assert countable(Measure.DOOR, "without_script", {"nl"})


def test_a_language_counts_only_when_it_is_offered():
    assert countable(Measure.LANGUAGE, "nl", {"nl", "en"})
    assert not countable(Measure.LANGUAGE, "de", {"nl", "en"})


def test_every_end_is_counted_but_those_nobody_saw():
    assert set(ENDINGS) == set(EndedBy) - {EndedBy.UNKNOWN, EndedBy.LOST}
    assert len(set(ENDINGS.values())) == len(ENDINGS)


def test_names_fit_their_columns():
    assert all(len(measure) <= 32 for measure in Measure)
    assert all(len(value) <= 32 for values in VALUES.values() for value in values)
