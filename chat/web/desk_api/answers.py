# SPDX-License-Identifier: AGPL-3.0-or-later
"""From what the records hold to what the API answers."""

from __future__ import annotations

from chat.records import Records
from chat.records.devices import Certificates, Device
from chat.records.invitations import Invitation, State
from chat.records.staff import StaffMember
from chat.sealing.fingerprint import root_fingerprint
from chat.web.desk_api import shapes
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Caller
from chat.web.desk_api.vouching import missing


def certificates(held: Certificates) -> shapes.CertificatesShape:
    """What vouches for a device."""
    return shapes.CertificatesShape(manager=held.manager, staff=held.staff, issuer=held.issuer)


def me(deps: DeskDeps, caller: Caller) -> shapes.Me:
    """Who is signed in, and what they may be on this device."""
    person, device = caller.person, caller.device
    return shapes.Me(
        person=shapes.PersonShape(id=person.id, alias=person.alias, roles=sorted(caller.roles)),
        device=shapes.OwnDeviceShape(id=device.id, ed=device.ed, created=device.created),
        certificates=certificates(device.certificates),
        demo=deps.trust.demo,
        root_fingerprints=[root_fingerprint(root) for root in deps.trust.roots],
        origin=deps.rp.origin,
    )


def device(found: Device, person: StaffMember, caller: Caller) -> shapes.DeviceShape:
    """A device as the caller sees it."""
    return shapes.DeviceShape(
        id=found.id,
        staff=found.staff,
        alias=person.alias,
        roles=list(person.roles),
        ed=found.ed,
        created=found.created,
        revoked=found.revoked,
        own=found.staff == caller.person.id,
        this=found.id == caller.device.id,
        certificates=certificates(found.certificates),
    )


async def _held(records: Records, found: Invitation) -> Certificates:
    if found.state is not State.CERTIFIED or found.passkey is None:
        return Certificates()
    made = await records.devices.find(found.passkey.device)
    return made.certificates if made else Certificates()


async def invitation(records: Records, found: Invitation) -> shapes.InvitationShape:
    """An invitation for the one who made it.

    Raises:
        RecordsUnreachable: the database does not answer.
    """
    request = found.request
    return shapes.InvitationShape(
        id=found.id,
        state=found.state,
        passkey=found.passkey is not None,
        staff=found.staff,
        device=found.passkey.device if found.passkey else None,
        alias=found.alias,
        roles=list(found.roles),
        further_device=found.further_device,
        made_by=found.made_by,
        created=found.created,
        expires=found.expires,
        request=shapes.RequestShape(ed=request.ed, hmac=request.hmac, sig=request.sig, alias=request.alias)
        if request
        else None,
        missing=missing(found.roles, await _held(records, found)),
    )


async def enrolment(deps: DeskDeps, found: Invitation) -> shapes.EnrolmentShape:
    """An invitation for the applicant: not who made it, and nothing of other people.

    Raises:
        RecordsUnreachable: the database does not answer.
    """
    return shapes.EnrolmentShape(
        state=found.state,
        passkey=found.passkey is not None,
        staff=found.staff,
        alias=found.alias,
        roles=list(found.roles),
        further_device=found.further_device,
        expires=found.expires,
        certificates=certificates(await _held(deps.records, found)),
        demo=deps.trust.demo,
    )
