# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a help-seeker's browser asks for: start, come back, answer an offer, leave."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass

import msgspec

from chat.actions.duty import intake_from, intake_of, look_at_intake
from chat.actions.house import House
from chat.actions.transition import apply, begin
from chat.live.relay import PutResult
from chat.live.wake import Kind
from chat.protocol import codec, frames
from chat.protocol.types import VERSION, EndedBy, ErrorCode, Left, Phase
from chat.rules import effects, state
from chat.rules.admission import is_full
from chat.rules.conversation import NotAllowed
from chat.rules.events import Attached, Declined, Described, Ended, Event, Started
from chat.rules.intake import Intake
from chat.rules.places import entry
from chat.rules.state import STAFF, Conversation, Member

H = Member.HELP_SEEKER
_HANDOVER = 2


@dataclass(frozen=True, slots=True)
class Entered:
    """The connection holds the conversation now: the answer, then what was missed, in this order."""

    generation: int
    welcome: frames.Welcome
    missed: tuple[frames.ToHelpSeeker, ...]
    is_new: bool = False
    """It began with this."""


async def start(house: House, frame: frames.Start, work: bytes = b"") -> Entered | EndedBy:
    """Enter the waiting room. The same browser may send it again, and pays once.

    Raises:
        NotAllowed: intake of this language is closed, the room is full, `work` is no solution that nobody
            spent, or the address belongs to somebody else.
        StoreError: the live store does not answer.
    """
    known, look, waiting = await asyncio.gather(
        house.conversations.exists(frame.sid), look_at_intake(house, frame.language), house.room.size()
    )
    if not known:
        await _admit(house, await intake_from(house, frame.language, look), waiting, work)
    house.here(frame.sid, H, 1)
    event = Started(frame.language, 1, house.now(), frame.urgency, frame.about)
    moved = await begin(house, frame.sid, event, frame.ticket_hash, frame.half)
    if moved is None or moved.state is None:
        seats = await house.conversations.seats(frame.sid)
        if seats is None or not hmac.compare_digest(seats.ticket_hash, frame.ticket_hash):
            raise NotAllowed(ErrorCode.NOT_A_MEMBER)
        return await _attach(house, frame.sid, frame.half)
    return Entered(1, _welcome(house, moved.state, 1, frame.half), (), is_new=True)


async def check_intake(house: House, language: str) -> None:
    """Nobody waits where nobody sits.

    Raises:
        NotAllowed: intake is closed.
        StoreError: the live store does not answer.
    """
    if await intake_of(house, language) is not Intake.OPEN:
        raise NotAllowed(ErrorCode.CLOSED_INTAKE)


async def _admit(house: House, intake: Intake, waiting: int, work: bytes) -> None:
    """Whether somebody new may wait: asked in this order, so that nobody pays for a door that is closed."""
    if intake is not Intake.OPEN:
        raise NotAllowed(ErrorCode.CLOSED_INTAKE)
    if is_full(waiting, house.room_limit()):
        raise NotAllowed(ErrorCode.ROOM_FULL)
    if house.admission is not None and not await house.admission.spend(work):
        raise NotAllowed(ErrorCode.WORK_NEEDED)


async def attach(house: House, frame: frames.Attach) -> Entered | EndedBy:
    """Continue after a dropped network or a reload; or say how it ended.

    Raises:
        NotAllowed: not the browser that started it, or another tab holds it and `take_over` is False.
        StoreError: the live store does not answer.
    """
    seats = await house.conversations.seats(frame.sid)
    if seats is None:  # asked now: the store may be back, and its worker not have heard that it forgot
        return EndedBy.UNKNOWN if frame.era == await house.conversations.memory() else EndedBy.LOST
    if not hmac.compare_digest(seats.ticket_hash, hashlib.sha256(frame.ticket).digest()):
        raise NotAllowed(ErrorCode.NOT_A_MEMBER)
    if not frame.take_over:
        found = await load(house, frame.sid)
        if found is not None and found.is_present(H):
            raise NotAllowed(ErrorCode.HELD_ELSEWHERE)
    return await _attach(house, frame.sid, seats.halves[H])


