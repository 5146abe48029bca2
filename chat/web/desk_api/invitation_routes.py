# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invitations, from the side of those who make them and certify."""

from typing import Annotated

from fastapi import APIRouter, Depends

from chat.records.invitations import Invitation
from chat.rules.roles import Permission
from chat.sealing.alias import is_alias
from chat.web.desk_api import answers, shapes, vouching
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Caller, Guard
from chat.web.errors import ApiError, ErrorCode


def _concerns(found: Invitation, caller: Caller) -> bool:
    """Whether this is the caller's own further device, or the caller may invite anybody."""
    return caller.may(Permission.INVITE) or (found.further_device and found.staff == caller.person.id)


def routes(deps: DeskDeps, guard: Guard) -> APIRouter:
    """`/invitations`, `/invitations/{id}`, `/invitations/{id}/certificate`, `/devices/invitations`."""
    router = APIRouter(route_class=guard.route)
    records = deps.records

    @router.post("/invitations", status_code=201)
    async def invite(
        body: shapes.Invite, caller: Annotated[Caller, Depends(guard.may(Permission.INVITE))]
    ) -> shapes.InvitationShape:
        """Invite a new person. The person's id is made here, because certificates must name it."""
        if not is_alias(body.alias):
            raise ApiError(ErrorCode.ALIAS_REFUSED)
        made = await records.invitations.open(
            body.inv_id,
            staff_id=deps.random(16),
            alias=body.alias,
            roles=body.roles,
            by=caller.person.id,
            now=deps.now(),
        )
        return await answers.invitation(records, made)

    @router.post("/devices/invitations", status_code=201)
    async def invite_device(
        body: shapes.InviteDevice, caller: Annotated[Caller, Depends(guard.signed_in)]
    ) -> shapes.InvitationShape:
        """Invite a further device: one's own, or somebody else's for those who may invite."""
        person = caller.person.id if body.staff is None else body.staff
        if person != caller.person.id and not caller.may(Permission.INVITE):
            raise ApiError(ErrorCode.NOT_ALLOWED)
        made = await records.invitations.open_for_device(
            body.inv_id, person=person, by=caller.person.id, now=deps.now()
        )
        return await answers.invitation(records, made)

    @router.get("/invitations")
    async def pending(caller: Annotated[Caller, Depends(guard.signed_in)]) -> shapes.InvitationsShape:
        """What has not run out, with the requests that wait for a signature."""
        every = await records.invitations.all(now=deps.now())
        return shapes.InvitationsShape(
            invitations=[
                await answers.invitation(records, found) for found in every if _concerns(found, caller)
            ]
        )

    @router.delete("/invitations/{invitation}", status_code=204)
    async def cancel(invitation: shapes.Bytes32, caller: Annotated[Caller, Depends(guard.signed_in)]) -> None:
        """Cancel one that was not certified yet. One that is none of the caller's business is not found."""
        found = await records.invitations.find(invitation, now=deps.now())
        if found is None or not _concerns(found, caller):
            raise ApiError(ErrorCode.NOT_FOUND)
        await records.invitations.cancel(invitation, by=caller.person.id, now=deps.now())

    @router.post("/invitations/{invitation}/certificate")
    async def certify(
        invitation: shapes.Bytes32,
        body: shapes.Finish,
        caller: Annotated[Caller, Depends(guard.may(Permission.CERTIFY))],
    ) -> shapes.InvitationShape:
        """Hand over what the manager's browser signed, after it checked the request with `invite`."""
        found = await records.invitations.find(invitation, now=deps.now())
        if found is None:
            raise ApiError(ErrorCode.NOT_FOUND)
        if found.request is None:
            raise ApiError(ErrorCode.NOT_READY)
        # No help-seeker sees an operator, and no certificate carries their alias: the invitation's holds.
        named = found.further_device or not vouching.needed(found.roles)
        holder = vouching.Holder(found.staff, found.request.ed, found.roles, found.alias if named else None)
        checked, alias = vouching.check(
            body.certificates,
            holder,
            signer=caller.device.certificates.manager,
            trust=deps.trust,
            now=deps.now(),
        )
        done = await records.invitations.certify(
            invitation, checked, alias=alias, by=caller.person.id, now=deps.now()
        )
        return await answers.invitation(records, done)

    return router
