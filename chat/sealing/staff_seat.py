# SPDX-License-Identifier: AGPL-3.0-or-later
"""The staff browser's side of a seat: `none -> offered(e, sk) -> replied(e) -> active(e)`, and again.

How this works. Only this side makes offers, so there is no glare: whatever is wrong, it offers the
next epoch, and the newest wins on both sides. It answers the first hello to its latest offer with
m2 and its own `ready`, and from then on takes nothing more of older epochs; it switches when the
help-seeker's `ready` proves the same keys. A hello made up by the server never gets that far, and
half a minute later there is a new offer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from chat.sealing import actions, handshake, proposals
from chat.sealing import offer as offers
from chat.sealing.actions import Action
from chat.sealing.certificate import Certificate, Sign, parse
from chat.sealing.chain import ChainKey
from chat.sealing.channel import ChannelState, Random
from chat.sealing.envelope import Direction, Kind
from chat.sealing.errors import Code, SealingError
from chat.sealing.labels import sha256
from chat.sealing.offer import Mode, Offer, Purpose
from chat.sealing.seat import ASK_EVERY, Seat, proposal
from chat.sealing.stored import decoder

OFFER_KEPT = 600.0
"""Seconds after which the secret key of an unanswered offer is forgotten."""
READY_WITHIN = 30.0
"""Seconds a present help-seeker has for its ready, before there is a new offer."""
HIGHEST_HINT = 0xFFFF_0000
"""A server's hint above this is not followed: the counter must never run out."""

Phase = Literal["none", "offered", "replied", "active", "resuming", "ended"]


@dataclass(frozen=True, slots=True)
class StaffIdentity:
    """The staff browser's chain and its key: `sign` is Ed25519 over the bytes given."""

    staff: bytes
    manager: bytes
    sign: Sign = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Offered:
    data: bytes
    offer: Offer
    pair: handshake.KeyPair
    at: float


@dataclass(frozen=True, slots=True)
class _Replied:
    hello: bytes
    """SHA-256 of the m1 answered: the same again gets the same answer, another one none."""
    action: actions.SendReply
    tx: ChainKey
    at: float


class Begun(msgspec.Struct, array_like=True, frozen=True):
    """An epoch replied to and not yet confirmed; kept, because the help-seeker may have switched already."""

    epoch: int
    bond: bytes
    fresh: bool
    """Whether this bond was not known before."""


class _State(msgspec.Struct, array_like=True, frozen=True):
    version: Literal[1]
    sid: bytes
    slot: int
    mode: Mode
    purpose: Purpose | None
    epoch: int
    bond: bytes | None
    begun: Begun | None
    draft: str
    channel: ChannelState


_decode = decoder(_State)


