# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chat.protocol.types import About
from chat.rules.state import Urgency
from chat.rules.waiting_room import LIFT_MS, Entry, next_for, ordered, positions, waited_s

MINUTE = 60_000
Room = dict[bytes, Entry]

entries = st.builds(
    Entry,
    arrival_ms=st.integers(0, 30).map(lambda minutes: minutes * MINUTE),
    language=st.sampled_from(["nl", "en"]),
    urgency=st.sampled_from(Urgency),
    present=st.booleans(),
    first=st.booleans(),
    about=st.sampled_from(About),
    before=st.sampled_from([b"", b"anna", b"ben"]),
    after_others=st.sampled_from([(), (b"anna",), (b"anna", b"ben")]),
)
rooms = st.dictionaries(st.binary(min_size=1, max_size=2), entries, max_size=8)


def room(**people: Entry) -> dict[bytes, Entry]:
    return {name.encode(): entry for name, entry in people.items()}


def test_arrival_decides_among_equals():
    assert ordered(room(b=Entry(2, "nl"), a=Entry(3, "nl"), c=Entry(1, "nl"))) == [b"c", b"b", b"a"]


def test_declared_urgency_comes_before_arrival():
    people = room(
        a=Entry(1, "nl", Urgency.CAN_WAIT), b=Entry(2, "nl", Urgency.USUAL), c=Entry(3, "nl", Urgency.ACUTE)
    )

    assert ordered(people) == [b"c", b"b", b"a"]


def test_five_minutes_of_waiting_lift_one_tier():
    assert LIFT_MS == 5 * MINUTE
    for tiers, urgency in ((1, Urgency.ACUTE), (2, Urgency.ACUTE)):
        old = Entry(0, "nl", Urgency(urgency - tiers))
        just_before = Entry(tiers * 5 * MINUTE - 1, "nl", urgency)
        just_after = Entry(tiers * 5 * MINUTE + 1, "nl", urgency)

        assert ordered(room(old=old, new=just_before)) == [b"new", b"old"]
        assert ordered(room(old=old, new=just_after)) == [b"old", b"new"]


def test_a_lost_match_is_before_everybody():
    people = room(
        acute=Entry(0, "nl", Urgency.ACUTE), lost=Entry(9 * MINUTE, "nl", Urgency.CAN_WAIT, first=True)
    )

    assert ordered(people) == [b"lost", b"acute"]


def test_position_counts_present_people_of_the_same_language():
    people = room(
        a=Entry(1, "nl"),
        away=Entry(2, "nl", present=False),
        other=Entry(3, "en"),
        b=Entry(4, "nl"),
        c=Entry(5, "nl"),
    )

    assert positions(people) == {b"a": 0, b"away": 1, b"other": 0, b"b": 1, b"c": 2}


def test_who_is_away_is_skipped_and_keeps_the_place():
    people = room(a=Entry(1, "nl", present=False), b=Entry(2, "nl"))

    assert next_for(people, {"nl"}) == b"b"

    people[b"a"] = replace(people[b"a"], present=True)

    assert next_for(people, {"nl"}) == b"a"


def test_a_counsellor_is_offered_only_languages_spoken():
    people = room(a=Entry(1, "en"), b=Entry(2, "nl"))

    assert next_for(people, {"nl"}) == b"b"
    assert next_for(people, {"nl", "en"}) == b"a"
    assert next_for(people, {"de"}) is None
    assert next_for(people, set()) is None
    assert next_for({}, {"nl"}) is None


def test_whom_a_counsellor_had_before_comes_first_for_that_counsellor():
    people = room(
        a=Entry(1, "nl", Urgency.ACUTE, first=True, before=b"ben"),
        b=Entry(2, "nl", first=True, before=b"anna"),
        c=Entry(3, "nl"),
    )

    assert next_for(people, {"nl"}, b"anna") == b"b"
    assert next_for(people, {"nl"}, b"ben") == b"a"
    assert next_for(people, {"nl"}, b"cleo") == b"a"
    assert next_for(people, {"nl"}) == b"a"


