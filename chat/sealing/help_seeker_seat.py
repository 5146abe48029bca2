# SPDX-License-Identifier: AGPL-3.0-or-later
"""The help-seeker's side of a seat: `none -> consent -> hello(e) -> active(e)`, anew for every epoch.

How this works. Only staff browsers make offers; this side checks one, asks the person where the
person must be asked, answers with a hello, and switches to the new epoch when the staff browser's
`ready` proves that it holds the same keys. Until then the old epoch goes on, so that a server which
makes up offers, hellos or replies can disturb, but never end a conversation or enter it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from chat.sealing import actions, handshake
from chat.sealing import offer as offers
from chat.sealing.actions import Action
from chat.sealing.chain import ChainKey
from chat.sealing.channel import Random, Sending
from chat.sealing.envelope import Broken, Direction, Kind, open_envelope, read_header
from chat.sealing.errors import Code, SealingError
from chat.sealing.help_seeker_state import (
    Handshake,
    State,
    decode,
)
from chat.sealing.lines import Line
from chat.sealing.offer import Mode, Purpose
from chat.sealing.offered_seat import OfferedSeat
from chat.sealing.seat import ASK_EVERY
from chat.sealing.trust import Trust

ASK_AGAIN = 20.0
"""Seconds until a request that nobody answered is made again, from a present peer."""

Phase = Literal["none", "consent", "hello", "active", "resuming", "ended"]


class HelpSeekerSeat(OfferedSeat):
    """One pairwise session of a help-seeker's browser (or of the sealer without script, mode 2)."""

    def __init__(
        self, sid: bytes, slot: int, trust: Trust, random: Random, mode: Mode = Mode.BROWSER
    ) -> None:
        super().__init__(sid, slot, trust, random, mode)
        self._opened_at = 0
        self._asked_at = float("-inf")
        self._hello_at = float("-inf")
        if mode is Mode.SERVER:
            self.channel.unseen = []

    # --- keeping ---

    def snapshot(self) -> bytes:
        """The state for the blob."""
        return self._pack(None)

    def snapshot_with_keys(self) -> bytes:
        """With the sending chain and an unfinished handshake: for the sealer without script alone.

        Its store commits a state and the envelopes sealed from it together, or neither.
        """
        channel = self.channel
        sending = Sending(
            channel.tx,
            channel.unstored,
            channel.sealed_as,
            channel.unseen or [],
            channel.owes_ack,
            channel.acked_at,
            channel.unacked_since,
            self._asked_at,
            self._hello_at,
        )
        return self._pack(sending)

    def _pack(self, sending: Sending | None) -> bytes:
        return msgspec.msgpack.encode(
            State(
                1,
                self.sid,
                self.slot,
                self.mode,
                self._highest,
                self.peer,
                self._bond,
                self._confirmed,
                self._opened_at,
                self._left_at,
                self._seen,
                self._agreed,
                self._outstanding,
                sorted(self._proposals),
                self.draft,
                self.channel.state(),
                sending,
                None if sending is None else self._memory,
                None if sending is None else self._question,
            )
        )

    @classmethod
    def restore(cls, state: bytes, trust: Trust, random: Random) -> HelpSeekerSeat:
        """From a snapshot. Call `connected` next.

        Raises:
            SealingError: bad_state.
        """
        read = decode(state)
        seat = cls(read.sid, read.slot, trust, random, read.mode)
        seat.peer, seat._bond, seat._confirmed = read.peer, read.bond, read.confirmed
        seat._opened_at, seat._left_at = read.opened_at, read.left_at
        seat._seen, seat._agreed = read.seen, read.agreed
        seat._highest, seat._outstanding = read.highest, read.outstanding
        seat._proposals, seat.draft = set(read.proposals), read.draft
        seat.channel.load(read.channel)
        if (kept := read.sending) is not None:
            channel = seat.channel
            channel.tx, channel.unstored, channel.sealed_as = kept.tx, kept.unstored, kept.sealed_as
            channel.unseen, channel.owes_ack = kept.unseen, kept.owes_ack
            channel.acked_at, channel.unacked_since = kept.acked_at, kept.unacked_since
            seat._asked_at, seat._hello_at = kept.asked_at, kept.hello_at
        seat._question = read.question
        if read.handshake is not None:
            seat._memory, seat._offer = read.handshake, offers.parse(read.handshake.offer)
        return seat

    @property
    def phase(self) -> Phase:
        """Where this seat stands."""
        if self._ended:
            return "ended"
        if self._question is not None:
            return "consent"
        if self.channel.tx is not None:
            return "active"
        if self._memory is not None:
            return "hello"
        return "none" if self.peer is None else "resuming"

    def follow(self, before: HelpSeekerSeat) -> None:
        """This fresh seat is in the place of one that ended: no offer made to that one counts here."""
        self._highest, self._seen = before._highest, before._seen

    # --- the handshake ---

    def _say_hello(self, now: float) -> None:
        offer = self._offer
        if offer is None:
            return
        seed, s_h = self.random(32), self.random(32)
        try:
            m1 = handshake.make_hello(offer, s_h, handshake.key_pair(seed).pk)
        except SealingError as refused:
            self._offer = None
            self.channel.out.append(actions.RefusedOffer(refused.code))
            return
        self._memory = Handshake(offer.body + offer.signature, seed, s_h, m1, len(self.channel.lines), None)
        self._hello_at = now
        self.channel.out.append(actions.SendHello(m1))

    def replied(self, m2: bytes, now: float) -> list[Action]:
        """Frame Replied."""
        memory, offer = self._memory, self._offer
        if self._ended or memory is None or offer is None or memory.keys is not None:
            return []
        try:
            s_c = handshake.open_reply(offer, memory.m1, handshake.key_pair(memory.seed), m2)
        except SealingError:
            return []
        psk = self._bond if offer.purpose is Purpose.RESUME and self._bond else handshake.NO_PSK
        keys = handshake.keys(handshake.transcript(offer, memory.m1, m2), memory.s_h, s_c, psk)
        self._memory = msgspec.structs.replace(memory, keys=(keys.ck_h, keys.ck_s, keys.bond))
        early, self._early = self._early, None
        return self._done(changed=False) if early is None else self.delivered(early, now)

    def _take(self, envelope: bytes, now: float) -> None:
        header, offer, memory = read_header(envelope), self._offer, self._memory
        if offer is None or memory is None or header.epoch != offer.epoch:
            before = len(self.channel.out)
            if self.channel.take_in(envelope, now) is not None:
                self._confirmed = True
            self._heard(self.channel.out[before:])
            return
        if memory.keys is None:
            self._early = envelope if header.n == 0 else self._early
            return
        inner, after = open_envelope(
            ChainKey(offer.epoch, 0, memory.keys[1]), self.slot, Direction.FROM_S, envelope
        )
        if inner.kind is not Kind.READY:
            raise Broken(Code.BAD_TEXT)
        self._switch(memory.keys, memory.consented_at, after, inner.ack, inner.content, now)

    def _switch(
        self,
        keys: tuple[bytes, bytes, bytes],
        consented_at: int,
        rx: ChainKey,
        ack: int,
        mid: bytes,
        now: float,
    ) -> None:
        """The staff browser's ready is genuine: the new epoch is the epoch."""
        waiting, before = self._outstanding, self.peer
        if waiting is None:
            return
        if waiting.purpose is Purpose.RESUME:
            self._confirmed = True
        else:
            repeated = (before is None and self._left_at is None) or waiting.again
            since = consented_at if self._left_at is None else self._left_at
            self._left_at = self._agreed = None

            def carry(index: int, line: Line) -> bool:
                """A newcomer gets nothing of before; what was written after the yes, or while nobody was
                there, is meant for it.
                """
                return repeated or (line.seq == 0 and index >= since)

            self.channel.new_bond(carry)
            self._opened_at = len(self.channel.lines)
            self._bond, self._confirmed = keys[2], False
            self._proposals.clear()
        purpose = (
            waiting.purpose if before is None or waiting.purpose is not Purpose.RESUME else before.purpose
        )
        self.peer = msgspec.structs.replace(waiting.peer, purpose=purpose)
        self._offer = self._memory = self._outstanding = None
        self.channel.hold(rx)
        ready, tx = self.channel.ready(ChainKey(rx.epoch, 0, keys[0]))
        self.channel.activate(tx, ready)
        self.channel.out.append(actions.Took(rx.epoch, 0))
        self.channel.out.append(actions.Active(rx.epoch, self.peer.alias))
        self.channel.after_ready(ack, mid, now)

    # --- time and network ---

    def connected(self, now: float) -> list[Action]:
        """The socket is attached (again): send again what the server may lack, ask for what is missing."""
        if self._ended:
            return []
        self._say_again(now)
        self.channel.resend()
        if self.channel.tx is None and self.peer is not None:
            self._want_epoch(now)
        return self._done(changed=False)

    def back_to_waiting(self) -> list[Action]:
        """The counsellor was lost before the conversation opened. Nothing happens if it did open.

        What was written before its alias was on the screen waits for the next one; the rest was
        meant for this one and is shown as not delivered.
        """
        if (
            self._ended
            or self._confirmed
            or (self.peer is not None and self.peer.purpose is not Purpose.TAKE)
        ):
            return []
        if self.peer is not None:
            self.channel.new_bond(lambda index, _: index < self._opened_at)
        self.channel.tx = self.channel.rx = self.peer = self._bond = None
        self._offer = self._memory = self._outstanding = self._question = None
        return self._done()

    def left(self) -> list[Action]:
        """Whoever held this seat is gone, and it goes on: keys are wiped, what was said stays on the screen.

        Whoever comes next needs a yes, also by a *take*: that is for those who have never had anybody.
        """
        if self._ended or self.peer is None:
            return []
        self._left_at = len(self.channel.lines)
        self.channel.new_bond(lambda _index, _line: False)
        self.channel.tx = self.channel.rx = self.peer = self._bond = None
        self._offer = self._memory = self._outstanding = self._question = self._agreed = None
        self._confirmed = False
        self._proposals.clear()
        return self._done()

    def _say_again(self, now: float) -> None:
        if self._memory is not None:
            self._hello_at = now
            self.channel.out.append(actions.SendHello(self._memory.m1))

    def _want_epoch(self, now: float) -> None:
        """Ask for a resume; without a bond there is none to ask for."""
        if self.peer is not None and now - self._asked_at >= ASK_EVERY:
            self._asked_at = now
            self.channel.out.append(actions.AskResume(self.peer.cert_id))

    def _tick(self, now: float) -> None:
        if self.channel.tx is not None or not self.peer_present or self.phase == "consent":
            return
        if now - max(self._asked_at, self._hello_at) >= ASK_AGAIN:
            self._say_again(now)
            self._want_epoch(now)

    def _wipe(self) -> None:
        self.peer = self._bond = self._offer = self._memory = self._outstanding = self._early = None
        self._question = None
        self._proposals.clear()
