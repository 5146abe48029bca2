# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a counsellor's desk asks for: open, take, offer, reply, come back, end."""

from __future__ import annotations

from dataclasses import dataclass

from chat.actions.help_seeker import ended_by, refuse
from chat.actions.house import House
from chat.actions.transition import apply
from chat.live.errors import StoreError
from chat.live.wake import Kind
from chat.protocol import codec, frames
from chat.protocol.types import VERSION, EndedBy, ErrorCode, Phase
from chat.rules import state
from chat.rules.conversation import NotAllowed
from chat.rules.events import Attached, Claimed, Ended, ReplyPosted
from chat.rules.state import Member

C = Member.COUNSELLOR
_TRIES = 5
_OFFER_HEADER = 24  # version, purpose, mode, slot, sid, epoch


@dataclass(frozen=True, slots=True)
class Seated:
    """The desk holds the conversation: the answer, then what was missed."""

    generation: int
    answer: frames.Taken | frames.Rejoined
    missed: tuple[frames.ToDesk, ...] = ()


async def open_desk(house: House, device: bytes, *, take_over: bool) -> tuple[int, frames.DeskWelcome]:
    """Make this connection the one desk of its device.

    Raises:
        NotAllowed: another tab is the desk and `take_over` is False.
        StoreError: the live store does not answer.
    """
    if not take_over and await house.duty.is_open(device.hex(), house.now()):
        raise NotAllowed(ErrorCode.HELD_ELSEWHERE)
    generation = await house.desk.open(device.hex(), house.worker)
    mine = []
    for sid in sorted(await house.desk.mine(device.hex())):
        if await house.conversations.load(sid) is None:
            await house.desk.drop_mine(device.hex(), sid)
        else:
            mine.append(frames.MySeat(sid, 0))
    return generation, frames.DeskWelcome(VERSION, house.worker, house.era, mine)


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
        if seats is None or seats.devices.get(C) != device.hex():
            await house.desk.drop_mine(device.hex(), sid)
        if await house.conversations.load(sid) is None:
            await house.room.leave(sid)
        elif refused.code is ErrorCode.TAKEN:
            await house.room.settle(sid, owner)
        else:
            await house.room.release(sid, owner)
        raise NotAllowed(ErrorCode.TAKEN) from None


async def _move(house: House, staff: bytes, device: bytes, frame: frames.Take, owner: str) -> Seated:
    sid = frame.sid
    await house.desk.add_mine(device.hex(), sid)
    generation = await _sit_down(house, staff, device, frame)
    house.here(sid, C, generation)
    moved = await apply(house, sid, lambda _: Claimed(staff, device, generation, house.now()))
    if moved.state is None or moved.state.counsellor.device_id != device:
        raise NotAllowed(ErrorCode.TAKEN)
    await house.room.settle(sid, owner)
    hint = await epoch_hint(house, sid, 0)
    present = moved.state.is_present(Member.HELP_SEEKER)
    return Seated(generation, frames.Taken(sid, 0, 1, 1, moved.state.language, hint, present))


async def _sit_down(house: House, staff: bytes, device: bytes, frame: frames.Take) -> int:
    """Hold the seat while the conversation still waits: whoever stood still so long that the claim
    lapsed (a computer that slept) takes nothing from the one who has it now.
    """
    sid = frame.sid
    for _ in range(_TRIES):
        found = await house.conversations.load(sid)
        if found is None or state.load(found[1]).phase is not Phase.WAITING:
            break
        version = found[0]
        held = await house.conversations.hold_seat(sid, C, frame.half, device.hex(), staff.hex(), version)
        generation = await house.conversations.attach(sid, C, house.worker, version) if held else None
        if generation is not None:
            return generation
        # The help-seeker went or came back in between: look again.
    raise NotAllowed(ErrorCode.TAKEN)


