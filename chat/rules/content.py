# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an organisation says and decides, as typed values with limits: texts, quick replies, choices, limits.

Each kind is one value, edited as a whole and versioned as a whole (`chat/records/content.py`). Opening
hours and crisis lines have files of their own.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Annotated, Final

import msgspec

from chat.protocol.types import Language
from chat.rules.crisis_lines import CrisisLines
from chat.rules.opening_hours import Hours

MAX_VALUE: Final = 60 * 1024
"""Largest value of any kind in bytes, as it is stored."""


class Kind(enum.StrEnum):
    """Everything that is edited at the desk."""

    HOURS = "hours"
    QUICK_REPLIES = "quick_replies"
    TEXTS = "texts"
    LINES = "lines"
    CHOICES = "choices"
    PROCEDURE = "procedure"
    LIMITS = "limits"


Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,31}\Z")]
"""Names a thing for good, while its words may change; fits the column of a tally."""


class QuickReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text to insert while writing; found by typing its name."""

    id: Id
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class QuickReplies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Quick replies by language, in the order in which they are offered."""

    languages: Annotated[
        dict[Language, Annotated[list[QuickReply], msgspec.Meta(max_length=60)]],
        msgspec.Meta(max_length=20),
    ] = {}

    def __post_init__(self) -> None:
        for replies in self.languages.values():
            _once(reply.id for reply in replies)


class OwnWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The organisation's wording in one language. Empty: ours, or nothing where we have none."""

    confidentiality: Annotated[str, msgspec.Meta(max_length=600)] = ""
    """What has to be passed on, and when. Needed, and approved, before intake opens."""
    approved: bool = False
    """A manager stands behind the wording of `confidentiality`."""
    about: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    closed: Annotated[str, msgspec.Meta(max_length=600)] = ""
    """A note on the closed page."""
    boundary: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    """Sent when a counsellor ends with a boundary."""
    welcome: Annotated[str, msgspec.Meta(max_length=600)] = ""
    """Shown while somebody waits."""

    def __post_init__(self) -> None:
        if self.approved and not self.confidentiality.strip():
            raise ValueError("there is nothing to approve")


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The organisation's own texts by language."""

    languages: Annotated[dict[Language, OwnWords], msgspec.Meta(max_length=20)] = {}


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One coded choice of the wrap-up."""

    id: Id
    labels: Annotated[
        dict[Language, Annotated[str, msgspec.Meta(min_length=1, max_length=80)]],
        msgspec.Meta(min_length=1, max_length=20),
    ]
    retired: bool = False
    """Not offered any more; its earlier counts keep their name."""


Choosable = Annotated[list[Choice], msgspec.Meta(min_length=1, max_length=40)]


class Choices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a wrap-up can say. There is no free text anywhere."""

    matters: Choosable
    risks: Choosable
    outcomes: Choosable
    referrals: Choosable

    def __post_init__(self) -> None:
        for group in (self.matters, self.risks, self.outcomes, self.referrals):
            _once(choice.id for choice in group)


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The safeguarding procedure in one language."""

    text: Annotated[str, msgspec.Meta(max_length=4000)]
    checklist: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=1, max_length=300)]], msgspec.Meta(max_length=20)
    ] = []


class Procedure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The procedure card: what may be passed on and to whom. The software passes on nothing by itself."""

    languages: Annotated[dict[Language, Card], msgspec.Meta(min_length=1, max_length=20)]
    draft: bool = False
    """Ours, to be replaced by the organisation's own; the desk says so."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers, the time zone, and which languages are offered."""

    cap: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    """Conversations a person has at once, over all devices."""
    waiting: Annotated[int, msgspec.Meta(ge=1, le=2000)] = 100
    """How many people may wait at once; beyond that the page says, kindly, that it is full."""
    idle_lock_min: Annotated[int, msgspec.Meta(ge=1, le=240)] = 10
    """Minutes without a key or a click after which the desk locks."""
    pause_min: Annotated[int, msgspec.Meta(ge=0, le=120)] = 10
    """Minutes of the pause offered after a heavy contact."""
    zone: Annotated[str, msgspec.Meta(max_length=48, pattern=r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*\Z")] = (
        "Europe/Brussels"
    )
    """IANA time zone of the service. Whether there is such a zone is for the caller to say."""
    languages: Annotated[list[Language], msgspec.Meta(min_length=1, max_length=20)] = msgspec.field(
        default_factory=lambda: ["en", "nl", "fr", "de", "ar"]
    )

    def __post_init__(self) -> None:
        _once(self.languages)


Value = Hours | QuickReplies | Texts | CrisisLines | Choices | Procedure | Limits

TYPES: Final[dict[Kind, type[Value]]] = {
    Kind.HOURS: Hours,
    Kind.QUICK_REPLIES: QuickReplies,
    Kind.TEXTS: Texts,
    Kind.LINES: CrisisLines,
    Kind.CHOICES: Choices,
    Kind.PROCEDURE: Procedure,
    Kind.LIMITS: Limits,
}


class Malformed(Exception):
    """Not a value of its kind; what was sent is not part of the error."""


def from_builtins(kind: Kind, value: object) -> Value:
    """A value that was sent, checked.

    Raises:
        Malformed: the wrong shape, or over a limit.
    """
    try:
        found: Value = msgspec.convert(value, TYPES[kind])
        to_text(found)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # half a surrogate pair is a ValueError
        raise Malformed from None
    return found


def from_text(kind: Kind, text: str) -> Value:
    """A stored value.

    Raises:
        Malformed: written by a version with another shape.
    """
    try:
        found: Value = msgspec.json.decode(text, type=TYPES[kind])
    except msgspec.DecodeError:
        raise Malformed from None
    return found


def to_text(value: Value) -> str:
    """A value as it is stored.

    Raises:
        Malformed: larger than a value may be.
    """
    encoded = msgspec.json.encode(value)
    if len(encoded) > MAX_VALUE:
        raise Malformed
    return encoded.decode()


def _once(ids: Iterable[str]) -> None:
    found = list(ids)
    if len(found) != len(set(found)):
        raise ValueError("the same twice")
