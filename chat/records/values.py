# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small conversions between what the tables hold and what the program uses."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from datetime import UTC, datetime

from chat.rules.roles import Role

STAFF_ROLES = frozenset(Role)
"""Roles that a person in the records can have. Only the records say who is an operator: no certificate
does, because an operator opens no conversation and vouches for nobody."""


def day_of(now: int) -> str:
    """The day in UTC of a unix time, as `YYYY-MM-DD`."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()


def alias_key(alias: str) -> str:
    """What two aliases have in common when people would take them for the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", alias).casefold())


def roles_to_text(roles: Collection[Role]) -> str:
    """A set of roles for a column."""
    return ",".join(sorted(role.value for role in roles))


def roles_from_text(text: str) -> frozenset[Role]:
    """A column back to a set of roles."""
    return frozenset(Role(part) for part in text.split(","))
