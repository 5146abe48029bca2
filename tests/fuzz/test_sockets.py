# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever a WebSocket is sent, by whom it may be: frames of ours come back, and nothing of what was sent.

How many frames a worker takes, what each is refused with, and what breaks the WebSocket protocol stands in
tests/faults/test_hostile_frames.py; here each of them carries what must be found nowhere.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
import pytest
from msgspec import structs

from chat.protocol import codec, frames
from chat.protocol.types import ENVELOPE_SIZES, MAX_FRAME, VERSION, About, Urgency
from chat.rules.roles import Role
from tests.faults.raw import BINARY, CONTINUATION, PING, TEXT, RawSocket, masked, upgrade
from tests.fuzz import canary
from tests.fuzz.budget import SHARE, rounds, rounds_for
from tests.fuzz.callers import ONION, STAFF
from tests.fuzz.canary import Canary
from tests.fuzz.mutate import mutated
from tests.fuzz.watch import Watch
from tests.protocol.strategies import some_of
from tests.support.service import Service

pytestmark = pytest.mark.anyio

MARKED = Canary.FRAME.encode() * 300
IN_ONE_CONNECTION = 60
BROUGHT = [f"{name}: {Canary.HEADER}" for name in ("User-Agent", "Accept-Language", "X-Forwarded-For")]
ID = 16
"""Bytes of the name of a conversation, a person or a device: a refusal says which one it is about."""


def marked(frame: msgspec.Struct, chance: random.Random) -> msgspec.Struct:
    """The same frame with the canary in its bytes; an envelope keeps its header."""
    changes: dict[str, object] = {}
    for field in structs.fields(type(frame)):
        value = getattr(frame, field.name)
        if isinstance(value, bytes) and len(value) > ID and chance.random() < 0.7:
            kept = value[:11] if len(value) in ENVELOPE_SIZES else b""
            changes[field.name] = kept + MARKED[: len(value) - len(kept)]
    return structs.replace(frame, **changes)


@dataclass(frozen=True, slots=True)
class Side:
    """One kind of connection."""

    pool: list[msgspec.Struct]
    first: Callable[[], msgspec.Struct]
    answers: Callable[[bytes], object]


def _start() -> msgspec.Struct:
    sid = os.urandom(16)
    return frames.Start(VERSION, sid, bytes(32), bytes(32), "en", About.UNSAID, Urgency.USUAL)


def messages(side: Side, chance: random.Random) -> bytes:
    """WebSocket frames, most of them whole."""
    made = []
    for _ in range(IN_ONE_CONNECTION):
        draw = chance.random()
        frame = msgspec.msgpack.encode(marked(chance.choice(side.pool), chance))
        if draw < 0.55:
            made.append(masked(frame))
        elif draw < 0.85:
            made.append(masked(mutated(frame, chance, [frame])))
        elif draw < 0.9:
            made.append(masked(MARKED[: chance.choice((0, 1, 200, MAX_FRAME, MAX_FRAME + 1))]))
        elif draw < 0.95:
            made.append(masked(MARKED[: chance.randrange(300)], chance.choice((TEXT, CONTINUATION))))
        elif draw < 0.98:
            made.append(masked(MARKED[: chance.randrange(126)], PING))
        else:
            made.append(masked(frame, fin=False))
    return b"".join(made)


async def opened(service: Service, who: str, chance: random.Random) -> RawSocket:
    if who == "desk":
        roles: tuple[Role, ...] = chance.choice(list(STAFF.values()))
        token = await service.sign_in(os.urandom(16), os.urandom(16), *roles)
        return await RawSocket.desk(service, token, *BROUGHT)
    if who == "onion":
        return await RawSocket._open(service, upgrade(ONION, f"http://{ONION}", *BROUGHT))
    return await RawSocket.help_seeker(service, *BROUGHT)


async def attack(service: Service, who: str, side: Side, chance: random.Random) -> int:
    """One connection; returns how many messages came back."""
    hostile = await opened(service, who, chance)
    try:
        if chance.random() < 0.7:
            await hostile.send(codec.encode(side.first()))
            side.answers(await hostile.receive_kind(BINARY))
        data = messages(side, chance)
        torn = chance.random() < 0.3
        await hostile.send_bytes(mutated(data, chance, [data]) if torn else data)
        if torn:
            hostile.no_more()  # it may wait for the rest of something
        else:
            await hostile.send(b"end", PING)
        count = 0
        while (frame := await hostile.receive()) is not None:
            kind, payload = frame
            if kind == BINARY:
                count += 1
                assert side.answers(payload) is not None
                assert not canary.found(payload), "an answer repeats what was sent"
            elif frame == (0xA, b"end"):
                break
        if who != "desk" and not torn:
            await hostile.send(codec.encode(frames.Leave()))  # nobody waits for ever in a test
        return count
    finally:
        await hostile.abort()


async def fuzz(service: Service, watch: Watch, seeds: Iterator[int], connections: int) -> int:
    help_seeker = Side(some_of("FromHelpSeeker"), _start, codec.decode_to_help_seeker)
    desk = Side(some_of("FromDesk"), lambda: frames.OpenDesk(VERSION, take_over=False), codec.decode_to_desk)
    answered = 0
    for number, start in enumerate(seeds):
        chance = random.Random(start)  # noqa: S311 - the same frames for the same seed
        for _ in range(connections):
            who = chance.choice(("help-seeker", "onion", "desk", "desk"))
            answered += await attack(service, who, desk if who == "desk" else help_seeker, chance)
            watch.quiet()
        await watch.goes_on()
        if number == 1:
            watch.warm()
    return answered


async def test_whatever_a_socket_is_sent(service: Service, watch: Watch) -> None:
    assert await fuzz(service, watch, rounds(4), 6) > 100


@pytest.mark.long
async def test_whatever_a_socket_is_sent_for_long(service: Service, watch: Watch) -> None:
    assert await fuzz(service, watch, rounds_for(SHARE["sockets"]), 20) > 100
