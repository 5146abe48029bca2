# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages without script say: every sentence that depends on how things stand. Twin of words.ts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from babel.lists import format_list

from chat.protocol.types import EndedBy, ErrorCode, Phase
from chat.rules.reveals import Kind
from chat.rules.state import Conversation, Member
from chat.sealing.errors import Code
from chat.sealing.lines import LineState
from chat.sealing.offer import COUNSELLOR, SUPERVISOR, Purpose
from chat.sealing.star import Said, Star
from chat.web.first_page import Times, good_times
from chat.web.texts import Translator
from chat.web.without_script.guard import Flaw


@dataclass(frozen=True, slots=True)
class Panel:
    """A heading and what is said below it."""

    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What the person is asked about who is in the conversation."""

    slot: int
    cert_id: bytes
    title: str
    text: str
    summary: str | None = None
    """What the counsellor summed up, if whoever comes may have it."""
    back: bool = False
    """Back to the waiting room, for whoever is next."""


def standing(text: Translator, found: Conversation, star: Star, waiting: tuple[str, ...]) -> Panel:
    """Who is here, and where things stand; `waiting` is what to say while nobody is."""
    name = star.alias(COUNSELLOR)
    if found.phase is Phase.WAITING:
        return Panel(text.t("You are in the waiting room"), waiting)
    if name is None:
        setting_up = text.t("The sealing is being set up. This takes a few seconds.")
        return Panel(text.t("A counsellor is coming"), (setting_up,))
    here = found.is_present(Member.COUNSELLOR)
    texts = [
        text.t("The counsellor is here")
        if here
        else text.t(
            "The counsellor's connection is interrupted. What you write is kept and delivered as soon as it is back."
        )
    ]
    supervisor = star.alias(SUPERVISOR)
    if supervisor is not None:
        texts.append(text.t("{name}, a supervisor, is here too and reads along.", name=supervisor))
    return Panel(text.t("You are talking with {name}", name=name), tuple(texts))


def mark(text: Translator, lines: Sequence[Said]) -> str:
    """How far the person's own lines have come."""
    own = [said for said in lines if said.own and said.state is not LineState.UNDELIVERED]
    if not own:
        return ""
    waiting = sum(said.state is LineState.WAITING for said in own)
    if waiting:
        return text.tn(
            "Your message is kept. It is sent when a counsellor is here.",
            "Your {n} last messages are kept. They are sent when a counsellor is here.",
            waiting,
        )
    sent = sum(said.state is not LineState.DELIVERED for said in own)
    if sent:
        return text.tn(
            "Your last message: sent, not delivered yet",
            "Your {n} last messages: sent, not delivered yet",
            sent,
        )
    return text.t("Everything you wrote: delivered")


def question(text: Translator, star: Star) -> Question | None:
    """What the person is being asked."""
    current = star.alias(COUNSELLOR)
    for slot, seat in enumerate(star.seats):
        if (asked := seat.question) is None:
            continue
        peer = asked.outstanding.peer
        announced = seat.is_announced(asked.outstanding.purpose, peer.cert_id) and current is not None
        if asked.outstanding.purpose is Purpose.SUPERVISE:
            title = text.t("May {name} listen in?", name=peer.alias)
            said = (
                text.t(
                    "{current} asks {name}, a supervisor, to join. {name} would read what is written from now on.",
                    current=current,
                    name=peer.alias,
                )
                if announced
                else text.t(
                    "The line asks whether {name}, a supervisor, may join. Your counsellor did not announce this.",
                    name=peer.alias,
                )
            )
            return Question(slot, peer.cert_id, title, said)
        title = text.t("Go on with {name}?", name=peer.alias)
        said = (
            text.t(
                "{current} hands the conversation over to {name}. {name} can't see what was written before.",
                current=current,
                name=peer.alias,
            )
            if announced
            else text.t(
                "The line offers to go on with {name}. Your counsellor did not announce this. {name} can't see what was written before.",
                name=peer.alias,
            )
        )
        return Question(slot, peer.cert_id, title, said, star.summary())
    if star.asks_to_give_back and current is not None:
        return Question(
            COUNSELLOR,
            bytes(32),
            text.t("Go on with somebody else?"),
            text.t(
                "{current} has to stop. You would be the first in the waiting room, and whoever is free comes. They can't see what was written before.",
                current=current,
            ),
            back=True,
        )
    return None


def ended(
    text: Translator,
    by: EndedBy,
    name: str | None,
    *,
    said_inside: bool = False,
    left: tuple[str, ...] = (),
) -> Panel:
    """How it ended; `said_inside`: the counsellor said so inside the channel; `left`: for whoever only waited."""
    if by is EndedBy.LOST:
        return Panel(
            text.t("The conversation was lost"),
            (
                text.t(
                    "Our server had to start anew, and it keeps nothing on disk. So the conversation is gone, on our side too."
                ),
                text.t("We are sorry. You can start again."),
            ),
        )
    deleted = text.t("What our server held of it is deleted.")
    kind = left if by is EndedBy.HELP_SEEKER and name is None else ()
    return Panel(text.t("The conversation is over"), (_reason(text, by, name, said_inside), *kind, deleted))


