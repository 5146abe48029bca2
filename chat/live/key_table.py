# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of every key of the live store: its shape, its clock and why it is there. There is no other.

`{...}` is a hash tag: keys with one tag live on one node of a cluster, and one script may touch
them together. `S` is a conversation's sid in hex. A clock here is the backstop that removes
what a deadline failed to remove (deadlines.py); it is always longer than the deadline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Key:
    """One row of the table."""

    pattern: str
    """As written in the documents; `S`, `<slot>` and the like stand for values."""
    shape: str
    holds: str
    clock: str
    why: str


_CONVERSATION = "7 h from its start"
KEYS: Final = (
    Key(
        "k:{S}:state",
        "hash v, d",
        "version; phase and since when, language, when it began, when it opened first, how it ended; "
        "urgency and whom it is about, as the help-seeker tapped; the counsellor's judgement of the risk; "
        "who seals on the help-seeker's side; the places of help-seeker, counsellor, supervisor and "
        "newcomer, each with presence, generation, since when, staff, device, asking since when; whether it "
        "is handed over, the colleague asked, at which devices and since when; whether it is offered first, "
        "who of the staff had it before, and to whom of the staff it is offered last, since the help-seeker "
        "said no to them or they gave it back",
        _CONVERSATION,
        "the rules",
    ),
    Key(
        "k:{S}:relay",
        "hash",
        "g:<member> generation; w:<member> channel of its worker; l, x:<slot>:<dir> newest "
        "entry of a lane, and how many it holds; o:<slot> highest epoch offered; a last activity; "
        "f: how it feels before was said",
        _CONVERSATION,
        "what relaying one envelope needs",
    ),
    Key(
        "k:{S}:lane:<slot>:<dir>",
        "stream",
        "sealed envelopes that are not acknowledged",
        "with k:{S}:relay",
        "nothing acknowledged as sent is lost",
    ),
    Key(
        "k:{S}:hand:<member>",
        "hash offer, hello, reply",
        "the newest of each part of the handshake with 0 counsellor, 1 supervisor, n newcomer",
        "with k:{S}:relay",
        "a handshake survives a dropped network",
    ),
    Key(
        "k:{S}:seat",
        "hash",
        "ticket: SHA-256 of the resume ticket; half:<member> the server's half of the reload key; "
        "device:<member>, staff:<member> who holds a staff seat; left:<device> who held one before",
        _CONVERSATION,
        "reloading without a trace",
    ),
    Key(
        "k:{S}:sealed",
        "hash v, d",
        "without script only: both seats, sealed under a key that only the browser's cookie holds",
        _CONVERSATION,
        "talking without script",
    ),
    Key(
        "k:{room}:entries",
        "hash by sid",
        "present, version; arrival, language, urgency and whom it is about, as the help-seeker tapped; "
        "whether it is offered first, who of the staff had it before, and to whom of the staff it is "
        "offered last, since the help-seeker said no to them or they gave it back",
        "7 h after the last change",
        "who waits",
    ),
    Key(
        "k:{room}:claims",
        "hash by sid",
        "end of the lease, owner, the entry",
        "7 h after the last change",
        "one winner for each conversation",
    ),
    Key(
        "k:{room}:without-script",
        "sorted set, score = unix ms",
        "who of those that wait started without script, and when",
        "7 h after the last such start",
        "they have a share of the waiting room",
    ),
    Key(
        "k:{room}:starts-without-script",
        "hash level, at",
        "how many may start without script now, over the whole service",
        "7 h after the last such start",
        "floods",
    ),
    Key(
        "k:{room}:takes",
        "sorted set, score = unix minutes",
        "for each wait that ended with a counsellor: language, the minute, its length as one of eleven "
        "values, 8 random bytes",
        "1 h after the last one; those older than 1 h when one comes",
        "a range for the wait of those who come next",
    ),
    Key(
        "k:{clock}:due",
        "sorted set, score = unix ms",
        "d|S, c|S, p|S|member|generation",
        "7 h after the last change",
        "deadlines are data",
    ),
    Key(
        "k:{desk}:session:<hash>",
        "hash staff, device, expires",
        "a signed-in desk; <hash> is SHA-256 of its cookie",
        "the session's end",
        "sign-in",
    ),
    Key(
        "k:{desk}:of-staff:<staff>",
        "set of session hashes",
        "which sessions a member of staff has",
        "24 h after the last sign-in",
        "removing somebody at once",
    ),
    Key(
        "k:{desk}:of-device:<device>",
        "set of session hashes",
        "which sessions a device has",
        "24 h after the last sign-in",
        "removing a lost device at once",
    ),
    Key(
        "k:{desk}:device:<device>",
        "hash generation, worker",
        "which tab of this device is the desk",
        "24 h after the tab was opened",
        "one active desk a device",
    ),
    Key(
        "k:{desk}:challenge:<name>",
        "string",
        "what a passkey was asked to sign",
        "5 min, or the answer",
        "sign-in",
    ),
    Key(
        "k:{desk}:duty",
        "sorted set, score = unix ms",
        "which devices have a desk open, until when",
        "1 h after the last sign of life of any desk",
        "intake is open only while somebody sits there",
    ),
    Key(
        "k:{desk}:standing",
        "hash by device",
        "staff, alias, roles; on duty, on a break or off, in which languages, since when",
        "2 min after the desk was lost; 1 h after the last sign of life of any desk",
        "who is offered whom; a reconnect stays on duty",
    ),
    Key(
        "k:{desk}:closed-by-hand",
        "sorted set of languages",
        "in which somebody of the staff closed intake, until when",
        "opened again; 24 h after it was closed",
        "closing early",
    ),
    Key(
        "k:{desk}:alarms",
        "hash by 32 random bytes",
        "kind, conversation or none, staff and device who call, since when",
        "answered; 1 h after the last one; those older than 1 h when somebody looks",
        "a supervisor who comes later sees who called",
    ),
    Key(
        "k:{desk}:heavy",
        "hash staff -> count",
        "heavy contacts of today, of each of the staff",
        "midnight",
        "somebody looks after who had many",
    ),
    Key(
        "k:{admission}:boundary",
        "sorted set, score = unix ms",
        "8 random bytes for each conversation that ended with a boundary",
        "10 min after the last one; those older than 10 min when one comes",
        "a new start costs more for a while",
    ),
    Key(
        "k:{desk}:mine:<device>",
        "set of sids",
        "conversations of this device: as the counsellor, or as the one who is to be",
        "7 h after the last one was taken",
        "rejoining after a reload",
    ),
    Key(
        "k:{tally}:since",
        "string",
        "the day on which this memory began to count",
        "7 days after it was last looked at",
        "a day whose counts were lost is marked so",
    ),
    Key(
        "k:{desk}:beside:<device>",
        "set of sids",
        "conversations this device supervises",
        "7 h after the last one was joined",
        "rejoining after a reload",
    ),
    Key(
        "k:{desk}:left:<device>",
        "hash sid and slot -> why",
        "seats this device lost while it was away",
        "told, or 7 h after the last one was lost",
        "a desk that comes back is told the truth",
    ),
    Key(
        "k:{desk}:asked:<device>",
        "set of sids",
        "conversations this device is asked to take over",
        "answered, or 10 min after the last question",
        "a question survives a reload",
    ),
    Key(
        "k:{tally}:<day>",
        "hash measure:value -> count, lost",
        "the running day's counts, each property alone; whether some of them were lost",
        "3 days",
        "the yearly report",
    ),
    Key(
        "k:{tally}:<day>:closed",
        "hash measure:value -> count",
        "a finished day until the records have it",
        "3 days",
        "each day is handed over once",
    ),
    Key(
        "k:{tally}:<day>:lease",
        "string",
        "somebody is handing this day over",
        "1 min",
        "each day is handed over once",
    ),
    Key(
        "k:{admission}:secret",
        "string, 64 bytes",
        "random: what challenges of work are signed with",
        "24 h from its making",
        "any worker knows a challenge of any other",
    ),
    Key(
        "k:{admission}:spent:<hash>",
        "string",
        "a challenge of work that was solved; <hash> is SHA-256 of its signature, cut to 16 bytes",
        "20 min",
        "each solution is taken once",
    ),
    Key(
        "k:{tally}:once:<once>",
        "string",
        "16 random bytes of the desk: this wrap-up is counted already",
        "15 min",
        "a wrap-up that is sent again counts once",
    ),
    Key(
        "k:{check}:<n>",
        "string",
        "random, planted by `kentering doctor` or `kentering prove` and looked for in the server's memory",
        "the end of the check, at most 10 min",
        "a search that finds nothing must be able to find something",
    ),
    Key(
        "k:{tally}:after:<ticket>",
        "string",
        "16 random bytes of the page that a talk without script ended with: it may say once how it feels",
        "said, at most 15 min",
        "nobody can count who did not talk",
    ),
    Key(
        "k:{store}:shown",
        "string",
        "five small numbers of the page *what we can see of you*: the bands of those who wait, of "
        "conversations, of lines and of entries, and how many entries have no clock",
        "10 min",
        "everybody sees the same look, so one conversation is hard to watch",
    ),
    Key(
        "k:{store}:era",
        "string, 32 bytes",
        "random, written at the first use of a store's memory",
        "7 days after it was last read",
        "telling that the live store was lost",
    ),
)


def find(key: bytes) -> Key | None:
    """The row that describes a key found in a store, None when there is none."""
    text = key.decode("ascii", "replace")
    return next((row for row in KEYS if re.fullmatch(_regex(row.pattern), text)), None)


def _regex(pattern: str) -> str:
    escaped = re.escape(pattern).replace(r"\{S\}", r"\{[0-9a-f]{32}\}")
    return re.sub("<[a-z]+>", "[^:{}]+", escaped)


def table() -> str:
    """The table as Markdown, for docs/what-we-keep.md."""
    head = ["| key | shape | holds | until | why |", "|---|---|---|---|---|"]
    cells = ([f"`{row.pattern}`", row.shape, row.holds, row.clock, row.why] for row in KEYS)
    lines = ["| " + " | ".join(_plain(cell) for cell in row) + " |" for row in cells]
    return "\n".join([*head, *lines]) + "\n"


def _plain(cell: str) -> str:
    return cell if cell.startswith("`") else cell.replace("|", r"\|").replace("<", "&lt;")
