# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reading a state that was written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from chat.sealing.errors import Code, SealingError

T = TypeVar("T")


def decoder(kind: type[T]) -> Callable[[bytes], T]:
    """What reads a state of this kind; it raises SealingError bad_state and nothing else."""
    decode = msgspec.msgpack.Decoder(kind).decode

    def strictly(data: bytes) -> T:
        try:
            return decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):  # the last two are none of its own
            raise SealingError(Code.BAD_STATE) from None

    return strictly
