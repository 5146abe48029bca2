# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody without script is told while waiting, and what a tap can say. Twin of views/waiting.ts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chat.protocol.types import About, Phase, Urgency
from chat.rules.state import Conversation
from chat.rules.wait_estimate import MINUTE_MS, Wait
from chat.web.first_page import Intake, Times, good_times, likely
from chat.web.texts import Translator

PATIENCE_MIN: Final = 15
"""After so many minutes, and each time again, the page says that one may stop without blame."""


@dataclass(frozen=True, slots=True)
class Place:
    """How somebody's place stands, as the stream was told last."""

    ahead: int | None = None
    """How many are offered before; None: not known yet."""
    expected: Wait | None = None
    attended: bool = True
    """Whether anybody is on duty."""


@dataclass(frozen=True, slots=True)
class Taps:
    """What was said of the matter, as it stands."""

    about: About
    urgency: Urgency


def texts(text: Translator, place: Place, found: Conversation, times: Times, now: int) -> tuple[str, ...]:
    """Where somebody's place stands; `now` in unix milliseconds."""
    if not place.attended:
        nobody = text.t("Nobody can come at present. Your place is kept.")
        return (nobody, *_may_go(text), *good_times(text, times, attended=False))
    if place.ahead is None:
        return (text.t("We are looking up your place."),)
    before = (
        text.t("You are next.")
        if place.ahead == 0
        else text.tn("{n} person is before you.", "{n} people are before you.", place.ahead)
    )
    return (before, likely(text, place.expected), *_patience(text, found, times, now))


def taps(found: Conversation) -> Taps | None:
    """What can be changed by a tap; None when nobody waits any more."""
    return Taps(found.about, found.urgency) if found.phase is Phase.WAITING else None


def read(fields: Mapping[str, str]) -> tuple[About | None, Urgency | None]:
    """The taps of a form; None for what was not tapped, and for what is none of ours."""
    about = {str(int(one)): one for one in About}.get(fields.get("about", ""))
    urgency = {str(int(one)): one for one in Urgency}.get(fields.get("urgency", ""))
    return about, urgency


def left(text: Translator, intake: Intake) -> tuple[str, ...]:
    """For whoever stopped waiting."""
    kind = text.t("That is all right. You can start again at any time somebody is here.")
    return (kind, *good_times(text, intake.times, attended=intake.is_attended))


def _patience(text: Translator, found: Conversation, times: Times, now: int) -> tuple[str, ...]:
    minutes = (now - found.phase_ms) // MINUTE_MS // PATIENCE_MIN * PATIENCE_MIN
    if minutes < PATIENCE_MIN:
        return ()
    waited = text.tn(
        "You have been waiting for {n} minute.", "You have been waiting for {n} minutes.", minutes
    )
    return (waited, *_may_go(text), *good_times(text, times, attended=True))


def _may_go(text: Translator) -> tuple[str, ...]:
    return (text.t("You can wait on. You can also stop and come another time: that is all right."),)
