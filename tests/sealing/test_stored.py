# SPDX-License-Identifier: AGPL-3.0-or-later
"""A state that is none is refused by its code, whatever is wrong with it."""

from __future__ import annotations

import msgspec
import pytest

from chat.sealing import trust
from chat.sealing.errors import Code, SealingError
from chat.sealing.stored import decoder


class Kept(msgspec.Struct, array_like=True):
    name: str
    more: list[object]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x91",
        b"\x92\x01\x90",
        b"\x92\xa2\xc3\x28\x90",  # no UTF-8
        b"\x92\xa1a" + b"\x91" * 20_000 + b"\x90",  # deeper than anything of ours
        b"\x92\xa1a\x90\x00",
    ],
)
def test_what_is_no_state_is_refused(data: bytes) -> None:
    with pytest.raises(SealingError) as refused:
        decoder(Kept)(data)

    assert refused.value.code is Code.BAD_STATE
    assert refused.value.__cause__ is None


def test_a_state_is_read() -> None:
    assert decoder(Kept)(msgspec.msgpack.encode(Kept("Anna", []))) == Kept("Anna", [])


def test_a_trust_file_of_any_depth_is_refused() -> None:
    with pytest.raises(SealingError) as refused:
        trust.from_json('{"roots": ' + "[" * 20_000)

    assert refused.value.code is Code.BAD_STATE
