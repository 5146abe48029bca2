# SPDX-License-Identifier: AGPL-3.0-or-later
"""The closed set of reasons why the records refuse a change."""

from __future__ import annotations

import enum


class Refusal(enum.Enum):
    """Why; the desk's API has a code for each."""

    NOT_FOUND = enum.auto()
    """No such row, or an invitation that was cancelled or has expired."""
    ALREADY_USED = enum.auto()
    """An invitation took its passkey, its request or its certificate already, or the key is known."""
    NOT_READY = enum.auto()
    """A step of the enrolment before the step it needs."""
    ALIAS_TAKEN = enum.auto()
    """Two people with one alias could be mistaken for each other by a help-seeker."""
    LAST_MANAGER = enum.auto()
    """Nobody could certify any more."""
    STALE = enum.auto()
    """Somebody else changed this setting in the meantime."""


class RecordsRefused(Exception):
    """A change that the records refuse; nothing was changed. `refusal` is all it carries."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
