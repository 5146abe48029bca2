# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chat.protocol.types import DutyStatus, ErrorCode
from chat.rules.duty import (
    KEPT_MS,
    Attending,
    Duty,
    attended,
    changed,
    is_kept,
    languages_of,
    refuses_by_hand,
    refuses_next,
    refuses_to_stand,
    shown_since,
)
from chat.rules.roles import Role

NOW = 1_700_000_000_000
OFF, ON, BREAK = DutyStatus.OFF, DutyStatus.ON, DutyStatus.BREAK
COUNSELLOR = Duty(b"a" * 16, "Anna", (Role.COUNSELLOR,))
SUPERVISOR = Duty(b"b" * 16, "Ben", (Role.SUPERVISOR,))
MANAGER = Duty(b"c" * 16, "Cleo", (Role.MANAGER,))

languages = st.lists(st.sampled_from(["nl", "en", "fr"]), max_size=4)
standings = st.builds(
    Duty,
    staff=st.binary(min_size=16, max_size=16),
    alias=st.just("Anna"),
    roles=st.lists(st.sampled_from(Role), unique=True).map(tuple),
    status=st.sampled_from(DutyStatus),
    languages=languages.map(tuple),
    since_ms=st.integers(0, NOW),
)
desks = st.lists(st.builds(Attending, st.just("d1"), standings, st.integers(NOW - 5, NOW + 5)), max_size=5)


def attending(duty: Duty, lease: int = NOW + 1) -> Attending:
    return Attending("d1", duty, lease)


@pytest.mark.parametrize(
    ("status", "lease", "on", "on_call"),
    [
        (ON, NOW + 1, True, True),
        (ON, NOW, False, False),
        (BREAK, NOW + 1, False, True),
        (BREAK, NOW, False, False),
        (OFF, NOW + 1, False, False),
    ],
)
def test_who_is_offered_new_ones_and_who_can_be_called(
    status: DutyStatus, lease: int, on: bool, on_call: bool
):
    desk = attending(replace(COUNSELLOR, status=status), lease)

    assert (desk.is_on(NOW), desk.on_call(NOW)) == (on, on_call)


def test_a_lost_desk_may_come_back_for_two_minutes():
    assert KEPT_MS == 2 * 60_000
    assert is_kept(NOW, NOW + KEPT_MS - 1)
    assert not is_kept(NOW, NOW + KEPT_MS)


@given(desks)
def test_a_language_is_attended_exactly_while_somebody_is_on_with_it(found: list[Attending]):
    for language in ("nl", "en", "fr"):
        somebody = any(desk.is_on(NOW) and language in desk.duty.languages for desk in found)

        assert (language in attended(found, NOW)) == somebody


def test_who_is_offered_new_conversations_over_all_desks_of_a_person():
    on = replace(COUNSELLOR, status=ON, languages=("nl",))
    here = [
        Attending("d1", on, NOW + 1),
        Attending("d2", replace(on, languages=("en",)), NOW + 1),
        Attending("d3", replace(on, languages=("fr",)), NOW),  # lost
        Attending("d4", replace(SUPERVISOR, status=BREAK, languages=("nl",)), NOW + 1),
    ]

    assert languages_of(here, NOW) == {COUNSELLOR.staff: {"nl", "en"}}


@given(standings, st.sampled_from(DutyStatus), languages)
def test_saying_it_again_changes_nothing(duty: Duty, status: DutyStatus, ticked: list[str]):
    once = changed(duty, status, ticked, NOW)

    assert changed(once, status, ticked, NOW + 1_000) == once
    assert once.status is status
    assert once.since_ms == (duty.since_ms if status is duty.status else NOW)
    assert set(once.languages) == (set() if status is OFF else set(ticked))
    assert len(set(once.languages)) == len(once.languages)


@pytest.mark.parametrize(
    ("duty", "status", "ticked", "code"),
    [
        (COUNSELLOR, ON, ["nl"], None),
        (COUNSELLOR, BREAK, ["nl"], None),
        (COUNSELLOR, ON, [], ErrorCode.MALFORMED),
        (COUNSELLOR, OFF, [], None),
        (MANAGER, ON, ["nl"], ErrorCode.NOT_ALLOWED),
        (MANAGER, OFF, [], None),
        (replace(COUNSELLOR, roles=()), ON, ["nl"], ErrorCode.NOT_ALLOWED),
    ],
)
def test_who_may_stand_how(duty: Duty, status: DutyStatus, ticked: list[str], code: ErrorCode | None):
    assert refuses_to_stand(duty, status, ticked) is code


@pytest.mark.parametrize(
    ("duty", "status", "next_", "by_hand"),
    [
        (COUNSELLOR, ON, None, ErrorCode.NOT_ALLOWED),
        (COUNSELLOR, BREAK, ErrorCode.OFF_DUTY, ErrorCode.NOT_ALLOWED),
        (COUNSELLOR, OFF, ErrorCode.OFF_DUTY, ErrorCode.NOT_ALLOWED),
        (SUPERVISOR, ON, None, None),
        (SUPERVISOR, BREAK, ErrorCode.OFF_DUTY, None),
        (SUPERVISOR, OFF, ErrorCode.OFF_DUTY, ErrorCode.OFF_DUTY),
        (MANAGER, ON, ErrorCode.NOT_ALLOWED, ErrorCode.NOT_ALLOWED),
    ],
)
def test_who_may_take_and_who_may_choose(
    duty: Duty, status: DutyStatus, next_: ErrorCode | None, by_hand: ErrorCode | None
):
    stands = replace(duty, status=status)

    assert (refuses_next(stands), refuses_by_hand(stands)) == (next_, by_hand)


def test_nobodys_minutes_are_watched():
    assert shown_since(replace(COUNSELLOR, since_ms=1_700_000_059_999)) == 1_700_000_040
    assert shown_since(replace(COUNSELLOR, since_ms=1_700_000_040_000)) == 1_700_000_040


@given(standings)
def test_a_standing_survives_the_store(duty: Duty):
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(duty), type=Duty) == duty
