# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a desk's connection may send and when: every frame in every standing, with and without the seat."""

from __future__ import annotations

import typing

import pytest

from chat.protocol import frames
from chat.protocol.types import VERSION, DutyStatus, EndHow, ErrorCode, Risk
from chat.rules import pace
from chat.rules.state import STAFF, Member
from chat.sessions.desk import DeskSession
from chat.sessions.help_seeker import Standing

NOW = 1_700_000_000_000
C, S, N = Member.COUNSELLOR, Member.SUPERVISOR, Member.NEWCOMER
SID, OTHER = bytes(range(16)), bytes(16)

FRAMES = {
    "open": frames.OpenDesk(VERSION, take_over=False),
    "take": frames.Take(SID, bytes(32)),
    "rejoin": frames.Rejoin(SID, 0),
    "watch": frames.WatchBoard(watch=True),
    "duty": frames.SetDuty(DutyStatus.ON, ["en"]),
    "next": frames.HelpNext(bytes(32)),
    "answer": frames.AnswerHandover(SID, accept=True, half=bytes(32)),
    "supervise": frames.Supervise(SID, bytes(32)),
    "take-over": frames.TakeOver(SID, bytes(32)),
    "alarmed": frames.AnswerAlarm(bytes(32)),
    "peer": frames.PeerSend(bytes(16), bytes(9)),
    "help": frames.AskHelp(None),
    "help-here": frames.AskHelp(SID),
    "offer": frames.DeskOffer(SID, 0, bytes(1336), bytes(160), bytes(160)),
    "reply": frames.DeskReply(SID, 0, bytes(1168), bytes(1063)),
    "put": frames.DeskPut(SID, bytes(1063)),
    "took": frames.DeskTook(SID, 0, 1, 0),
    "end": frames.DeskEnd(SID, 0, EndHow.USUAL),
    "withdraw": frames.Withdraw(SID, 0),
    "give-back": frames.GiveBack(SID),
    "hand-over": frames.HandOver(SID, bytes(16)),
    "risk": frames.SetRisk(SID, Risk.CONCERN),
    "offer-1": frames.DeskOffer(SID, 1, bytes(1336), bytes(160), bytes(160)),
    "reply-1": frames.DeskReply(SID, 1, bytes(1168), bytes(1063)),
    "put-1": frames.DeskPut(SID, b"\1\1" + bytes(1061)),
    "took-1": frames.DeskTook(SID, 1, 1, 0),
    "end-1": frames.DeskEnd(SID, 1, EndHow.USUAL),
    "withdraw-1": frames.Withdraw(SID, 1),
    "put-2": frames.DeskPut(SID, b"\1\2" + bytes(1061)),
}

TABLE = """
           new          joining      joined       counsellor   newcomer     supervisor   over
open       admitted     out_of_state out_of_state out_of_state out_of_state out_of_state out_of_state
take       out_of_state out_of_state admitted     admitted     admitted     admitted     out_of_state
rejoin     out_of_state out_of_state admitted     admitted     admitted     admitted     out_of_state
watch      out_of_state out_of_state admitted     admitted     admitted     admitted     out_of_state
duty       out_of_state out_of_state admitted     admitted     admitted     admitted     out_of_state
next       out_of_state out_of_state admitted     admitted     admitted     admitted     out_of_state
answer     out_of_state out_of_state admitted     admitted     admitted     admitted     out_of_state
supervise  out_of_state out_of_state admitted     admitted     admitted     admitted     out_of_state
take-over  out_of_state out_of_state admitted     admitted     admitted     admitted     out_of_state
alarmed    out_of_state out_of_state admitted     admitted     admitted     admitted     out_of_state
peer       out_of_state out_of_state admitted     admitted     admitted     admitted     out_of_state
help       out_of_state out_of_state admitted     admitted     admitted     admitted     out_of_state
help-here  out_of_state out_of_state not_a_member admitted     admitted     admitted     out_of_state
offer      out_of_state out_of_state not_a_member admitted     admitted     not_a_member out_of_state
reply      out_of_state out_of_state not_a_member admitted     admitted     not_a_member out_of_state
put        out_of_state out_of_state not_a_member admitted     admitted     not_a_member out_of_state
took       out_of_state out_of_state not_a_member admitted     admitted     not_a_member out_of_state
end        out_of_state out_of_state not_a_member admitted     admitted     not_a_member out_of_state
withdraw   out_of_state out_of_state not_a_member admitted     admitted     not_a_member out_of_state
give-back  out_of_state out_of_state not_a_member admitted     not_a_member not_a_member out_of_state
hand-over  out_of_state out_of_state not_a_member admitted     not_a_member not_a_member out_of_state
risk       out_of_state out_of_state not_a_member admitted     not_a_member not_a_member out_of_state
offer-1    out_of_state out_of_state not_a_member not_a_member not_a_member admitted     out_of_state
reply-1    out_of_state out_of_state not_a_member not_a_member not_a_member admitted     out_of_state
put-1      out_of_state out_of_state not_a_member not_a_member not_a_member admitted     out_of_state
took-1     out_of_state out_of_state not_a_member not_a_member not_a_member admitted     out_of_state
end-1      out_of_state out_of_state not_a_member not_a_member not_a_member admitted     out_of_state
withdraw-1 out_of_state out_of_state not_a_member not_a_member not_a_member admitted     out_of_state
put-2      out_of_state out_of_state not_a_member not_a_member not_a_member not_a_member out_of_state
"""
"""`joined` without a seat of this conversation, then with it as each member of staff."""
MEMBERS = {member.name.lower(): member for member in STAFF}


