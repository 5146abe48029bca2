# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a check found, in plain words and as JSON."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class Standing(enum.StrEnum):
    """How it stands with one check."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSEEN = "unseen"
    """It could not be looked at: that is never taken for right."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's outcome."""

    check: str
    """Its fixed name, for monitoring."""
    standing: Standing
    says: str
    """A plain sentence: what is right, what to mend, or what could not be seen and why."""


def right(check: str, says: str) -> list[Finding]:
    """Nothing to mend."""
    return [Finding(check, Standing.RIGHT, says)]


def unseen(check: str, why: object) -> list[Finding]:
    """It could not be looked at."""
    return [Finding(check, Standing.UNSEEN, f"Not seen: {why}.")]


def verdict(check: str, wrong: Sequence[str], otherwise: str, hidden: Iterable[object] = ()) -> list[Finding]:
    """Each of these sentences, once, and what could not be seen; when there is neither, that all is right."""
    found = [Finding(check, Standing.WRONG, says) for says in dict.fromkeys(wrong)]
    found += [one for why in dict.fromkeys(str(why) for why in hidden) for one in unseen(check, why)]
    return found or right(check, otherwise)


def exit_code(findings: Sequence[Finding]) -> int:
    """0: all is right. 1: something is wrong. 2: nothing is wrong, but something could not be seen."""
    standings = {one.standing for one in findings}
    if Standing.WRONG in standings:
        return 1
    return 2 if Standing.UNSEEN in standings else 0


def as_text(findings: Sequence[Finding]) -> str:
    """For people: what is wrong first."""
    mark = {Standing.WRONG: "WRONG ", Standing.UNSEEN: "UNSEEN", Standing.RIGHT: "right "}
    order = list(mark)
    lines = [
        f"{mark[one.standing]}  {one.check}: {one.says}"
        for one in sorted(findings, key=lambda one: order.index(one.standing))
    ]
    counts = {standing: sum(one.standing is standing for one in findings) for standing in Standing}
    summary = "All is well." if exit_code(findings) == 0 else (
        f"{counts[Standing.WRONG]} wrong, {counts[Standing.UNSEEN]} not seen, {counts[Standing.RIGHT]} right."
    )  # fmt: skip
    return "\n".join([*lines, summary])


def as_json(findings: Sequence[Finding]) -> str:
    """For monitoring; `exit` is the exit code."""
    said = [{"check": one.check, "standing": one.standing, "says": one.says} for one in findings]
    return json.dumps({"exit": exit_code(findings), "findings": said}, indent=2, ensure_ascii=False)
