# SPDX-License-Identifier: AGPL-3.0-or-later
"""People of the staff and what they did, for managers."""

from typing import Annotated

from fastapi import APIRouter, Depends

from chat.records.audit import KEPT_S
from chat.rules.roles import Permission
from chat.web.desk_api import answers, shapes
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Caller, Guard


def routes(deps: DeskDeps, guard: Guard) -> APIRouter:
    """`/staff`, `/staff/{id}`, `/audit`."""
    router = APIRouter(route_class=guard.route)
    records = deps.records

    async def cut_off(devices: list[bytes]) -> None:
        for device in devices:
            await deps.sessions.remove_device(device)
            await deps.on_revoked(device)

    @router.get("/staff")
    async def everybody(
        caller: Annotated[Caller, Depends(guard.may(Permission.REMOVE_STAFF))],
    ) -> shapes.StaffShape:
        """Everybody, with every device."""
        people, devices = await records.staff.all(), await records.devices.all()
        return shapes.StaffShape(
            staff=[
                shapes.StaffMemberShape(
                    id=person.id,
                    alias=person.alias,
                    roles=list(person.roles),
                    devices=[
                        answers.device(found, person, caller) for found in devices if found.staff == person.id
                    ],
                )
                for person in people
            ]
        )

    @router.delete("/staff/{person}", status_code=204)
    async def remove(
        person: shapes.Bytes16, caller: Annotated[Caller, Depends(guard.may(Permission.REMOVE_STAFF))]
    ) -> None:
        """Remove somebody with all their devices, at once.

        They are cut off before, so that a live store that is away leaves a person to be removed again and
        not an open desk of nobody; and after, for who signed in between.
        """
        await cut_off(await records.staff.may_go(person))
        await cut_off(await records.staff.remove(person, by=caller.person.id, now=deps.now()))

    @router.get("/audit", dependencies=[Depends(guard.may(Permission.SEE_STAFF_ACTIONS))])
    async def audit() -> shapes.AuditShape:
        """What staff did in the last 90 days; never a conversation."""
        return shapes.AuditShape(
            entries=[
                shapes.StaffActionShape(
                    at=entry.at,
                    actor=entry.actor,
                    actor_alias=entry.actor_alias,
                    action=entry.action,
                    subject=entry.subject,
                    subject_alias=entry.subject_alias,
                )
                for entry in await records.audit.newest(since=deps.now() - KEPT_S)
            ]
        )

    return router