async def rejoin(house: House, device: bytes, frame: frames.Rejoin) -> Seated | EndedBy:
    """Continue a conversation of this device after a reload or a dropped network.

    Raises:
        NotAllowed: the seat is not this device's.
        StoreError: the live store does not answer.
    """
    sid = frame.sid
    seats = await house.conversations.seats(sid)
    if seats is None:
        await house.desk.drop_mine(device.hex(), sid)
        return EndedBy.UNKNOWN
    if seats.devices.get(C) != device.hex():
        await house.desk.drop_mine(device.hex(), sid)
        raise NotAllowed(ErrorCode.NOT_A_MEMBER)
    generation = await house.conversations.attach(sid, C, house.worker)
    if generation is None:
        return EndedBy.UNKNOWN
    house.here(sid, C, generation)
    moved = await apply(house, sid, lambda _: Attached(C, generation, house.now(), device))
    if moved.state is None or (by := ended_by(moved.notes)) is not None:
        return by if moved.state is not None and by is not None else EndedBy.UNKNOWN
    standing = moved.state
    answer = frames.Rejoined(
        sid,
        0,
        1,
        1,
        seats.halves[C],
        standing.phase,
        standing.language,
        await epoch_hint(house, sid, 0),
        standing.is_present(Member.HELP_SEEKER),
    )
    posted = await house.relay.handshake(sid, 0)
    missed: list[frames.ToDesk] = []
    if Kind.HELLO in posted:
        missed.append(codec.decode_to_desk(posted[Kind.HELLO]))
    missed.extend(frames.DeskDelivery(sid, envelope) for envelope in await house.relay.backlog(sid, 0, 0))
    return Seated(generation, answer, tuple(missed))


async def reattach(house: House, device: bytes, sid: bytes, generation: int) -> None:
    """The presence lease ended although this connection lives: take the place again.

    Raises:
        NotAllowed: somebody else holds it, or the conversation is over.
        StoreError: the live store does not answer.
    """
    house.here(sid, C, generation)
    await apply(house, sid, lambda _: Attached(C, generation, house.now(), device))


async def offer(house: House, generation: int, frame: frames.DeskOffer) -> None:
    """Pass a signed offer on to the help-seeker's browser, which checks everything.

    Raises:
        NotAllowed: an older connection, or the offer names another conversation or seat.
        StoreError: the live store does not answer.
    """
    if frame.slot != 0 or frame.offer[3] != frame.slot or frame.offer[4:20] != frame.sid:
        raise NotAllowed(ErrorCode.MALFORMED)
    body = codec.encode(frames.Offered(frame.slot, frame.offer, frame.staff, frame.manager))
    refuse(
        await house.relay.post_handshake(
            frame.sid, frame.slot, Kind.OFFER, body, C, generation, Member.HELP_SEEKER
        )
    )


async def reply(house: House, generation: int, frame: frames.DeskReply) -> None:
    """Both sides have the keys now: the conversation is open; pass m2 on.

    Raises:
        NotAllowed: an older connection.
        StoreError: the live store does not answer.
    """
    if frame.slot != 0:
        raise NotAllowed(ErrorCode.MALFORMED)
    await apply(house, frame.sid, lambda _: ReplyPosted(generation, house.now()))
    body = codec.encode(frames.Replied(frame.slot, frame.m2))
    refuse(
        await house.relay.post_handshake(
            frame.sid, frame.slot, Kind.REPLY, body, C, generation, Member.HELP_SEEKER
        )
    )


async def end(house: House, device: bytes, sid: bytes, generation: int) -> EndedBy:
    """End a conversation for both sides. May be sent again.

    Raises:
        NotAllowed: an older connection.
        StoreError: the live store does not answer.
    """
    moved = await apply(house, sid, lambda _: Ended(C, generation, house.now()))
    await house.desk.drop_mine(device.hex(), sid)
    return ended_by(moved.notes) or EndedBy.COUNSELLOR


async def epoch_hint(house: House, sid: bytes, slot: int) -> int:
    """The highest epoch that was offered or used in a seat."""
    used = await house.conversations.epoch_hint(sid, slot)
    posted = (await house.relay.handshake(sid, slot)).get(Kind.OFFER)
    if posted is None:
        return used
    offered = codec.decode_to_help_seeker(posted)
    if not isinstance(offered, frames.Offered):
        raise StoreError
    return max(used, int.from_bytes(offered.offer[20:_OFFER_HEADER], "big"))
