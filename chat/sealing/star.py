# SPDX-License-Identifier: AGPL-3.0-or-later
"""Both seats of a help-seeker without script, and what passes between them (docs/protocol.md, A.5).

How this works: a supervisor has one seat, with the help-seeker; whoever seals for the help-seeker passes
counsellor and supervisor each other's lines. So nobody can listen whom this side does not send to. Every
method returns what is to be published, each part with its slot; `Persist` is left out, since the state
is written together with what is published.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import msgspec

from chat.sealing import actions
from chat.sealing.actions import Action
from chat.sealing.channel import Random
from chat.sealing.envelope import Kind
from chat.sealing.help_seeker_seat import HelpSeekerSeat
from chat.sealing.lines import LineState
from chat.sealing.offer import COUNSELLOR, SUPERVISOR, Mode, Purpose
from chat.sealing.trust import Trust

OWN = 2
"""Origin of the person's own line in a relay."""
WHOEVER = bytes(32)
"""In a proposal, instead of a certificate: back to the waiting room, for whoever is next."""

Out = list[tuple[int, Action]]
"""Slot and action, in the order they must be carried out."""


class Said(msgspec.Struct, array_like=True, frozen=True):
    """A line as it is shown."""

    mid: bytes
    slot: int
    own: bool
    alias: str
    """Whose it is; empty for the person's own."""
    text: str
    state: LineState
    at: int
    seen: bool
    """Of staff: that the person had it on the screen was said."""
    summary: bool = False
    """What a counsellor summed up for whoever comes next."""


class StarState(msgspec.Struct, array_like=True, frozen=True):
    """All of it."""

    seats: list[bytes]
    names: list[dict[int, str]]
    past: list[Said]
    present: list[bool]
    summary: tuple[bytes, str] | None


