# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a help-seeker's seat does with an offer: check it, and answer it or ask the person first."""

from __future__ import annotations

import abc

from chat.sealing import actions
from chat.sealing import offer as offers
from chat.sealing.actions import Action
from chat.sealing.certificate import Chain, verify_chain
from chat.sealing.channel import Random
from chat.sealing.errors import Code, SealingError
from chat.sealing.help_seeker_state import Handshake, Outstanding, Peer, Question, check_place
from chat.sealing.labels import sha256
from chat.sealing.member_seat import MemberSeat
from chat.sealing.offer import Mode, Offer, Purpose
from chat.sealing.seat import proposal
from chat.sealing.trust import Trust


class OfferedSeat(MemberSeat):
    """Base of the help-seeker's side; the handshake itself is in the class above it."""

    def __init__(self, sid: bytes, slot: int, trust: Trust, random: Random, mode: Mode) -> None:
        super().__init__(sid, slot, random)
        self.trust = trust
        self.mode = mode
        self.peer: Peer | None = None
        self._bond: bytes | None = None
        self._confirmed = False
        self._highest = 0
        self._left_at: int | None = None
        self._seen: dict[bytes, int] = {}
        self._outstanding: Outstanding | None = None
        self._question: Question | None = None
        self._agreed: bytes | None = None
        self._offer: Offer | None = None
        self._memory: Handshake | None = None
        self._early: bytes | None = None

    @abc.abstractmethod
    def _say_hello(self, now: float) -> None:
        """Answer the offer that is outstanding."""

    def offered(self, offer: bytes, staff: bytes, manager: bytes, now: float) -> list[Action]:
        """Frame Offered. A take or a resume is answered at once, the others by `NeedsConsent` first."""
        if self._ended:
            return []
        known = self._outstanding is not None and self._outstanding.hash == sha256(offer)
        if known and self._memory is not None:
            self.channel.out.append(actions.SendHello(self._memory.m1))
            return self._done(changed=False)
        asked = self._question is not None and self._question.outstanding.hash == sha256(offer)
        try:
            parsed = offers.parse(offer)
            chain = verify_chain(staff, manager, self.trust, int(now))
            offers.check(parsed, chain.staff)
            check_place(parsed, chain, self.sid, self.slot, self.mode)
            self._check_new(parsed, chain, known or asked)
            again = self._is_again(parsed, chain)
            asks = self._asks(parsed, chain, again)
        except SealingError as refused:
            self.channel.out.append(actions.RefusedOffer(refused.code))
            return self._done(changed=False)
        cert = chain.staff
        self._seen[cert.cert_id] = parsed.epoch
        peer = Peer(cert.id, cert.ed, cert.cert_id, cert.alias, cert.role, parsed.purpose)
        outstanding = Outstanding(parsed.epoch, parsed.purpose, sha256(offer), peer, again)
        if asks and not self._has_agreed(outstanding):
            self._question = Question(offer, outstanding)
            announced = proposal(parsed.purpose, cert.cert_id) in self._proposals
            self.channel.out.append(actions.NeedsConsent(cert.alias, cert.cert_id, parsed.purpose, announced))
        else:
            self._answer_offer(parsed, outstanding, now)
        return self._done()

    def _answer_offer(self, offer: Offer, outstanding: Outstanding, now: float) -> None:
        self._highest = offer.epoch
        self._offer, self._outstanding, self._memory, self._early = offer, outstanding, None, None
        self._say_hello(now)

    def _check_new(self, offer: Offer, chain: Chain, known: bool) -> None:
        """Above what was answered in the slot, and above what this certificate offered.

        Not above what others offered: while the person reads the question about a newcomer, the newcomer's
        offers go on, and whoever is here must still be able to resume.
        """
        if not known and offer.epoch <= max(self._highest, self._seen.get(chain.staff.cert_id, 0)):
            raise SealingError(Code.OLD_EPOCH)

    def _has_agreed(self, outstanding: Outstanding) -> bool:
        """The person said yes to just this a moment ago, and the offer was made anew before it was used."""
        return self._agreed == proposal(outstanding.purpose, outstanding.peer.cert_id)

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
                if (before is not None and not again) or self._left_at is not None:
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
        question = self._question
        if self._ended or question is None or question.outstanding.peer.cert_id != cert_id:
            return []
        self._question = None
        waiting = question.outstanding
        if proposal(waiting.purpose, cert_id) in self._proposals:
            self._answer(waiting.purpose, cert_id, yes, now)
        self._agreed = proposal(waiting.purpose, cert_id) if yes else None
        # Somebody else's resume may have gone past this offer: their next one is answered without a word.
        if yes and waiting.epoch > self._highest:
            self._answer_offer(offers.parse(question.offer), waiting, now)
        return self._done()

    def withdrawn(self) -> list[Action]:
        """Whoever was asked about, or had been answered, comes no more. Who is here stays."""
        self._question = self._agreed = None
        if self._outstanding is not None and self._outstanding.purpose is not Purpose.RESUME:
            self._offer = self._memory = self._outstanding = None
        return self._done()

    @property
    def answering(self) -> bytes | None:
        """SHA-256 of the offer that is being answered."""
        return None if self._outstanding is None else self._outstanding.hash

    @property
    def question(self) -> Question | None:
        """What the person is being asked."""
        return self._question
