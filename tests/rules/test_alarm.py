# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import msgspec

from chat.protocol.types import AlarmKind
from chat.rules.alarm import KEPT_MS, Alarm, same

NOW = 1_700_000_000_000
CALL = Alarm(AlarmKind.HELP, b"s" * 16, b"a" * 16, b"d" * 16, NOW)


def test_it_stands_for_an_hour():
    assert KEPT_MS == 60 * 60_000
    assert CALL.stands(NOW + KEPT_MS - 1)
    assert not CALL.stands(NOW + KEPT_MS)


def test_since_when_is_told_in_whole_seconds_and_never_negative():
    assert [CALL.ago_s(NOW + ms) for ms in (-5_000, 0, 999, 1_000, 61_500)] == [0, 0, 0, 1, 61]


def test_pressed_again_it_is_the_same_alarm():
    standing = {b"1": CALL}
    replace = msgspec.structs.replace

    assert same(standing, replace(CALL, since_ms=NOW + 5)) == b"1"
    for other in (
        replace(CALL, kind=AlarmKind.IMMINENT),
        replace(CALL, sid=None),
        replace(CALL, device=b"e" * 16),
    ):
        assert same(standing, other) is None
    assert same({}, CALL) is None
