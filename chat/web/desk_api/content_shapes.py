# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bodies and answers about content, wrap-ups and figures.

A `value` has the shape of its kind: `chat/rules/content.py`, `opening_hours.py` and `crisis_lines.py`,
field by field as JSON. It is checked there, and what does not fit is `malformed`.
"""

from typing import Annotated, Any

from pydantic import Field

from chat.rules.content import Kind
from chat.web.desk_api.shapes import Bytes16, Shape

Version = Annotated[int, Field(ge=0, le=2**31 - 2)]
"""0: nobody has set it yet."""
ChoiceId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class PutValue(Shape):
    """A new value for what still has this version."""

    version: Version
    value: dict[str, Any]


class Restore(Shape):
    """Set again what was in force in the version `restore` (0: what we ship)."""

    version: Version
    restore: Version


class WrapUpShape(Shape):
    """How a contact was, in ids of the organisation's choices. `once`: random, the same when sent again."""

    once: Bytes16
    matter: ChoiceId
    risk: ChoiceId
    outcome: ChoiceId
    referred: Annotated[list[ChoiceId], Field(max_length=20)]
    boundary: bool
    heavy: bool


class ManagedShape(Shape):
    """One kind as it stands; version 0 is what we ship."""

    kind: Kind
    version: int
    value: dict[str, Any]


class ChangeShape(Shape):
    """One change: the day, and who made it unless they were removed."""

    version: int
    at: str
    by: Bytes16 | None
    alias: str | None


class ChangesShape(Shape):
    """Changes of one kind, newest first; the last 50."""

    versions: list[ChangeShape]


class OwnQuickRepliesShape(Shape):
    """One's own quick replies, by language."""

    version: int
    value: dict[str, Any]


class OpenShape(Shape):
    """How a language stands by the organisation's settings; whether anybody is on duty is not in it."""

    open: bool
    ready: bool
    """Offered, and its confidentiality text approved. False: intake stays closed, whatever the hours."""
    next: int | None
    """When its hours begin next, in unix milliseconds; now when it is open; None when unknown."""


class ContentShape(Shape):
    """Everything a working desk shows, in all languages."""

    versions: dict[Kind, int]
    limits: dict[str, Any]
    hours: dict[str, OpenShape]
    quick_replies: dict[str, Any]
    own_quick_replies: OwnQuickRepliesShape
    choices: dict[str, Any]
    procedure: dict[str, Any]
    texts: dict[str, Any]
    lines: dict[str, Any]


class FigureShape(Shape):
    """One measure with one value; null stands for fewer than five, and more than none."""

    measure: str
    value: str
    counts: list[int | None]
    total: int | None


class FiguresShape(Shape):
    """Counts by whole months."""

    months: list[str]
    rows: list[FigureShape]
    lost: list[str]
    missing: list[str]


class CloseIntakeShape(Shape):
    """Close intake of a language, or of all (null); or open it again."""

    language: Annotated[str, Field(max_length=8)] | None
    closed: bool


class LanguageIntakeShape(Shape):
    """How intake of a language stands: `open`, or why it is closed: `out_of_hours`, `by_hand`, `nobody`."""

    language: str
    stands: str
    by_hand: bool
    """Whether somebody closed it, whatever else keeps it closed."""


class IntakeShape(Shape):
    """Intake, by language."""

    languages: list[LanguageIntakeShape]
