# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever a socket is sent: a typed refusal or the thing done, and the conversation beside it goes on."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator

import msgspec
import psutil
import pytest

from chat.protocol import codec, frames
from chat.protocol.types import MAX_FRAME, VERSION, About, EndedBy, ErrorCode, Urgency
from tests.faults.raw import BINARY, CONTINUATION, PING, TEXT, RawSocket, masked
from tests.protocol.strategies import scrambled
from tests.support.clients import envelope
from tests.support.people import Talk, desk_on, help_seeker_on, talk
from tests.support.service import Service, running

pytestmark = pytest.mark.anyio

BURST = 300
IN_ONE_CONNECTION = 80
"""Fewer than the refusals that end a connection."""
GROWTH = 24 << 20
"""Bytes of memory that all workers together may have more afterwards, however many frames there were."""

Send = Callable[[random.Random, bytes], bytes]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    pace = {"KENTERING_MESSAGES_BURST": str(BURST), "KENTERING_MESSAGES_PER_SECOND": "50"}
    with running(tmp_path_factory.mktemp("service"), **pace) as started:
        yield started


@pytest.fixture(autouse=True)
async def nothing_unexpected(service: Service) -> AsyncIterator[None]:
    workers = service.workers()
    yield

    assert "unexpected error" not in service.lines()
    assert service.workers() == workers


def memory(service: Service) -> int:
    return sum(psutil.Process(pid).memory_info().rss for pid in service.workers().values())


def expected_refusals(decode: Callable[[bytes], object], messages: list[bytes]) -> Counter[ErrorCode]:
    """What the codec alone refuses."""
    codes: Counter[ErrorCode] = Counter()
    for message in messages:
        try:
            decode(message)
        except codec.FrameError as error:
            codes[error.code] += 1
    return codes


def number(chance: random.Random) -> int:
    return chance.choice((0, 1, 2, 2**31, 2**32 - 1, chance.randrange(2**32)))


def any_envelope(chance: random.Random) -> bytes:
    """The header decides; versions, slots and directions that are not the sender's among them."""
    head = bytes(chance.choice((0, 1, 2, 255)) for _ in range(3))
    numbers = b"".join(number(chance).to_bytes(4, "big") for _ in range(2))
    return head + numbers + bytes(chance.choice((1063, 4135)) - 11)


def from_help_seeker(chance: random.Random, sid: bytes) -> object:
    """A well-formed frame that makes sense nowhere, or here, or not now."""
    slot = chance.randrange(2)
    return chance.choice(
        (
            frames.Start(
                chance.choice((VERSION, 9)), sid, bytes(32), bytes(32), "en", About.UNSAID, Urgency.USUAL
            ),
            frames.Attach(VERSION, sid, os.urandom(32), bytes(32), take_over=True),
            frames.Attach(VERSION, os.urandom(16), bytes(32), bytes(32), take_over=False),
            frames.Put(any_envelope(chance)),
            frames.Put(envelope(0, number(chance), number(chance))),
            frames.Took(slot, number(chance), number(chance)),
            frames.Hello(slot, 1, bytes(2384)),
            frames.AskResume(slot, bytes(32)),
        )
    )


def from_desk(chance: random.Random, sid: bytes) -> object:
    slot = chance.randrange(2)
    offer = bytes([1, 1, 1, chance.randrange(3)]) + chance.choice((sid, bytes(16))) + bytes(1316)
    return chance.choice(
        (
            frames.OpenDesk(chance.choice((VERSION, 9)), take_over=True),
            frames.Take(chance.choice((sid, os.urandom(16))), bytes(32)),
            frames.Rejoin(chance.choice((sid, os.urandom(16))), slot),
            frames.DeskOffer(sid, slot, offer, bytes(160), bytes(160)),
            frames.DeskReply(sid, slot, bytes(1168), any_envelope(chance)),
            frames.DeskPut(sid, any_envelope(chance)),
            frames.DeskPut(sid, envelope(1, number(chance), number(chance))),
            frames.DeskTook(sid, slot, number(chance), number(chance)),
        )
    )


