# SPDX-License-Identifier: AGPL-3.0-or-later
"""Short ways to a state of the records."""

from __future__ import annotations

import os
from collections.abc import Collection

from chat.records import Records
from chat.records.devices import Certificates, Device
from chat.records.invitations import Invitation, Passkey, Request, id_of
from chat.rules.roles import Role

NOW = 1_800_000_000
DAY = 86_400
MANAGER = Certificates(manager=b"m" * 160)
COUNSELLOR = Certificates(staff=b"s" * 160, issuer=b"m" * 160)


def passkey() -> Passkey:
    return Passkey(os.urandom(16), os.urandom(32), b"public key", 0)


def request(alias: str = "Anna") -> Request:
    return Request(os.urandom(32), os.urandom(32), os.urandom(64), alias)


async def invited(
    records: Records, alias: str = "Anna", roles: Collection[Role] = (Role.COUNSELLOR,)
) -> Invitation:
    return await records.invitations.open(
        os.urandom(16), staff_id=os.urandom(16), alias=alias, roles=roles, by=None, now=NOW
    )


async def finished(records: Records, invitation: Invitation, certificates: Certificates) -> Device:
    """From an open invitation to a device."""
    asked = request(invitation.alias)
    await records.invitations.keep_passkey(invitation.id, passkey(), now=NOW)
    await records.invitations.keep_request(invitation.id, asked, now=NOW)
    done = await records.invitations.certify(
        invitation.id, certificates, alias=invitation.alias, by=None, now=NOW
    )
    assert done.passkey is not None
    device = await records.devices.find(done.passkey.device)
    assert device is not None
    return device


async def member(records: Records, alias: str = "Anna") -> Device:
    """A counsellor with one device."""
    return await finished(records, await invited(records, alias), COUNSELLOR)


async def manager(records: Records, alias: str = "Mara") -> Device:
    """A manager with one device."""
    return await finished(records, await invited(records, alias, (Role.MANAGER,)), MANAGER)


async def further_device(records: Records, device: Device, certificates: Certificates) -> Device:
    """One more device of the same person."""
    inv_id = os.urandom(16)
    await records.invitations.open_for_device(inv_id, person=device.staff, by=device.staff, now=NOW)
    found = await records.invitations.find(id_of(inv_id), now=NOW)
    assert found is not None
    return await finished(records, found, certificates)
