# SPDX-License-Identifier: AGPL-3.0-or-later
"""How heavy it feels, before a talk and after it: optional, one press each, and one count.

Before it the cookie shows that somebody waits. After it there is no cookie any more: the page that the talk
ended with carries a ticket, 16 random bytes that name nothing, spent by the press or gone in 15 minutes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from chat.actions import counting
from chat.actions.house import House
from chat.live.errors import StoreError
from chat.protocol.types import EndedBy, ErrorCode
from chat.rules.outcomes import ASKED_AFTER, WEIGHTS
from chat.sealing.sealer import sid_of
from chat.web.without_script import cookie, forms, words
from chat.web.without_script.pages import Pages

_TICKET: Final = 16


async def ticket(house: House, by: EndedBy, name: str | None) -> str:
    """For the page that a talk ends with; empty when nobody is asked, since nobody talked or it broke off.

    Args:
        house: the house.
        by: how it ended.
        name: who the counsellor was, if there was one.
    """
    if name is None or by not in ASKED_AFTER:
        return ""
    made = house.random(_TICKET)
    with contextlib.suppress(StoreError):
        await house.tallies.ask_after(made)
        return made.hex()
    return ""


@dataclass(frozen=True, slots=True)
class Feeling:
    """The one address that asks, and hears it."""

    house: House
    pages_of: Callable[[Request], Pages]
    form_of: Callable[[Request], Awaitable[Mapping[str, str] | None]]

    async def say(self, request: Request) -> Response:
        """A press on one of the five."""
        pages, fields = self.pages_of(request), await self.form_of(request)
        weight = (fields or {}).get("weight", "")
        if fields is None or weight not in {str(at) for at in range(len(WEIGHTS))}:
            return _malformed(pages)
        if "ticket" not in fields:
            return await self._before(request, pages, int(weight))
        try:
            shown = forms.hexadecimal(fields, "ticket", _TICKET)
        except forms.BadForm:
            return _malformed(pages)
        counted = False
        with contextlib.suppress(StoreError):
            counted = await counting.felt_after_by(self.house, shown, int(weight))
        return HTMLResponse(pages.thanks(counted=counted, framed="framed" in fields))

    async def frame(self, request: Request) -> Response:
        """The question before a talk, as long as it may be answered."""
        pages, token, asks = self.pages_of(request), cookie.read(request), False
        with contextlib.suppress(StoreError):
            asks = token is not None and await counting.asks_before(self.house, sid_of(token))
        return HTMLResponse(pages.felt("" if asks else words.thanks(pages.text, told=False)))

    async def _before(self, request: Request, pages: Pages, weight: int) -> Response:
        token, counted = cookie.read(request), False
        with contextlib.suppress(StoreError):
            counted = token is not None and await counting.felt_before(self.house, sid_of(token), weight)
        return HTMLResponse(pages.felt(words.thanks(pages.text, counted)))


def _malformed(pages: Pages) -> HTMLResponse:
    return HTMLResponse(pages.refused(words.refused(pages.text, ErrorCode.MALFORMED)), 400)
