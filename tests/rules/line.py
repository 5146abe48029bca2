# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model of one direction between two browsers: sealing, lane, taking in, acknowledging, a new epoch.

The browsers follow docs/protocol.md (envelopes), reduced to numbers: an envelope is (epoch, n) with the
`seq` of its line, 0 for `ready`. The lane in the middle is the one of the rules.
"""

from __future__ import annotations

from chat.rules.lanes import Lane, Verdict, put, took

LIMIT = 4
"""Small, so that a full lane is met."""


class Line:
    """What one side writes and the other shows."""

    def __init__(self) -> None:
        self.written = 0
        self.epoch = 0
        self.sealed: list[int] = []  # the seq of each envelope of this epoch, by n
        self.stored = 0  # envelopes of this epoch that the server said are stored
        self.acked = 0  # highest seq the other browser said it showed
        self.lane = Lane()
        self.content: dict[tuple[int, int], int] = {}
        self.expects = (0, 0)
        self.shown: list[int] = []

    # --- the browser that writes ---

    def write(self) -> None:
        self.written += 1
        if self.epoch:
            self.sealed.append(self.written)

    def new_epoch(self, epoch: int) -> None:
        """A handshake is through: both know what the other has shown, and the rest is sealed anew."""
        self.acked = len(self.shown)
        self.epoch = epoch
        self.sealed = [0, *range(self.acked + 1, self.written + 1)]
        self.stored = 0
        self.expects = (epoch, 0)

    def heard_stored(self, n: int) -> None:
        self.stored = max(self.stored, n + 1)

    def heard_ack(self) -> None:
        self.acked = len(self.shown)

    # --- the server ---

    def put(self, epoch: int, n: int) -> Verdict:
        """The server takes one envelope, whatever the browser had in mind."""
        self.lane, verdict = put(self.lane, epoch, n, LIMIT)
        if verdict is Verdict.APPENDED:
            self.content[epoch, n] = self.sealed[n]
        return verdict

    def took(self, epoch: int, n: int) -> None:
        self.lane = took(self.lane, epoch, n)

    # --- the browser that shows ---

    def deliver(self, number: tuple[int, int]) -> None:
        """One envelope arrives; what is not the next of its epoch is ignored."""
        if number != self.expects:
            return
        self.expects = (number[0], number[1] + 1)
        seq = self.content[number]
        if seq == len(self.shown) + 1:
            self.shown.append(seq)
        elif seq > len(self.shown):
            raise AssertionError("a line is missing")

    def catch_up(self) -> None:
        """The server hands over all it kept, and the browser says what it took in."""
        for number in self.lane.kept:
            self.deliver(number)
        epoch, expected = self.expects
        if expected:
            self.took(epoch, expected - 1)

    # --- what must hold ---

    def check(self) -> None:
        assert self.shown == list(range(1, len(self.shown) + 1))
        assert self.acked <= len(self.shown) <= self.written
        kept = {self.content[number] for number in self.lane.kept}
        for seq in self.sealed[: self.stored]:
            assert seq <= len(self.shown) or seq in kept

    def settle(self) -> None:
        """Both are there and nothing fails any more."""
        for _ in range(4 * len(self.sealed) + 4):
            if self.stored == len(self.sealed):
                break
            match self.put(self.epoch, self.stored):
                case Verdict.FULL:
                    self.catch_up()
                    # What lies there of an older epoch is taken off, too: nobody takes it in any more.
                    self.took(self.epoch, self.expects[1] - 1)
                case verdict:
                    assert verdict is not Verdict.GAP
                    self.heard_stored(self.stored)
        self.catch_up()
