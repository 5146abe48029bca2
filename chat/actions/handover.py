# SPDX-License-Identifier: AGPL-3.0-or-later
"""What desks ask for when a conversation goes from one to another: ask, answer, take over, withdraw."""

from __future__ import annotations

from chat.actions.counsellor import Seated, taken
from chat.actions.duty import free_desks, release, reserve
from chat.actions.house import House
from chat.actions.supervise import allow_supervising
from chat.actions.transition import Sitter, apply, sit
from chat.protocol import frames
from chat.protocol.types import HandoverAnswer
from chat.rules.conversation import NotAllowed
from chat.rules.events import Came, HandoverAsked, HandoverRefused, Removed, Withdrawn
from chat.rules.state import Member

N = Member.NEWCOMER


async def hand_over(
    house: House, staff: bytes, generation: int, frame: frames.HandOver
) -> frames.HandoverAnswered | None:
    """Ask a colleague, at every desk where this person is on duty. May be sent again.

    Returns:
        The answer when nobody can be asked; else it comes later.

    Raises:
        NotAllowed: an older connection, or the conversation is not open, or somebody else is asked already.
        StoreError: the live store does not answer.
    """
    free = [] if frame.to == staff else await free_desks(house, frame.to)
    devices = tuple(bytes.fromhex(device) for device in sorted(free))
    if not devices:
        return frames.HandoverAnswered(frame.sid, HandoverAnswer.NOBODY_THERE)
    asked = HandoverAsked(generation, frame.to, devices, house.now())
    await apply(house, frame.sid, lambda _: asked)
    return None


async def answer(house: House, staff: bytes, device: bytes, frame: frames.AnswerHandover) -> Seated | None:
    """The colleague's word. A yes makes this desk the newcomer: the help-seeker is asked next.

    Raises:
        NotAllowed: the question stands no longer, or the colleague has as many conversations as one may.
        StoreError: the live store does not answer.
    """
    await house.desk.note_asked(device.hex(), frame.sid, asked=False)
    if not frame.accept:
        await apply(house, frame.sid, lambda _: HandoverRefused(staff, house.now()))
        return None
    return await _come(house, Sitter(staff, device, frame.half), frame.sid, invited=True)


async def take_over(house: House, staff: bytes, device: bytes, frame: frames.TakeOver) -> Seated:
    """A supervisor wishes to have slot 0: the help-seeker is asked next.

    Raises:
        NotAllowed: not with this role, somebody else comes already, or the conversation is not open.
        StoreError: the live store does not answer.
    """
    await allow_supervising(house, device)
    return await _come(house, Sitter(staff, device, frame.half), frame.sid, invited=False)


async def _come(house: House, sitter: Sitter, sid: bytes, *, invited: bool) -> Seated:
    if invited:
        await reserve(house, sitter.device, sid)
    else:
        await house.desk.add_mine(sitter.device.hex(), sid)  # who takes over knows what it is
    try:
        moved = await sit(
            house, sid, N, sitter, lambda at: Came(sitter.staff, sitter.device, at, house.now(), invited)
        )
    except NotAllowed:
        await release(house, sitter.device, sid)
        raise
    return await taken(house, sid, N, moved.state, moved.generation)


async def withdraw(house: House, member: Member, generation: int, sid: bytes) -> None:
    """Take back what waits for an answer; the one who leaves is told by `SeatLeft`. May be sent again.

    Raises:
        NotAllowed: an older connection.
        StoreError: the live store does not answer.
    """
    await apply(house, sid, lambda _: Withdrawn(member, generation, house.now()))


async def remove_device(house: House, device: bytes) -> None:
    """A device was removed, or its person: what it holds in conversations goes the way of a lost one, now.

    Raises:
        StoreError: the live store does not answer; what is left goes when the desk's presence ends.
    """
    name = device.hex()
    concerned = await house.desk.mine(name, 0) | await house.desk.mine(name, 1) | await house.desk.asked(name)
    for sid in sorted(concerned):
        await apply(house, sid, lambda _: Removed(device, house.now()))
