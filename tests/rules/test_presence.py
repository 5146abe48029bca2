# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from chat.rules.presence import (
    GRACE_MS,
    LEASE_MS,
    PING_MS,
    is_present,
    lease_after_close,
    lease_after_pong,
)


def test_lengths():
    assert (PING_MS, LEASE_MS, GRACE_MS) == (10_000, 25_000, 5_000)


def test_two_lost_pings_end_no_presence():
    lease = lease_after_pong(1_000)

    assert is_present(lease, 1_000 + 2 * PING_MS)
    assert is_present(lease, 1_000 + LEASE_MS - 1)
    assert not is_present(lease, 1_000 + LEASE_MS)


def test_a_clean_close_leaves_time_for_a_reload():
    lease = lease_after_close(1_000)

    assert is_present(lease, 1_000 + GRACE_MS - 1)
    assert not is_present(lease, 1_000 + GRACE_MS)
