# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a counsellor says of a contact after its end: coded choices, which become counts, each alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chat.rules.content import Choice, Choices
from chat.rules.outcomes import ONE, Measure


@dataclass(frozen=True, slots=True)
class WrapUp:
    """Ids of the choices; `heavy` and `boundary` as the counsellor marked them."""

    matter: str
    risk: str
    outcome: str
    referred: frozenset[str]
    boundary: bool
    heavy: bool


class UnknownChoice(Exception):
    """Not one of the organisation's choices."""


def counts(said: WrapUp, choices: Choices) -> list[tuple[Measure, str]]:
    """What is counted for one contact, in a fixed order. Nothing says that two of them belong together.

    A choice that was retired a moment ago is counted: the desk may not have heard of it yet.

    Raises:
        UnknownChoice: an id that the organisation never offered.
    """
    found = [
        (Measure.MATTER, _known(said.matter, choices.matters)),
        (Measure.RISK, _known(said.risk, choices.risks)),
        (Measure.OUTCOME, _known(said.outcome, choices.outcomes)),
        *((Measure.REFERRED, _known(one, choices.referrals)) for one in sorted(said.referred)),
    ]
    if said.boundary:
        found.append((Measure.BOUNDARY, ONE))
    if said.heavy:
        found.append((Measure.HEAVY, ONE))
    return found


def _known(wanted: str, offered: Iterable[Choice]) -> str:
    if all(choice.id != wanted for choice in offered):
        raise UnknownChoice
    return wanted
