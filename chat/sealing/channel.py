# SPDX-License-Identifier: AGPL-3.0-or-later
"""What both seats share once keys are there: numbering, acknowledging, and repairing lines.

How this works. An *epoch* has one sending and one receiving chain and numbers its envelopes from 0
without holes. A *bond* outlives epochs and numbers the lines (`seq`). In every new epoch each side
says in its `ready` which line it took in last, by number and by its random id, and the other sends
again all that comes after. Nothing else repairs anything: not a timer, not the server. A lost
frame, a reordered one, a state rolled back, a state that ran in two tabs: all end in a new epoch.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from chat.sealing import actions, proposals
from chat.sealing.chain import ChainKey
from chat.sealing.envelope import (
    IV,
    MID,
    MUST_ARRIVE,
    Broken,
    Direction,
    Gap,
    Ignored,
    Inner,
    Kind,
    open_envelope,
    seal,
)
from chat.sealing.errors import Code
from chat.sealing.lines import Line, LineState

Random = Callable[[int], bytes]
NOTHING = bytes(MID)
ACK_EVERY = 2.0
"""Seconds between bare acknowledgements, at least."""
TYPING_EVERY = 5.0
NO_ACK_AFTER = 20.0
"""Seconds without an acknowledgement from a present peer before a new epoch is wanted."""


class ChannelState(msgspec.Struct, array_like=True, frozen=True):
    """The part of the blob that both seats share. There is no sending chain in it, on purpose."""

    lines: list[Line]
    bond_no: int
    out_seq: int
    in_seq: int
    in_mid: bytes
    rx: ChainKey | None


class Sending(msgspec.Struct, array_like=True, frozen=True):
    """What only the sealer without script keeps, since nothing stays in its memory."""

    tx: ChainKey | None
    unstored: list[tuple[int, bytes]]
    sealed_as: dict[int, bytes]
    unseen: list[bytes]
    owes_ack: bool
    acked_at: float
    unacked_since: float | None
    asked_at: float
    hello_at: float


class Channel:
    """Lines of one seat. Methods append to `out`; the seat hands that over."""

    def __init__(self, slot: int, out_dir: Direction, random: Random) -> None:
        self.slot = slot
        self.out_dir = out_dir
        self.in_dir = Direction(1 - out_dir)
        self.random = random
        self.out: list[actions.Action] = []
        self.lines: list[Line] = []
        self.bond_no = 0
        self.out_seq = 0
        self.in_seq = 0
        self.in_mid = NOTHING
        self.rx: ChainKey | None = None
        self.tx: ChainKey | None = None
        self.unstored: list[tuple[int, bytes]] = []
        self.sealed_as: dict[int, bytes] = {}
        self.owes_ack = False
        self.acked_at = float("-inf")
        self.typed_at = float("-inf")
        self.unacked_since: float | None = None
        self.unseen: list[bytes] | None = None
        """Lines taken in and not seen yet; None where taking in is showing, as in a browser."""

    def state(self) -> ChannelState:
        """For the blob."""
        return ChannelState(self.lines, self.bond_no, self.out_seq, self.in_seq, self.in_mid, self.rx)

    def load(self, state: ChannelState) -> None:
        """From the blob."""
        self.lines = list(state.lines)
        self.bond_no, self.out_seq = state.bond_no, state.out_seq
        self.in_seq, self.in_mid, self.rx = state.in_seq, state.in_mid, state.rx

    def of_bond(self) -> list[Line]:
        """What was said in the bond that is in force."""
        return [line for line in self.lines if line.bond == self.bond_no]

    # --- sending ---

    def ready(self, tx: ChainKey) -> tuple[bytes, ChainKey]:
        """Envelope 0 of an epoch, and the chain after it."""
        # What was taken in and not seen is not said to be here: the peer sends it again, its mid is known.
        self.in_seq, self.in_mid = self._seen_up_to()
        inner = Inner(Kind.READY, 0, self.in_seq, b"", self.in_mid)
        self.owes_ack = False
        return seal(tx, self.slot, self.out_dir, inner, self.random(IV))

    def _seal(self, inner: Inner) -> None:
        if self.tx is None:
            return
        n = self.tx.n
        envelope, self.tx = seal(self.tx, self.slot, self.out_dir, inner, self.random(IV))
        self.unstored.append((n, envelope))
        if inner.mid:
            self.sealed_as[n] = inner.mid
        self.owes_ack = False
        self.out.append(actions.SendEnvelope(envelope))

    def compose(self, kind: Kind, content: bytes, now: float, mid: bytes | None = None) -> Line:
        """Add an own line; it is sealed at once if an epoch is active."""
        mid = self.random(MID) if mid is None else mid
        line = Line(mid, True, kind, content, LineState.WAITING, int(now), 0, self.bond_no)
        self.lines.append(line)
        if self.tx is not None:
            line = self._send(len(self.lines) - 1, now)
        if line.shown:
            self.out.append(actions.LineAdded(line))
        return line

    def _send(self, index: int, now: float) -> Line:
        """Number and seal an own line."""
        self.out_seq += 1
        line = msgspec.structs.replace(self.lines[index], seq=self.out_seq, state=LineState.KEPT)
        self.lines[index] = line
        self._seal(Inner(line.kind, line.seq, self._seen_up_to()[0], line.mid, line.content))
        if self.unacked_since is None:
            self.unacked_since = now
        return line

    def typing(self, now: float) -> None:
        """Say that somebody is typing, at most every 5 s."""
        if self.tx is not None and now - self.typed_at >= TYPING_EVERY:
            self.typed_at = now
            self._seal(Inner(Kind.TYPING, 0, self._seen_up_to()[0]))

    def acknowledge(self, now: float) -> None:
        """Send a bare acknowledgement if one is owed, at most every 2 s."""
        if self.owes_ack and self.tx is not None and now - self.acked_at >= ACK_EVERY:
            self.acked_at = now
            self._seal(Inner(Kind.ACK, 0, self._seen_up_to()[0]))

    def seen(self, mid: bytes) -> None:
        """The person has this line, and so all before it, on the screen: now it may be acknowledged."""
        at = next((i for i, line in enumerate(self.lines) if line.mid == mid and not line.own), None)
        if at is None or not self.unseen:
            return
        shown = {line.mid for line in self.lines[: at + 1]}
        waiting = [other for other in self.unseen if other not in shown]
        self.owes_ack = self.owes_ack or len(waiting) < len(self.unseen)
        self.unseen = waiting

    def _seen_up_to(self) -> tuple[int, bytes]:
        """Number and mid of the last line that may be acknowledged."""
        if not self.unseen:
            return self.in_seq, self.in_mid
        here = [line for line in self.lines if not line.own and line.bond == self.bond_no]
        waiting = [line.seq for line in here if line.mid in self.unseen]
        if not waiting:
            return self.in_seq, self.in_mid
        seq = min(min(waiting) - 1, self.in_seq)
        return seq, next((line.mid for line in here if line.seq == seq), NOTHING)

    def resend(self) -> None:
        """After a dropped socket: the same bytes again, never a second sealing."""
        self.out.extend(actions.SendEnvelope(envelope) for _, envelope in self.unstored)

    def stored(self, epoch: int, n: int) -> None:
        """The server's word that it has the bytes: *sent*, never more. A number not sealed yet is no news."""
        if self.tx is None or epoch != self.tx.epoch:
            return
        self.unstored = [(m, envelope) for m, envelope in self.unstored if m > n]
        for m in [m for m in self.sealed_as if m <= n]:
            mid = self.sealed_as.pop(m)
            self._move(mid, LineState.KEPT, LineState.SENT)

    def _move(self, mid: bytes, before: LineState, after: LineState) -> None:
        for i, line in enumerate(self.lines):
            if line.own and line.mid == mid and line.state is before:
                self._set(i, after)

    def _set(self, index: int, state: LineState, **changes: int) -> None:
        line = self.lines[index]
        self.lines[index] = msgspec.structs.replace(line, state=state, **changes)
        if line.state is not state and line.shown:
            self.out.append(actions.LineChanged(line.mid, state))

    # --- epochs and bonds ---

    def hold(self, rx: ChainKey) -> None:
        """From one's own ready on, nothing more of an older epoch is taken in, or sent."""
        self.rx, self.tx = rx, None
        self.unstored, self.sealed_as = [], {}

    def new_bond(self, carry: Callable[[int, Line], bool]) -> None:
        """Numbers begin anew. Own lines not delivered come along only where `carry` says so."""
        self.bond_no += 1
        self.out_seq, self.in_seq, self.in_mid = 0, 0, NOTHING
        for i, line in enumerate(self.lines):
            if line.own and line.state not in {LineState.DELIVERED, LineState.UNDELIVERED}:
                if carry(i, line):
                    self._set(i, LineState.WAITING, seq=0, bond=self.bond_no)
                else:
                    self._set(i, LineState.UNDELIVERED)

    def activate(self, tx: ChainKey, ready: bytes | None) -> None:
        """Send on this chain from now on; `ready` is one's own, if it is still to be sent."""
        self.tx = tx
        self.unstored, self.sealed_as, self.unacked_since = [], {}, None
        if ready is not None:
            self.unstored.append((0, ready))
            self.out.append(actions.SendEnvelope(ready))

    def after_ready(self, ack: int, mid: bytes, now: float) -> None:
        """The peer's ready: number and send what it lacks.

        If one's own line of that number is missing or is another one, the state ran apart (rolled
        back, or in two tabs), and nobody can say what the peer has: every line of the bond goes
        again, and the peer drops by `mid` what it has shown. Numbers always go on from `ack`, since
        that is the only one the peer will take.
        """
        mine = [i for i, line in enumerate(self.lines) if line.own and line.bond == self.bond_no]
        mine = [i for i in mine if self.lines[i].state is not LineState.UNDELIVERED]
        there = any(self.lines[i].seq == ack and self.lines[i].mid == mid for i in mine)
        lacking = []
        for i in mine:
            if (ack == 0 or there) and 0 < self.lines[i].seq <= ack:
                self._set(i, LineState.DELIVERED)
            else:
                lacking.append(i)
        self.out_seq = ack
        for i in lacking:
            if (
                self.tx is None
            ):  # reloaded in between: the numbers of this epoch were given by a tab that is gone
                self._set(i, LineState.WAITING, seq=0)
            else:
                self._set(i, LineState.KEPT)
                self._send(i, now)

    def end(self) -> None:
        """Forget the keys; what was not acknowledged is shown as not delivered."""
        self.tx = self.rx = None
        self.unstored, self.sealed_as, self.owes_ack = [], {}, False
        for i, line in enumerate(self.lines):
            if line.own and line.state is not LineState.DELIVERED:
                self._set(i, LineState.UNDELIVERED)

    # --- receiving ---

    def take_in(self, envelope: bytes, now: float) -> Inner | None:
        """One envelope of the receiving chain: None if it is not next or not genuine (nothing changed then).

        Raises:
            Gap: something is missing, a new epoch is needed.
            Broken: the peer breaks the format, the seat must end.
        """
        if self.rx is None:
            return None
        try:
            inner, after = open_envelope(self.rx, self.slot, self.in_dir, envelope)
        except Ignored:
            return None
        if (inner.kind is Kind.READY) != (self.rx.n == 0):
            raise Broken(Code.BAD_TEXT)
        if inner.seq > self.in_seq + 1:
            raise Gap(Code.OUT_OF_STATE)
        self.rx = after
        if inner.kind is not Kind.READY:
            self._acknowledged(inner.ack, now)
            self._receive(inner, now)
        self.out.append(actions.Took(after.epoch, after.n - 1))
        return inner

    def _acknowledged(self, ack: int, now: float) -> None:
        """`ack` may name lines this state never had (it was rolled back): they are simply not here."""
        progress = False
        for i, line in enumerate(self.lines):
            waits = line.own and line.state in {LineState.KEPT, LineState.SENT}
            if waits and line.bond == self.bond_no and 0 < line.seq <= ack:
                self._set(i, LineState.DELIVERED)
                progress = True
        if progress:
            self.unacked_since = now if self._unacked() else None

    def _unacked(self) -> bool:
        return any(line.own and line.state in {LineState.KEPT, LineState.SENT} for line in self.lines)

    def peer_returned(self, now: float) -> None:
        """The wait for an acknowledgement counts from when the peer is there."""
        if self.unacked_since is not None:
            self.unacked_since = now

    def no_ack(self, now: float) -> bool:
        """Whether the peer owes an acknowledgement for too long."""
        return (
            self.tx is not None
            and self.unacked_since is not None
            and now - self.unacked_since >= NO_ACK_AFTER
        )

    def _renumber(self, inner: Inner) -> None:
        """A peer that was rolled back numbers anew what it sends again."""
        for i, line in enumerate(self.lines):
            if line.mid == inner.mid and not line.own:
                self.lines[i] = msgspec.structs.replace(line, seq=inner.seq, bond=self.bond_no)

    def _receive(self, inner: Inner, now: float) -> None:
        if inner.kind is Kind.TYPING:
            self.out.append(actions.PeerTyping())
        if inner.kind not in MUST_ARRIVE:
            return
        owed = self.owes_ack
        self.owes_ack = owed or inner.mid not in (self.unseen or ())
        if inner.seq <= self.in_seq:
            return
        self.in_seq, self.in_mid = inner.seq, inner.mid
        self._renumber(inner)
        if any(line.mid == inner.mid and not line.own for line in self.lines):
            return
        at = int(now)
        line = Line(
            inner.mid, False, inner.kind, inner.content, LineState.DELIVERED, at, inner.seq, self.bond_no
        )
        self.lines.append(line)
        if self.unseen is not None and line.shown:
            self.unseen.append(line.mid)
            self.owes_ack = owed  # this one is acknowledged when it was seen
        from_staff = self.in_dir is Direction.FROM_S
        match inner.kind:
            case Kind.PROPOSE | Kind.ANSWER:
                said = proposals.news(line, self.of_bond(), staff=not from_staff)
                self.out += [] if said is None else [said]
            case Kind.ROOM if not from_staff:
                bits = inner.content[0]
                self.out.append(actions.RoomChanged(bool(bits & 1), bool(bits & 2)))
            case Kind.END:
                self.out.append(actions.PeerEnded())
            case _ if line.shown:
                self.out.append(actions.LineAdded(line))
