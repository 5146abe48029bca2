# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the server holds of people, for the page *what we can see of you*: how much, and of which kinds.

Never a value. The kinds are those of the live store's own table (chat/live/of_people.py).
"""

from __future__ import annotations

from typing import Final

from chat.live.boundary_ends import SPAN_MS
from chat.live.keys import ALARM_TTL, ASKED_AFTER_TTL, CONVERSATION_TTL, HOUR, TAKES_TTL, WRAP_UP_TTL
from chat.live.of_people import STAYS, Kind, held
from chat.rules.admission import LIFE_S
from chat.rules.shown import STEPS, WIDE_STEPS, Shown, limits
from chat.web.texts import Translator

_MINUTE: Final = 60
_WAIT_H: Final = -(-2 * TAKES_TTL // HOUR)
"""Hours: the clock starts again with each one, and one that comes takes away those that are too old."""
_CALLED_MIN: Final = 2 * ALARM_TTL // _MINUTE
_ENDED_MIN: Final = 2 * SPAN_MS // 1000 // _MINUTE
_ONCE_MIN: Final = max(2 * LIFE_S, ASKED_AFTER_TTL, WRAP_UP_TTL) // _MINUTE


def kinds(text: Translator) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A sentence for each kind: those that go with the conversation, and those that may stay longer."""
    here = held()
    lasting = tuple(_sentence(text, kind) for kind in here if kind not in STAYS)
    staying = tuple(_sentence(text, kind) for kind in here if kind in STAYS)
    return lasting, staying


def _sentence(text: Translator, kind: Kind) -> str:
    match kind:
        case Kind.NUMBER:
            return text.t("A random number, so that we can tell conversations apart.")
        case Kind.LANGUAGE:
            return text.t("The language.")
        case Kind.TIMES:
            return text.t("When it began, when each step came, and when somebody last did something.")
        case Kind.PHASE:
            return text.t("Whether you wait or talk, and whether you are offered before others.")
        case Kind.PRESENCE:
            return text.t(
                "Whether each side is connected, since when, how often it came back, "
                "and by which part of our server."
            )
        case Kind.TAPPED:
            return text.t("What you tapped: how urgent it is, and whom it is about.")
        case Kind.FELT:
            return text.t("That you said before how heavy it feels. Not what you said.")
        case Kind.SCRIPT:
            return text.t("Whether your browser uses scripts.")
        case Kind.RISK:
            return text.t("How worried the counsellor is about somebody's safety.")
        case Kind.STAFF:
            return text.t(
                "Who of us is with you, was with you or was asked to come, and with which of our devices. "
                "And who of us comes last, because you said no to them or they gave it back."
            )
        case Kind.SEALED:
            return text.t(
                "Sealed lines that have not arrived yet, how many, and what both sides need to begin sealing."
            )
        case Kind.KEYS:
            return text.t(
                "Half of a key, so that your page can come back after a reload. "
                "The other half is in your browser."
            )
        case Kind.COOKIES:
            return text.t(
                "Without scripts: the keys of your side, locked. What opens them is in your browser's cookie."
            )
        case Kind.UNDONE:
            return text.t(
                "The random number of a conversation that is over, in lists of what is still to be told or "
                "tidied up. It goes when that is done."
            )
        case Kind.WAIT:
            return text.t(
                "That a wait is over: in which language, in which minute, and roughly how long it was. "
                "At most {n} hours.",
                n=_WAIT_H,
            )
        case Kind.ENDED:
            return text.t(
                "That a counsellor had to stop a conversation, and when. At most {n} minutes.", n=_ENDED_MIN
            )
        case Kind.ONCE:
            return text.t(
                "Random numbers that may be used only once: for the small task of your browser before it "
                "starts, and for answers after the end. At most {n} minutes.",
                n=_ONCE_MIN,
            )
        case Kind.CALLED:
            return text.t(
                "That a counsellor called a colleague for help, and when. At most {n} minutes.", n=_CALLED_MIN
            )
        case Kind.COUNTED:
            return text.t(
                "Counts of each day, first in memory, then on disk for good: how many came, by which way and "
                "in which language; how long they waited and talked; how heavy it felt; and, as the "
                "counsellors say, what it was about and how it ended. Each count stands alone: none "
                "describes a person."
            )


def bands(shown: Shown, text: Translator) -> dict[str, str]:
    """The numbers of a look, as they are said."""

    def spoken(place: int | None, steps: tuple[int, ...] = STEPS) -> str:
        if place is None:
            return text.t("too few conversations to say")
        least, end = limits(place, steps)
        if end is None:
            return text.t("{n} or more", n=least)
        if least == 0:
            return text.t("fewer than {n}", n=end)
        return text.t("{least} to {most}", least=least, most=end - 1)

    return {
        "waiting": spoken(shown.waiting),
        "conversations": spoken(shown.conversations),
        "lines": spoken(shown.lines),
        "entries": spoken(shown.entries, WIDE_STEPS),
        "without_clock": str(shown.without_clock or text.t("none")),
        "hours": str(CONVERSATION_TTL // HOUR),
    }
