# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a help-seeker's page fetches the work that a start costs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from chat.live.errors import StoreError

PATH = "/work"

MakeChallenge = Callable[[bool], Awaitable[dict[str, object] | None]]
"""Makes a challenge; True for a page whose conversation ended with a boundary.

None: starts are free. May raise StoreError.
"""


def routes(challenge: MakeChallenge) -> APIRouter:
    """`GET /work`, and `GET /work?after=boundary`, which costs more and which a page asks for by itself."""
    router = APIRouter(include_in_schema=False)

    @router.get(PATH)
    async def work(after: str = "") -> Response:
        try:
            made = await challenge(after == "boundary")
        except StoreError:
            return Response(status_code=503)  # the page says that the line is not there now
        return JSONResponse(made) if made is not None else Response(status_code=204)

    return router
