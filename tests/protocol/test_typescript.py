# SPDX-License-Identifier: AGPL-3.0-or-later
"""The browser's generated codec against the server's, on the same bytes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.protocol import codec, frames, typescript
from tests.protocol.strategies import UNIONS, mutated, of_union, scrambled

MIRROR = Path(__file__).with_name("wire_mirror.ts")
SHORT = 100


class Mirror:
    """A running Node with the browser's codec."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, union: str, data: bytes) -> typing.Any:
        """`{"frame", "hex"}`, or "refused"."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{union} {data.hex()}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@pytest.fixture(scope="module")
def mirror() -> Iterator[Mirror]:
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or "node"
    with subprocess.Popen(
        [node, MIRROR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Mirror(process)
        assert process.stdin is not None
        process.stdin.close()


def plain(value: object) -> object:
    """A frame as the mirror shows it: camelCase names, bytes as hex, enums as numbers."""
    match value:
        case msgspec.Struct():
            named = {typescript.camel(k): plain(v) for k, v in msgspec.structs.asdict(value).items()}
            return {"frame": type(value).__name__, **named} if isinstance(value, frames.Frame) else named
        case bytes():
            return value.hex()
        case list():
            return [plain(item) for item in value]
        case _:
            return value


def decoded(union: str, data: bytes) -> object | None:
    """What Python makes of the bytes; None when it refuses them."""
    try:
        frame = msgspec.msgpack.decode(data, type=getattr(frames, union))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    envelope = getattr(frame, "envelope", None) or getattr(frame, "ready", None)
    return frame if envelope is None or len(envelope) in codec.ENVELOPE_SIZES else None


def check_agreement(mirror: Mirror, union: str, data: bytes) -> None:
    """The browser takes nothing the server's codec would not, and all that it writes itself."""
    expected = decoded(union, data)
    answer = mirror.ask(union, data)
    if answer == "refused":
        assert expected is None or codec.encode(expected) != data
    else:
        assert answer["frame"] == plain(expected)
        assert bytes.fromhex(answer["hex"]) == codec.encode(expected)


@pytest.mark.parametrize("union", UNIONS)
@given(data=st.data())
@settings(max_examples=SHORT)
def test_every_frame_is_the_same_in_both_languages(mirror: Mirror, union: str, data: st.DataObject) -> None:
    frame = data.draw(of_union(union))
    wire = codec.encode(frame)

    assert mirror.ask(union, wire) == {"frame": plain(frame), "hex": wire.hex()}


@pytest.mark.parametrize("union", UNIONS)
@given(data=st.data())
@settings(max_examples=SHORT)
def test_both_refuse_the_same_bytes(mirror: Mirror, union: str, data: st.DataObject) -> None:
    check_agreement(mirror, union, data.draw(mutated(union)))


@pytest.mark.long
@pytest.mark.parametrize("union", UNIONS)
def test_both_refuse_the_same_scrambled_frames_a_hundred_thousand_in_all(mirror: Mirror, union: str) -> None:
    for data in scrambled(union, 100_000 // len(UNIONS)):
        check_agreement(mirror, union, data)


@pytest.mark.parametrize("union", UNIONS)
def test_every_frame_of_a_union_has_its_own_type_and_case(union: str) -> None:
    generated = typescript.generate()

    for cls in typescript.members(union):
        assert f"export interface {cls.__name__} {{" in generated
        assert f'case "{cls.__name__}":' in generated


def test_a_field_without_a_limit_cannot_be_generated() -> None:
    class Loose(msgspec.Struct, tag=1, array_like=True):
        anything: bytes

    ((_, kind, where),) = typescript.fields(Loose)

    with pytest.raises(typescript.UnsupportedTypeError, match=r"Loose\.anything"):
        typescript.read(kind, where)
