# SPDX-License-Identifier: AGPL-3.0-or-later
"""Nothing acknowledged is lost, nothing is shown twice, nothing out of order: one direction, closely."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from .line import SENDINGS, Line


class LineWalk(RuleBasedStateMachine):
    """Writing, sending, losing, repeating and beginning anew, in any interleaving."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Line()

    @initialize(lines=st.integers(0, 3), sendings=SENDINGS)
    def keys_are_there(self, lines: int, sendings: list[str]) -> None:
        self.writes(lines)
        self.memory_is_lost()
        self.sends(sendings)

    @rule(lines=st.integers(1, 3))
    def writes(self, lines: int) -> None:
        for _ in range(lines):
            self.line.write()

    @rule(sendings=SENDINGS)
    def sends(self, sendings: list[str]) -> None:
        self.line.send(sendings)

    @rule(n=st.integers(0, 6))
    def sends_again(self, n: int) -> None:
        """Anything sealed in this epoch, whatever became of it."""
        if n < len(self.line.sealed):
            self.line.put(self.line.epoch, n)

    @rule(index=st.integers(0, 3), heard=st.booleans())
    def arrives(self, index: int, heard: bool) -> None:
        """One envelope, perhaps out of turn; the connection drops before the reader can say so."""
        if index < len(self.line.lane.kept):
            self.line.deliver(self.line.lane.kept[index])
        if heard:
            self.line.heard_ack()

    @rule(count=st.integers(1, 3))
    def takes_in(self, count: int) -> None:
        """The first few, and the server is told of them."""
        self.line.take_in(count)

    @rule()
    def memory_is_lost(self) -> None:
        self.line.new_epoch(self.line.epoch + 1)

    @invariant()
    def it_is_whole(self) -> None:
        self.line.check()

    def teardown(self) -> None:
        if self.line.epoch:
            self.line.settle()
            self.line.check()


def test_line():
    run_state_machine_as_test(LineWalk, settings=settings(stateful_step_count=30))


@pytest.mark.long
def test_long_line():
    long = settings(max_examples=1_000, stateful_step_count=50)
    run_state_machine_as_test(LineWalk, settings=long)
