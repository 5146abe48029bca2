# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long somebody is likely to wait: a range that widens rather than lies, or nothing at all.

How it works. All it knows is what the service holds anyway: how many are offered before this one, how many
places counsellors on duty have free, and the waits that ended within the last hour, rounded
(chat/live/recent_takes.py). A *queue* is every
language in which the same counsellors work.

*A place is free.* Then somebody only has to press *help next*, and that took as long as the last waits did:
from the shortest to the longest of them, one step more while they are few, and for each one before this one
the longest again. When nobody was taken for some minutes although a place is free, it can take as long again.

*No place is free.* Then conversations have to end. How often they do is told by the takes from the first on
that came after a real wait: a shift that just began took many at once, and that says nothing. With `n` of
them in an hour, and a place needed for the `k`-th time, the wait is within `m` minutes with the probability
`I_x(k, n), x = m / (60 + m)`: the gamma-Poisson model without prior knowledge, exact for whole numbers.
We say the range that holds in 8 of 10 cases. Fewer takes make it wider, and one alone makes it nothing. In
doubt it is too long rather than too short.

Minutes are told in steps, rounded outwards.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from chat.protocol.types import Phase
from chat.rules.duty import Attending
from chat.rules.state import Conversation
from chat.rules.waiting_room import Entries, ordered

MINUTE_MS: Final = 60_000
SPAN_MIN: Final = 60
"""Minutes that a take is remembered."""
STEPS: Final = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
"""Minutes that are told; more than the last is told as *more than*."""
LONG_MIN: Final = 10
"""A wait that may be longer than this is called long: the page offers something to do meanwhile."""

_NEWEST: Final = 9
_FEWEST: Final = 3
"""With fewer waits than this nothing is said while a place is free."""
_FEW: Final = 5
_QUEUED_MIN: Final = 3
"""Who waited as long was taken because a place became free."""
_FEWEST_QUEUED: Final = 2
_MOST_TAKES: Final = 1000
"""More are not counted: the first term would be too small for a number, and the wait is short anyway."""
_BEYOND: Final = 0.1
"""How likely it may be that the wait is outside the range, on each side."""


class Take(NamedTuple):
    """A wait that ended with a counsellor, as the live store remembers it."""

    language: str
    at_min: int
    """Unix minutes."""
    waited_min: int
    """One of `STEPS`, rounded up; one more than the last when it was longer."""


class Wait(NamedTuple):
    """From `least` to `most` minutes from now. `most` None: more than `least`, and we can't say how much."""

    least: int
    most: int | None

    @property
    def is_long(self) -> bool:
        """Whether it may be long."""
        return self.most is None or self.most > LONG_MIN


class Queue(NamedTuple):
    """What holds for everybody who waits in one language."""

    languages: frozenset[str]
    """Every language in which one of its counsellors works: who waits there is taken by the same people."""
    free: int
    takes: tuple[Take, ...]


def rounded(waited_ms: int) -> int:
    """A wait in minutes, as it is remembered: the next step, one more than the last when it was longer."""
    minutes = math.ceil(max(0, waited_ms) / MINUTE_MS)
    return next((step for step in STEPS if minutes <= step), STEPS[-1] + 1)


