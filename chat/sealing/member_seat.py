# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a help-seeker's seat says about who is in the conversation: proposals and the answers to them, and
lines that are passed on to the other seat.
"""

from __future__ import annotations

from collections.abc import Iterable

from chat.sealing.actions import Action, Proposed, TakenBack
from chat.sealing.channel import Random
from chat.sealing.envelope import Direction, Kind
from chat.sealing.lines import Line
from chat.sealing.offer import Purpose
from chat.sealing.seat import Seat, proposal


class MemberSeat(Seat):
    """Base of the help-seeker's side."""

    def __init__(self, sid: bytes, slot: int, random: Random) -> None:
        super().__init__(sid, slot, Direction.FROM_H, random)
        self._proposals: set[bytes] = set()

    def announced(self, purpose: Purpose, cert_id: bytes) -> list[Action]:
        """The other slot's seat told `Proposed` of this certificate."""
        self._proposals.add(proposal(purpose, cert_id))
        return self._done()

    def unannounced(self, purpose: Purpose, cert_id: bytes) -> list[Action]:
        """The other slot's seat told `TakenBack` of this certificate."""
        self._proposals.discard(proposal(purpose, cert_id))
        return self._done()

    def answer(self, purpose: Purpose, cert_id: bytes, yes: bool, now: float) -> list[Action]:
        """Tell this seat's peer what the person said to what it proposed for the other slot."""
        self._check_open(0)
        self._answer(purpose, cert_id, yes, now)
        return self._done()

    def _answer(self, purpose: Purpose, cert_id: bytes, yes: bool, now: float) -> None:
        self._proposals.discard(proposal(purpose, cert_id))
        if self.channel.tx is not None:
            self.channel.compose(Kind.ANSWER, proposal(purpose, cert_id) + bytes([yes]), now)

    def is_announced(self, purpose: Purpose, cert_id: bytes) -> bool:
        """Whether slot 0's peer proposed this inside the channel, neither answered nor taken back."""
        return proposal(purpose, cert_id) in self._proposals

    def _heard(self, told: Iterable[Action]) -> None:
        """What the peer said just now of what it proposes."""
        for action in told:
            match action:
                case Proposed(purpose=purpose, cert_id=cert_id):
                    self._proposals.add(proposal(purpose, cert_id))
                case TakenBack(purpose=purpose, cert_id=cert_id):
                    self._proposals.discard(proposal(purpose, cert_id))

    def relay(self, origin: int, line: Line, now: float) -> list[Action]:
        """Pass a line on to this seat: of the other staff seat (0, 1), or one's own (2). Once per mid."""
        known = any(own.own and own.mid == line.mid for own in self.channel.lines)
        if known or self.channel.bond_no == 0:  # nothing of before it came goes to whoever comes
            return []
        return self._say(Kind.RELAY, bytes([origin]) + line.text.encode(), now, line.mid)

    def room(self, counsellor: bool, supervisor: bool, now: float) -> list[Action]:
        """Tell this seat's peer whom lines go to."""
        return self._say(Kind.ROOM, bytes([counsellor | supervisor << 1]), now)
