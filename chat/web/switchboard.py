# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is connected to this worker, and the way from the live store's wake-ups to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

from chat.live.alarms import AlarmNews
from chat.live.wake import Wake
from chat.protocol.frames import Frame
from chat.rules.board import Sees
from chat.rules.state import Member

if TYPE_CHECKING:
    from chat.web.desk_board import BoardView
    from chat.web.hub import RoomView

_Key = TypeVar("_Key")

Place = tuple[bytes, Member, int]
"""Conversation, member, generation."""


class Connection(Protocol):
    """What the switchboard and the hub know of a connection."""

    def wake(self, wake: Wake) -> None:
        """Something for this connection came from the live store."""

    def show_room(self, view: RoomView) -> None:
        """The waiting room is another than before."""

    def sees(self) -> Sees | None:
        """What of the board this connection may see; None for nothing."""

    def show_board(self, view: BoardView) -> None:
        """The board is another than before."""

    def show_alarm(self, news: AlarmNews) -> None:
        """Somebody calls supervisors, or one of them is on it."""

    def forget(self) -> None:
        """The live store lost its memory, and with it everything this connection was about."""

    def send(self, frame: Frame) -> None:
        """Send one frame, if there is still somebody to send to."""

    def ping(self) -> None:
        """Ask the browser for a sign of life."""

    def alive(self) -> Iterator[Place]:
        """Places for which a sign of life came since the last time asked."""

    def desks(self) -> Iterator[str]:
        """Devices whose desk is this connection, if a sign of life came."""

    def move(self) -> None:
        """Ask the browser to go on over another connection, while this one still serves it."""

    def shut(self) -> None:
        """Close in an orderly way: the browser connects anew, perhaps to another worker."""


class Switchboard:
    """Connections of this worker, by the place they hold.

    While one connection takes a place over from another of the same worker, both are listed; each
    tells by the generation what is for it.
    """

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self._places: dict[tuple[bytes, Member], list[Connection]] = {}
        self._desks: dict[str, list[Connection]] = {}

    def hold(self, sid: bytes, member: Member, connection: Connection) -> None:
        """Wake-ups for this place go to this connection too from now on."""
        holders = self._places.setdefault((sid, member), [])
        if connection not in holders:
            holders.append(connection)

    def release(self, sid: bytes, member: Member, connection: Connection) -> None:
        """This connection holds the place no longer."""
        _drop(self._places, (sid, member), connection)

    def hold_desk(self, device: str, connection: Connection) -> None:
        """Wake-ups for this device's desk go to this connection too from now on."""
        self._desks.setdefault(device, []).append(connection)

    def release_desk(self, device: str, connection: Connection) -> None:
        """This connection is that desk no longer."""
        _drop(self._desks, device, connection)

    def dispatch(self, wake: Wake) -> None:
        """Pass one wake-up on; for a place nobody holds here it is dropped (it lies in the store)."""
        holders = self._places.get((wake.sid, wake.member))
        if holders is not None:
            for connection in holders if len(holders) == 1 else tuple(holders):
                connection.wake(wake)

    def dispatch_desk(self, device: str, wake: Wake) -> bool:
        """Pass one wake-up on to the desk of a device; False when it is not here."""
        holders = tuple(self._desks.get(device, ()))
        for connection in holders:
            connection.wake(wake)
        return bool(holders)

    def each(self, act: Callable[[Connection], None]) -> None:
        """Do something to every connection; one may leave meanwhile."""
        for connection in list(self.connections):
            act(connection)


def _drop(table: dict[_Key, list[Connection]], key: _Key, connection: Connection) -> None:
    holders = table.get(key)
    if holders is not None and connection in holders:
        holders.remove(connection)
        if not holders:
            del table[key]
