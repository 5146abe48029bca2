# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import os
import subprocess

import pytest

from chat.machine import processes
from chat.machine.processes import OVERLAP, PIECE, Gone, area

PAGE = 4096


def test_the_memory_of_a_process_holds_what_it_was_started_with() -> None:
    with subprocess.Popen(["sleep", "infinity"], env={"PLANTED": "The weather is mild"}) as running:
        try:
            found = any(b"The weather is mild" in piece for piece in processes.memory(running.pid))
            line = processes.raw_command_line(running.pid)
            own = any(line in piece for piece in processes.memory(running.pid))
        finally:
            running.kill()

    assert found
    assert own


def test_a_process_that_has_ended_is_gone_also_while_its_parent_has_not_asked_for_it() -> None:
    running = subprocess.Popen(["true"])
    os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT)
    assert not processes.exists(running.pid)
    with pytest.raises(Gone):
        list(processes.memory(running.pid))

    running.wait()
    for look in (processes.memory, processes.open_files, processes.core_limit):
        with pytest.raises(Gone):
            list(look(running.pid))  # type: ignore[call-overload]  # none of them answers


def test_a_page_that_cannot_be_read_is_left_out_alone() -> None:
    content = bytes(range(1, 251)) * 40_000
    bad = 3 * PAGE

    def read(length: int, at: int) -> bytes:
        if at <= bad < at + length:
            if at == bad:
                raise OSError
            return content[at:bad]
        return content[at : at + length]

    pieces = list(area(read, 0, len(content)))

    assert pieces[0] == content[:bad]
    assert pieces[1].startswith(content[bad + PAGE : bad + 2 * PAGE])
    assert pieces[-1].endswith(content[-PAGE:])


def test_what_lies_across_two_pieces_is_whole_in_one() -> None:
    content = bytearray(b"x" * (2 * PIECE))
    content[PIECE - 7 : PIECE + 7] = b"across a border"[:14]

    pieces = list(area(lambda length, at: bytes(content[at : at + length]), 0, len(content)))

    assert any(b"across a borde" in piece for piece in pieces)
    assert len(pieces[1]) == PIECE + OVERLAP
