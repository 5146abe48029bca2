# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a help-seeker without script asks for. Our process seals on their behalf, and forgets it again.

How this works: nothing of a conversation stays in a process. Every request loads the sealed state, opens it
with the token of its cookie, changes it, and writes it back with what it publishes, in one script, if
nobody was faster; else it does all of it again. Any worker may take any request. Only the connection that
holds the stream (its generation is the current one) takes in what lies there: offers, replies, envelopes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from chat.actions import help_seeker
from chat.actions.counting import came
from chat.actions.house import House
from chat.actions.transition import apply, begin
from chat.live.sealed import Admitted, Changed, Publication, Share
from chat.live.wake import Kind
from chat.protocol import codec, frames
from chat.protocol.types import VERSION, About, EndedBy, ErrorCode, Phase, Urgency
from chat.rules.conversation import NotAllowed
from chat.rules.events import Declined, Described, Ended, Started
from chat.rules.outcomes import WITHOUT_SCRIPT
from chat.rules.state import SLOT, STAFF, Conversation, Member
from chat.sealing import actions as sealing
from chat.sealing.blob import ticket_hash, ticket_of
from chat.sealing.errors import Code, SealingError
from chat.sealing.offer import Mode
from chat.sealing.sealer import Posted, Sealer, sid_of
from chat.sealing.star import Out, Star
from chat.sealing.trust import Trust

