# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.protocol import codec, frames
from chat.protocol.types import MAX_FRAME, VERSION, About, ErrorCode, Urgency
from tests.protocol.strategies import mutated, of_union, scrambled

Decode = Callable[[bytes], object]

SERVER_SIDE: dict[str, Decode] = {
    "FromHelpSeeker": codec.decode_from_help_seeker,
    "FromDesk": codec.decode_from_desk,
}
BROWSER_SIDE: dict[str, Decode] = {
    "ToHelpSeeker": codec.decode_to_help_seeker,
    "ToDesk": codec.decode_to_desk,
}
ALL = SERVER_SIDE | BROWSER_SIDE
SHORT = 300


def refusal(decode: Decode, data: bytes) -> ErrorCode:
    with pytest.raises(codec.FrameError) as caught:
        decode(data)
    assert caught.value.args == (caught.value.code.name,)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.code


def check_round_trip(frame: object) -> None:
    """The same frame comes back, and fits, from the one decoder whose union it belongs to."""
    name = next(name for name in ALL if isinstance(frame, getattr(frames, name)))
    data = codec.encode(frame)

    assert ALL[name](data) == frame
    assert len(data) <= MAX_FRAME


def check_hostile(decode: Decode, data: bytes) -> None:
    """Any bytes are a frame or a `FrameError`; what is taken in is within its limits."""
    try:
        frame = decode(data)
    except codec.FrameError:
        return
    assert decode(codec.encode(frame)) == frame


any_frame = st.one_of([of_union(name) for name in ALL])


@given(any_frame)
@settings(max_examples=SHORT)
def test_every_frame_comes_back_as_it_was(frame: object) -> None:
    check_round_trip(frame)


@pytest.mark.parametrize("name", SERVER_SIDE)
@given(data=st.data())
@settings(max_examples=SHORT)
def test_mutated_frames_are_frames_or_refused(name: str, data: st.DataObject) -> None:
    check_hostile(SERVER_SIDE[name], data.draw(mutated(name)))


@pytest.mark.parametrize("name", SERVER_SIDE)
@given(data=st.binary(max_size=200))
@settings(max_examples=SHORT)
@example(b"\x91" * 8000)
@example(b"\xdd\xff\xff\xff\xff\x01")
@example(b"\x92\x03\xc6\xff\xff\xff\xff")
@example(b"\x91\xa1\xff")
def test_random_bytes_are_frames_or_refused(name: str, data: bytes) -> None:
    check_hostile(SERVER_SIDE[name], data)


@pytest.mark.long
@given(any_frame)
@settings(max_examples=20_000)
def test_every_frame_comes_back_as_it_was_long(frame: object) -> None:
    check_round_trip(frame)


@pytest.mark.long
@pytest.mark.parametrize("name", SERVER_SIDE)
def test_a_hundred_thousand_scrambled_frames_are_frames_or_refused(name: str) -> None:
    for data in scrambled(name, 100_000):
        check_hostile(SERVER_SIDE[name], data)


START = frames.Start(
    version=VERSION,
    sid=b"s" * 16,
    ticket_hash=b"t" * 32,
    half=b"h" * 32,
    language="nl",
    about=About.UNSAID,
    urgency=Urgency.USUAL,
)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ([1, VERSION, b"s" * 16, b"t" * 32, b"h" * 32], ErrorCode.MALFORMED),
        ([1, VERSION, b"s" * 16, b"t" * 32, b"h" * 32, "nl", 0, 1, 0], ErrorCode.MALFORMED),
        ([1, VERSION, b"s" * 15, b"t" * 32, b"h" * 32, "nl", 0, 1], ErrorCode.MALFORMED),
        ([1, VERSION, b"s" * 16, b"t" * 32, b"h" * 32, "NL", 0, 1], ErrorCode.MALFORMED),
        ([1, VERSION, b"s" * 16, b"t" * 32, b"h" * 32, "nl\n", 0, 1], ErrorCode.MALFORMED),
        ([1, "1", b"s" * 16, b"t" * 32, b"h" * 32, "nl", 0, 1], ErrorCode.MALFORMED),
        ([1, 256, b"s" * 16, b"t" * 32, b"h" * 32, "nl", 0, 1], ErrorCode.MALFORMED),
        ([3, b"e" * 1064], ErrorCode.MALFORMED),
        ([3, b"e" * 1062], ErrorCode.MALFORMED),
        ([4, 2, 0, 0], ErrorCode.MALFORMED),
        ([4, 0, -1, 0], ErrorCode.MALFORMED),
        ([4, 0, 2**32, 0], ErrorCode.MALFORMED),
        ([4, 0, 1.0, 0], ErrorCode.MALFORMED),
        ([7, None], ErrorCode.MALFORMED),
        ([8, 2], ErrorCode.MALFORMED),
        ([9, b""], ErrorCode.MALFORMED),
        ([10], ErrorCode.UNKNOWN_FRAME),
        ([33, b"s" * 16, b"h" * 32], ErrorCode.UNKNOWN_FRAME),
        ([64], ErrorCode.UNKNOWN_FRAME),
        ([], ErrorCode.UNKNOWN_FRAME),
        ({"type": 7}, ErrorCode.UNKNOWN_FRAME),
        (7, ErrorCode.UNKNOWN_FRAME),
    ],
    ids=repr,
)
def test_a_help_seekers_frame_out_of_its_limits_is_refused(frame: object, code: ErrorCode) -> None:
    actual = refusal(codec.decode_from_help_seeker, msgspec.msgpack.encode(frame))

    assert actual == code


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ([36, b"s" * 16, b"e" * 1064], ErrorCode.MALFORMED),
        ([35, b"s" * 16, 0, b"m" * 1168, b"e" * 2000], ErrorCode.MALFORMED),
        ([34, b"s" * 16, 0, b"o" * 1336, b"c" * 155, b"c" * 160], ErrorCode.MALFORMED),
        ([34, b"s" * 16, 0, b"o" * 1336, b"c" * 160, b"c" * 204], ErrorCode.MALFORMED),
        ([7], ErrorCode.UNKNOWN_FRAME),
        ([96], ErrorCode.UNKNOWN_FRAME),
    ],
    ids=repr,
)
def test_a_desks_frame_out_of_its_limits_is_refused(frame: object, code: ErrorCode) -> None:
    actual = refusal(codec.decode_from_desk, msgspec.msgpack.encode(frame))

    assert actual == code


@pytest.mark.parametrize("decode", SERVER_SIDE.values())
def test_a_frame_over_the_limit_is_not_looked_at(decode: Decode) -> None:
    assert refusal(decode, b"\x97" * (MAX_FRAME + 1)) == ErrorCode.TOO_LARGE


@pytest.mark.parametrize("decode", SERVER_SIDE.values())
def test_bytes_that_are_no_messagepack_are_malformed(decode: Decode) -> None:
    assert refusal(decode, b"") == ErrorCode.MALFORMED
    assert refusal(decode, b"\xc1") == ErrorCode.MALFORMED
    assert refusal(decode, codec.encode(START)[:-1]) == ErrorCode.MALFORMED
    assert refusal(decode, b"\x91\x07\x00") == ErrorCode.MALFORMED


def test_tags_are_unique_over_all_unions() -> None:
    tags = [cls.__struct_config__.tag for name in ALL for cls in getattr(frames, name).__args__]

    assert sorted(tags) == sorted(set(tags))