class StaffSeat(Seat):
    """One pairwise session of a staff browser with a help-seeker."""

    def __init__(
        self, sid: bytes, slot: int, identity: StaffIdentity, random: Random, mode: Mode = Mode.BROWSER
    ) -> None:
        super().__init__(sid, slot, Direction.FROM_S, random)
        self.identity = identity
        self.mode = mode
        self._cert: Certificate = parse(identity.staff)
        self._purpose: Purpose | None = None
        self._epoch = 0
        self._hint = 0
        self._bond: bytes | None = None
        self._begun: Begun | None = None
        self._offered: _Offered | None = None
        self._replied: _Replied | None = None
        self._offered_at = float("-inf")
        self._wants = False
        self._has_bond = False

    # --- keeping ---

    def snapshot(self) -> bytes:
        """The state for the blob."""
        state = _State(
            1,
            self.sid,
            self.slot,
            self.mode,
            self._purpose,
            self._epoch,
            self._bond,
            self._begun,
            self.draft,
            self.channel.state(),
        )
        return msgspec.msgpack.encode(state)

    @classmethod
    def restore(cls, state: bytes, identity: StaffIdentity, random: Random) -> StaffSeat:
        """From a snapshot. Hand in what the server still has, then call `connected`.

        Raises:
            SealingError: bad_state.
        """
        read = _decode(state)
        seat = cls(read.sid, read.slot, identity, random, read.mode)
        seat._purpose, seat._epoch, seat._bond = read.purpose, read.epoch, read.bond
        seat._begun, seat.draft = read.begun, read.draft
        seat.channel.load(read.channel)
        return seat

    @property
    def phase(self) -> Phase:
        """Where this seat stands."""
        if self._ended:
            return "ended"
        if self.channel.tx is not None:
            return "active"
        if self._replied is not None:
            return "replied"
        if self._offered is not None:
            return "offered"
        return "none" if self._bond is None else "resuming"

    # --- offers ---

    def offer(self, purpose: Purpose, hint: int, now: float) -> list[Action]:
        """Make the first offer (take, handover, supervise), above the server's hint.

        Raises:
            SealingError: out_of_state, if there is a bond already; bad_purpose; ended.
        """
        self._check_open(0)
        if purpose not in {Purpose.TAKE, Purpose.HANDOVER, Purpose.SUPERVISE}:
            raise SealingError(Code.BAD_PURPOSE)
        if self._bond is not None:
            raise SealingError(Code.OUT_OF_STATE)
        self._purpose, self._hint = purpose, hint
        self._make_offer(purpose, now)
        return self._done()

    def _make_offer(self, purpose: Purpose, now: float) -> None:
        hint = self._hint if self._hint <= HIGHEST_HINT else 0
        self._epoch = max(self._epoch, hint) + 1
        pair = handshake.key_pair(self.random(32))
        data = offers.make(
            self.identity.sign,
            purpose=purpose,
            mode=self.mode,
            slot=self.slot,
            sid=self.sid,
            epoch=self._epoch,
            cert_id=self._cert.cert_id,
            pk=pair.pk,
        )
        self._offered = _Offered(data, offers.parse(data), pair, now)
        self._replied, self._offered_at, self._wants = None, now, False
        self._dirty = True
        self._send_offer()

    def _send_offer(self) -> None:
        if self._offered is not None:
            action = actions.SendOffer(self._offered.data, self.identity.staff, self.identity.manager)
            self.channel.out.append(action)

    def asked_resume(self, cert_id: bytes, now: float) -> list[Action]:
        """Frame DeskAskResume: the help-seeker's browser has a bond and lacks an epoch.

        Anybody could say so, the frame is not sealed; it costs an offer every 5 s at most. That it
        names an earlier certificate of ours is no reason to refuse: the offer carries the present one.
        """
        if self._ended or len(cert_id) != 32:
            return []
        self._has_bond = True
        self._want_epoch(now)
        return self._done(changed=self._dirty)

    def _want_epoch(self, now: float) -> None:
        """Offer the next epoch, now or as soon as 5 s have passed since the last offer.

        Without a confirmed bond the first offer is made again; but if the help-seeker's browser
        asked, it did switch, its ready was lost, and the bond begun is the bond.
        """
        self._wants = True
        if now - self._offered_at < ASK_EVERY or self._purpose is None:
            return
        resumes = self._bond is not None or (self._begun is not None and self._has_bond)
        self._has_bond = False
        self._make_offer(Purpose.RESUME if resumes else self._purpose, now)

    # --- the handshake ---

    def answered(self, m1: bytes, now: float) -> list[Action]:
        """Frame DeskHello. The first m1 to the latest offer is answered; the same again gets the same."""
        if self._ended or self._offered is None:
            return []
        if self._replied is not None:
            if self._replied.hello == sha256(m1):
                self.channel.out.append(self._replied.action)
            return self._done(changed=False)
        offer = self._offered.offer
        try:
            s_h, pk_h = handshake.open_hello(offer, self._offered.pair, m1)
            s_c = self.random(32)
            m2 = handshake.make_reply(offer, m1, pk_h, s_c)
        except SealingError:  # another offer's, another key's: nothing changes
            return []
        resumed = self._known_bond() if offer.purpose is Purpose.RESUME else None
        keys = handshake.keys(handshake.transcript(offer, m1, m2), s_h, s_c, resumed or handshake.NO_PSK)
        self._begun = Begun(offer.epoch, resumed or keys.bond, self._bond is None)
        self.channel.hold(ChainKey(offer.epoch, 0, keys.ck_h))
        ready, tx = self.channel.ready(ChainKey(offer.epoch, 0, keys.ck_s))
        self._replied = _Replied(sha256(m1), actions.SendReply(m2, ready), tx, now)
        self.channel.out.append(self._replied.action)
        return self._done()

    def _known_bond(self) -> bytes | None:
        return self._bond or (self._begun.bond if self._begun is not None else None)

    def _take(self, envelope: bytes, now: float) -> None:
        inner = self.channel.take_in(envelope, now)
        if inner is not None and inner.kind is Kind.READY:
            self._switch(inner.ack, inner.content, now)

    def _switch(self, ack: int, mid: bytes, now: float) -> None:
        """The help-seeker's ready is genuine: the epoch replied to is the epoch."""
        begun, replied = self._begun, self._replied
        if begun is None:
            return
        if begun.fresh:
            self.channel.new_bond(lambda _index, _line: True)
        self._bond, self._begun = begun.bond, None
        self._replied = None
        offered = self._offered
        if offered is not None and (
            offered.offer.epoch == begun.epoch or offered.offer.purpose is not Purpose.RESUME
        ):
            self._offered = None  # answered, or a first offer made again that is not needed any more
        if replied is not None:
            self._wants = False
            self.channel.activate(replied.tx, None)
            self.channel.out.append(actions.Active(begun.epoch, None))
        self.channel.after_ready(ack, mid, now)
        if self.channel.tx is None:
            self._want_epoch(now)

    # --- what staff say in the channel ---

    def propose(self, purpose: Purpose, cert_id: bytes, now: float) -> list[Action]:
        """Propose a handover or a supervisor by certificate; the word comes back as `Answered`."""
        return self._say(Kind.PROPOSE, proposal(purpose, cert_id), now)

    def take_back(self, purpose: Purpose, cert_id: bytes, now: float) -> list[Action]:
        """Take a proposal back that stands; nothing happens to one that was answered."""
        self._check_open(0)
        if not proposals.is_open(self.channel.of_bond(), purpose, cert_id, staff=True):
            return []
        return self._say(Kind.ANSWER, proposal(purpose, cert_id) + b"\0", now)

    # --- time and network ---

    def connected(self, now: float, hint: int = 0) -> list[Action]:
        """The socket is back, or after Rejoined with its hint: send again, and offer what is needed."""
        if self._ended:
            return []
        self._hint = max(self._hint, hint)
        if self._replied is not None:
            self.channel.out.append(self._replied.action)
        elif self._offered is not None:
            self._send_offer()
        self.channel.resend()
        if self.channel.tx is None and self._replied is None and self._offered is None:
            self._want_epoch(now)
        return self._done(changed=self._dirty)

    def _tick(self, now: float) -> None:
        if self._offered is not None and self._replied is None and now - self._offered.at >= OFFER_KEPT:
            self._offered = None
        if self._wants or (self.peer_present and self._is_stuck(now)):
            self._want_epoch(now)

    def _is_stuck(self, now: float) -> bool:
        """A present help-seeker that did not answer in time. A question to a person has no such time."""
        if self._replied is not None:
            return now - self._replied.at >= READY_WITHIN
        if self._offered is not None:
            asks = self._offered.offer.purpose in {Purpose.HANDOVER, Purpose.SUPERVISE}
            return not asks and now - self._offered.at >= READY_WITHIN
        return self.channel.tx is None and self._purpose is not None

    def _wipe(self) -> None:
        self._bond = self._begun = self._offered = self._replied = None
        self._wants = False
