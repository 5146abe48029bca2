# SPDX-License-Identifier: AGPL-3.0-or-later
"""Devices: seeing, renewing, revoking."""

from typing import Annotated

from fastapi import APIRouter, Depends

from chat.records.devices import Device
from chat.records.staff import StaffMember
from chat.rules.roles import Permission
from chat.web.desk_api import answers, shapes, vouching
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Caller, Guard
from chat.web.errors import ApiError, ErrorCode


def routes(deps: DeskDeps, guard: Guard) -> APIRouter:
    """`/devices`, `/devices/{id}`, `/devices/{id}/certificates`."""
    router = APIRouter(prefix="/devices", route_class=guard.route)
    records = deps.records

    async def visible(device: bytes, caller: Caller, permission: Permission) -> tuple[Device, StaffMember]:
        """A device of the caller, or anybody's with the permission; else it is not found."""
        found = await records.devices.find(device)
        if found is None or not (found.staff == caller.person.id or caller.may(permission)):
            raise ApiError(ErrorCode.NOT_FOUND)
        person = await records.staff.find(found.staff)
        if person is None:  # removed between two questions
            raise ApiError(ErrorCode.NOT_FOUND)
        return found, person

    @router.get("")
    async def mine_or_all(caller: Annotated[Caller, Depends(guard.signed_in)]) -> shapes.DevicesShape:
        """One's own devices; everybody's for those who may revoke them."""
        people = {person.id: person for person in await records.staff.all()}
        every = [
            found
            for found in await records.devices.all()
            if found.staff in people
            and (found.staff == caller.person.id or caller.may(Permission.REVOKE_DEVICE))
        ]
        return shapes.DevicesShape(
            devices=[answers.device(found, people[found.staff], caller) for found in every]
        )

    @router.post("/{device}/certificates")
    async def renew(
        device: shapes.Bytes16, body: shapes.Certify, caller: Annotated[Caller, Depends(guard.signed_in)]
    ) -> shapes.DeviceShape:
        """New certificates for the same id, key and alias.

        Staff certificates are signed by the manager certificate of the caller's own device, so only those
        who have one can bring them; a root's certificate for oneself speaks for itself.
        """
        found, person = await visible(device, caller, Permission.CERTIFY)
        checked, _ = vouching.check(
            body.certificates,
            vouching.Holder(found.staff, found.ed, person.roles, person.alias),
            signer=caller.device.certificates.manager if caller.may(Permission.CERTIFY) else None,
            trust=deps.trust,
            now=deps.now(),
        )
        renewed = await records.devices.renew(device, checked, by=caller.person.id, now=deps.now())
        return answers.device(renewed, person, caller)

    @router.delete("/{device}", status_code=204)
    async def revoke(device: shapes.Bytes16, caller: Annotated[Caller, Depends(guard.signed_in)]) -> None:
        """Revoke a device, at once and alone. Said again, it ends sessions again and changes nothing else."""
        await visible(device, caller, Permission.REVOKE_DEVICE)
        await records.devices.revoke(device, by=caller.person.id, now=deps.now())
        await deps.sessions.remove_device(device)
        await deps.on_revoked(device)

    return router
