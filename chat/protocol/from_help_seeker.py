# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a help-seeker's browser sends. Its connection carries one conversation: frames name none."""

from __future__ import annotations

from chat.protocol.frame import Frame
from chat.protocol.types import (
    M1,
    U8,
    U32,
    About,
    Bytes32,
    Envelope,
    Language,
    Sid,
    Slot,
    Solution,
    Urgency,
    Weight,
)


class Start(Frame, tag=1, frozen=True):
    """First frame of a new conversation: enter the waiting room."""

    version: U8
    sid: Sid
    ticket_hash: Bytes32
    """SHA-256 of the ticket; who shows the ticket later is the same browser."""
    half: Bytes32
    """The server's half of the key of the reload blob; dies with the conversation."""
    language: Language
    about: About
    urgency: Urgency


class Attach(Frame, tag=2, frozen=True):
    """First frame after a dropped network or a reload: continue."""

    version: U8
    sid: Sid
    ticket: Bytes32
    era: Bytes32
    """As in the last Welcome, so that the server can tell *ended* from *lost*."""
    take_over: bool
    """False asks first when another tab holds the seat; True continues here."""


class Put(Frame, tag=3, frozen=True):
    """Append one sealed envelope to its lane; its header says which."""

    envelope: Envelope


class Took(Frame, tag=4, frozen=True):
    """Everything up to this envelope was taken in and kept: the server may drop it."""

    slot: Slot
    epoch: U32
    n: U32


class Hello(Frame, tag=5, frozen=True):
    """The help-seeker's answer to an offer (m1)."""

    slot: Slot
    purpose: U8
    """Of the offer it answers: who hands over and who comes can both have one out for the same slot."""
    m1: M1


class AskResume(Frame, tag=6, frozen=True):
    """Ask the staff browser of this seat for a resume offer."""

    slot: Slot
    cert_id: Bytes32


class Leave(Frame, tag=7, frozen=True):
    """End the conversation, or leave the waiting room. May be sent again."""


class Work(Frame, tag=9, frozen=True):
    """Before Start: the solved challenge that a start costs (altcha, version 2, as base64 of JSON)."""

    solution: Solution


class Felt(Frame, tag=11, frozen=True):
    """One optional tap: how heavy it feels, while waiting for the first counsellor (`after` False), or when a
    talk has ended, on the connection that saw it end. It becomes one count; nobody of the staff hears of it.
    """

    after: bool
    weight: Weight


class Describe(Frame, tag=12, frozen=True):
    """While waiting: what it is about and how urgent it feels, by taps. May be sent again, and changed."""

    about: About
    urgency: Urgency


class Decline(Frame, tag=8, frozen=True):
    """The person said no to whoever offers this slot (handover, supervisor, a new counsellor)."""

    slot: Slot
