# SPDX-License-Identifier: AGPL-3.0-or-later
"""Enrolment, from the applicant's side (docs/protocol.md, enrolment).

The address of the invitation comes in bodies only: what stands in a URL ends up in somebody's log.
The other half of the link, `invite`, never comes here at all.
"""

from fastapi import APIRouter, Depends

from chat.records.invitations import Invitation, Request, id_of
from chat.sealing.alias import is_alias
from chat.sealing.certificate import verify_signature
from chat.sealing.labels import label
from chat.web.desk_api import answers, shapes, vouching
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Guard
from chat.web.errors import ApiError, ErrorCode
from chat.web.sign_in import Passkeys


def routes(deps: DeskDeps, guard: Guard, passkeys: Passkeys) -> APIRouter:
    """`/enrol/state`, `/enrol/passkey/*`, `/enrol/request`, `/enrol/certificate`: all public."""
    router = APIRouter(prefix="/enrol", route_class=guard.route)
    invitations = deps.records.invitations

    async def found_by(body: shapes.Enrolling) -> Invitation:
        found = await invitations.find(id_of(body.inv_id), now=deps.now())
        if found is None:
            raise ApiError(ErrorCode.NOT_FOUND)
        return found

    @router.post("/state")
    async def state(body: shapes.Enrolling) -> shapes.EnrolmentShape:
        """How far it is, and the certificates once they are there."""
        return await answers.enrolment(deps, await found_by(body))

    @router.post("/passkey/begin", dependencies=[Depends(guard.pace)])
    async def begin(body: shapes.Enrolling) -> shapes.CeremonyShape:
        """Ask for a new passkey."""
        found = await found_by(body)
        if found.passkey is not None:
            raise ApiError(ErrorCode.ALREADY_USED)
        ceremony = await passkeys.begin_registration(found.id, found.alias)
        return shapes.CeremonyShape(ceremony=ceremony.name, options=ceremony.options)

    @router.post("/passkey/finish")
    async def finish(body: shapes.FinishPasskey) -> shapes.EnrolmentShape:
        """The new passkey; one for each invitation."""
        found = await found_by(body)
        passkey = await passkeys.finish_registration(body.ceremony, found.id, body.credential)
        return await answers.enrolment(
            deps, await invitations.keep_passkey(found.id, passkey, now=deps.now())
        )

    @router.post("/request")
    async def request(body: shapes.SendRequest) -> shapes.EnrolmentShape:
        """The key to certify. Only its holder's signature can be checked here; the rest needs `invite`."""
        if not is_alias(body.alias):
            raise ApiError(ErrorCode.ALIAS_REFUSED)
        if not verify_signature(body.ed, body.sig, label("enrol") + body.inv_id + body.ed):
            raise ApiError(ErrorCode.REQUEST_REFUSED)
        asked = Request(body.ed, body.hmac, body.sig, body.alias)
        return await answers.enrolment(
            deps, await invitations.keep_request(id_of(body.inv_id), asked, now=deps.now())
        )

    @router.post("/certificate")
    async def certificate(body: shapes.ImportCertificate) -> shapes.EnrolmentShape:
        """The first manager's certificate, brought from the offline root: it speaks for itself."""
        found = await found_by(body)
        if found.request is None:
            raise ApiError(ErrorCode.NOT_READY)
        holder = vouching.Holder(
            found.staff, found.request.ed, found.roles, found.alias if found.further_device else None
        )
        checked, alias = vouching.check(
            [body.certificate], holder, signer=None, trust=deps.trust, now=deps.now()
        )
        return await answers.enrolment(
            deps, await invitations.certify(found.id, checked, alias=alias, by=None, now=deps.now())
        )

    return router
