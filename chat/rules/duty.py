# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is on duty: what a desk says of itself, how long that counts, and how much one person may hold.

How it works: a desk says *on duty, in these languages*; that counts as long as its browser answers the
server's pings (the lease of `chat.rules.presence`), so a desk behind other windows stays on duty, and one
whose computer is gone does not. After a lost connection the word is kept for two minutes more, for the
same device to come back to; nobody counts on it meanwhile. Every time is in unix milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from chat.protocol.types import DutyStatus, ErrorCode
from chat.rules.presence import is_present
from chat.rules.roles import Permission, Role, may

KEPT_MS: Final = 120_000
"""How long after its lease a desk may come back and still be on duty."""
MINUTE_S: Final = 60


class Duty(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """How one desk stands, as the live store keeps it by its device."""

    staff: bytes
    alias: str
    roles: tuple[Role, ...]
    """As read from the records when the desk was opened, or looked at again."""
    status: DutyStatus = DutyStatus.OFF
    languages: tuple[str, ...] = ()
    """Those ticked when going on duty."""
    since_ms: int = 0
    """When the status last changed."""

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles may do this."""
        return may(self.roles, permission)


class Attending(NamedTuple):
    """One open desk: which device, how it stands, until when its last sign of life counts."""

    device: str
    duty: Duty
    lease_ms: int

    def alive(self, now: int) -> bool:
        """Whether the browser answers."""
        return is_present(self.lease_ms, now)

    def is_on(self, now: int) -> bool:
        """Whether new conversations are offered to it."""
        return self.duty.status is DutyStatus.ON and self.alive(now)

    def on_call(self, now: int) -> bool:
        """Whether it can be called: on duty, or on a break."""
        return self.duty.status is not DutyStatus.OFF and self.alive(now)


def is_kept(lease_ms: int, now: int) -> bool:
    """Whether what a desk said of itself still stands for it, should it come back."""
    return now < lease_ms + KEPT_MS


def attended(desks: Iterable[Attending], now: int) -> frozenset[str]:
    """The languages in which somebody is offered new conversations now."""
    return frozenset(language for desk in desks if desk.is_on(now) for language in desk.duty.languages)


def languages_of(desks: Iterable[Attending], now: int) -> dict[bytes, frozenset[str]]:
    """Staff -> the languages in which they are offered new conversations now, over all their desks."""
    found: dict[bytes, frozenset[str]] = {}
    for desk in desks:
        if desk.is_on(now):
            found[desk.duty.staff] = found.get(desk.duty.staff, frozenset()).union(desk.duty.languages)
    return found


def attendants(desks: Iterable[Attending], now: int) -> dict[str, str]:
    """Language -> a device that is on duty in it."""
    return {
        language: desk.device for desk in desks if attended([desk], now) for language in desk.duty.languages
    }


def changed(duty: Duty, status: DutyStatus, languages: Iterable[str], now: int) -> Duty:
    """The desk says how it stands from now on; saying the same again changes nothing.

    Who is on duty speaks a language; who is off duty speaks none.
    """
    ticked = tuple(dict.fromkeys(languages)) if status is not DutyStatus.OFF else ()
    since = duty.since_ms if status is duty.status else now
    return msgspec.structs.replace(duty, status=status, languages=ticked, since_ms=since)


def refuses_to_stand(duty: Duty, status: DutyStatus, languages: Iterable[str]) -> ErrorCode | None:
    """Why a desk may not stand like this, if it may not."""
    if status is DutyStatus.OFF:
        return None
    if not duty.may(Permission.BE_ON_DUTY):
        return ErrorCode.NOT_ALLOWED
    if not any(languages):
        return ErrorCode.MALFORMED
    return None


def refuses_next(duty: Duty) -> ErrorCode | None:
    """Why this desk is offered nobody, if it is not."""
    if duty.status is not DutyStatus.ON:
        return ErrorCode.OFF_DUTY
    return None if duty.may(Permission.TAKE) else ErrorCode.NOT_ALLOWED


def refuses_by_hand(duty: Duty) -> ErrorCode | None:
    """Why this desk may not choose whom it takes, if it may not. A supervisor may, also on a break."""
    if not duty.may(Permission.SUPERVISE):
        return ErrorCode.NOT_ALLOWED
    return ErrorCode.OFF_DUTY if duty.status is DutyStatus.OFF else None


def shown_since(duty: Duty) -> int:
    """When the status changed, in unix seconds, rounded down to a minute: nobody's minutes are watched."""
    seconds = duty.since_ms // 1000
    return seconds - seconds % MINUTE_S
