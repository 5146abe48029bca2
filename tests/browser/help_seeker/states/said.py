# SPDX-License-Identifier: AGPL-3.0-or-later
# ruff: noqa: E501 - texts stand here as they stand in the pages
"""What each state says, that no state says by accident: a line for each, by its name."""

from __future__ import annotations

from collections.abc import Callable

from chat.web.texts import Translator

Said = str | tuple[str, dict[str, object]] | Callable[[Translator], str]
FIRST = "You can talk here about sexual thoughts about children that worry you."
ANNA = ("You are talking with {name}", {"name": "Anna"})
OVER = "The conversation is over"
URGENT = "You come before those for whom it is less urgent. If you or a child may be hurt now, don't wait for us: the numbers are at the top, under “Someone is in danger now”."
WAITED = "You have been waiting for {n} minute.", "You have been waiting for {n} minutes."
MORE_THAN = (
    "It will probably take more than {n} minute until a counsellor has time for you.",
    "It will probably take more than {n} minutes until a counsellor has time for you.",
)
LESS_THAN = (
    "A counsellor will probably have time for you in less than {n} minute.",
    "A counsellor will probably have time for you in less than {n} minutes.",
)
RANGE = (
    "A counsellor will probably have time for you in {least} to {n} minute.",
    "A counsellor will probably have time for you in {least} to {n} minutes.",
)
KEPT = (
    "Your message is kept. It is sent when a counsellor is here.",
    "Your {n} last messages are kept. They are sent when a counsellor is here.",
)
UNKNOWN = "We can't say how long it will be until a counsellor has time for you."


def counted(texts: tuple[str, str], n: int, **values: object) -> Said:
    """A sentence with a number in it."""
    return lambda text: text.tn(*texts, n, **values)


def noticed(kind: str) -> Said:
    """What the notice before sending names."""
    return lambda text: text.t("We noticed: {what}.", what=text.t(kind))


def before_the_date(text: Translator) -> str:
    """The beginning of the sentence about a wrong clock."""
    return text.t(WRONG_DATE, date="|").partition("|")[0].strip()


