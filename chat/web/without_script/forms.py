# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms that come in: read within limits, kept nowhere, never repeated in an error.

A page of another origin can make a browser send a form here. The cookie does not come along then
(SameSite=Strict), and where a browser says that it was another origin, we do not even look.
"""

from __future__ import annotations

import binascii
from binascii import unhexlify
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

MOST_BODY = 64 * 1024
"""Bytes; the longest text is 4,068 bytes, three times that in a form's spelling."""
_MOST_FIELDS = 12


class BadForm(Exception):
    """Not a form of ours: too large, malformed, or from another origin. Carries nothing of it."""


def same_origin(request: Request, origin: str) -> bool:
    """Whether a page of ours sent this request, as far as the browser says.

    With `no-referrer` the Origin of a form is `null`, by the Fetch standard; Sec-Fetch-Site then tells.
    """
    site = request.headers.get("sec-fetch-site")
    claimed = request.headers.get("origin")
    return site in {None, "same-origin", "none"} and claimed in {None, "null", origin}


async def read(request: Request, origin: str) -> Mapping[str, str]:
    """The fields of a form.

    Raises:
        BadForm: it is none of ours.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded" or not same_origin(request, origin):
        raise BadForm
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY:
            raise BadForm
    try:
        return dict(
            parse_qsl(
                body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
            )
        )
    except ValueError:
        raise BadForm from None


def hexadecimal(fields: Mapping[str, str], name: str, length: int) -> bytes:
    """A field of so many bytes in hexadecimal.

    Raises:
        BadForm: it is not.
    """
    try:
        value = unhexlify(fields.get(name, ""))
    except (binascii.Error, ValueError):
        raise BadForm from None
    if len(value) != length:
        raise BadForm
    return value