H = Member.HELP_SEEKER
_PEER = (Member.COUNSELLOR, Member.SUPERVISOR)
_TRIES = 200
"""Every round somebody is through, so this many in a row means that something is broken."""
_STREAM_WITHIN_MS = 10_000
MOST_STATE = 1 << 20
"""Bytes of one sealed state."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """What sealing for somebody needs beside the house."""

    house: House
    trust: Trust

    def now(self) -> float:
        """Unix seconds."""
        return self.house.now() / 1000


@dataclass(slots=True)
class Done(Generic[T]):
    """A change that was written."""

    sealer: Sealer
    """As it is now."""
    result: T
    out: Out


async def start(desk: Desk, token: bytes, language: str, share: Share) -> None:
    """Enter the waiting room.

    Raises:
        NotAllowed: intake is closed, the room is full, or too many start at once.
        StoreError: the live store does not answer.
    """
    house, sid = desk.house, sid_of(token)
    await help_seeker.check_intake(house, language)
    match await house.sealed.admit(sid, share, house.now()):
        case Admitted.ROOM_FULL:
            raise NotAllowed(ErrorCode.ROOM_FULL)
        case Admitted.TOO_MANY_AT_ONCE:
            raise NotAllowed(ErrorCode.TOO_FAST)
        case Admitted.YES:
            pass
    sealer = Sealer(Star(sid, desk.trust, house.random))
    if not await house.sealed.create(sid, sealer.seal(token, house.random(12))):
        raise NotAllowed(ErrorCode.NOT_A_MEMBER)
    # Its stream comes in a moment. Of two presses the browser keeps the second alone: the first is gone soon.
    house.deadlines.renew([(sid, H, 1)], house.now() + _STREAM_WITHIN_MS)
    event = Started(language=language, generation=1, now=house.now(), mode=int(Mode.SERVER))
    moved = await begin(house, sid, event, ticket_hash(ticket_of(token)), house.random(32))
    if moved is None:
        await house.sealed.drop(sid)
        raise NotAllowed(ErrorCode.NOT_A_MEMBER)
    await came(house, language, WITHOUT_SCRIPT)


async def attach(desk: Desk, token: bytes) -> tuple[int, frames.Welcome] | EndedBy:
    """Hold the conversation from this connection; the one before is told.

    Raises:
        NotAllowed: not the browser that started it.
        StoreError: the live store does not answer.
    """
    frame = frames.Attach(VERSION, sid_of(token), ticket_of(token), desk.house.era, take_over=True)
    entered = await help_seeker.attach(desk.house, frame)
    return entered if isinstance(entered, EndedBy) else (entered.generation, entered.welcome)


async def look(desk: Desk, token: bytes) -> Sealer | None:
    """The state as it stands; None when this cookie opens nothing (any more).

    Raises:
        StoreError: the live store does not answer.
    """
    found = await desk.house.sealed.load(sid_of(token))
    return None if found is None else _open(desk, token, found[1])


async def change(
    desk: Desk,
    token: bytes,
    work: Callable[[Sealer, float], tuple[T, Out]],
    *,
    generation: int | None = None,
    look: bool = True,
) -> Done[T] | EndedBy:
    """Change the state and publish what comes of it: both, or neither.

    Args:
        desk: the house.
        token: of the cookie.
        work: changes the sealer; done again when somebody else was faster. May raise SealingError.
        generation: only as the connection that holds the stream.
        look: tell that connection to show it.

    Raises:
        NotAllowed: another connection holds it; too much lies undelivered; too much was written.
        SealingError: what `work` raises.
        StoreError: the live store does not answer.
    """
    house, sid = desk.house, sid_of(token)
    for _ in range(_TRIES):
        found = await house.sealed.load(sid)
        if found is None:
            return EndedBy.UNKNOWN
        sealer = _open(desk, token, found[1])
        if sealer is None:
            return EndedBy.UNKNOWN
        before = sealer.plain()
        result, out = work(sealer, desk.now())
        sealer.published(out)
        what = _publication(sid, sealer, out)
        if not what and sealer.plain() == before:
            _ask(house, sid, out)
            return Done(sealer, result, out)
        sealed = sealer.seal(token, house.random(12))
        if len(sealed) > MOST_STATE:
            raise NotAllowed(ErrorCode.LANE_FULL)
        written = await house.sealed.change(
            sid, found[0], sealed, what, house.now(), generation=generation, look=look
        )
        match written:
            case Changed.ANOTHER_VERSION:
                continue
            case Changed.SUPERSEDED:
                raise NotAllowed(ErrorCode.SUPERSEDED)
            case Changed.FULL:
                raise NotAllowed(ErrorCode.LANE_FULL)
            case Changed.GONE:
                return EndedBy.UNKNOWN
            case frozenset() as behind:
                _ask(house, sid, out)
                for slot in behind:
                    _ask(house, sid, sealer.fell_behind(slot, desk.now()))
                return Done(sealer, result, out)
    raise NotAllowed(ErrorCode.STORE_LOST)


async def take_in(desk: Desk, token: bytes, generation: int) -> tuple[Done[None], Conversation] | EndedBy:
    """As the connection that holds the stream: everything that lies there for the help-seeker.

    Raises:
        NotAllowed: another connection holds it.
        StoreError: the live store does not answer.
    """
    house, sid = desk.house, sid_of(token)
    standing = await help_seeker.load(house, sid)
    if standing is None:
        return EndedBy.UNKNOWN
    if standing.phase is Phase.CLOSED:
        return standing.ended_by or EndedBy.UNKNOWN
    posted, lying = await _mailboxes(house, sid), await _lanes(house, sid)
    present = (standing.is_present(Member.COUNSELLOR), standing.is_present(Member.SUPERVISOR))

    def work(sealer: Sealer, now: float) -> tuple[None, Out]:
        out = sealer.star.stands(
            waiting=standing.phase is Phase.WAITING,
            supervised=standing.supervisor.is_held,
            present=present,
            now=now,
        )
        return None, out + sealer.take_in(posted, lying, now)

    done = await change(desk, token, work, generation=generation, look=False)
    return done if isinstance(done, EndedBy) else (done, standing)


async def describe(desk: Desk, token: bytes, about: About | None, urgency: Urgency | None) -> None:
    """What it is about, or how urgent it feels; None stays as it is.

    Raises:
        NotAllowed: nothing waits under this cookie.
        StoreError: the live store does not answer.
    """
    house = desk.house

    def event(standing: Conversation | None) -> Described:
        if standing is None:
            raise NotAllowed(ErrorCode.NOT_A_MEMBER)
        said = standing.about if about is None else about, standing.urgency if urgency is None else urgency
        return Described(*said, standing.help_seeker.generation, house.now())

    await apply(house, sid_of(token), event)


async def decline(desk: Desk, token: bytes, slot: int) -> None:
    """The person's no to whoever offers this slot: they are let go.

    Raises:
        NotAllowed: nobody asks for it any more.
        StoreError: the live store does not answer.
    """
    house, sid = desk.house, sid_of(token)

    def event(standing: Conversation | None) -> Declined:
        return Declined(slot, standing.help_seeker.generation if standing is not None else 0, house.now())

    await apply(house, sid, event)


async def leave(desk: Desk, token: bytes) -> EndedBy:
    """End it for both sides, and delete everything that is stored of it. May be sent again.

    Raises:
        StoreError: the live store does not answer.
    """
    house, sid = desk.house, sid_of(token)

    def event(standing: Conversation | None) -> Ended:
        # Whoever has the cookie may end it, from any request and not only as the holder of the stream.
        return Ended(H, standing.help_seeker.generation if standing is not None else 0, house.now())

    moved = await apply(house, sid, event)
    if moved.state is None:
        await house.sealed.drop(sid)
    return help_seeker.ended_by(moved.notes) or EndedBy.HELP_SEEKER


def _open(desk: Desk, token: bytes, sealed: bytes) -> Sealer | None:
    try:
        return Sealer.open(sealed, token, desk.trust, desk.house.random)
    except SealingError as refused:
        if refused.code is not Code.NOT_OPENED:
            raise
        return None


def _publication(sid: bytes, sealer: Sealer, out: Out) -> Publication:
    what = Publication()
    for slot, action in out:
        match action:
            case sealing.SendEnvelope(envelope):
                what.envelopes.append(envelope)
            case sealing.SendHello(m1):
                box = sealer.offering(slot)
                if box is not None:
                    what.hellos.append((Member(box), codec.encode(frames.DeskHello(sid, slot, m1))))
            case sealing.Took(epoch, n):
                what.took.append((slot, epoch, n))
            case _:
                pass
    return what


def _ask(house: House, sid: bytes, out: Out) -> None:
    """Only staff browsers make offers: ask for one. When it is away it offers by itself on return."""
    for slot, action in out:
        if isinstance(action, sealing.AskResume):
            frame = frames.DeskAskResume(sid, slot, action.cert_id)
            house.relay.tell(sid, _PEER[slot], codec.encode(frame))


async def _mailboxes(house: House, sid: bytes) -> list[Posted]:
    found: list[Posted] = []
    for member in STAFF:
        posted = await house.relay.handshake(sid, member)
        if Kind.OFFER not in posted:
            continue
        offered = codec.decode_to_help_seeker(posted[Kind.OFFER])
        replied = codec.decode_to_help_seeker(posted[Kind.REPLY]) if Kind.REPLY in posted else None
        if isinstance(offered, frames.Offered):
            m2 = replied.m2 if isinstance(replied, frames.Replied) else None
            slot, name = SLOT[member], member.value
            found.append(Posted(name, slot, offered.offer, offered.staff, offered.manager, m2))
    return found


async def _lanes(house: House, sid: bytes) -> list[bytes]:
    return [envelope for slot in (0, 1) for envelope in await house.relay.backlog(sid, slot, 1)]