WRONG_DATE = "Your device's date seems wrong (it says {date}). We can't check who the counsellor is with a wrong date. Please set it right, then come back."
SHOWS: dict[str, Said] = {
    "at: first": FIRST,
    "at: continue": "Continue the conversation?",
    "at: connecting": "We are connecting you.",
    "at: waiting": "You can write your first message now. It is sent when a counsellor is here.",
    "at: matched": "A counsellor is coming",
    "at: open": ANNA,
    "at: away": "The counsellor is not connected just now",
    "at: ended": OVER,
    "at: lost": "The conversation was lost",
    "at: superseded": "The conversation goes on in another tab",
    "at: refused": "A part of this page did not arrive",
    "ending: you": "You ended it.",
    "ending: erased": "Erased",
    "ending: counsellor": ("{name} ended the conversation.", {"name": "Anna"}),
    "ending: serverSaysCounsellor": "Our server says that the counsellor ended the conversation.",
    "ending: away": "One side was away for too long.",
    "ending: idle": "Nobody wrote for an hour.",
    "ending: tooLong": "It lasted six hours, which is the longest a conversation can last.",
    "ending: unknown": "It ended while you were away.",
    "ending: fault": "Something did not fit together in the sealing, so we stopped rather than risk it. It is not your fault.",
    "question: handover 1": ("{current} hands you over to {name}.", {"current": "Anna", "name": "Ben"}),
    "question: handover 2": (
        "The line offers {name}; {current} did not announce this. You can ask {current} first.",
        {"current": "Anna", "name": "Ben"},
    ),
    "question: handover 3": (
        "{name}'s browser lost what was written before. {name} asks whether you will go on.",
        {"name": "Ben"},
    ),
    "question: supervise 1": (
        "{current} asks for help from {name}, a supervisor.",
        {"current": "Anna", "name": "Sara"},
    ),
    "question: supervise 2": (
        "{name} is a supervisor of this line. {current} did not announce this. You can ask {current} first.",
        {"current": "Anna", "name": "Sara"},
    ),
    "question: back 1": "May somebody else go on?",
    "question: summary 1": "We spoke about the weather.",
    "note: lost": ("The connection to {name} was lost.", {"name": "Anna"}),
    "note: gaveBack": ("{name} gave the conversation back.", {"name": "Anna"}),
    "note: left": (
        "{name} has left the conversation. From here on only {other} reads what you write.",
        {"name": "Sara", "other": "Anna"},
    ),
    "note: came": ("{name} is here now.", {"name": "Anna"}),
    "note: moved": (
        "{name} is here now, in place of {other}. {other} can no longer read what you write.",
        {"name": "Anna", "other": "Ben"},
    ),
    "note: joined": (
        "{name}, a supervisor, is here now, and reads what is written from here on.",
        {"name": "Sara"},
    ),
    "note: notComing": ("{name} is not coming after all.", {"name": "Sara"}),
    "line: waiting": "not sent yet",
    "line: kept": "not sent yet",
    "line: sent": "sent",
    "line: delivered": "delivered",
    "line: undelivered": "not delivered",
    "flaw: link": "You can't send links here. Please take it out.",
    "flaw: tooLong": "This is too long for one message. Please send it in two parts.",
    "noticed: phone": noticed("a telephone number"),
    "noticed: email": noticed("an e-mail address"),
    "noticed: name": noticed("a name"),
    "noticed: address": noticed("where somebody lives"),
    "noticed: handle": noticed("a name that you use somewhere else"),
    "refused: MALFORMED": "That didn't work",
    "refused: VERSION": "This page is out of date",
    "refused: NOT_A_MEMBER": "This conversation can't be continued here",
    "refused: CLOSED_INTAKE": "Nobody is here at the moment",
    "refused: ROOM_FULL": "It is very busy",
    "refused: WORK_NEEDED": "Your browser could not do a small task",
    "refused: load": "A part of this page did not arrive",
    "trouble: STORE_LOST": "Our server has trouble at the moment. What you wrote is kept here, and we keep trying.",
    "trouble: LANE_FULL": "The counsellor has not been able to read for a while. Please wait a little before you write more.",
    "trouble: TOO_FAST": "That was a lot at once. The rest goes out in a few seconds.",
    "trouble: clock_ahead": before_the_date,
    "trouble: bad_signature": "Somebody answered whom we could not verify as a counsellor. Nothing you wrote was sent to them.",
    "back: HANDED_OVER": ("The connection to {name} was lost. It is not because of you.", {"name": "Anna"}),
    "back: GIVEN_BACK": ("{name} gave the conversation back, as you agreed.", {"name": "Anna"}),
    "back: DECLINED": "You said no, and that is all right. Somebody else can come.",
    "back: LAPSED": "Whoever was to come did not come in time.",
    "back: REMOVED": ("{name} is no longer with this line.", {"name": "Anna"}),
    "next in line": "You are next.",
    "place not known": "We are looking up your place.",
    "moved back": "Somebody in acute need was let in before you.",
    "short wait": counted(LESS_THAN, 3),
    "long wait": counted(RANGE, 45, least=10),
    "long wait, no end known": counted(MORE_THAN, 20),
    "two taps": URGENT,
    "two taps, not heard yet": "How urgent does it feel?",
    "waiting for long": counted(WAITED, 15),
    "reading while waiting": "When an urge comes",
    "left the waiting room": "That is all right. You can start again at any time somebody is here.",
    "nobody on duty": "Nobody is on duty at this moment. You keep your place, and this page says when somebody is back. You can also stop waiting and come another time.",
    "nobody on duty any more": "Wait on",
    "waiting, no network": "Your connection is interrupted. We keep trying.",
    "talking, no network": "Your connection is interrupted. We keep trying.",
    "nothing is kept": "Your browser keeps nothing for this page. If you load it again, the conversation is lost.",
    "typing": ("{name} is writing", {"name": "Anna"}),
    "supervisor here": ("{name} and {other} are here", {"name": "Anna", "other": "Sara"}),
    "only the supervisor here": ("{name}, a supervisor, is in this conversation.", {"name": "Sara"}),
    "share": ("Does {name} need to know what was said?", {"name": "Anna"}),
    "stop waiting?": "Stop waiting?",
    "end it?": "End it now?",
    "erase it?": "Erase it now?",
    "ended, not confirmed": "Our server has not confirmed yet that it deleted what it held. Leave this page open for a moment.",
    "ended, not delivered": "The counsellor has not confirmed that this arrived:",
    "ended, last words": ("{name} wrote last", {"name": "Anna"}),
}
RENDERED: dict[str, Said] = {
    "first: open": UNKNOWN,
    "first: short wait": counted(LESS_THAN, 3),
    "first: short wait, a range": counted(RANGE, 10, least=3),
    "first: long wait": counted(RANGE, 45, least=10),
    "first: long wait, no end known": counted(MORE_THAN, 20),
    "first: full, open until": "We are open until:",
    "first: closed, may open": "Somebody may still come today: our hours go on. Look again in a while, until:",
    "first: full": "All counsellors are in conversation, and many people are waiting. Please try again in half an hour.",
    "first: closed": "Closed at the moment. Nobody is here to talk with you now. Please come back another time.",
    "first: closed, opens": "Closed at the moment. Nobody is here to talk with you now. We open again:",
    "first: lost": "Our server has trouble at the moment, and we can't see whether somebody is here. You can try, or come back in a few minutes.",
    "page: private": "In plain words: what we do, what we can't do, and what you can do yourself.",
    "page: reading": "Four short pieces. Nothing here is about blame. If you are waiting in another tab, your place is kept there.",
    "page: found": "If you came upon images of abuse",
    "page: others": "Others who can help",
    "page: leave": "Goodbye",
    "page: leaving": "Leaving this page fast",
    "page: seen": "What this does not cover",
    "error: 404": "There is nothing here",
    "error: 500": "Something went wrong on our side",
    "error: 503": "Something went wrong on our side",
    "without script: start": "Talking without scripts",
    "without script: waiting": "You are next.",
    "without script: kept": counted(KEPT, 1),
    "without script: waiting for long": counted(WAITED, 15),
    "without script: nobody on duty": "Nobody can come at present. Your place is kept.",
    "without script: left the waiting room": "That is all right. You can start again at any time somebody is here.",
    "without script: two taps": URGENT,
    "without script: taps too late": "This counts only while you wait. You can tell the counsellor yourself.",
    "without script: talking": "Everything you wrote: delivered",
    "without script: a link": "You can't send links here. Please take it out.",
    "without script: asked": ("Go on with {name}?", {"name": "Ben"}),
    "without script: noticed": ("{name} is here now.", {"name": "Anna"}),
    "without script: finished": ("{name} ended the conversation.", {"name": "Anna"}),
    "without script: gone": "It ended while you were away.",
    "without script: in another tab": "The conversation goes on in another tab",
    "without script: trouble": "Our server has trouble at the moment. This page tries again by itself.",
    "without script: erased": "Erased",
    "without script: what it felt like": "Thank you.",
    "without script: too late to count": "It is too late to count this now. That is all right.",
    "without script: may show who": "Send it anyway",
    "without script: ended, HELP_SEEKER": "You ended it.",
    "without script: ended, COUNSELLOR": "Our server says that the counsellor ended the conversation.",
    "without script: ended, AWAY": "One side was away for too long.",
    "without script: ended, IDLE": "Nobody wrote for an hour.",
    "without script: ended, TOO_LONG": "It lasted six hours, which is the longest a conversation can last.",
    "without script: ended, UNKNOWN": "It ended while you were away.",
    "without script: ended, LOST": "The conversation was lost",
    "without script: ended, BOUNDARY": "Our server says that the counsellor ended the conversation.",
    "without script: refused, MALFORMED": "That didn't work",
    "without script: refused, TOO_FAST": "Many people are starting at this moment. Please try again in a minute.",
    "without script: refused, CLOSED_INTAKE": "Nobody is here at the moment",
    "without script: refused, ROOM_FULL": "It is very busy",
}


def says(text: Translator, wanted: Said) -> str:
    """It, in a language."""
    if callable(wanted):
        return wanted(text)
    words, values = wanted if isinstance(wanted, tuple) else (wanted, {})
    return text.t(words, **values)
