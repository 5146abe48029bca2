# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio
import hashlib
import os
from dataclasses import replace

import pytest

from chat.records import Records
from chat.records.devices import Certificates
from chat.records.invitations import LASTS_S, State
from chat.records.refusals import RecordsRefused, Refusal
from chat.rules.roles import Role
from tests.records.support import COUNSELLOR, MANAGER, NOW, finished, invited, member, passkey, request

pytestmark = pytest.mark.anyio


async def refusal(awaitable: object) -> Refusal:
    with pytest.raises(RecordsRefused) as refused:
        await awaitable  # type: ignore[misc]  # every caller gives a coroutine
    return refused.value.refusal


async def test_an_invitation_is_kept_under_the_hash_of_its_address(records: Records) -> None:
    inv_id = os.urandom(16)
    made = await records.invitations.open(
        inv_id, staff_id=bytes(16), alias="Anna", roles={Role.COUNSELLOR}, by=None, now=NOW
    )

    assert made.id == hashlib.sha256(inv_id).digest()
    assert await records.invitations.find(made.id, now=NOW) == made
    assert await records.invitations.find(inv_id, now=NOW) is None


async def test_every_step_up_to_a_device(records: Records) -> None:
    made = await invited(records, roles=(Role.COUNSELLOR, Role.MANAGER))
    key, asked = passkey(), request()

    assert (await records.invitations.keep_passkey(made.id, key, now=NOW)).state is State.OPEN
    assert (await records.invitations.keep_request(made.id, asked, now=NOW)).state is State.REQUESTED
    assert await records.staff.all() == []
    assert await records.devices.all() == []

    done = await records.invitations.certify(made.id, MANAGER, alias="Anna", by=None, now=NOW)

    assert done.state is State.CERTIFIED
    [person], [device] = await records.staff.all(), await records.devices.all()
    assert (person.id, person.alias, person.roles) == (made.staff, "Anna", {Role.COUNSELLOR, Role.MANAGER})
    assert (device.id, device.staff, device.ed) == (key.device, made.staff, asked.ed)
    assert (device.certificates, device.created, device.revoked) == (MANAGER, "2027-01-15", None)


async def test_the_steps_have_one_order(records: Records) -> None:
    made = await invited(records)
    certify = records.invitations.certify

    assert await refusal(records.invitations.keep_request(made.id, request(), now=NOW)) is Refusal.NOT_READY
    assert await refusal(certify(made.id, COUNSELLOR, alias="Anna", by=None, now=NOW)) is Refusal.NOT_READY
    await records.invitations.keep_passkey(made.id, passkey(), now=NOW)
    assert await refusal(certify(made.id, COUNSELLOR, alias="Anna", by=None, now=NOW)) is Refusal.NOT_READY


async def test_each_step_is_taken_once(records: Records) -> None:
    made = await invited(records)
    asked = request()
    keep = records.invitations

    await keep.keep_passkey(made.id, passkey(), now=NOW)
    assert await refusal(keep.keep_passkey(made.id, passkey(), now=NOW)) is Refusal.ALREADY_USED
    await keep.keep_request(made.id, asked, now=NOW)
    assert (await keep.keep_request(made.id, asked, now=NOW)).request == asked
    assert await refusal(keep.keep_request(made.id, request(), now=NOW)) is Refusal.ALREADY_USED
    await keep.certify(made.id, COUNSELLOR, alias="Anna", by=None, now=NOW)
    assert (
        await refusal(keep.certify(made.id, COUNSELLOR, alias="Anna", by=None, now=NOW))
        is Refusal.ALREADY_USED
    )


async def test_two_managers_who_certify_at_once_make_one_device(records: Records) -> None:
    made = await invited(records)
    await records.invitations.keep_passkey(made.id, passkey(), now=NOW)
    await records.invitations.keep_request(made.id, request(), now=NOW)

    done = await asyncio.gather(
        *(records.invitations.certify(made.id, COUNSELLOR, alias="Anna", by=None, now=NOW) for _ in range(3)),
        return_exceptions=True,
    )

    assert sorted(isinstance(one, RecordsRefused) for one in done) == [False, True, True]
    assert len(await records.devices.all()) == 1


async def test_a_key_or_a_passkey_serves_one_device_only(records: Records) -> None:
    device = await member(records)
    made = await invited(records, "Ben")
    known = replace(passkey(), credential_id=device.credential_id)

    assert await refusal(records.invitations.keep_passkey(made.id, known, now=NOW)) is Refusal.ALREADY_USED
    await records.invitations.keep_passkey(made.id, passkey(), now=NOW)
    asked = replace(request(), ed=device.ed)
    assert await refusal(records.invitations.keep_request(made.id, asked, now=NOW)) is Refusal.ALREADY_USED


async def test_a_key_that_two_applicants_bring_at_once_serves_one(records: Records) -> None:
    asked = request()
    both = [await invited(records, alias) for alias in ("Anna", "Ben")]
    for made in both:
        await records.invitations.keep_passkey(made.id, passkey(), now=NOW)
        await records.invitations.keep_request(made.id, asked, now=NOW)
    await records.invitations.certify(both[0].id, COUNSELLOR, alias="Anna", by=None, now=NOW)

    second = records.invitations.certify(both[1].id, COUNSELLOR, alias="Ben", by=None, now=NOW)

    assert await refusal(second) is Refusal.ALREADY_USED
    assert [person.alias for person in await records.staff.all()] == ["Anna"]


