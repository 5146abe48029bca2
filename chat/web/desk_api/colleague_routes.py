# SPDX-License-Identifier: AGPL-3.0-or-later
"""Colleagues' certificates, to hand over and to talk among themselves: each desk checks them itself."""

from fastapi import APIRouter, Depends

from chat.rules.roles import Permission
from chat.web.desk_api import answers, shapes
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Guard


def routes(deps: DeskDeps, guard: Guard) -> APIRouter:
    """`/colleagues`."""
    router = APIRouter(route_class=guard.route)

    @router.get("/colleagues", dependencies=[Depends(guard.may(Permission.TAKE))])
    async def colleagues() -> shapes.ColleaguesShape:
        """Every device that holds a staff certificate, with what vouches for it; name and role are in it."""
        return shapes.ColleaguesShape(
            colleagues=[
                shapes.ColleagueShape(
                    device=found.id, staff=found.staff, certificates=answers.certificates(found.certificates)
                )
                for found in await deps.records.devices.all()
                if found.revoked is None and found.certificates.staff is not None
            ]
        )

    return router
