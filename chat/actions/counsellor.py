# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a counsellor's desk asks for: open, take, offer, reply, come back, give back, end."""

from __future__ import annotations

from dataclasses import dataclass

from chat.actions.care import boundary_ended
from chat.actions.help_seeker import ended_by, refuse
from chat.actions.house import House
from chat.actions.transition import Sitter, apply, move, sit
from chat.live.conversations import Seats
from chat.live.wake import Kind
from chat.protocol import codec, frames
from chat.protocol.types import VERSION, EndedBy, EndHow, ErrorCode, HandoverAnswer, Left, Risk
from chat.rules import state
from chat.rules.conversation import NotAllowed
from chat.rules.events import Attached, Claimed, Ended, GivenBack, ReplyPosted, RiskJudged
from chat.rules.places import purpose
from chat.rules.state import SLOT, Conversation, Member

H, C, S, N = Member.HELP_SEEKER, Member.COUNSELLOR, Member.SUPERVISOR, Member.NEWCOMER
_OFFER_HEADER = 24  # version, purpose, mode, slot, sid, epoch


@dataclass(frozen=True, slots=True)
class Seated:
    """The desk holds a place in the conversation: the answer, then what was missed."""

    member: Member
    generation: int
    answer: frames.Taken | frames.Rejoined
    missed: tuple[frames.ToDesk, ...] = ()
    asks: bool = False
    """The help-seeker has not said yes yet: nothing may be written there."""


@dataclass(frozen=True, slots=True)
class Opened:
    """This connection is the desk: its generation, the answer, then what happened while it was away."""

    generation: int
    welcome: frames.DeskWelcome
    missed: tuple[frames.SeatLeft | frames.HandoverAsked, ...]


async def open_desk(house: House, device: bytes, *, take_over: bool) -> Opened:
    """Make this connection the one desk of its device.

    Raises:
        NotAllowed: another tab is the desk and `take_over` is False.
        StoreError: the live store does not answer.
    """
    if not take_over and await house.duty.is_open(device.hex(), house.now()):
        raise NotAllowed(ErrorCode.HELD_ELSEWHERE)
    generation = await house.desk.open(device.hex(), house.worker)
    mine: list[frames.MySeat] = []
    lost = [frames.SeatLeft(sid, slot, Left(why)) for sid, slot, why in await house.desk.left(device.hex())]
    for slot in (0, 1):
        for sid in sorted(await house.desk.mine(device.hex(), slot)):
            seats = await house.conversations.seats(sid)
            if seats is not None and _member(seats, device, slot) is not None:
                mine.append(frames.MySeat(sid, slot))
                continue
            await house.desk.drop_mine(device.hex(), sid, slot)
            if seats is not None:  # the worker that let it go died before it could say so
                lost.append(frames.SeatLeft(sid, slot, Left.LOST))
    welcome = frames.DeskWelcome(VERSION, house.worker, house.era, mine)
    return Opened(generation, welcome, (*lost, *await _questions(house, device)))


async def _questions(house: House, device: bytes) -> list[frames.HandoverAsked]:
    """What colleagues still ask of this desk."""
    found: list[frames.HandoverAsked] = []
    for sid in sorted(await house.desk.asked(device.hex())):
        held = await house.conversations.load(sid)
        standing = state.load(held[1]) if held else None
        if standing is None or standing.asked is None or device not in standing.asked.devices:
            await house.desk.note_asked(device.hex(), sid, asked=False)
        else:
            by = standing.counsellor.staff_id
            found.append(frames.HandoverAsked(sid, by, standing.language, asked=True))
    return found


async def take(house: House, staff: bytes, device: bytes, frame: frames.Take) -> Seated:
    """Take one waiting conversation: of all who press at once exactly one has it.

    Raises:
        NotAllowed: taken, gone, or the person is away.
        StoreError: the live store does not answer; a claim comes back by its lease.
    """
    sid = frame.sid
    owner = f"{device.hex()}:{house.random(8).hex()}"
    entry = await house.room.claim(sid, owner, house.now())
    if entry is None:
        raise NotAllowed(ErrorCode.TAKEN)
    try:
        return await _move(house, staff, device, frame, owner)
    except NotAllowed as refused:
        seats = await house.conversations.seats(sid)
        if seats is None or _member(seats, device, 0) is None:
            await house.desk.drop_mine(device.hex(), sid)
        if await house.conversations.load(sid) is None:
            await house.room.leave(sid)
        elif refused.code is ErrorCode.TAKEN:
            await house.room.settle(sid, owner)
        else:
            await house.room.release(sid, owner)
        raise NotAllowed(ErrorCode.TAKEN) from None