def test_who_said_no_to_a_counsellor_is_left_to_somebody_else_if_there_is_anybody():
    people = room(
        a=Entry(1, "nl", Urgency.ACUTE, first=True, before=b"ben", after_others=(b"ben",)),
        b=Entry(2, "nl"),
    )
    ben, cleo = {b"ben": {"nl", "en"}}, {b"cleo": {"nl"}}

    assert next_for(people, {"nl"}, b"ben", ben | cleo) == b"b"
    assert next_for(people, {"nl"}, b"cleo", ben | cleo) == b"a"
    assert next_for(people, {"nl"}, b"ben", ben) == b"a"  # nobody else is there
    assert next_for(people, {"nl"}, b"ben", ben | {b"cleo": {"en"}}) == b"a"  # nobody who speaks it
    both = room(a=replace(people[b"a"], after_others=(b"ben", b"cleo")))
    assert next_for(both, {"nl"}, b"ben", ben | cleo) == b"a"  # nobody to whom they did not say no
    assert next_for(room(a=people[b"a"]), {"nl"}, b"ben", ben | cleo) is None


@given(rooms)
def test_everybody_is_offered_to_somebody_who_is_there(people: Room):
    on_duty = {b"anna": {"nl"}, b"ben": {"nl"}, b"cleo": {"en"}}
    for sid, entry in people.items():
        alone = {sid: replace(entry, present=True)}
        offered = [next_for(alone, languages, staff, on_duty) for staff, languages in on_duty.items()]

        assert sid in offered


@given(rooms, st.sampled_from([b"", b"anna", b"ben"]))
def test_who_is_offered_is_the_first_of_ones_own_or_else_of_all(people: Room, staff: bytes):
    offered = [sid for sid in ordered(people) if people[sid].present and people[sid].language == "nl"]
    own = [sid for sid in offered if staff and people[sid].before == staff]

    assert next_for(people, {"nl"}, staff) == next(iter(own + offered), None)


def test_waiting_is_told_in_whole_seconds_and_never_negative():
    assert waited_s(Entry(1_000, "nl"), 4_999) == 3
    assert waited_s(Entry(1_000, "nl"), 5_000) == 4
    assert waited_s(Entry(5_000, "nl"), 1_000) == 0


@given(rooms)
def test_position_is_how_many_are_offered_before(people: Room):
    for sid, mine in people.items():
        if not mine.present:
            continue
        rest = dict(people)
        before = 0
        while next_for(rest, {mine.language}) != sid:
            rest.pop(next_for(rest, {mine.language}))
            before += 1

        assert positions(people)[sid] == before


@given(rooms, entries)
def test_a_newcomer_passes_nobody_who_came_ten_minutes_before(people: Room, newcomer: Entry):
    now = 30 * MINUTE + 1
    before = positions(people)
    after = positions({**people, b"newcomer": replace(newcomer, arrival_ms=now, first=False)})
    for sid, entry in people.items():
        assert after[sid] in {before[sid], before[sid] + 1}
        if now - entry.arrival_ms >= 2 * LIFT_MS or newcomer.urgency <= entry.urgency or entry.first:
            assert after[sid] == before[sid]


@given(rooms, st.data())
def test_nobody_goes_back_when_somebody_leaves_or_is_away(people: Room, data: st.DataObject):
    if not people:
        return
    leaver = data.draw(st.sampled_from(sorted(people)))
    before = positions(people)
    left = positions({sid: entry for sid, entry in people.items() if sid != leaver})
    away = positions({**people, leaver: replace(people[leaver], present=False)})

    assert all(left[sid] <= before[sid] for sid in left)
    assert all(away[sid] == left[sid] for sid in left)
    assert away[leaver] == before[leaver]


@given(entries, entries)
def test_more_urgent_or_earlier_is_never_offered_later(one: Entry, other: Entry):
    other = replace(other, first=one.first)
    if (one.arrival_ms, other.urgency) == (other.arrival_ms, one.urgency):
        return
    if one.urgency >= other.urgency and one.arrival_ms <= other.arrival_ms:
        assert ordered({b"2": one, b"1": other}) == [b"2", b"1"]


@given(rooms, st.randoms(use_true_random=False))
def test_every_worker_sees_the_same_order(people: Room, random: Random):
    shuffled = sorted(people)
    random.shuffle(shuffled)

    assert ordered({sid: people[sid] for sid in shuffled}) == ordered(people)


@given(entries)
def test_an_entry_survives_the_store(entry: Entry):
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(entry), type=Entry) == entry
