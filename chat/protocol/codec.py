# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bytes to frames and back. Decoding never raises anything but `FrameError`, which carries no input."""

from __future__ import annotations

from typing import get_args

import msgspec

from chat.protocol import frames
from chat.protocol.types import ENVELOPE_SIZES, MAX_FRAME, ErrorCode


class FrameError(Exception):
    """A frame that is refused; `code` is all it carries."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.name)
        self.code = code


_from_help_seeker: msgspec.msgpack.Decoder[frames.FromHelpSeeker] = msgspec.msgpack.Decoder(
    frames.FromHelpSeeker
)
_from_desk: msgspec.msgpack.Decoder[frames.FromDesk] = msgspec.msgpack.Decoder(frames.FromDesk)
_to_help_seeker: msgspec.msgpack.Decoder[frames.ToHelpSeeker] = msgspec.msgpack.Decoder(frames.ToHelpSeeker)
_to_desk: msgspec.msgpack.Decoder[frames.ToDesk] = msgspec.msgpack.Decoder(frames.ToDesk)
encode = msgspec.msgpack.Encoder().encode


def _refuse(data: bytes, tags: frozenset[int]) -> FrameError:
    """Tell an unknown tag from a malformed frame without keeping the input."""
    try:
        loose = msgspec.msgpack.decode(data)
    except Exception:  # noqa: BLE001 - hostile bytes; msgspec's errors quote their input, so drop them
        return FrameError(ErrorCode.MALFORMED)
    known = isinstance(loose, list) and loose and isinstance(loose[0], int) and loose[0] in tags
    return FrameError(ErrorCode.MALFORMED if known else ErrorCode.UNKNOWN_FRAME)


def _tags(union: object) -> frozenset[int]:
    return frozenset(struct.__struct_config__.tag for struct in get_args(union))


_help_seeker_tags = _tags(frames.FromHelpSeeker)
_desk_tags = _tags(frames.FromDesk)


def decode_from_help_seeker(data: bytes) -> frames.FromHelpSeeker:
    """Decode one frame of a help-seeker's browser.

    Raises:
        FrameError: too_large, unknown_frame or malformed.
    """
    if len(data) > MAX_FRAME:
        raise FrameError(ErrorCode.TOO_LARGE)
    try:
        frame = _from_help_seeker.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _refuse(data, _help_seeker_tags) from None
    if frame.__class__ is frames.Put and len(frame.envelope) not in ENVELOPE_SIZES:
        raise FrameError(ErrorCode.MALFORMED)
    return frame


def decode_from_desk(data: bytes) -> frames.FromDesk:
    """Decode one frame of a desk.

    Raises:
        FrameError: too_large, unknown_frame or malformed.
    """
    if len(data) > MAX_FRAME:
        raise FrameError(ErrorCode.TOO_LARGE)
    try:
        frame = _from_desk.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _refuse(data, _desk_tags) from None
    if frame.__class__ is frames.DeskPut:
        envelope = frame.envelope
    elif frame.__class__ is frames.DeskReply:
        envelope = frame.ready
    else:
        return frame
    if len(envelope) not in ENVELOPE_SIZES:
        raise FrameError(ErrorCode.MALFORMED)
    return frame


def decode_to_help_seeker(data: bytes) -> frames.ToHelpSeeker:
    """Decode what the server sent to a help-seeker (tests and tools)."""
    return _to_help_seeker.decode(data)


def decode_to_desk(data: bytes) -> frames.ToDesk:
    """Decode what the server sent to a desk (tests and tools)."""
    return _to_desk.decode(data)