async def _move(house: House, staff: bytes, device: bytes, frame: frames.Take, owner: str) -> Seated:
    """The claim is ours; whoever stood still so long that it lapsed takes nothing from who has it now."""
    sid = frame.sid
    await house.desk.add_mine(device.hex(), sid)
    moved = await sit(
        house, sid, C, Sitter(staff, device, frame.half), lambda at: Claimed(staff, device, at, house.now())
    )
    await house.room.settle(sid, owner)
    return await taken(house, sid, C, moved.state, moved.generation)


async def taken(
    house: House, sid: bytes, member: Member, standing: Conversation | None, generation: int
) -> Seated:
    """The answer to a desk that sat down.

    Raises:
        NotAllowed: the conversation is over.
        StoreError: the live store does not answer.
    """
    if standing is None:
        raise NotAllowed(ErrorCode.TAKEN)
    slot = SLOT[member]
    hint = await house.conversations.epoch_hint(sid, slot)
    present = standing.is_present(H)
    answer = frames.Taken(
        sid, slot, purpose(standing, member), standing.mode, standing.language, hint, present
    )
    return Seated(member, generation, answer, asks=standing.place(member).asks)


async def rejoin(house: House, device: bytes, frame: frames.Rejoin) -> Seated | EndedBy | Left:
    """Continue in a place of this device after a reload or a dropped network.

    Returns:
        The place; how the conversation ended; or why it goes on without this desk.

    Raises:
        NotAllowed: the seat is not this device's.
        StoreError: the live store does not answer.
    """
    sid, slot = frame.sid, frame.slot
    seats = await house.conversations.seats(sid)
    if seats is None:
        await house.desk.drop_mine(device.hex(), sid, slot)
        return EndedBy.UNKNOWN
    member = _member(seats, device, slot)
    if member is None:
        return await _lost(house, device, sid, slot)
    generation = await house.conversations.attach(sid, member, house.worker)
    if generation is None:
        return EndedBy.UNKNOWN
    house.here(sid, member, generation)
    try:
        moved = await apply(house, sid, lambda _: Attached(member, generation, house.now(), device))
    except NotAllowed as refused:
        if refused.code is not ErrorCode.NOT_A_MEMBER:
            raise
        return await _lost(house, device, sid, slot)  # it was let go at this very moment
    if moved.state is None or (by := ended_by(moved.notes)) is not None:
        return by if moved.state is not None and by is not None else EndedBy.UNKNOWN
    standing = moved.state
    answer = frames.Rejoined(
        sid,
        slot,
        purpose(standing, member),
        standing.mode,
        seats.halves[member],
        standing.phase,
        standing.language,
        await house.conversations.epoch_hint(sid, slot),
        standing.is_present(H),
    )
    missed = await _missed(house, sid, member, standing)
    return Seated(member, generation, answer, missed, standing.place(member).asks)


async def _lost(house: House, device: bytes, sid: bytes, slot: int) -> Left:
    """Why this device has the seat no longer, if it ever had it."""
    for gone, place, why in await house.desk.left(device.hex()):
        if (gone, place) == (sid, slot):
            return Left(why)
    if sid not in await house.desk.mine(device.hex(), slot):
        raise NotAllowed(ErrorCode.NOT_A_MEMBER)
    await house.desk.drop_mine(device.hex(), sid, slot)
    return Left.LOST


async def _missed(
    house: House, sid: bytes, member: Member, standing: Conversation
) -> tuple[frames.ToDesk, ...]:
    missed: list[frames.ToDesk] = []
    if member is C and standing.opened_ms:
        missed.append(frames.RiskSet(sid, standing.risk))
    if member is C and standing.newcomer.is_held and standing.invited:
        missed.append(frames.HandoverAnswered(sid, HandoverAnswer.ACCEPTED))
    posted = await house.relay.handshake(sid, member)
    if Kind.HELLO in posted:
        missed.append(codec.decode_to_desk(posted[Kind.HELLO]))
    if member is not N:
        lane = await house.relay.backlog(sid, SLOT[member], 0)
        missed.extend(frames.DeskDelivery(sid, envelope) for envelope in lane)
    return tuple(missed)


async def reattach(house: House, device: bytes, sid: bytes, member: Member, generation: int) -> None:
    """The presence lease ended although this connection lives: take the place again.

    Raises:
        NotAllowed: somebody else holds it, or the conversation is over.
        StoreError: the live store does not answer.
    """
    house.here(sid, member, generation)
    await apply(house, sid, lambda _: Attached(member, generation, house.now(), device))


