# SPDX-License-Identifier: AGPL-3.0-or-later
"""The report of a proof: what was done, what was searched, what was found. An organisation can publish it.

It holds no canary, no password and no time but the day.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from chat.prove.canaries import WHILE_IT_LASTS, Kind
from chat.prove.surfaces import Result, Where

MIDWAY, AFTER, RECYCLED = "while it was talked", "afterwards", "after the workers were replaced"


@dataclass(frozen=True, slots=True)
class Check:
    """Something else that must hold."""

    name: str
    holds: bool
    says: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A surface, and when it was read."""

    stage: str
    result: Result


@dataclass
class Report:
    """One proof."""

    day: str
    ways: list[str] = field(default_factory=list)
    """Those that were gone to their end."""
    readings: list[Reading] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    """What was looked for."""
    recycle_s: int | None = None
    """Seconds after which a worker has been replaced."""

    @property
    def faults(self) -> list[str]:
        """Why it is not clean; empty when it is."""
        wrong = [f"{one.name}: {one.says}" for one in self.checks if not one.holds]
        return wrong + [
            f"{one.result.name}, {one.stage}: {why}" for one in self.readings for why in _faults(one)
        ]

    @property
    def held(self) -> dict[Kind, int]:
        """What workers' memory still held before they were replaced."""
        found: dict[Kind, int] = {}
        for one in self.readings:
            if _may_hold(one):
                for kind, count in one.result.found.items():
                    found[kind] = found.get(kind, 0) + count
        return found

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong, and everything was really looked at."""
        return not self.faults


def _may_hold(one: Reading) -> bool:
    """Python cannot wipe what it held: a worker's memory may hold something until it is replaced."""
    return one.result.where is Where.WORKER and one.stage == AFTER


def _faults(one: Reading) -> list[str]:
    return _unread(one.result) + [
        f"{kind} was found, {count} times" for kind, count in _too_much(one).items()
    ]


def _unread(result: Result) -> list[str]:
    if result.unreadable is not None:
        return [f"could not be read: {result.unreadable}"]
    return [] if result.control_found else ["its control was not found, so the search proves nothing"]


def _too_much(one: Reading) -> dict[Kind, int]:
    """What was found and may not be there, also where not all could be read."""
    if _may_hold(one):
        return {}
    allowed = WHILE_IT_LASTS if one.stage == MIDWAY and one.result.where is Where.STORE else frozenset()
    return {kind: count for kind, count in one.result.found.items() if kind not in allowed}


def _minutes(seconds: int | None) -> str:
    return "nobody says when" if seconds is None else f"after {seconds // 60} minutes at the latest"


def as_text(report: Report) -> str:
    """For people."""
    lines = [
        f"No-trace proof of {report.day}: {'CLEAN' if report.is_clean else 'NOT CLEAN'}",
        "",
        f"Talked: {'; '.join(report.ways) or 'not at all'}.",
        f"Looked for: {'; '.join(report.kinds)}.",
        "",
    ]
    if report.faults:
        lines += ["What is wrong:", *(f"  - {fault}" for fault in report.faults), ""]
    lines.append("What was searched, with the control that had to be found there:")
    for stage in (MIDWAY, AFTER, RECYCLED):
        for one in (one.result for one in report.readings if one.stage == stage):
            outcome = _outcome(one, stage)
            lines.append(
                f"  {outcome:<10} {one.name}, {stage} ({one.bytes_read / 1e6:.1f} MB; control: {one.planted})"
            )
    lines += ["", "What else was checked:"]
    lines += [f"  {'holds' if one.holds else 'BROKEN':<10} {one.name}: {one.says}" for one in report.checks]
    held = ", ".join(f"{kind} ({count})" for kind, count in report.held.items()) or "nothing"
    lines += [
        "",
        f"Memory of the workers, after the conversations and before they were replaced, still held: {held}.",
        f"A worker is replaced {_minutes(report.recycle_s)}; what its memory held is gone with it.",
    ]
    return "\n".join([*lines, *(f"Note: {note}" for note in report.notes)])


def _outcome(one: Result, stage: str) -> str:
    if _too_much(Reading(stage, one)):
        return "FOUND"
    if not one.was_read:
        return "NOT READ"
    return "held" if one.found and one.where is Where.WORKER else "clean"


def as_json(report: Report) -> str:
    """For machines, and for comparing one proof with another."""
    said = {
        "day": report.day,
        "clean": report.is_clean,
        "faults": report.faults,
        "ways": report.ways,
        "looked_for": report.kinds,
        "surfaces": [_as_dict(one) for one in report.readings],
        "checks": [{"name": one.name, "holds": one.holds, "says": one.says} for one in report.checks],
        "held_by_workers": report.held,
        "workers_replaced_after_s": report.recycle_s,
        "notes": report.notes,
    }
    return json.dumps(said, indent=2, ensure_ascii=False)


def _as_dict(one: Reading) -> dict[str, object]:
    result = one.result
    return {
        "name": result.name,
        "kind": result.where,
        "when": one.stage,
        "outcome": _outcome(result, one.stage),
        "control": result.planted,
        "control_found": result.control_found,
        "bytes": result.bytes_read,
        "found": result.found,
        "unreadable": result.unreadable,
    }
