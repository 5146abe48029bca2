# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model of one direction between two browsers: sealing, lane, taking in, acknowledging, a new epoch.

The browsers follow docs/protocol.md (envelopes), reduced to numbers: an envelope is (epoch, n) with the
`seq` of its line, 0 for `ready`. The lane in the middle is the one of the rules.
"""

from __future__ import annotations

from hypothesis import strategies as st

from chat.rules.lanes import Lane, Verdict, put, took

LIMIT = 4
"""Small, so that a full lane is met."""

SENDINGS = st.lists(st.sampled_from(("heard", "lost", "early")), min_size=1, max_size=6)
"""Of each sending: the server's answer is heard, or lost; or the envelope behind it comes first."""


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

    def send(self, sendings: list[str]) -> None:
        """The next envelopes; one whose answer was lost is sent again."""
        for sending in sendings:
            n = self.stored
            if n == len(self.sealed):
                return
            if sending == "early" and n + 1 < len(self.sealed):
                self.put(self.epoch, n + 1)
            verdict = self.put(self.epoch, n)

            assert verdict is not Verdict.GAP
            if verdict is Verdict.FULL:
                return
            if sending != "lost":
                self.heard_stored(n)

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
        """The server hands over all it kept."""
        self.take_in(len(self.lane.kept))

    def take_in(self, count: int) -> None:
        """The first few arrive, and the server is told how far it may drop them. Of an older epoch nothing
        is taken in any more, but that is told too: else it would fill the lane for ever.
        """
        epoch, _ = self.expects
        for number in self.lane.kept[:count]:
            self.deliver(number)
            if number[0] < epoch or number < self.expects:
                self.took(*number)

    # --- what must hold ---

    def check(self) -> None:
        assert self.shown == list(range(1, len(self.shown) + 1))
        assert self.acked <= len(self.shown) <= self.written
        kept = {self.content[number] for number in self.lane.kept}
        for seq in self.sealed[: self.stored]:
            assert seq <= len(self.shown) or seq in kept

    def settle(self) -> None:
        """Both are there and nothing fails any more."""
        for _ in range(len(self.sealed) + 1):
            self.send(["heard"] * LIMIT)
            self.catch_up()

        assert self.stored == len(self.sealed)
        assert self.shown == list(range(1, self.written + 1))
