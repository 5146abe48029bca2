# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every key of the live store: its shape, its clock and why it is there. There is no other.

`{...}` is a hash tag: keys with one tag live on one node of a cluster, and one script may touch
them together. `S` is a conversation's sid in hex. A clock here is the backstop that removes
what a deadline failed to remove (deadlines.py); it is always longer than the deadline.
"""

from __future__ import annotations

import re
from binascii import hexlify
from dataclasses import dataclass
from typing import Final

from chat.rules.state import STAFF, Member

HOUR: Final = 3600
CONVERSATION_TTL: Final = 7 * HOUR
"""Seconds. A conversation lasts 6 h at most; set once when it is created, never renewed."""
ROOM_TTL: Final = 7 * HOUR
DUE_TTL: Final = 7 * HOUR
MINE_TTL: Final = 7 * HOUR
ASKED_TTL: Final = 600
"""A question to a colleague lapses after two minutes."""
DUTY_TTL: Final = HOUR
CLOSED_BY_HAND_TTL: Final = 24 * HOUR
ALARM_TTL: Final = HOUR
DEVICE_TTL: Final = 24 * HOUR
"""Longer than a desk session lasts, so that a device's generation never starts again under an open tab."""
TALLY_TTL: Final = 3 * 24 * HOUR
SINCE_TTL: Final = 7 * 24 * HOUR
ERA_TTL: Final = 7 * 24 * HOUR
ADMISSION_TTL: Final = 24 * HOUR
WRAP_UP_TTL: Final = HOUR // 4
"""As long as a desk may keep the text of an ended conversation, and so may still send its wrap-up."""


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
        "version; phase, places, language, what it is about, risk flag, times, a colleague asked",
        _CONVERSATION,
        "the rules",
    ),
    Key(
        "k:{S}:relay",
        "hash",
        "g:<member> generation; w:<member> channel of its worker; l, x:<slot>:<dir> newest "
        "entry of a lane, and how many it holds; a last activity",
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
        "k:{room}:entries",
        "hash by sid",
        "present, version; arrival, language, urgency, first, about, who of the staff had it before",
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
        "string",
        "somebody of the staff closed intake",
        "opened again, at most 24 h",
        "closing early",
    ),
    Key(
        "k:{desk}:alarms",
        "hash by 32 random bytes",
        "kind, conversation or none, staff and device who call, since when",
        "answered, at most 1 h",
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
        "10 min",
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
        "k:{store}:era",
        "string, 32 bytes",
        "random, written at the first use of a store's memory",
        "7 days after it was last read",
        "telling that the live store was lost",
    ),
)

ROOM_CHANNEL: Final = b"k:room"
"""Published, empty, whenever the waiting room changed."""
DESKS_CHANNEL: Final = b"k:desks"
"""Published, empty, whenever a desk stands otherwise than before, or something else on the board changed."""
CONTENT_CHANNEL: Final = b"k:content"
"""Published, empty, whenever somebody changed a setting."""
ALARM_CHANNEL: Final = b"k:alarm"
"""Published with `chat.live.alarms.AlarmNews`: somebody calls supervisors, or one of them is on it."""
WORKER_CHANNEL: Final = b"k:w:"
"""Prefix of a worker's own channel; the payloads are `chat.live.wake`."""

ROOM_ENTRIES: Final = b"k:{room}:entries"
ROOM_CLAIMS: Final = b"k:{room}:claims"
DUE: Final = b"k:{clock}:due"
DUTY: Final = b"k:{desk}:duty"
STANDING: Final = b"k:{desk}:standing"
CLOSED_BY_HAND: Final = b"k:{desk}:closed-by-hand"
TALLY_SINCE: Final = b"k:{tally}:since"
ALARMS: Final = b"k:{desk}:alarms"
HEAVY: Final = b"k:{desk}:heavy"
BOUNDARY: Final = b"k:{admission}:boundary"
ERA: Final = b"k:{store}:era"
ADMISSION_SECRET: Final = b"k:{admission}:secret"


def state(sid: bytes) -> bytes:
    """The rules' state of a conversation."""
    return b"k:{%b}:state" % hexlify(sid)


def relay(sid: bytes) -> bytes:
    """What relaying needs to know of a conversation."""
    return b"k:{%b}:relay" % hexlify(sid)


def lane(sid: bytes, slot: int, direction: int) -> bytes:
    """One lane; direction 0 comes from the help-seeker, 1 from staff."""
    return b"k:{%b}:lane:%d:%d" % (hexlify(sid), slot, direction)


def hand(sid: bytes, member: Member) -> bytes:
    """The handshake mailbox of a member of staff."""
    return b"k:{%b}:hand:%b" % (hexlify(sid), member.encode())


def seat(sid: bytes) -> bytes:
    """Ticket, halves and holders of a conversation."""
    return b"k:{%b}:seat" % hexlify(sid)


def conversation(sid: bytes) -> tuple[bytes, ...]:
    """Every key that bears this conversation's tag."""
    lanes = tuple(lane(sid, slot, direction) for slot in (0, 1) for direction in (0, 1))
    hands = (hand(sid, member) for member in STAFF)
    return (state(sid), relay(sid), seat(sid), *hands, *lanes)


def due_conversation(sid: bytes) -> bytes:
    """Member of the sorted set of deadlines: the conversation's own."""
    return b"d|" + hexlify(sid)


def due_claim(sid: bytes) -> bytes:
    """Member of the sorted set of deadlines: the end of a claim's lease."""
    return b"c|" + hexlify(sid)


def due_presence(sid: bytes, member: Member, generation: int) -> bytes:
    """Member of the sorted set of deadlines: the end of one connection's presence."""
    return b"p|%b|%b|%d" % (hexlify(sid), member.encode(), generation)


def desk_session(token_hash: bytes) -> bytes:
    """A desk session by the SHA-256 of its cookie."""
    return b"k:{desk}:session:" + hexlify(token_hash)


def challenge(name: bytes) -> bytes:
    """A passkey ceremony by its random name."""
    return b"k:{desk}:challenge:" + hexlify(name)


def desk_of_staff(staff: str) -> bytes:
    """The sessions of a member of staff."""
    return b"k:{desk}:of-staff:" + staff.encode()


def desk_of_device(device: str) -> bytes:
    """The sessions of a device."""
    return b"k:{desk}:of-device:" + device.encode()


def desk_device(device: str) -> bytes:
    """Which tab of a device is the desk."""
    return b"k:{desk}:device:" + device.encode()


def desk_mine(device: str) -> bytes:
    """The conversations of a device."""
    return b"k:{desk}:mine:" + device.encode()


def spent(challenge: bytes) -> bytes:
    """A challenge of work that was solved, by its hash."""
    return b"k:{admission}:spent:" + hexlify(challenge)


def desk_beside(device: str) -> bytes:
    """The conversations a device supervises."""
    return b"k:{desk}:beside:" + device.encode()


def desk_left(device: str) -> bytes:
    """The seats a device lost while it was away."""
    return b"k:{desk}:left:" + device.encode()


def desk_asked(device: str) -> bytes:
    """The conversations a device is asked to take over."""
    return b"k:{desk}:asked:" + device.encode()


def tally(day: str) -> bytes:
    """The counts of a day, `YYYY-MM-DD`."""
    return b"k:{tally}:" + day.encode()


def wrap_up(once: bytes) -> bytes:
    """That a wrap-up was counted, by the random bytes its desk gave it."""
    return b"k:{tally}:once:" + hexlify(once)


def worker(name: str) -> bytes:
    """The channel a worker listens on."""
    return WORKER_CHANNEL + name.encode()


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
