# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest

from chat.sealing import envelope
from chat.sealing.chain import ChainKey
from chat.sealing.envelope import Broken, Direction, Gap, Ignored, Inner, Kind
from chat.sealing.errors import Code, SealingError
from tests.vectors.people import flip, some

CK = ChainKey(3, 5, some("ck", 32))
TEXT = Inner(Kind.TEXT, 1, 0, some("mid", 16), b"The weather is mild.")
IV = some("iv", 12)
GOOD, AFTER = envelope.seal(CK, 0, Direction.FROM_H, TEXT, IV)


def opened(data: bytes, standing: ChainKey = CK, slot: int = 0, way: Direction = Direction.FROM_H) -> Inner:
    return envelope.open_envelope(standing, slot, way, data)[0]


def test_what_is_sealed_is_opened():
    assert opened(GOOD) == TEXT


def test_n05_flip_any_byte():
    for at in range(len(GOOD)):
        with pytest.raises((Ignored, Gap)):
            opened(flip(GOOD, at))


def test_n05_reflect():
    """An envelope sent back to its writer is of the other direction, whatever its header says."""
    with pytest.raises(Ignored):
        opened(GOOD, way=Direction.FROM_S)
    with pytest.raises(Ignored):
        opened(GOOD[:2] + b"\1" + GOOD[3:], way=Direction.FROM_S)


def test_n05_other_slot_epoch_or_key():
    for standing, slot in ((CK, 1), (ChainKey(4, 5, CK.ck), 0), (ChainKey(3, 5, some("other", 32)), 0)):
        with pytest.raises(Ignored):
            opened(GOOD, standing, slot)


def test_n05_n_skipped_and_repeated():
    further, _ = envelope.seal(AFTER, 0, Direction.FROM_H, TEXT, IV)
    with pytest.raises(Gap):
        opened(further)
    with pytest.raises(Ignored):
        opened(GOOD, AFTER)


def test_n05_a_header_rewritten_to_fit_does_not_open():
    further, _ = envelope.seal(AFTER, 0, Direction.FROM_H, TEXT, IV)
    with pytest.raises(Ignored):
        opened(GOOD[:11] + further[11:])


def test_n05_forged_then_genuine():
    with pytest.raises(Ignored):
        opened(flip(GOOD, 500))

    assert opened(GOOD) == TEXT


def test_n10_the_same_line_sealed_again_would_not_be_the_same_bytes():
    """Why a resend must be of the stored bytes."""
    assert envelope.seal(CK, 0, Direction.FROM_H, TEXT, some("iv 2", 12))[0] != GOOD


def test_n16_every_text_gives_one_of_two_sizes():
    for length in range(envelope.MAX_TEXT + 1):
        plain = envelope.pad(Inner(Kind.TEXT, 1, 0, bytes(16), b"a" * length).pack())
        assert len(plain) == (1024 if length <= 997 else 4096)
    with pytest.raises(SealingError) as refused:
        envelope.pad(Inner(Kind.TEXT, 1, 0, bytes(16), b"a" * 4070).pack())
    assert refused.value.code is Code.TOO_LONG


def test_n16_ready_ack_and_typing_are_small():
    for kind, content in ((Kind.READY, bytes(16)), (Kind.ACK, b""), (Kind.TYPING, b"")):
        sealed, _ = envelope.seal(CK, 0, Direction.FROM_S, Inner(kind, 0, 9, b"", content), IV)
        assert len(sealed) == envelope.SIZES[0]


def test_n17_unknown_version_byte():
    with pytest.raises(Ignored) as ignored:
        opened(b"\2" + GOOD[1:])
    assert ignored.value.code is Code.UNKNOWN_VERSION


@pytest.mark.parametrize("size", [0, 1, 1062, 1064, 4134, 4136])
def test_no_third_size_is_looked_at(size: int):
    with pytest.raises(Ignored):
        envelope.read_header(GOOD.ljust(size, b"\0")[:size])


@pytest.mark.parametrize("plain", [bytes(1024), b"\xff" * 1024, b"\0\x09" + bytes(1022)])
def test_a_good_tag_around_a_bad_inside_is_broken(plain: bytes):
    with pytest.raises(Broken):
        envelope.unpad(plain)


def test_padding_is_checked_to_the_last_byte():
    plain = envelope.pad(TEXT.pack())
    end = 2 + len(TEXT.pack())

    assert envelope.unpad(plain) == TEXT
    for at in range(end, len(plain)):
        with pytest.raises(Broken):
            envelope.unpad(flip(plain, at))