async def offer(house: House, member: Member, generation: int, frame: frames.DeskOffer) -> None:
    """Pass a signed offer on to the help-seeker's browser, which checks everything.

    Raises:
        NotAllowed: an older connection, or the offer names another conversation or seat.
        StoreError: the live store does not answer.
    """
    slot = SLOT[member]
    if frame.slot != slot or frame.offer[3] != slot or frame.offer[4:20] != frame.sid:
        raise NotAllowed(ErrorCode.MALFORMED)
    body = codec.encode(frames.Offered(frame.slot, frame.offer, frame.staff, frame.manager))
    epoch = int.from_bytes(frame.offer[20:_OFFER_HEADER], "big")
    refuse(await house.relay.post_handshake(frame.sid, Kind.OFFER, body, member, generation, H, epoch))


async def reply(
    house: House, device: bytes, member: Member, generation: int, frame: frames.DeskReply
) -> tuple[Member, int]:
    """Both sides have the keys now: the conversation is open, the supervisor joined, or the newcomer is the
    counsellor; pass m2 on.

    Returns:
        As whom this connection goes on, and its generation there.

    Raises:
        NotAllowed: an older connection, or the help-seeker has not let this newcomer or supervisor in.
        StoreError: the live store does not answer.
    """
    if member is N:
        member, generation = C, await _moves(house, device, generation, frame.sid)
    else:
        if member is S:
            await _let_in(house, frame.sid, S)
        await apply(house, frame.sid, lambda _: ReplyPosted(generation, house.now(), member))
    body = codec.encode(frames.Replied(frame.slot, frame.m2))
    refuse(await house.relay.post_handshake(frame.sid, Kind.REPLY, body, member, generation, H))
    return member, generation


async def _let_in(house: House, sid: bytes, member: Member) -> None:
    """Whoever comes beside the counsellor has the seat by the help-seeker's word alone."""
    if Kind.HELLO not in await house.relay.handshake(sid, member):
        raise NotAllowed(ErrorCode.OUT_OF_STATE)


async def _moves(house: House, device: bytes, generation: int, sid: bytes) -> int:
    try:
        await _let_in(house, sid, N)
        return (await move(house, sid, generation)).generation
    except NotAllowed:
        # It has moved already, and the answer was lost on the way to us.
        seats = await house.conversations.seats(sid)
        if seats is None or seats.devices.get(C) != device.hex():
            raise
    again = await house.conversations.attach(sid, C, house.worker)
    if again is None:
        raise NotAllowed(ErrorCode.NOT_A_MEMBER)
    house.here(sid, C, again)
    await apply(house, sid, lambda _: Attached(C, again, house.now(), device))
    return again


async def give_back(house: House, sid: bytes, generation: int) -> None:
    """Back to the head of the waiting room; the desk is told by `SeatLeft`. May be sent again.

    Raises:
        NotAllowed: an older connection.
        StoreError: the live store does not answer.
    """
    await apply(house, sid, lambda _: GivenBack(generation, house.now()))


async def set_risk(house: House, sid: bytes, generation: int, risk: Risk) -> None:
    """Note the counsellor's judgement; the desk is told by `RiskSet`.

    Raises:
        NotAllowed: an older connection.
        StoreError: the live store does not answer.
    """
    await apply(house, sid, lambda _: RiskJudged(risk, generation, house.now()))


async def end(
    house: House, device: bytes, sid: bytes, member: Member, generation: int, how: EndHow
) -> EndedBy | None:
    """End a conversation for both sides; a supervisor or newcomer only leaves, and is told by `SeatLeft`.
    May be sent again.

    Returns:
        How the conversation ended; None when it goes on without this desk.

    Raises:
        NotAllowed: an older connection.
        StoreError: the live store does not answer.
    """
    moved = await apply(house, sid, lambda _: Ended(member, generation, house.now(), how))
    by = ended_by(moved.notes)
    if by is not None:
        await house.desk.drop_mine(device.hex(), sid, SLOT[member])
    if by is EndedBy.BOUNDARY:
        await boundary_ended(house)
    return by


def _member(seats: Seats, device: bytes, slot: int) -> Member | None:
    """As whom this device is in the conversation in this slot, if it is."""
    members = (S,) if slot else (C, N)
    return next((member for member in members if seats.devices.get(member) == device.hex()), None)