def ended_wait(before: Conversation | None, after: Conversation | None) -> Take | None:
    """The wait that is over because the conversation was opened, for the first time; None when none is."""
    if before is None or after is None or before.opened_ms or after.phase is not Phase.OPEN:
        return None
    waited = rounded(after.opened_ms - after.started_ms)
    return Take(after.language, after.opened_ms // MINUTE_MS, waited)


def queue_of(
    language: str,
    desks: Sequence[Attending],
    held: Mapping[str, int],
    cap: int,
    takes: Iterable[Take],
    now: int,
) -> Queue:
    """The queue of a language.

    Args:
        language: of whoever waits.
        desks: every desk.
        held: how many conversations each device has.
        cap: how many one person may have, over all devices.
        takes: of the last hour.
        now: unix milliseconds.
    """
    staff = {desk.duty.staff for desk in desks if desk.is_on(now) and language in desk.duty.languages}
    languages = {
        spoken
        for desk in desks
        if desk.duty.staff in staff and desk.is_on(now)
        for spoken in desk.duty.languages
    }
    theirs = Counter[bytes]()
    for desk in desks:
        theirs[desk.duty.staff] += held.get(desk.device, 0)
    free = sum(max(0, cap - theirs[person]) for person in staff)
    shared = frozenset(languages | {language})
    return Queue(shared, free, tuple(take for take in takes if take.language in shared))


def before_each(entries: Entries, languages: AbstractSet[str]) -> dict[bytes, int]:
    """For each who waits in one of these languages: how many present ones are offered before."""
    found: dict[bytes, int] = {}
    ahead = 0
    for sid in ordered(entries):
        entry = entries[sid]
        if entry.language in languages:
            found[sid] = ahead
            ahead += entry.present
    return found


def estimate(queue: Queue, before: int, now: int, waited_ms: int = 0) -> Wait | None:
    """How long it is likely to take from now on; None: we can't say. See `Estimates.of`."""
    return Estimates(queue, now).of(before, waited_ms)


class Estimates:
    """For everybody in one queue at one moment: what holds for all of them is worked out once.

    The chances for the `k`-th place are those of a negative binomial distribution, whose terms follow from
    one another: all of them for a room of `N` people cost `N` steps.
    """

    def __init__(self, queue: Queue, now: int) -> None:
        """`now` in unix milliseconds."""
        self._free = queue.free
        self._now_min = now // MINUTE_MS
        recent = [take for take in queue.takes if self._now_min - take.at_min <= SPAN_MIN]
        self._recent = sorted(recent, key=lambda take: (-take.at_min, take.waited_min))
        queued = (at + 1 for at, take in enumerate(self._recent) if take.waited_min >= _QUEUED_MIN)
        self._n = min(max(queued, default=0), _MOST_TAKES)
        self._x = [step / (SPAN_MIN + step) for step in STEPS]
        self._term = [(1 - x) ** self._n for x in self._x]
        self._sum = [0.0] * len(STEPS)
        self._within: list[tuple[float, ...]] = []

    def of(self, before: int, waited_ms: int = 0) -> Wait | None:
        """How long it is likely to take somebody from now on; None: we can't say.

        Args:
            before: how many are offered before this one.
            waited_ms: how long this one has waited already.
        """
        if before < self._free:
            return self._while_free(before, waited_ms)
        return self._while_full(before + 1 - self._free)

    def _while_free(self, before: int, waited_ms: int) -> Wait | None:
        waits = [take.waited_min for take in self._recent[:_NEWEST]]
        if len(waits) < _FEWEST:
            return None
        longest = max(waits) * (before + 1)
        idle = min(waited_ms // MINUTE_MS, max(0, self._now_min - self._recent[0].at_min))
        most = _up(max(longest, idle), more=(len(waits) < _NEWEST) + (len(waits) < _FEW))
        return _told(_down(min(waits) - 1), most)

    def _while_full(self, needed: int) -> Wait | None:
        if self._n < _FEWEST_QUEUED:
            return None
        within = dict(zip(STEPS, self._chances(needed), strict=True))
        least = max((step for step, chance in within.items() if chance <= _BEYOND), default=0)
        most = next((step for step, chance in within.items() if chance >= 1 - _BEYOND), None)
        return _told(least, most)

    def _chances(self, needed: int) -> tuple[float, ...]:
        """For each of `STEPS`, how likely it is that `needed` places are free within so many minutes."""
        for k in range(len(self._within) + 1, needed + 1):
            for at, x in enumerate(self._x):
                self._sum[at] += self._term[at]
                self._term[at] *= (self._n + k - 1) / k * x
            self._within.append(tuple(1 - below for below in self._sum))
        return self._within[needed - 1]


def _told(least: int, most: int | None) -> Wait | None:
    return None if most is None and least == 0 else Wait(least, most)


def _down(minutes: int) -> int:
    return max((step for step in STEPS if step <= minutes), default=0)


def _up(minutes: int, *, more: int) -> int | None:
    """The step at or above, and so many more; None beyond the last."""
    at = next((index for index, step in enumerate(STEPS) if minutes <= step), len(STEPS)) + more
    return STEPS[at] if at < len(STEPS) else None
