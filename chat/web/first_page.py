# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the first page stands: whether somebody can start talking now, how long that takes, when else."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

from babel.dates import format_date, format_time, get_timezone_location

from chat.actions.duty import intake_of
from chat.actions.house import House
from chat.actions.waits import Outlook
from chat.live.errors import StoreError
from chat.rules.admission import is_full
from chat.rules.intake import Intake as Rule
from chat.rules.wait_estimate import Wait
from chat.web.texts import Translator


class Stands(enum.StrEnum):
    """Every state of the first page."""

    OPEN = "open"
    """Somebody is on duty, and we can't say how long the wait is."""
    SHORT_WAIT = "short_wait"
    LONG_WAIT = "long_wait"
    FULL = "full"
    CLOSED = "closed"
    LOST = "lost"
    """The live store does not answer."""

    @property
    def counted(self) -> str:
        """As what a look at the page is counted; `lost` never is."""
        return "open" if self in {Stands.SHORT_WAIT, Stands.LONG_WAIT} else self.value


@dataclass(frozen=True, slots=True)
class Times:
    """The line's hours around now, on its own clock."""

    now: datetime.datetime | None = None
    until: datetime.datetime | None = None
    """When it closes by its hours; None when it is closed, or knows no end."""
    opens: datetime.datetime | None = None
    """When it opens next by its hours, after `until` if that is set; None when nobody can say."""

    def place(self, language: str) -> str:
        """Where the clock is: the city of its zone, as people of this language call it."""
        at = self.until or self.opens
        if at is None or at.tzinfo is None:
            return ""
        return get_timezone_location(at, locale=language, return_city=True)


@dataclass(frozen=True, slots=True)
class Intake:
    """Whether somebody can start talking now."""

    stands: Stands
    wait: Wait | None = None
    """How long the wait is likely to be; None: we can't say."""
    times: Times = Times()

    @property
    def can_start(self) -> bool:
        """Whether there is a button: also when we can't know, since the next moment may be better."""
        return self.stands not in {Stands.FULL, Stands.CLOSED}

    @property
    def is_attended(self) -> bool:
        """Whether somebody is on duty, as far as we can see."""
        return self.stands not in {Stands.CLOSED, Stands.LOST}


def times_now(house: House, language: str) -> Times:
    """When the line is open in a language, by its hours."""
    now_ms, zone = house.now(), house.content.hours.zone
    until = house.content.open_until(language, now_ms)
    opens = house.content.next_opening(language, until or now_ms)
    return Times(_at(now_ms, zone), _at(until, zone), None if opens == now_ms else _at(opens, zone))


def _at(ms: int | None, zone: datetime.tzinfo) -> datetime.datetime | None:
    return None if ms is None else datetime.datetime.fromtimestamp(ms / 1000, zone)


async def intake_now(house: House, outlook: Outlook, language: str) -> Intake:
    """How it stands in a language; never raises."""
    stands, wait = await _stands(house, outlook, language)
    return Intake(stands, wait, times_now(house, language))


async def _stands(house: House, outlook: Outlook, language: str) -> tuple[Stands, Wait | None]:
    try:
        if await intake_of(house, language) is not Rule.OPEN:
            return Stands.CLOSED, None
        if is_full(await house.room.size(), house.room_limit()):
            return Stands.FULL, None
        wait = await outlook.of_newcomer(language)
    except StoreError:
        return Stands.LOST, None
    if wait is None:
        return Stands.OPEN, None
    return (Stands.LONG_WAIT if wait.is_long else Stands.SHORT_WAIT), wait


def likely(text: Translator, wait: Wait | None) -> str:
    """How long it is likely to take from now on, as a sentence. Twin of views/waiting.ts."""
    if wait is None:
        return text.t("We can't say how long it will be until a counsellor has time for you.")
    if wait.most is None:
        return text.tn(
            "It will probably take more than {n} minute until a counsellor has time for you.",
            "It will probably take more than {n} minutes until a counsellor has time for you.",
            wait.least,
        )
    if wait.least == 0:
        return text.tn(
            "A counsellor will probably have time for you in less than {n} minute.",
            "A counsellor will probably have time for you in less than {n} minutes.",
            wait.most,
        )
    return text.tn(
        "A counsellor will probably have time for you in {least} to {n} minute.",
        "A counsellor will probably have time for you in {least} to {n} minutes.",
        wait.most,
        least=wait.least,
    )


def good_times(text: Translator, times: Times, *, attended: bool) -> tuple[str, ...]:
    """When somebody can come (again) by the line's hours, on its own clock, for whoever goes now. Twin of
    views/again.ts, which says it on the visitor's clock.

    Args:
        text: in which language.
        times: what the hours say.
        attended: whether somebody is on duty. The hours alone promise nobody.
    """
    said = []
    if times.until is not None:
        until = spoken(text, times.until, times.now)
        said.append(
            text.t("We are open until {time}.", time=until)
            if attended
            else text.t("Somebody may still come: our hours go on until {time}.", time=until)
        )
        if times.opens is not None:
            opens = spoken(text, times.opens, times.now)
            said.append(text.t("After that we open again: {time}.", time=opens))
    elif times.opens is not None:
        said.append(text.t("We open again: {time}.", time=spoken(text, times.opens, times.now)))
    if said:
        said.append(text.t("The times are those of {place}.", place=times.place(text.language)))
    return tuple(said)


def spoken(text: Translator, at: datetime.datetime, now: datetime.datetime | None = None) -> str:
    """A time as people of this language say it; without its day when that is today."""
    time = format_time(at, "short", locale=text.language)
    if now is not None and at.date() == now.date():
        return time
    return f"{format_date(at, 'full', locale=text.language)}, {time}"