def _reason(text: Translator, by: EndedBy, name: str | None, said_inside: bool) -> str:
    match by:
        case EndedBy.HELP_SEEKER:
            return text.t("You left the waiting room.") if name is None else text.t("You ended it.")
        case _ if said_inside:
            who = name or text.t("The counsellor")
            return text.t("{name} ended the conversation.", name=who)
        case EndedBy.AWAY:
            return text.t("One side was away for too long.")
        case EndedBy.IDLE:
            return text.t("Nobody wrote for an hour.")
        case EndedBy.TOO_LONG:
            return text.t("It lasted six hours, which is the longest a conversation can last.")
        case EndedBy.UNKNOWN:
            return text.t("It ended while you were away.")
        case _:
            return text.t("Our server says that the counsellor ended the conversation.")


def counted(text: Translator, told: bool) -> Panel:
    """What is said to somebody who said how it feels after a talk."""
    return Panel(text.t("The conversation is over"), (thanks(text, told),))


def thanks(text: Translator, told: bool) -> str:
    """What becomes of a press on how heavy it feels."""
    if told:
        return text.t("Thank you.")
    return text.t("It is too late to count this now. That is all right.")


def erased(text: Translator, lines: int, name: str | None) -> Panel:
    """What was deleted by *erase now*."""
    texts = [
        text.tn(
            "Deleted on our server just now: the locked copy of {n} message, and everything else it held of this conversation.",
            "Deleted on our server just now: the locked copy of {n} messages, and everything else it held of this conversation.",
            lines,
        ),
        text.t(
            "The key in your browser's cookie opens nothing any more, and your browser was told to drop it."
        ),
    ]
    if name is not None:
        texts.append(
            text.t(
                "{name} may still see the text on the screen until their notes are done, at most 15 minutes.",
                name=name,
            )
        )
    return Panel(text.t("Erased"), tuple(texts))


_NO_TIMES: Final = Times()


def refused(text: Translator, code: ErrorCode, times: Times = _NO_TIMES) -> Panel:
    """Why somebody can't start now, and when they can."""
    match code:
        case ErrorCode.CLOSED_INTAKE:
            return Panel(
                text.t("Nobody is here at the moment"),
                (
                    text.t(
                        "We won't let you wait when there is nobody to talk with. Please come back another time."
                    ),
                    *good_times(text, times, attended=False),
                ),
            )
        case ErrorCode.ROOM_FULL:
            return Panel(
                text.t("It is very busy"),
                (
                    text.t(
                        "So many people are waiting that your wait would be too long. Please try again in half an hour."
                    ),
                    *good_times(text, times, attended=True),
                ),
            )
        case ErrorCode.TOO_FAST:
            return Panel(
                text.t("It is very busy"),
                (text.t("Many people are starting at this moment. Please try again in a minute."),),
            )
        case _:
            return Panel(
                text.t("That didn't work"),
                (text.t("It is not your fault. Please try again in a few minutes."),),
            )


def not_sent(text: Translator, why: Flaw | ErrorCode | Code | None) -> str:
    """Why a text stays in its field."""
    match why:
        case "empty":
            return ""
        case "link":
            return text.t("You can't send links here. Please take it out.")
        case "too_long" | Code.TOO_LONG:
            return text.t("This is too long for one message. Please send it in two parts.")
        case ErrorCode.LANE_FULL:
            return text.t(
                "The counsellor has not been able to read for a while. Please wait a little before you write more."
            )
        case ErrorCode.TOO_FAST:
            return text.t("That was a lot at once. Please wait a few seconds, then press Send again.")
        case ErrorCode.STORE_LOST:
            return text.t(
                "Our server has trouble at the moment. What you wrote is still here. Please try again."
            )
        case _:
            return text.t("This could not be sent. It is still here; please try again.")


def noticed(text: Translator, kinds: Sequence[Kind]) -> str:
    """What a text may show, said before it is sent; empty when nothing was seen."""
    if not kinds:
        return ""
    what = format_list([_kind(text, kind) for kind in kinds], locale=text.language)
    return text.t(
        "This may show who you are: {what}. Nothing was sent yet.",
        what=what,
    )


def _kind(text: Translator, kind: Kind) -> str:
    match kind:
        case Kind.PHONE:
            return text.t("a telephone number")
        case Kind.EMAIL:
            return text.t("an e-mail address")
        case Kind.NAME:
            return text.t("a name")
        case Kind.ADDRESS:
            return text.t("where somebody lives")
        case Kind.HANDLE:
            return text.t("a name that you use somewhere else")


def trouble(text: Translator, code: Code) -> str:
    """An offer that was not accepted; the date is our server's here, so it is not the person's to mend."""
    del code
    return text.t(
        "Somebody answered whom we could not verify as a counsellor. Nothing you wrote was sent to them."
    )
