# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a help-seeker's connection may send and when: every frame in every standing."""

from __future__ import annotations

import typing

import pytest

from chat.protocol import frames
from chat.protocol.types import VERSION, About, ErrorCode, Urgency
from chat.rules import pace
from chat.sessions.help_seeker import HelpSeekerSession, Standing

NOW = 1_700_000_000_000
SID = bytes(range(16))

FRAMES = {
    "start": frames.Start(VERSION, SID, bytes(32), bytes(32), "en", About.UNSAID, Urgency.USUAL),
    "attach": frames.Attach(VERSION, SID, bytes(32), bytes(32), take_over=True),
    "put": frames.Put(bytes(1063)),
    "took": frames.Took(0, 1, 0),
    "hello": frames.Hello(0, 1, bytes(2384)),
    "ask resume": frames.AskResume(0, bytes(32)),
    "leave": frames.Leave(),
    "decline": frames.Decline(0),
    "describe": frames.Describe(About.ME, Urgency.ACUTE),
    "work": frames.Work(b"solved"),
    "felt": frames.Felt(after=False, weight=3),
}

TABLE = """
             new          joining       joined        over
start        admitted     out_of_state  out_of_state  out_of_state
attach       admitted     out_of_state  out_of_state  out_of_state
put          out_of_state out_of_state  admitted      out_of_state
took         out_of_state out_of_state  admitted      out_of_state
hello        out_of_state out_of_state  admitted      out_of_state
ask-resume   out_of_state out_of_state  admitted      out_of_state
leave        out_of_state out_of_state  admitted      out_of_state
decline      out_of_state out_of_state  admitted      out_of_state
describe     out_of_state out_of_state  admitted      out_of_state
work         admitted     out_of_state  out_of_state  out_of_state
felt         out_of_state out_of_state  admitted      out_of_state
"""


def session(standing: Standing = Standing.NEW, burst: int = 10) -> HelpSeekerSession:
    made = HelpSeekerSession(pace.bucket(burst, 1, NOW))
    made.standing = standing
    return made


def cells() -> list[tuple[str, Standing, str]]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (row[0].replace("-", " "), Standing[name.upper()], cell)
        for row in rows
        for name, cell in zip(head, row[1:], strict=True)
    ]


def test_the_table_has_every_frame_and_every_standing() -> None:
    kinds = {type(frame) for frame in FRAMES.values()}

    assert kinds == set(typing.get_args(frames.FromHelpSeeker))
    assert {(name, standing) for name, standing, _ in cells()} == {(n, s) for n in FRAMES for s in Standing}


@pytest.mark.parametrize(("name", "standing", "cell"), cells())
def test_every_frame_in_every_standing(name: str, standing: Standing, cell: str) -> None:
    made = session(standing)
    answer = made.admit(FRAMES[name], NOW)

    assert answer == (None if cell == "admitted" else ErrorCode[cell.upper()])
    begins = standing is Standing.NEW and cell == "admitted" and name != "work"
    assert made.standing is (Standing.JOINING if begins else standing)
    assert made.sid == (SID if begins else b"")


@pytest.mark.parametrize("name", ["start", "attach"])
@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_version_is_refused_and_may_try_again(name: str, version: int) -> None:
    made = session()
    frame = FRAMES[name]
    other = type(frame)(version, *(getattr(frame, field) for field in frame.__struct_fields__[1:]))

    assert made.admit(other, NOW) is ErrorCode.VERSION
    assert made.standing is Standing.NEW
    assert made.admit(frame, NOW) is None


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("standing", Standing)
def test_too_fast_comes_before_everything_and_changes_nothing(name: str, standing: Standing) -> None:
    made = session(standing, burst=1)
    made.admit(frames.Leave(), NOW)

    assert made.admit(FRAMES[name], NOW) is ErrorCode.TOO_FAST
    assert made.standing is standing
    assert made.admit(FRAMES["leave"], NOW + 1000) is not ErrorCode.TOO_FAST


def test_the_way_of_a_connection() -> None:
    made = session()
    assert made.admit(FRAMES["start"], NOW) is None
    made.refused()
    assert made.standing is Standing.NEW
    assert made.admit(FRAMES["attach"], NOW) is None
    made.joined(3)
    assert (made.standing, made.sid, made.generation) == (Standing.JOINED, SID, 3)
    made.over()
    assert made.admit(FRAMES["put"], NOW) is ErrorCode.OUT_OF_STATE


def test_how_it_feels_is_said_once_before_and_once_after_a_talk_that_this_connection_saw_end() -> None:
    made, after = session(Standing.JOINED), frames.Felt(after=True, weight=1)

    assert made.admit(after, NOW) is ErrorCode.OUT_OF_STATE
    assert made.admit(FRAMES["felt"], NOW) is None
    assert made.admit(FRAMES["felt"], NOW) is ErrorCode.OUT_OF_STATE
    made.over(asks_after=True)
    assert made.admit(FRAMES["felt"], NOW) is ErrorCode.OUT_OF_STATE
    assert made.admit(after, NOW) is None
    assert made.admit(after, NOW) is ErrorCode.OUT_OF_STATE


@pytest.mark.parametrize("asks_after", [False, True])
def test_who_was_let_go_before_is_not_asked_after_it(*, asks_after: bool) -> None:
    made = session(Standing.JOINED)
    made.over()
    made.over(asks_after=asks_after)

    assert made.admit(frames.Felt(after=True, weight=1), NOW) is ErrorCode.OUT_OF_STATE


def test_the_newest_work_is_kept_for_the_start() -> None:
    held = session()

    assert held.admit(frames.Work(b"one"), NOW) is None
    assert held.admit(frames.Work(b"two"), NOW) is None
    assert (held.standing, held.work) == (Standing.NEW, b"two")