async def reattach(house: House, sid: bytes, generation: int) -> None:
    """The presence lease ended although this connection lives: take the place again.

    Raises:
        NotAllowed: another tab holds it, or the conversation is over.
        StoreError: the live store does not answer.
    """
    house.here(sid, H, generation)
    await apply(house, sid, lambda _: Attached(H, generation, house.now()))


async def hello(house: House, sid: bytes, generation: int, frame: frames.Hello) -> frames.NotComing | None:
    """Pass on the help-seeker's answer to an offer.

    Returns:
        What to answer when whoever made the offer comes no more.

    Raises:
        NotAllowed: an older connection.
        StoreError: the live store does not answer.
    """
    peer = await _offering(house, sid, frame)
    if peer is None:
        return frames.NotComing(frame.slot, Left.LAPSED)
    body = codec.encode(frames.DeskHello(sid, frame.slot, frame.m1))
    refuse(await house.relay.post_handshake(sid, Kind.HELLO, body, H, generation, peer))
    return None


async def _offering(house: House, sid: bytes, frame: frames.Hello) -> Member | None:
    """Whose offer this answers. For slot 0 the counsellor and a newcomer can both have one out; the purpose
    tells them apart. A newcomer that has moved since is the counsellor, with the same offer.
    """
    standing = await load(house, sid)
    if frame.slot == 1:
        return Member.SUPERVISOR if standing is None or standing.supervisor.is_held else None
    if standing is None or frame.purpose != _HANDOVER or standing.phase is not Phase.OPEN:
        return Member.COUNSELLOR
    if standing.newcomer.is_held:
        return Member.NEWCOMER
    posted = (await house.relay.handshake(sid, Member.COUNSELLOR)).get(Kind.OFFER)
    offered = codec.decode_to_help_seeker(posted) if posted else None
    by_counsellor = isinstance(offered, frames.Offered) and offered.offer[1] == _HANDOVER
    return Member.COUNSELLOR if by_counsellor else None


async def decline(house: House, sid: bytes, generation: int, frame: frames.Decline) -> EndedBy | None:
    """The person's no to whoever offers this slot. May be sent again.

    Returns:
        How the conversation ended, if it has; else everything goes on.

    Raises:
        NotAllowed: an older connection.
        StoreError: the live store does not answer.
    """
    moved = await apply(house, sid, lambda _: Declined(frame.slot, generation, house.now()))
    return ended_by(moved.notes)


async def describe(house: House, sid: bytes, generation: int, frame: frames.Describe) -> EndedBy | None:
    """What it is about and how urgent it feels: orders the waiting room. May be sent again, and changed.

    Returns:
        How the conversation ended, if it has.

    Raises:
        NotAllowed: an older connection.
        StoreError: the live store does not answer.
    """
    said = frame.about, frame.urgency
    moved = await apply(house, sid, lambda _: Described(*said, generation, house.now()))
    return ended_by(moved.notes)


async def ask_resume(house: House, sid: bytes, frame: frames.AskResume) -> None:
    """Ask the staff browser of a seat for a resume offer; when it is away it offers by itself on return."""
    peer = Member.COUNSELLOR if frame.slot == 0 else Member.SUPERVISOR
    house.relay.tell(sid, peer, codec.encode(frames.DeskAskResume(sid, frame.slot, frame.cert_id)))


async def leave(house: House, sid: bytes, generation: int) -> EndedBy:
    """End the conversation for both sides. May be sent again.

    Raises:
        NotAllowed: an older connection.
        StoreError: the live store does not answer.
    """
    moved = await apply(house, sid, lambda _: Ended(H, generation, house.now()))
    return ended_by(moved.notes) or EndedBy.HELP_SEEKER


async def load(house: House, sid: bytes) -> Conversation | None:
    """The conversation as it stands; for a look, not for a decision."""
    found = await house.conversations.load(sid)
    return state.load(found[1]) if found else None


