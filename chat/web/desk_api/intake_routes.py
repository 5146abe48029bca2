# SPDX-License-Identifier: AGPL-3.0-or-later
"""Intake: how it stands in each language, and closing it by hand before the hour, or for a while."""

from typing import Annotated

from fastapi import APIRouter, Depends

from chat.actions.house import Who
from chat.records.audit import Action
from chat.rules.conversation import NotAllowed
from chat.rules.roles import Permission
from chat.web.desk_api.content_shapes import CloseIntakeShape, IntakeShape, LanguageIntakeShape
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Caller, Guard
from chat.web.errors import ApiError, ErrorCode


def routes(deps: DeskDeps, guard: Guard) -> APIRouter:
    """`/intake`."""
    router = APIRouter(route_class=guard.route)

    async def now() -> IntakeShape:
        found = await deps.intake()
        return IntakeShape(
            languages=[
                LanguageIntakeShape(
                    language=language, stands=stands.intake.name.lower(), by_hand=stands.by_hand
                )
                for language, stands in found.items()
            ]
        )

    @router.get("/intake", dependencies=[Depends(guard.may(Permission.SEE_WAITING_ROOM))])
    async def intake() -> IntakeShape:
        """How intake of each language stands, and why it is closed."""
        return await now()

    @router.put("/intake")
    async def close(
        body: CloseIntakeShape, caller: Annotated[Caller, Depends(guard.may(Permission.CLOSE_INTAKE))]
    ) -> IntakeShape:
        """Close intake of a language (null: of all), or open it again. Who waits already is still served."""
        if body.language is not None and body.language not in deps.content.limits.languages:
            raise ApiError(ErrorCode.MALFORMED)
        # The line first: nobody closes or opens without one, though one be written of what then failed.
        await deps.records.audit.note(
            Action.CLOSED_INTAKE if body.closed else Action.OPENED_INTAKE,
            at=deps.now(),
            actor=caller.person.id,
            subject_alias=body.language,
        )
        who = Who(caller.person.id, caller.person.alias, caller.roles)
        try:
            await deps.close_intake(who, body.language, body.closed)
        except NotAllowed:
            raise ApiError(ErrorCode.MALFORMED) from None
        return await now()

    return router
