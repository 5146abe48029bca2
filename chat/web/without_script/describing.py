# SPDX-License-Identifier: AGPL-3.0-or-later
"""The frame in which somebody who waits can say two things by a tap, and take them back."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from chat.actions import help_seeker, without_script
from chat.actions.without_script import Desk
from chat.live.errors import StoreError
from chat.rules.conversation import NotAllowed
from chat.sealing.sealer import sid_of
from chat.web.without_script import cookie, waiting
from chat.web.without_script.pages import Pages


@dataclass(frozen=True, slots=True)
class Describing:
    """The one address that shows and hears it."""

    desk: Desk
    pages_of: Callable[[Request], Pages]
    form_of: Callable[[Request], Awaitable[Mapping[str, str] | None]]

    async def show(self, request: Request) -> Response:
        """What was said, as it stands."""
        pages, token = self.pages_of(request), cookie.read(request)
        said = None
        if token is not None:
            with contextlib.suppress(StoreError):  # the stream says that there is trouble
                found = await help_seeker.load(self.desk.house, sid_of(token))
                said = None if found is None else waiting.taps(found)
        return HTMLResponse(pages.taps(said), headers={"vary": "Accept-Language, Cookie"})

    async def say(self, request: Request) -> Response:
        """A tap; the frame shows what became of it."""
        pages, token, fields = self.pages_of(request), cookie.read(request), await self.form_of(request)
        about, urgency = waiting.read(fields or {})
        if token is not None and (about, urgency) != (None, None):
            with contextlib.suppress(NotAllowed, StoreError):  # it goes on showing what was before
                await without_script.describe(self.desk, token, about, urgency)
        return RedirectResponse(f"/talk/describe{pages.tongue.query}", 303)
