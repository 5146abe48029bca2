# SPDX-License-Identifier: AGPL-3.0-or-later
"""The staff's side channel: sealed messages from desk to desk, passed on and never kept."""

from __future__ import annotations

from chat.actions.house import House
from chat.protocol import codec, frames


async def pass_on(house: House, by: bytes, frame: frames.PeerSend) -> bool:
    """Pass a sealed message on to the desk of another device.

    Returns:
        False when no desk of that device is open now.

    Raises:
        StoreError: the live store does not answer.
    """
    device = frame.to.hex()
    if not await house.duty.is_open(device, house.now()):
        return False
    return await house.desk.tell(device, codec.encode(frames.PeerReceived(by, frame.body)))


async def say_away(house: House, to: bytes, body: bytes) -> None:
    """A message of the side channel found its desk gone: its sender hears so, if it is one.

    Raises:
        StoreError: the live store does not answer.
    """
    frame = codec.decode_to_desk(body)
    if isinstance(frame, frames.PeerReceived):
        await house.desk.tell(frame.by.hex(), codec.encode(frames.PeerAway(to)))
