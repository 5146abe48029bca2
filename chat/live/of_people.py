# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the live store holds of a help-seeker, in kinds: of each key of the table (key_table.py), which ones.

The page *what we can see of you* says them all, made from here; a key that is not here has no place there.
"""

from __future__ import annotations

import enum
from typing import Final

from chat.live.key_table import KEYS


class Kind(enum.Enum):
    """A kind of value that comes from a help-seeker, or is about one, or about their conversation."""

    NUMBER = "the random number of a conversation"
    LANGUAGE = "its language"
    TIMES = "when it began, opened, moved on, and was used last"
    PHASE = "whether it waits or is talked in, and before whom it is offered"
    PRESENCE = "whether each side is connected, since when, how often anew, and by which worker"
    TAPPED = "urgency and whom it is about, as the help-seeker tapped"
    FELT = "that it was said how it feels before"
    SCRIPT = "whether their browser uses scripts"
    RISK = "the counsellor's judgement of the risk"
    STAFF = "who of the staff has it, had it, was asked, and is offered it last, on which devices"
    SEALED = "sealed envelopes and parts of handshakes, and how many"
    KEYS = "the server's half of the reload key, and the hash of the ticket"
    COOKIES = "without script: seats sealed under a key in the cookie"
    UNDONE = "the number of a conversation, in lists of what is to be told or tidied up"
    WAIT = "how a wait ended, on its own"
    ENDED = "that one ended with a boundary, on its own"
    ONCE = "random numbers that may be used once, on their own"
    CALLED = "that somebody of the staff called for help, and when"
    COUNTED = "counts, each on its own"


STAYS: Final = frozenset({Kind.UNDONE, Kind.WAIT, Kind.ENDED, Kind.ONCE, Kind.CALLED, Kind.COUNTED})
"""What may be there longer than the conversation. All else is deleted with it."""

_ENTRY: Final = frozenset(
    {Kind.NUMBER, Kind.LANGUAGE, Kind.TIMES, Kind.PHASE, Kind.PRESENCE, Kind.TAPPED, Kind.STAFF}
)
_NOTHING: Final[frozenset[Kind]] = frozenset()
OF_KEY: Final = {
    "k:{S}:state": _ENTRY | {Kind.SCRIPT, Kind.RISK},
    "k:{S}:relay": frozenset({Kind.NUMBER, Kind.PRESENCE, Kind.SEALED, Kind.TIMES, Kind.FELT}),
    "k:{S}:lane:<slot>:<dir>": frozenset({Kind.NUMBER, Kind.SEALED}),
    "k:{S}:hand:<member>": frozenset({Kind.NUMBER, Kind.SEALED}),
    "k:{S}:seat": frozenset({Kind.NUMBER, Kind.KEYS, Kind.STAFF}),
    "k:{S}:sealed": frozenset({Kind.NUMBER, Kind.COOKIES, Kind.SCRIPT}),
    "k:{room}:entries": _ENTRY,
    "k:{room}:claims": _ENTRY,
    "k:{room}:without-script": frozenset({Kind.NUMBER, Kind.SCRIPT, Kind.TIMES}),
    "k:{room}:starts-without-script": frozenset({Kind.COUNTED}),
    "k:{room}:takes": frozenset({Kind.WAIT}),
    "k:{clock}:due": frozenset({Kind.NUMBER, Kind.TIMES, Kind.PRESENCE, Kind.UNDONE}),
    "k:{desk}:session:<hash>": _NOTHING,
    "k:{desk}:of-staff:<staff>": _NOTHING,
    "k:{desk}:of-device:<device>": _NOTHING,
    "k:{desk}:device:<device>": _NOTHING,
    "k:{desk}:challenge:<name>": _NOTHING,
    "k:{desk}:duty": _NOTHING,
    "k:{desk}:standing": _NOTHING,
    "k:{desk}:closed-by-hand": _NOTHING,
    "k:{desk}:alarms": frozenset({Kind.NUMBER, Kind.CALLED}),
    "k:{desk}:heavy": frozenset({Kind.COUNTED}),
    "k:{admission}:boundary": frozenset({Kind.ENDED}),
    "k:{desk}:mine:<device>": frozenset({Kind.NUMBER, Kind.STAFF, Kind.UNDONE}),
    "k:{tally}:since": _NOTHING,
    "k:{desk}:beside:<device>": frozenset({Kind.NUMBER, Kind.STAFF, Kind.UNDONE}),
    "k:{desk}:left:<device>": frozenset({Kind.NUMBER, Kind.STAFF, Kind.UNDONE}),
    "k:{desk}:asked:<device>": frozenset({Kind.NUMBER, Kind.STAFF, Kind.UNDONE}),
    "k:{tally}:<day>": frozenset({Kind.COUNTED}),
    "k:{tally}:<day>:closed": frozenset({Kind.COUNTED}),
    "k:{tally}:<day>:lease": _NOTHING,
    "k:{admission}:secret": _NOTHING,
    "k:{admission}:spent:<hash>": frozenset({Kind.ONCE}),
    "k:{tally}:once:<once>": frozenset({Kind.ONCE}),
    "k:{check}:<n>": _NOTHING,
    "k:{tally}:after:<ticket>": frozenset({Kind.ONCE}),
    "k:{store}:shown": frozenset({Kind.COUNTED}),
    "k:{store}:era": _NOTHING,
}
"""Pattern of a row of the table -> what of people is in it; the members of staff are not meant."""


def held() -> tuple[Kind, ...]:
    """Every kind that some key of the table holds, in the order in which they are said.

    Raises:
        KeyError: a key of the table is not here.
    """
    found = frozenset[Kind]().union(*(OF_KEY[row.pattern] for row in KEYS))
    return tuple(kind for kind in Kind if kind in found)