def session(standing: str = "new", burst: int = 10, peers: int = 10) -> DeskSession:
    made = DeskSession(pace.bucket(burst, 1, NOW), pace.bucket(peers, 1, NOW))
    made.standing = Standing.JOINED if standing in MEMBERS else Standing[standing.upper()]
    made.holds(OTHER, C, 1)
    if standing in MEMBERS:
        made.holds(SID, MEMBERS[standing], 7)
    return made


def cells() -> list[tuple[str, str, str]]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [(row[0], name, cell) for row in rows for name, cell in zip(head, row[1:], strict=True)]


def test_the_table_has_every_frame_and_every_standing() -> None:
    assert {type(frame) for frame in FRAMES.values()} == set(typing.get_args(frames.FromDesk))
    assert {name for _, name, _ in cells()} == {*(one.name.lower() for one in Standing), *MEMBERS}
    assert len(cells()) == len(FRAMES) * (len(Standing) + len(MEMBERS))


@pytest.mark.parametrize(("name", "standing", "cell"), cells())
def test_every_frame_in_every_standing(name: str, standing: str, cell: str) -> None:
    made = session(standing)
    before = (made.standing, dict(made.seats))
    answer = made.admit(FRAMES[name], NOW)

    assert answer == (None if cell == "admitted" else ErrorCode[cell.upper()])
    after = (Standing.JOINING if (name, standing) == ("open", "new") else before[0], before[1])
    assert (made.standing, dict(made.seats)) == after


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_version_is_refused_and_may_try_again(version: int) -> None:
    made = session()

    assert made.admit(frames.OpenDesk(version, take_over=True), NOW) is ErrorCode.VERSION
    assert made.admit(FRAMES["open"], NOW) is None


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("standing", ["new", "joining", "joined", *MEMBERS, "over"])
def test_too_fast_comes_before_everything_and_changes_nothing(name: str, standing: str) -> None:
    made = session(standing, burst=1)
    made.admit(frames.DeskTook(OTHER, 0, 1, 0), NOW)
    before = (made.standing, dict(made.seats))

    assert made.admit(FRAMES[name], NOW) is ErrorCode.TOO_FAST
    assert (made.standing, dict(made.seats)) == before


def test_a_seat_is_held_until_it_is_released() -> None:
    made = session("joined")
    made.holds(SID, C, 2)
    made.holds(SID, S, 3)
    assert made.seats == {(OTHER, 0): (C, 1), (SID, 0): (C, 2), (SID, 1): (S, 3)}
    made.released(SID, 0)
    made.released(SID, 0)
    assert made.admit(FRAMES["put"], NOW) is ErrorCode.NOT_A_MEMBER
    assert made.admit(FRAMES["put-1"], NOW) is None
    made.over()
    assert made.seats == {}
    assert made.standing is Standing.OVER


def test_a_newcomer_becomes_the_counsellor_of_the_same_seat() -> None:
    made = session("newcomer")
    assert made.as_whom(SID, N) == (N, 7)
    assert made.as_whom(SID, C) is None

    made.holds(SID, C, 3)
    assert made.as_whom(SID, C) == (C, 3)
    assert made.as_whom(SID, N) is None
    assert made.admit(FRAMES["give-back"], NOW) is None


def test_who_asks_for_a_seat_may_write_nothing_there_before_the_yes() -> None:
    made = session("joined")
    made.holds(SID, S, 3, asks=True)
    assert made.admit(FRAMES["offer-1"], NOW) is None
    assert not made.may_write(SID, 1)
    assert made.may_write(OTHER, 0)

    made.holds(SID, S, 3)
    assert made.may_write(SID, 1)

    made.holds(SID, S, 3, asks=True)
    made.released(SID, 1)
    made.holds(SID, S, 4)
    assert made.may_write(SID, 1)


def test_the_way_of_a_connection() -> None:
    made = session()
    assert made.admit(FRAMES["open"], NOW) is None
    made.refused()
    assert made.standing is Standing.NEW
    assert made.admit(FRAMES["open"], NOW) is None
    made.identify(b"staff", b"device")
    made.joined()
    assert (made.standing, made.staff, made.device) == (Standing.JOINED, b"staff", b"device")
