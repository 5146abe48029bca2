# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hypothesis strategies for every frame, read from the frames' own types."""

from __future__ import annotations

import random
import typing
from collections.abc import Iterator

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect as shape

from chat.protocol import frames
from chat.protocol.types import ENVELOPE_SIZES

UNIONS = ("FromHelpSeeker", "ToHelpSeeker", "FromDesk", "ToDesk")


def of_type(kind: shape.Type) -> st.SearchStrategy[typing.Any]:
    """Values of one field; an envelope only in its two sizes."""
    match kind:
        case shape.BytesType(min_length=least, max_length=most) if (least, most) == ENVELOPE_SIZES:
            return st.sampled_from(ENVELOPE_SIZES).flatmap(filled)
        case shape.BytesType(min_length=int(least), max_length=int(most)):
            return st.integers(least, most).flatmap(filled)
        case shape.IntType(ge=int(least), le=int(most)):
            return st.integers(least, most)
        case shape.EnumType():
            return st.sampled_from(list(kind.cls))
        case shape.BoolType():
            return st.booleans()
        case shape.StrType(pattern=str(pattern)):
            return st.from_regex(pattern, fullmatch=True)
        case shape.StrType(max_length=most):
            return st.text(max_size=most)
        case shape.ListType(min_length=least, max_length=most):
            return st.lists(
                of_type(kind.item_type), min_size=least or 0, max_size=50 if most is None else most
            )
        case shape.UnionType():
            return st.one_of([of_type(part) for part in kind.types])
        case shape.NoneType():
            return st.none()
        case shape.StructType():
            return of_struct(kind.cls)
        case _:
            raise NotImplementedError(kind)


def filled(size: int) -> st.SearchStrategy[bytes]:
    """Bytes of one size; long ones repeat a short pattern, since only their length is looked at."""
    return st.binary(min_size=1, max_size=32).map(
        lambda pattern: (pattern * (size // len(pattern) + 1))[:size]
    )


def of_struct(cls: type[msgspec.Struct]) -> st.SearchStrategy[typing.Any]:
    info = typing.cast("shape.StructType", shape.type_info(cls))
    return st.builds(cls, **{field.name: of_type(field.type) for field in info.fields})


def of_union(name: str) -> st.SearchStrategy[typing.Any]:
    """Frames of a union by its name."""
    return st.one_of([of_struct(cls) for cls in typing.get_args(getattr(frames, name))])


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    """A frame's bytes with some of them flipped, cut out, doubled or added."""
    data = bytearray(msgspec.msgpack.encode(draw(of_union(name))))
    for _ in range(draw(st.integers(1, 4))):
        # Most of a frame is opaque bytes; its structure is near the start.
        at = min(draw(st.one_of(st.integers(0, 60), st.integers(0, len(data)))), len(data))
        match draw(st.sampled_from(["flip", "cut", "add", "end"])):
            case "flip" if at < len(data):
                data[at] ^= draw(st.integers(1, 255))
            case "cut":
                del data[at : at + draw(st.integers(1, 40))]
            case "add":
                data[at:at] = draw(st.binary(min_size=1, max_size=8))
            case _:
                del data[at:]
    return bytes(data)


def some_of(name: str) -> list[msgspec.Struct]:
    """A few hundred frames of a union, the same every time."""
    pool: list[msgspec.Struct] = []

    @settings(max_examples=300, derandomize=True)
    @given(of_union(name))
    def collect(frame: msgspec.Struct) -> None:
        pool.append(frame)

    collect()
    return pool


def scrambled(name: str, count: int) -> Iterator[bytes]:
    """Many broken frames quickly: without Hypothesis' search, from a few hundred of its frames."""
    pool = [msgspec.msgpack.encode(frame) for frame in some_of(name)]
    rng = random.Random(name)  # noqa: S311 - test data
    for _ in range(count):
        data = bytearray(rng.choice(pool))
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(data) + 1) if rng.random() < 0.5 else min(rng.randrange(60), len(data))
            match rng.randrange(4):
                case 0 if at < len(data):
                    data[at] ^= rng.randint(1, 255)
                case 1:
                    del data[at : at + rng.randint(1, 40)]
                case 2:
                    data[at:at] = rng.randbytes(rng.randint(1, 8))
                case _:
                    data[at:] = rng.randbytes(len(data) - at)
        yield bytes(data)
