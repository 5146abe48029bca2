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
from chat.sealing.certificate import Chain, verify_chain
from chat.sealing.chain import ChainKey
from chat.sealing.channel import Random, Sending
from chat.sealing.envelope import Broken, Direction, Kind, open_envelope, read_header
from chat.sealing.errors import Code, SealingError
from chat.sealing.help_seeker_state import Handshake, Outstanding, Peer, State, check_place, decode
from chat.sealing.labels import sha256
from chat.sealing.lines import Line
from chat.sealing.offer import Mode, Offer, Purpose
from chat.sealing.seat import ASK_EVERY, Seat, proposal
from chat.sealing.trust import Trust

ASK_AGAIN = 20.0
"""Seconds until a request that nobody answered is made again, from a present peer."""

Phase = Literal["none", "consent", "hello", "active", "resuming", "ended"]


class HelpSeekerSeat(Seat):
    """One pairwise session of a help-seeker's browser (or of the sealer without script, mode 2)."""

    def __init__(
        self, sid: bytes, slot: int, trust: Trust, random: Random, mode: Mode = Mode.BROWSER
    ) -> None:
        super().__init__(sid, slot, Direction.FROM_H, random)
        self.trust = trust
        self.mode = mode
        self.peer: Peer | None = None
        self._bond: bytes | None = None
        self._confirmed = False
        self._highest = 0
        self._outstanding: Outstanding | None = None
        self._opened_at = 0
        self._proposals: set[bytes] = set()
        self._offer: Offer | None = None
        self._memory: Handshake | None = None
        self._early: bytes | None = None
        self._asked_at = float("-inf")
        self._hello_at = float("-inf")

    # --- keeping ---

    def snapshot(self) -> bytes:
        """The state for the blob."""
        return self._pack(None, None)

    def snapshot_with_keys(self) -> bytes:
        """With the sending chain and an unfinished handshake: for the sealer without script alone.

        Its store commits a state and the envelopes sealed from it together, or neither.
        """
        channel = self.channel
        sending = Sending(channel.tx, channel.unstored, channel.sealed_as)
        return self._pack(sending, self._memory)

    def _pack(self, sending: Sending | None, memory: Handshake | None) -> bytes:
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
                self._outstanding,
                sorted(self._proposals),
                self.draft,
                self.channel.state(),
                sending,
                memory,
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
        seat._opened_at = read.opened_at
        seat._highest, seat._outstanding = read.highest, read.outstanding
        seat._proposals, seat.draft = set(read.proposals), read.draft
        seat.channel.load(read.channel)
        if read.sending is not None:
            seat.channel.tx, seat.channel.unstored = read.sending.tx, read.sending.unstored
            seat.channel.sealed_as = read.sending.sealed_as
        if read.handshake is not None:
            seat._memory, seat._offer = read.handshake, offers.parse(read.handshake.offer)
        return seat

    @property
    def phase(self) -> Phase:
        """Where this seat stands."""
        if self._ended:
            return "ended"
        if self._offer is not None and self._memory is None:
            return "consent"
        if self.channel.tx is not None:
            return "active"
        if self._memory is not None:
            return "hello"
        return "none" if self.peer is None else "resuming"

    # --- offers ---

    def offered(self, offer: bytes, staff: bytes, manager: bytes, now: float) -> list[Action]:
        """Frame Offered. A take or a resume is answered at once, the others by `NeedsConsent` first."""
        if self._ended:
            return []
        known = self._outstanding is not None and self._outstanding.hash == sha256(offer)
        if known and self._memory is not None:
            self.channel.out.append(actions.SendHello(self._memory.m1))
            return self._done(changed=False)
        try:
            parsed = offers.parse(offer)
            chain = verify_chain(staff, manager, self.trust, int(now))
            offers.check(parsed, chain.staff)
            check_place(parsed, chain, self.sid, self.slot, self.mode)
            self._check_new(parsed, known)
            again = self._is_again(parsed, chain)
            asks = self._asks(parsed, chain, again)
        except SealingError as refused:
            self.channel.out.append(actions.RefusedOffer(refused.code))
            return self._done(changed=False)
        self._highest = parsed.epoch
        cert = chain.staff
        peer = Peer(cert.id, cert.ed, cert.cert_id, cert.alias, cert.role, parsed.purpose)
        self._outstanding = Outstanding(parsed.epoch, parsed.purpose, sha256(offer), peer, again)
        self._offer, self._memory, self._early = parsed, None, None
        if asks:
            announced = proposal(parsed.purpose, cert.cert_id) in self._proposals
            self.channel.out.append(actions.NeedsConsent(cert.alias, cert.cert_id, parsed.purpose, announced))
        else:
            self._say_hello(now)
        return self._done()

    def _check_new(self, offer: Offer, known: bool) -> None:
        if offer.epoch <= self._highest and not known:
            raise SealingError(Code.OLD_EPOCH)

    def _is_again(self, offer: Offer, chain: Chain) -> bool:
        """Whether a staff browser that never heard our ready makes the offer that began this bond again.

        As long as nothing but its own ready came from it, that is the same step and not a newcomer.
        """
        before = self.peer
        if before is None or self._confirmed or before.purpose is not offer.purpose:
            return False
        return (before.id, before.ed) == (chain.staff.id, chain.staff.ed)

    def _asks(self, offer: Offer, chain: Chain, again: bool) -> bool:
        """Whether the person must be asked; refuses what this state does not have."""
        before = self.peer
        match offer.purpose:
            case Purpose.TAKE:
                if before is not None and not again:
                    raise SealingError(Code.OUT_OF_STATE)
                return False
            case Purpose.RESUME:
                if before is None or self._bond is None:
                    raise SealingError(Code.NO_BOND)
                if (before.id, before.ed) != (chain.staff.id, chain.staff.ed):
                    raise SealingError(Code.NOT_THE_SAME_STAFF)
                return False
            case _:
                return not (again and before is not None and before.cert_id == chain.staff.cert_id)

    def consent(self, cert_id: bytes, yes: bool, now: float) -> list[Action]:
        """The person's word on the last `NeedsConsent`, which showed the alias of this certificate."""
        waiting = self._outstanding
        if self._ended or self.phase != "consent" or waiting is None or waiting.peer.cert_id != cert_id:
            return []
        if proposal(waiting.purpose, cert_id) in self._proposals:
            self._answer(waiting.purpose, cert_id, yes, now)
        if yes:
            self._say_hello(now)
        else:
            self._offer = self._outstanding = None
        return self._done()

    def announced(self, purpose: Purpose, cert_id: bytes) -> list[Action]:
        """The other slot's seat told `Proposed` of this certificate."""
        self._proposals.add(proposal(purpose, cert_id))
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
            inner = self.channel.take_in(envelope, now)
            if inner is not None:
                self._confirmed = True
                if inner.kind is Kind.PROPOSE:
                    self._proposals.add(inner.content)
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
            repeated = before is None or waiting.again

            def carry(index: int, line: Line) -> bool:
                """A newcomer gets nothing of before; what was written after the yes is meant for it."""
                return repeated or (line.seq == 0 and index >= consented_at)

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

    # --- lines of the star ---

    def relay(self, origin: int, line: Line, now: float) -> list[Action]:
        """Pass a line on to this seat: of the other staff seat (0, 1), or one's own (2). Once per mid."""
        known = any(own.own and own.mid == line.mid for own in self.channel.lines)
        if known or self.channel.bond_no == 0:  # nothing of before it came goes to whoever comes
            return []
        return self._say(Kind.RELAY, bytes([origin]) + line.text.encode(), now, line.mid)

    def room(self, counsellor: bool, supervisor: bool, now: float) -> list[Action]:
        """Tell this seat's peer whom lines go to."""
        return self._say(Kind.ROOM, bytes([counsellor | supervisor << 1]), now)

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
        self._offer = self._memory = self._outstanding = None
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
        self._proposals.clear()