async def worked_off(hostile: RawSocket, decode: Callable[[bytes], object]) -> Counter[ErrorCode]:
    """Every answer is a frame of ours; returns which refusals there were. The connection is still there."""
    codes: Counter[ErrorCode] = Counter()
    for message in await hostile.echo():
        answer = decode(message)
        if isinstance(answer, frames.Refused | frames.DeskRefused):
            codes[answer.code] += 1
    return codes


class Beside:
    """The conversation of two people who know nothing of all this."""

    def __init__(self, line: Talk) -> None:
        self._line = line
        self._n = 0

    async def goes_on(self) -> None:
        self._n += 1
        person, desk = self._line.person, self._line.desk
        await self._line.say(self._n)
        await desk.expect(frames.DeskDelivery)
        await desk.send(frames.DeskTook(person.sid, 0, 1, self._n))
        await self._line.answer(self._n)
        await person.expect(frames.Delivery)
        await person.send(frames.Took(0, 1, self._n))


async def attack(service: Service, count: int) -> None:
    """`count` frames over both origins, a connection for every few."""
    desk = await desk_on(service)
    undisturbed = await talk(await help_seeker_on(service), desk)
    beside = Beside(undisturbed)
    broken = {name: scrambled(name, count) for name in ("FromHelpSeeker", "FromDesk")}
    chance = random.Random(count)  # noqa: S311 - the same frames every time
    settled = 0
    for connection in range(count // IN_ONE_CONNECTION):
        if connection == 10:
            settled = memory(service)  # by now everything has been used once
        as_desk = connection % 2 == 1
        sid = os.urandom(16)
        if as_desk:
            hostile = await RawSocket.desk(service, await service.sign_in(os.urandom(16), os.urandom(16)))
            first: object = frames.OpenDesk(VERSION, take_over=False)
            decode, answers = codec.decode_from_desk, codec.decode_to_desk
        else:
            hostile = await RawSocket.help_seeker(service)
            first = frames.Start(VERSION, sid, bytes(32), bytes(32), "en", About.UNSAID, Urgency.USUAL)
            decode, answers = codec.decode_from_help_seeker, codec.decode_to_help_seeker
        if chance.random() < 0.75:
            await hostile.send(msgspec.msgpack.encode(first))
            assert await hostile.receive_kind(BINARY)
        pool = broken["FromDesk" if as_desk else "FromHelpSeeker"]
        make = from_desk if as_desk else from_help_seeker
        messages = []
        for _ in range(IN_ONE_CONNECTION):
            kind = chance.random()
            if kind < 0.5:
                messages.append(next(pool))
            elif kind < 0.9:
                messages.append(msgspec.msgpack.encode(make(chance, sid)))
            else:
                messages.append(chance.randbytes(chance.choice((0, 1, 7, 200, MAX_FRAME, MAX_FRAME + 1))))
        await hostile.send_bytes(b"".join(masked(message) for message in messages))
        codes = await worked_off(hostile, answers)
        assert not expected_refusals(decode, messages) - codes
        if not as_desk:
            await hostile.send(msgspec.msgpack.encode(frames.Leave()))
            await hostile.echo()
        await hostile.abort()
        if connection % 10 == 0:
            await beside.goes_on()
    await beside.goes_on()

    grown = memory(service) - settled
    assert grown < GROWTH, f"{grown >> 20} MiB"

    assert await undisturbed.end() is EndedBy.HELP_SEEKER
    await undisturbed.person.close()
    await desk.close()


async def test_three_thousand_hostile_frames(service: Service) -> None:
    await attack(service, 3_000)


@pytest.mark.long
async def test_a_hundred_thousand_hostile_frames(service: Service) -> None:
    await attack(service, 100_000)


async def one_refusal(hostile: RawSocket) -> ErrorCode:
    (code,) = (await worked_off(hostile, codec.decode_to_help_seeker)).elements()
    return code


async def test_text_pieces_and_what_is_too_large_are_refused_by_name(service: Service) -> None:
    hostile = await RawSocket.help_seeker(service)

    await hostile.send(b"\x91\x07", TEXT)
    assert await one_refusal(hostile) is ErrorCode.MALFORMED
    await hostile.send(b"\x91", BINARY, fin=False)
    assert await one_refusal(hostile) is ErrorCode.MALFORMED
    await hostile.send(b"\x07", CONTINUATION)
    assert await one_refusal(hostile) is ErrorCode.MALFORMED
    await hostile.send(bytes(MAX_FRAME + 1))
    assert await one_refusal(hostile) is ErrorCode.TOO_LARGE
    await hostile.send(bytes(MAX_FRAME * 8))
    assert await one_refusal(hostile) is ErrorCode.TOO_LARGE
    await hostile.send(msgspec.msgpack.encode([200]))
    assert await one_refusal(hostile) is ErrorCode.UNKNOWN_FRAME
    await hostile.send(msgspec.msgpack.encode(frames.Leave()))
    assert await one_refusal(hostile) is ErrorCode.OUT_OF_STATE

    await hostile.abort()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (masked(bytes(MAX_FRAME * 8 + 1)), 1009),
        (masked(b"", mask=False), 1002),
        (masked(b"", 0x3), 1002),
        (masked(bytes(126), PING), 1002),
        (masked(b"", PING, fin=False), 1002),
        (b"\x82\xff" + b"\xff" * 8 + bytes(4), 1002),
        (masked(b"\x03\xe8", 0x8), 1000),
        (masked(b"", 0x8), 1000),
        (masked(b"\x0f\xa1", 0x8), 4001),
        (masked(b"\x00", 0x8), 1002),
    ],
    ids=[
        "64 KiB and a byte", "without a mask", "unknown kind", "long ping", "ping in pieces", "endless",
        "closes", "closes without a word", "closes with its own number", "half a number",
    ],
)  # fmt: skip
async def test_what_breaks_the_websocket_protocol_ends_the_connection(
    service: Service, data: bytes, code: int
) -> None:
    hostile = await RawSocket.help_seeker(service)
    await hostile.send_bytes(data)

    assert await hostile.close_code() == code

    await hostile.abort()


