# SPDX-License-Identifier: AGPL-3.0-or-later
"""The names of the live store's keys, and how long each is kept. Each has its row in key_table.py."""

from __future__ import annotations

from binascii import hexlify
from typing import Final

from chat.rules.state import STAFF, Member

HOUR: Final = 3600
CONVERSATION_TTL: Final = 7 * HOUR
"""Seconds. A conversation lasts 6 h at most; set once when it is created, never renewed."""
ROOM_TTL: Final = 7 * HOUR
DUE_TTL: Final = 7 * HOUR
TAKES_TTL: Final = HOUR + 60
"""A minute longer than they count, since they stand there by the minute."""
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

CHECKED_TTL: Final = 600
"""What a check plants and looks for; it removes it itself."""
ASKED_AFTER_TTL: Final = HOUR // 4
SHOWN_TTL: Final = 600

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
WITHOUT_SCRIPT: Final = b"k:{room}:without-script"
STARTS: Final = b"k:{room}:starts-without-script"
TAKES: Final = b"k:{room}:takes"
DUE: Final = b"k:{clock}:due"
DUTY: Final = b"k:{desk}:duty"
STANDING: Final = b"k:{desk}:standing"
CLOSED_BY_HAND: Final = b"k:{desk}:closed-by-hand"
TALLY_SINCE: Final = b"k:{tally}:since"
ALARMS: Final = b"k:{desk}:alarms"
HEAVY: Final = b"k:{desk}:heavy"
BOUNDARY: Final = b"k:{admission}:boundary"
ERA: Final = b"k:{store}:era"
SHOWN: Final = b"k:{store}:shown"
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


def sealed(sid: bytes) -> bytes:
    """The seats of somebody without script."""
    return b"k:{%b}:sealed" % hexlify(sid)


def hands(sid: bytes) -> tuple[bytes, ...]:
    """Every handshake mailbox, in the order of `STAFF`."""
    return tuple(hand(sid, member) for member in STAFF)


def conversation(sid: bytes) -> tuple[bytes, ...]:
    """Every key that bears this conversation's tag."""
    lanes = tuple(lane(sid, slot, direction) for slot in (0, 1) for direction in (0, 1))
    return (state(sid), relay(sid), seat(sid), *hands(sid), *lanes, sealed(sid))


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


def asked_after(ticket: bytes) -> bytes:
    """That somebody without script may say how it feels after a talk, by random bytes of its page."""
    return b"k:{tally}:after:" + hexlify(ticket)


def worker(name: str) -> bytes:
    """The channel a worker listens on."""
    return WORKER_CHANNEL + name.encode()


def checked(number: int) -> bytes:
    """What a check of the whole plants, to look for it in the store's memory."""
    return b"k:{check}:%d" % number
