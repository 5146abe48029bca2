# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest

from chat.sealing import blob
from chat.sealing.errors import Code, SealingError
from tests.sealing.world import World
from tests.vectors.people import SID, flip, some

D, HALF, IV = some("d", 32), some("half", 32), some("iv", 12)


def code_of(data: bytes, half: bytes = HALF) -> Code:
    with pytest.raises(SealingError) as refused:
        blob.open_blob(data, half)
    return refused.value.code


def test_a_reload_has_what_was_kept():
    world = World().open()
    world.write(world.h, "The weather is mild")
    world.settle()
    sealed = blob.seal_blob(SID, D, HALF, world.h.blobs[-1], IV)

    world.reload(world.h, blob.open_blob(sealed, HALF))

    assert world.h.texts(own=True) == ["The weather is mild"]


def test_n13_neither_half_opens_it_alone():
    sealed = blob.seal_blob(SID, D, HALF, b"state", IV)

    assert code_of(sealed, half=D) is Code.NOT_OPENED
    assert code_of(sealed, half=bytes(32)) is Code.NOT_OPENED
    for other_d in (HALF, bytes(32)):
        assert code_of(sealed[:17] + other_d + sealed[49:]) is Code.NOT_OPENED


def test_n13_the_ticket_tells_nothing_of_d():
    ticket = blob.ticket_of(D)

    assert len(ticket) == 32
    assert code_of(blob.seal_blob(SID, D, HALF, b"state", IV), half=ticket) is Code.NOT_OPENED
    assert blob.ticket_hash(ticket) not in {ticket, D}


def test_n13_every_part_is_bound():
    sealed = blob.seal_blob(SID, D, HALF, b"state", IV)
    for at in (*range(1, 70), 1000, len(sealed) - 1):
        assert code_of(flip(sealed, at)) is Code.NOT_OPENED


def test_n17_unknown_version_byte():
    assert code_of(b"\2" + blob.seal_blob(SID, D, HALF, b"", IV)[1:]) is Code.UNKNOWN_VERSION


@pytest.mark.parametrize("state", [0, 1, 16_380, 16_381, 32_764, 32_765])
def test_the_size_tells_only_the_number_of_steps(state: int):
    sealed = blob.seal_blob(SID, D, HALF, b"s" * state, IV)

    assert (len(sealed) - 49 - 12 - 16) % 16_384 == 0
    assert blob.open_blob(sealed, HALF) == b"s" * state


@pytest.mark.parametrize(
    "plain", [b"", bytes(3), b"\xff" * 16_384, b"\0\0\0\1" + bytes(16_379) + b"\1", bytes(100)]
)
def test_padding_that_is_not_ours_is_refused(plain: bytes):
    with pytest.raises(SealingError) as refused:
        blob.unpad_state(plain)
    assert refused.value.code is Code.BAD_PADDING


def test_no_sending_key_is_ever_in_it():
    """What rolls a blob back, or opens it twice, can therefore not make anything be sealed twice."""
    world = World().open()
    world.write(world.h, "The weather is mild")
    world.settle()
    for side in (world.h, world.s):
        standing = side.seat.channel.tx
        assert standing is not None
        assert all(standing.ck not in kept for kept in side.blobs)
        world.reload(side)
        assert side.seat.channel.tx is None
