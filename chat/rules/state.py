# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the rules know of one conversation, as a value.

It holds no text, no address and nothing the help-seeker typed. It is kept in the live store as
MessagePack (`dump`, `load`), and replaced as a whole by a compare-and-set.
Every time is in unix milliseconds.
"""

from __future__ import annotations

import enum
from typing import Final

import msgspec

from chat.protocol.types import About, EndedBy, Phase, Risk, Urgency


class Member(enum.StrEnum):
    """Who can belong to a conversation; the value is the name of the place in the live store."""

    HELP_SEEKER = "h"
    COUNSELLOR = "0"
    SUPERVISOR = "1"
    NEWCOMER = "n"
    """A colleague who may offer slot 0 while its counsellor still holds it; moves there with its reply."""

    __hash__ = str.__hash__
    """As equality is: the text's. What `enum` brings runs in Python, for every key a member is part of."""


__all__ = [
    "SLOT",
    "STAFF",
    "Conversation",
    "Member",
    "Place",
    "Presence",
    "Question",
    "Urgency",
    "dump",
    "load",
]

STAFF = (Member.COUNSELLOR, Member.SUPERVISOR, Member.NEWCOMER)
SLOT: Final = {Member.COUNSELLOR: 0, Member.SUPERVISOR: 1, Member.NEWCOMER: 0}
"""The seat a member of staff has, or offers."""


class Presence(enum.IntEnum):
    """Whether somebody belongs here, and whether a connection of theirs is alive."""

    VACANT = 0
    """Nobody holds this place; its last generation is remembered, so that it can only rise."""
    AWAY = 1
    PRESENT = 2


class Place(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One member's place in a conversation."""

    member: Member
    presence: Presence = Presence.VACANT
    generation: int = 0
    """Rises with every connection of this member; a lower one may do nothing any more."""
    since_ms: int = 0
    """When `presence` last changed."""
    staff_id: bytes = b""
    """Who of the staff holds the seat; empty for the help-seeker, of whom there is nothing to know."""
    device_id: bytes = b""
    """Which device of theirs; empty for the help-seeker."""
    asking_ms: int = 0
    """A supervisor or a newcomer: since when the help-seeker has been asked. 0 for who is in already."""

    @property
    def is_held(self) -> bool:
        """Whether somebody has this place, present or away."""
        return self.presence is not Presence.VACANT

    @property
    def asks(self) -> bool:
        """Whether somebody wishes to come here, and is not in yet."""
        return self.is_held and self.asking_ms > 0


class Question(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A colleague was asked to take the conversation over, and has not answered."""

    staff_id: bytes
    devices: tuple[bytes, ...]
    """The colleague's desks that were asked."""
    since_ms: int


class Conversation(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One conversation between entering the waiting room and its end."""

    phase: Phase
    language: str
    urgency: Urgency
    started_ms: int
    phase_ms: int
    """When it came into this phase."""
    first: bool
    """A counsellor was lost or gave it back: whoever takes next is offered this one before all others."""
    help_seeker: Place
    counsellor: Place
    supervisor: Place
    ended_by: EndedBy | None = None
    about: About = About.UNSAID
    """Declared by a tap, at the start or while waiting."""
    newcomer: Place = Place(Member.NEWCOMER)
    invited: bool = False
    """The newcomer comes because the counsellor hands over; else a supervisor takes over."""
    asked: Question | None = None
    risk: Risk = Risk.NONE
    """The counsellor's judgement; stays with the conversation whoever has it."""
    before: bytes = b""
    """Of the staff, who was lost: whoever that was is offered this one before everybody else."""
    opened_ms: int = 0
    """When it was opened first; 0 if never. From then on the help-seeker's browser has keys with somebody,
    and whoever comes is asked for by name.
    """
    mode: int = 1
    """Who seals on the help-seeker's side: 1 their browser, 2 our server, without script."""
    after_others: tuple[bytes, ...] = ()
    """Of the staff, to whom the help-seeker said no, or who gave it back: others are offered it first."""

    def place(self, member: Member) -> Place:
        """The place of a member; vacant when nobody holds it."""
        match member:
            case Member.HELP_SEEKER:
                return self.help_seeker
            case Member.COUNSELLOR:
                return self.counsellor
            case Member.SUPERVISOR:
                return self.supervisor
            case Member.NEWCOMER:
                return self.newcomer

    def members(self) -> tuple[Place, ...]:
        """Everybody who belongs to the conversation now or wishes to, present or away."""
        places = (self.help_seeker, self.counsellor, self.supervisor, self.newcomer)
        return tuple(place for place in places if place.is_held)

    def is_present(self, member: Member) -> bool:
        """Whether a connection of this member is alive."""
        return self.place(member).presence is Presence.PRESENT

    def with_place(self, place: Place) -> Conversation:
        """The same conversation with one place replaced."""
        match place.member:
            case Member.HELP_SEEKER:
                return msgspec.structs.replace(self, help_seeker=place)
            case Member.COUNSELLOR:
                return msgspec.structs.replace(self, counsellor=place)
            case Member.SUPERVISOR:
                return msgspec.structs.replace(self, supervisor=place)
            case Member.NEWCOMER:
                return msgspec.structs.replace(self, newcomer=place)


def dump(state: Conversation) -> bytes:
    """The state as the live store keeps it."""
    return msgspec.msgpack.encode(state)


def load(data: bytes) -> Conversation:
    """The state from the live store.

    Raises:
        msgspec.DecodeError: the bytes are not a conversation of this version.
    """
    return msgspec.msgpack.decode(data, type=Conversation)
