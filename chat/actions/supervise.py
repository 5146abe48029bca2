# SPDX-License-Identifier: AGPL-3.0-or-later
"""A supervisor beside the counsellor: asked for by name, seen by everybody, never silent."""

from __future__ import annotations

from chat.actions.counsellor import Seated, taken
from chat.actions.duty import standing
from chat.actions.house import House
from chat.actions.transition import Sitter, sit
from chat.protocol import frames
from chat.protocol.types import ErrorCode
from chat.rules.conversation import NotAllowed
from chat.rules.events import WishedToJoin
from chat.rules.roles import Permission
from chat.rules.state import Member

S = Member.SUPERVISOR


async def supervise(house: House, staff: bytes, device: bytes, frame: frames.Supervise) -> Seated:
    """Ask for slot 1: this desk may make its offer, and the help-seeker decides.

    Raises:
        NotAllowed: not with this role, another supervisor is there, or the conversation is not open.
        StoreError: the live store does not answer.
    """
    await allow_supervising(house, device)
    sid, name = frame.sid, device.hex()
    await house.desk.add_mine(name, sid, 1)
    try:
        moved = await sit(
            house,
            sid,
            S,
            Sitter(staff, device, frame.half),
            lambda at: WishedToJoin(staff, device, at, house.now()),
        )
    except NotAllowed:
        seats = await house.conversations.seats(sid)
        if seats is None or seats.devices.get(S) != name:
            await house.desk.drop_mine(name, sid, 1)
        raise
    return await taken(house, sid, S, moved.state, moved.generation)


async def allow_supervising(house: House, device: bytes) -> None:
    """Only a supervisor may ask for a seat in a colleague's conversation.

    Raises:
        NotAllowed: not with this role.
        StoreError: the live store does not answer.
    """
    if not (await standing(house, device)).may(Permission.SUPERVISE):
        raise NotAllowed(ErrorCode.NOT_ALLOWED)
