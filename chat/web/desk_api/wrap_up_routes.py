# SPDX-License-Identifier: AGPL-3.0-or-later
"""The wrap-up after a contact: coded choices that become counts, and nothing else."""

from typing import Annotated

from fastapi import APIRouter, Depends

from chat.rules.roles import Permission
from chat.rules.wrap_up import UnknownChoice, WrapUp
from chat.web.desk_api.content_shapes import WrapUpShape
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Caller, Guard
from chat.web.errors import ApiError, ErrorCode


def routes(deps: DeskDeps, guard: Guard) -> APIRouter:
    """`/wrap-up`."""
    router = APIRouter(route_class=guard.route)

    @router.post("/wrap-up", status_code=204)
    async def wrap_up(
        body: WrapUpShape, caller: Annotated[Caller, Depends(guard.may(Permission.TAKE))]
    ) -> None:
        """Count a contact, each choice alone. The same `once` again counts nothing more."""
        said = WrapUp(
            body.matter, body.risk, body.outcome, frozenset(body.referred), body.boundary, body.heavy
        )
        try:
            await deps.wrap_up(caller.person.id, body.once, said)
        except UnknownChoice:
            raise ApiError(ErrorCode.MALFORMED) from None

    return router
