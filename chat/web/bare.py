# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers without a word, to what is no request: nothing to show, to keep or to repeat."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final


def _bare(status: HTTPStatus) -> bytes:
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    return head.encode("ascii")


BAD_REQUEST: Final = _bare(HTTPStatus.BAD_REQUEST)
HEAD_TOO_LARGE: Final = _bare(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