@pytest.mark.parametrize("alias", ["Anna", "ANNA", "anna"])
async def test_an_alias_belongs_to_one_person(records: Records, alias: str) -> None:
    first = await invited(records, "Anna")
    assert await refusal(invited(records, alias)) is Refusal.ALIAS_TAKEN
    await finished(records, first, COUNSELLOR)
    assert await refusal(invited(records, alias)) is Refusal.ALIAS_TAKEN


async def test_an_alias_that_is_chosen_while_signing_must_be_free_too(records: Records) -> None:
    await member(records, "Anna")
    made = await invited(records, "Ben")
    await records.invitations.keep_passkey(made.id, passkey(), now=NOW)
    await records.invitations.keep_request(made.id, request(), now=NOW)

    certify = records.invitations.certify(made.id, COUNSELLOR, alias="Anna", by=None, now=NOW)

    assert await refusal(certify) is Refusal.ALIAS_TAKEN


async def test_an_address_is_used_once(records: Records) -> None:
    inv_id = os.urandom(16)
    device = await member(records)
    await records.invitations.open_for_device(inv_id, person=device.staff, by=device.staff, now=NOW)

    again = records.invitations.open_for_device(inv_id, person=device.staff, by=device.staff, now=NOW)

    assert await refusal(again) is Refusal.ALREADY_USED


async def test_an_invitation_ends_after_seven_days(records: Records) -> None:
    made = await invited(records)

    assert await records.invitations.find(made.id, now=NOW + LASTS_S - 1) == made
    assert await records.invitations.find(made.id, now=NOW + LASTS_S) is None
    late = records.invitations.keep_passkey(made.id, passkey(), now=NOW + LASTS_S)
    assert await refusal(late) is Refusal.NOT_FOUND
    assert await records.invitations.all(now=NOW + LASTS_S) == []
    assert await records.invitations.forget(now=NOW + LASTS_S - 1) == 0
    assert await records.invitations.forget(now=NOW + LASTS_S) == 1
    await invited(records, "Anna")  # the alias is free again


async def test_cancelling_deletes_what_the_applicant_gave(records: Records) -> None:
    made = await invited(records)
    await records.invitations.keep_passkey(made.id, passkey(), now=NOW)
    await records.invitations.keep_request(made.id, request(), now=NOW)

    await records.invitations.cancel(made.id, by=None, now=NOW)

    [left] = await records.invitations.all(now=NOW)
    assert (left.state, left.passkey, left.request) == (State.CANCELLED, None, None)
    assert await records.invitations.find(made.id, now=NOW) is None
    assert await refusal(records.invitations.cancel(made.id, by=None, now=NOW)) is Refusal.NOT_FOUND


async def test_what_is_certified_cannot_be_cancelled(records: Records) -> None:
    made = await invited(records)
    await finished(records, made, COUNSELLOR)

    assert await refusal(records.invitations.cancel(made.id, by=None, now=NOW)) is Refusal.ALREADY_USED


async def test_a_further_device_is_the_same_person(records: Records) -> None:
    device = await member(records, "Anna")
    made = await records.invitations.open_for_device(
        os.urandom(16), person=device.staff, by=device.staff, now=NOW
    )

    second = await finished(records, made, COUNSELLOR)

    assert made.further_device
    assert (made.alias, made.roles) == ("Anna", {Role.COUNSELLOR})
    assert [found.id for found in await records.devices.of(device.staff)] == sorted([device.id, second.id])
    assert len(await records.staff.all()) == 1


async def test_a_further_device_of_somebody_who_was_removed_is_not_found(records: Records) -> None:
    device = await member(records)
    made = await records.invitations.open_for_device(
        os.urandom(16), person=device.staff, by=device.staff, now=NOW
    )
    await records.invitations.keep_passkey(made.id, passkey(), now=NOW)
    await records.invitations.keep_request(made.id, request(), now=NOW)
    await records.staff.remove(device.staff, by=None, now=NOW)

    late = records.invitations.certify(made.id, COUNSELLOR, alias="Anna", by=None, now=NOW)
    again = records.invitations.open_for_device(os.urandom(16), person=device.staff, by=None, now=NOW)

    assert await refusal(late) is Refusal.NOT_FOUND
    assert await refusal(again) is Refusal.NOT_FOUND
    assert await records.invitations.forget(now=NOW) == 1


def test_newer_certificates_replace_their_own_kind_only() -> None:
    held = MANAGER.replaced_by(COUNSELLOR)

    assert held == Certificates(MANAGER.manager, COUNSELLOR.staff, COUNSELLOR.issuer)
    assert held.replaced_by(Certificates(manager=b"n")) == replace(held, manager=b"n")
    assert held.replaced_by(Certificates(staff=b"t", issuer=b"o")) == Certificates(
        MANAGER.manager, b"t", b"o"
    )