async def test_who_sends_too_much_at_once_is_told_so(service: Service) -> None:
    desk = await desk_on(service)
    hostile = await RawSocket.help_seeker(service)
    await hostile.send(
        codec.encode(
            frames.Start(VERSION, os.urandom(16), bytes(32), bytes(32), "en", About.UNSAID, Urgency.USUAL)
        )
    )
    await hostile.receive_kind(BINARY)

    await hostile.send_bytes(masked(codec.encode(frames.Took(0, 1, 0))) * (BURST + 90))
    codes = await worked_off(hostile, codec.decode_to_help_seeker)

    assert codes.keys() == {ErrorCode.TOO_FAST}

    await hostile.send_bytes(masked(codec.encode(frames.Took(0, 1, 0))) * 10 * BURST)
    assert await hostile.close_code() == 1008  # a hundred refusals: no browser of ours

    await hostile.abort()
    await desk.close()


async def test_who_does_not_read_is_let_go(service: Service) -> None:
    """Answers pile up for a browser that takes none in: its connection ends, and the memory is free."""
    connections = []
    for _ in range(4):
        hostile = await RawSocket.help_seeker(service)
        hostile.stop_reading()
        connections.append(hostile)
    flood = masked(bytes(125), PING) * 4000

    async def send_all(hostile: RawSocket) -> None:
        for _ in range(100):  # 50 MB of answers, more than any buffer on the way
            await hostile.send_bytes(flood)
            if hostile.is_closing:
                return
        raise AssertionError("it took all of it")

    await asyncio.gather(*(send_all(hostile) for hostile in connections))
    for hostile in connections:
        await hostile.abort()
