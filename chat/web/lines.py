# SPDX-License-Identifier: AGPL-3.0-or-later
"""Crisis, reporting and prevention lines as the help-seekers' pages show them: by country, nearest first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from babel import Locale

from chat.rules.crisis_lines import CrisisLine, LineKind

DANGER: Final = (LineKind.EMERGENCY, LineKind.POLICE, LineKind.MEDICAL, LineKind.SUICIDE, LineKind.CHILD)
"""What the box on every page holds."""
REPORT: Final = (LineKind.REPORT,)
OTHERS: Final = (LineKind.PREVENTION, LineKind.HELP)

ELSEWHERE: Final = "XX"
_EVERYWHERE: Final = ("EU",)
_NUMBER = re.compile(r"\+?[0-9][0-9 .\-/]{1,20}\Z")
_SITE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9/_.-]*)?\Z")


@dataclass(frozen=True, slots=True)
class Contact:
    """A number or an address, and where pressing it leads; None: it is only to be read."""

    text: str
    address: str | None


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line on a page."""

    kind: LineKind
    name: str
    contacts: tuple[Contact, ...]
    checked: bool
    """A manager of the organisation has confirmed it; else it is shown in the demonstration, with a mark."""


@dataclass(frozen=True, slots=True)
class Country:
    """The lines of one country."""

    code: str
    name: str
    lines: tuple[ShownLine, ...]


def by_country(lines: Iterable[CrisisLine], kinds: Iterable[LineKind], language: str) -> tuple[Country, ...]:
    """Lines of these kinds, grouped.

    First what holds in many countries, then the countries in which the page's language is spoken at a line,
    then the others by name, last "everywhere else" (whose name is empty: the page has a sentence for it).
    """
    wanted = frozenset(kinds)
    found: dict[str, list[CrisisLine]] = {}
    for line in lines:
        if line.kind in wanted:
            found.setdefault(line.country, []).append(line)
    names = Locale.parse(language).territories
    countries = [
        Country(code, "" if code == ELSEWHERE else names.get(code, code), tuple(map(_shown, group)))
        for code, group in found.items()
    ]
    near = {line.country for group in found.values() for line in group if language in line.languages}
    return tuple(sorted(countries, key=lambda one: (_rank(one.code, near), one.name)))


def _rank(code: str, near: set[str]) -> int:
    if code in _EVERYWHERE:
        return 0
    if code == ELSEWHERE:
        return 3
    return 1 if code in near else 2


def _shown(line: CrisisLine) -> ShownLine:
    contacts = tuple(Contact(text, _address(text)) for text in line.contact)
    return ShownLine(line.kind, line.name, contacts, line.confirmed_by is not None)


def _address(text: str) -> str | None:
    if _NUMBER.match(text):
        return "tel:" + re.sub(r"[^0-9+]", "", text)
    return f"https://{text}" if _SITE.match(text) else None
