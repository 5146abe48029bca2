# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes back from a blob: two tabs of one (6), an old one (7)."""

from __future__ import annotations

import pytest

from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.lines import LineState
from tests.sealing.world import Keys, Randomness, Side, World, states
from tests.vectors.people import TRUST

# --- 6: two tabs ---


def second_tab(world: World) -> Side:
    seat = HelpSeekerSeat.restore(world.h.blobs[-1], TRUST, Randomness("second tab"))
    return Side("h2", seat, [world.h.blobs[-1]])


def test_n06_two_tabs_from_one_blob_at_a_hostile_server(monkeypatch: pytest.MonkeyPatch):
    keys = Keys(monkeypatch)
    world = World().open()
    world.write(world.h, "before")
    world.settle()
    one, two = world.h, second_tab(world)
    for turn in range(6):
        world.h = (two, one)[turn % 2]
        world.write(world.h, f"turn {turn}")
        world.write(world.s, f"answer {turn}")
        world.settle(30, connected=True)  # a tab that thinks it is active asks after 20 s

    # Both tabs have been active in turn; nothing of either is lost, nothing is shown twice.
    assert len(keys.used) > 20
    theirs = world.s.texts(own=False)
    assert sorted(theirs) == sorted(["before", *(f"turn {turn}" for turn in range(6))])
    for tab in (one, two):
        claimed = {line.mid for line in tab.own() if line.state is LineState.DELIVERED}
        assert claimed <= {line.mid for line in world.s.theirs()}
    assert world.at_peace()


def test_n06_a_tab_that_lags_behind_claims_nothing():
    """The other tab's lines were acknowledged under the same numbers; that is no word about one's own."""
    world = World().open()
    world.settle()
    one, two = world.h, second_tab(world)
    world.write(one, "of the first tab")
    world.settle()
    two.carry_out(two.seat.compose("of the second tab", world.now))
    for data in world.s.envelopes():
        two.carry_out(two.seat.delivered(data, world.now))

    assert states(one) == ["DELIVERED"]
    assert states(two) == ["WAITING"]


# --- 7: blobs rolled back ---


@pytest.mark.parametrize("back", [1, 3, 5])
@pytest.mark.parametrize("who", ["h", "s", "both"])
def test_n07_rolled_back(who: str, back: int, monkeypatch: pytest.MonkeyPatch):
    Keys(monkeypatch)
    world = World().open()
    for i in range(8):
        world.write(world.h, f"question {i}")
        world.write(world.s, f"answer {i}")
        world.settle(1)
    shown_h = {line.mid for line in world.h.theirs()}
    shown_s = {line.mid for line in world.s.theirs()}
    for side in (world.h, world.s):
        if who in (side.name, "both"):
            world.reload(side, side.blobs[-1 - 3 * back])
    world.write(world.h, "question at the end")
    world.write(world.s, "answer at the end")
    world.settle(40, connected=True)

    assert world.at_peace()
    shown_h |= {line.mid for line in world.h.theirs()}
    shown_s |= {line.mid for line in world.s.theirs()}
    for writer, reader, shown in ((world.h, world.s, shown_s), (world.s, world.h, shown_h)):
        own, theirs = [line.mid for line in writer.own()], [line.mid for line in reader.theirs()]
        assert len(theirs) == len(set(theirs))
        assert [mid for mid in theirs if mid in set(own)] == own
        assert {line.mid for line in writer.own() if line.state is LineState.DELIVERED} <= shown
