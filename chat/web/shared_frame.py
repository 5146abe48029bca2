# SPDX-License-Identifier: AGPL-3.0-or-later
"""One encoded frame for many connections, which keep no copy of it."""

from __future__ import annotations

from typing import Final

HEAD: Final = 14
"""Bytes before a message in which picows writes the frame's header, the same for every connection."""


def for_many(data: bytes) -> bytearray:
    """An encoded frame, to be sent by `Socket.send_shared`. Never change it."""
    return bytearray(HEAD) + data