def refuse(result: PutResult) -> None:
    """Raise what a refused relay means.

    Raises:
        NotAllowed: unless it was stored.
    """
    match result:
        case PutResult.STORED | PutResult.DUPLICATE:
            return
        case PutResult.SUPERSEDED:
            raise NotAllowed(ErrorCode.SUPERSEDED)
        case PutResult.GAP:
            raise NotAllowed(ErrorCode.GAP)
        case PutResult.FULL:
            raise NotAllowed(ErrorCode.LANE_FULL)
        case PutResult.LOST:
            raise NotAllowed(ErrorCode.STORE_LOST)
        case PutResult.NOT_A_MEMBER:
            raise NotAllowed(ErrorCode.NOT_A_MEMBER)


def ended_by(notes: tuple[effects.Note, ...]) -> EndedBy | None:
    """How it ended, when that was the answer."""
    return next((note.by for note in notes if isinstance(note, effects.ClosedBy)), None)


async def _attach(house: House, sid: bytes, half: bytes) -> Entered | EndedBy:
    generation = await house.conversations.attach(sid, H, house.worker)
    if generation is None:
        return EndedBy.UNKNOWN
    house.here(sid, H, generation)

    def event(_: Conversation | None) -> Event:
        return Attached(H, generation, house.now())

    moved = await apply(house, sid, event)
    if moved.state is None or (by := ended_by(moved.notes)) is not None:
        return by if moved.state is not None and by is not None else EndedBy.UNKNOWN
    missed = _missed(house, sid, moved.state)
    if moved.state.phase is Phase.WAITING:
        lay, _ = await asyncio.gather(missed, _keep_in_room(house, sid, moved.state))
    else:
        lay = await missed
    return Entered(generation, _welcome(house, moved.state, generation, half), lay)


async def _keep_in_room(house: House, sid: bytes, waiting: Conversation) -> None:
    """The entry of the waiting room is there, also when a worker died just before it was written."""
    found = await house.conversations.load(sid)
    if found is None or await house.room.mark(sid, True, found[0]):
        return
    here = msgspec.structs.replace(entry(waiting), present=True)
    await house.room.enter(sid, here, found[0])


def _welcome(house: House, standing: Conversation, generation: int, half: bytes) -> frames.Welcome:
    present = standing.is_present(Member.COUNSELLOR)
    return frames.Welcome(VERSION, house.worker, house.era, generation, standing.phase, half, present)


async def _missed(house: House, sid: bytes, standing: Conversation) -> tuple[frames.ToHelpSeeker, ...]:
    """Who else is there, the handshakes that are outstanding, and every envelope not acknowledged."""
    found: list[frames.ToHelpSeeker] = []
    if standing.phase is Phase.WAITING:
        found.append(frames.Described(standing.about, standing.urgency))
    supervisor = standing.supervisor
    if supervisor.is_held and not supervisor.asks:
        found.append(frames.Presence(1, standing.is_present(Member.SUPERVISOR)))
    elif not supervisor.is_held and supervisor.generation:
        found.append(frames.NotComing(1, Left.BY_ITSELF))
    backlogs = asyncio.gather(*(house.relay.backlog(sid, slot, 1) for slot in (0, 1)))
    handshakes = asyncio.gather(*(house.relay.handshake(sid, member) for member in STAFF))
    (first, second), handed = await asyncio.gather(backlogs, handshakes)
    lanes = {Member.COUNSELLOR: first, Member.SUPERVISOR: second}
    for member, posted in zip(STAFF, handed, strict=True):
        if Kind.OFFER in posted:
            found.append(codec.decode_to_help_seeker(posted[Kind.OFFER]))
        if Kind.REPLY in posted:
            found.append(codec.decode_to_help_seeker(posted[Kind.REPLY]))
        found.extend(frames.Delivery(envelope) for envelope in lanes.get(member, ()))
    return tuple(found)