class Star:
    """Two seats, between loading the state and writing it back."""

    def __init__(self, sid: bytes, trust: Trust, random: Random) -> None:
        self._trust, self._random = trust, random
        self.seats = [self._fresh(sid, slot) for slot in (COUNSELLOR, SUPERVISOR)]
        self._names: list[dict[int, str]] = [{}, {}]
        self._past: list[Said] = []
        self._summary: tuple[bytes, str] | None = None
        """Certificate of whom the person agreed to give it to, and the text."""

    # --- keeping ---

    def state(self) -> StarState:
        """With everything that nothing but this state remembers."""
        return StarState(
            [seat.snapshot_with_keys() for seat in self.seats],
            self._names,
            self._past,
            [seat.peer_present for seat in self.seats],
            self._summary,
        )

    @classmethod
    def restore(cls, sid: bytes, state: StarState, trust: Trust, random: Random) -> Star:
        """From a state.

        Raises:
            SealingError: bad_state.
        """
        star = cls(sid, trust, random)
        star.seats = [HelpSeekerSeat.restore(seat, trust, random) for seat in state.seats]
        for seat, present in zip(star.seats, state.present, strict=True):
            seat.peer_present = present
        star._names, star._past, star._summary = state.names, state.past, state.summary
        return star

    # --- what the person does ---

    def say(self, text: str, now: float) -> Out:
        """A line of the person's own, to everybody who is in the conversation.

        Raises:
            SealingError: too_long, ended.
        """
        out = self._spread(COUNSELLOR, self.seats[COUNSELLOR].compose(text, now), now)
        line = self.seats[COUNSELLOR].channel.lines[-1]
        if self.seats[SUPERVISOR].peer is not None:
            out += _of(SUPERVISOR, self.seats[SUPERVISOR].relay(OWN, line, now))
        return out

    def consent(self, slot: int, cert_id: bytes, yes: bool, now: float, *, summary: bool = False) -> Out:
        """The person's word on who asks to come; `summary`: and may have what was summed up for them."""
        seat = self.seats[slot]
        out: Out = []
        question = seat.question
        if question is None or question.outstanding.peer.cert_id != cert_id:
            return out
        purpose = question.outstanding.purpose
        told = slot == SUPERVISOR and seat.is_announced(purpose, cert_id)
        if told and self.seats[COUNSELLOR].channel.tx is not None:
            out += _of(COUNSELLOR, self.seats[COUNSELLOR].answer(purpose, cert_id, yes, now))
        if yes and summary and (text := self.summary()) is not None:
            self._summary = (cert_id, text)
        return out + self._spread(slot, seat.consent(cert_id, yes, now), now)

    def give_back(self, yes: bool, now: float) -> Out:
        """The person's word on going back to the waiting room, for whoever is next."""
        seat = self.seats[COUNSELLOR]
        if not self.asks_to_give_back:
            return []
        return _of(COUNSELLOR, seat.answer(Purpose.HANDOVER, WHOEVER, yes, now))

    def end(self, now: float) -> Out:
        """Say it is over inside the channel, to everybody who is there."""
        return [part for slot, seat in enumerate(self.seats) for part in _of(slot, seat.end(now))]

    def seen(self, slot: int, mid: bytes, now: float) -> Out:
        """The person has this line of staff on the screen."""
        self.seats[slot].channel.seen(mid)
        return _of(slot, self.seats[slot].tick(now))

    # --- what comes ---

    def offered(self, slot: int, offer: bytes, staff: bytes, manager: bytes, now: float) -> Out:
        """Frame Offered."""
        return self._spread(slot, self.seats[slot].offered(offer, staff, manager, now), now)

    def replied(self, slot: int, m2: bytes, now: float) -> Out:
        """Frame Replied."""
        return self._spread(slot, self.seats[slot].replied(m2, now), now)

    def delivered(self, slot: int, envelope: bytes, now: float) -> Out:
        """Frame Delivery."""
        return self._spread(slot, self.seats[slot].delivered(envelope, now), now)

    def stands(self, *, waiting: bool, supervised: bool, present: tuple[bool, bool], now: float) -> Out:
        """How the conversation stands for the server: who holds a seat and who is there."""
        counsellor = self.seats[COUNSELLOR]
        out: Out = []
        if waiting and counsellor.peer is not None:
            out += _of(COUNSELLOR, counsellor.back_to_waiting())
            out += _of(COUNSELLOR, counsellor.left())
        if not supervised and self.seats[SUPERVISOR].peer is not None:
            self._no_supervisor()
        for slot, seat in enumerate(self.seats):
            out += self._spread(slot, seat.set_peer_present(present[slot], now), now)
        return out

    def offers_are(self, slot: int, hashes: Iterable[bytes]) -> Out:
        """Which offers stand for a slot; a question about another one is about nobody any more."""
        question = self.seats[slot].question
        if question is None or question.outstanding.hash in set(hashes):
            return []
        return _of(slot, self.seats[slot].withdrawn())

    # --- to look at ---

    def lines(self) -> list[Said]:
        """The conversation as it is shown."""
        shown = [self._said(slot) for slot in (COUNSELLOR, SUPERVISOR)]
        return list(heapq.merge(self._past, *shown, key=lambda said: said.at))

    def summary(self) -> str | None:
        """What the counsellor summed up last for whoever comes next."""
        found = [said.text for said in self._said(COUNSELLOR) if said.summary and not said.own]
        return found[-1] if found else None

    def alias(self, slot: int) -> str | None:
        """Who holds a seat."""
        peer = self.seats[slot].peer
        return None if peer is None else peer.alias

    @property
    def asks_to_give_back(self) -> bool:
        """The counsellor proposes that somebody else goes on."""
        return self.seats[COUNSELLOR].is_announced(Purpose.HANDOVER, WHOEVER)

    @property
    def is_busy(self) -> bool:
        """Something is owed or waited for: it should be looked at again soon."""
        return any(
            seat.channel.owes_ack
            or seat.channel.unacked_since is not None
            or seat.phase in {"hello", "resuming"}
            for seat in self.seats
        )

    @property
    def is_over(self) -> bool:
        """The counsellor ended it inside the channel, or what came did not fit together."""
        return self.seats[COUNSELLOR].ended

    # --- inside ---

    def _fresh(self, sid: bytes, slot: int) -> HelpSeekerSeat:
        return HelpSeekerSeat(sid, slot, self._trust, self._random, Mode.SERVER)

    def _said(self, slot: int) -> list[Said]:
        channel, names = self.seats[slot].channel, self._names[slot]
        return [
            Said(
                line.mid,
                slot,
                line.own,
                "" if line.own else names.get(line.bond, ""),
                line.text,
                line.state,
                line.at,
                line.own or line.mid not in (channel.unseen or ()),
                line.kind is Kind.SUMMARY,
            )
            for line in self.seats[slot].lines()
            if not (line.own and line.kind is Kind.SUMMARY)
        ]

    def _spread(self, slot: int, done: list[Action], now: float) -> Out:
        """What one seat did, and what follows for the other."""
        out: Out = []
        for action in done:
            match action:
                case actions.Persist():
                    continue
                case actions.Active(alias=alias):
                    seat = self.seats[slot]
                    self._names[slot][seat.channel.bond_no] = alias or ""
                    out.append((slot, action))
                    out += self._give_summary(slot, now)
                    out += self._tell_room(now)
                    continue
                case actions.Proposed(purpose=Purpose.SUPERVISE, cert_id=cert_id) if slot == COUNSELLOR:
                    self.seats[SUPERVISOR].announced(Purpose.SUPERVISE, cert_id)
                case actions.TakenBack(purpose=Purpose.SUPERVISE, cert_id=cert_id) if slot == COUNSELLOR:
                    self.seats[SUPERVISOR].unannounced(Purpose.SUPERVISE, cert_id)
                case actions.LineAdded(line=line) if not line.own and line.kind is Kind.TEXT:
                    other = self.seats[1 - slot]
                    if other.peer is not None:
                        out += _of(1 - slot, other.relay(slot, line, now))
                case actions.PeerEnded() | actions.Dead() if slot == SUPERVISOR:
                    self._no_supervisor()
                    out += self._tell_room(now)
            out.append((slot, action))
        return out

    def _give_summary(self, slot: int, now: float) -> Out:
        seat = self.seats[slot]
        if slot != COUNSELLOR or self._summary is None or seat.peer is None:
            return []
        cert_id, text = self._summary
        if seat.peer.cert_id != cert_id:
            return []
        self._summary = None
        return _of(slot, seat.compose(text, now, Kind.SUMMARY))

    def _tell_room(self, now: float) -> Out:
        """Tell everybody who is here whom lines go to, when that is news to them."""
        here = [seat.peer is not None for seat in self.seats]
        content = bytes([here[COUNSELLOR] | here[SUPERVISOR] << 1])
        out: Out = []
        for slot, seat in enumerate(self.seats):
            told = [
                line.content
                for line in seat.channel.lines
                if line.own and line.kind is Kind.ROOM and line.bond == seat.channel.bond_no
            ]
            news = told[-1] != content if told else here[SUPERVISOR]
            if seat.peer is not None and news:
                out += _of(slot, seat.room(here[COUNSELLOR], here[SUPERVISOR], now))
        return out

    def _no_supervisor(self) -> None:
        """The supervisor left: what was said stays, and the next one is asked about again."""
        gone = self.seats[SUPERVISOR]
        self._past += [said for said in self._said(SUPERVISOR) if not said.own]
        self._past.sort(key=lambda said: said.at)
        self._names[SUPERVISOR] = {}
        self.seats[SUPERVISOR] = self._fresh(gone.sid, SUPERVISOR)
        self.seats[SUPERVISOR].follow(gone)


def _of(slot: int, done: list[Action]) -> Out:
    return [(slot, action) for action in done if not isinstance(action, actions.Persist)]
