# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lines: what was written, and how far it has come."""

from __future__ import annotations

import enum

import msgspec

from chat.sealing.envelope import Kind

SHOWN = frozenset({Kind.TEXT, Kind.SUMMARY, Kind.RELAY})


class LineState(enum.IntEnum):
    """How far an own line has come; a line of the peer is always delivered."""

    WAITING = 0
    """With us only: no epoch is active yet."""
    KEPT = 1
    """Kept, sealed, handed to the socket."""
    SENT = 2
    """The server says that it stored the bytes, and no more than that."""
    DELIVERED = 3
    """The peer acknowledged it inside an envelope: decrypted, and kept."""
    UNDELIVERED = 4
    """The seat is over, and no acknowledgement came."""


class Line(msgspec.Struct, array_like=True, frozen=True):
    """One line of a conversation. Changes make a new object, so that what was shown stays what it was."""

    mid: bytes
    own: bool
    kind: Kind
    content: bytes
    state: LineState
    at: int
    """This side's clock when it was composed or taken in, unix seconds."""
    seq: int = 0
    """0 as long as none was given."""
    bond: int = 0
    """Which bond of this seat it belongs to, counted from 1; 0 before the first."""

    @property
    def text(self) -> str:
        """What to show."""
        return (self.content[1:] if self.kind is Kind.RELAY else self.content).decode()

    @property
    def origin(self) -> int | None:
        """Of a relay: whose line it is, 0 counsellor, 1 supervisor, 2 the help-seeker."""
        return self.content[0] if self.kind is Kind.RELAY else None

    @property
    def shown(self) -> bool:
        """Whether it belongs on the screen; an own relay is there already as the line it repeats."""
        return self.kind in SHOWN and not (self.own and self.kind is Kind.RELAY)
