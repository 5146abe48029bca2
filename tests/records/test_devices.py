# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio

import pytest

from chat.records import Records
from chat.records.audit import Action
from chat.records.refusals import RecordsRefused, Refusal
from tests.records.support import COUNSELLOR, MANAGER, NOW, further_device, manager, member

pytestmark = pytest.mark.anyio


async def test_a_passkey_finds_its_device(records: Records) -> None:
    device = await member(records)

    assert await records.devices.by_credential(device.credential_id) == device
    assert await records.devices.by_credential(b"another") is None


async def test_a_session_stands_for_a_person_and_a_device(records: Records) -> None:
    device = await member(records, "Anna")

    found = await records.devices.with_person(device.id)

    assert found is not None
    assert (found[0].alias, found[1]) == ("Anna", device)
    assert await records.devices.with_person(bytes(16)) is None


async def test_a_sign_in_moves_the_counter_once(records: Records) -> None:
    device = await member(records)

    done = await asyncio.gather(*(records.devices.sign_in(device, sign_count=5, now=NOW) for _ in range(3)))

    assert sorted(done) == [False, False, True]
    found = await records.devices.find(device.id)
    assert found is not None
    assert found.sign_count == 5
    lines = await records.audit.newest(since=0)
    assert [line.action for line in lines].count(Action.SIGNED_IN) == 1


async def test_a_passkey_that_counts_nothing_signs_in_again_and_again(records: Records) -> None:
    device = await member(records)

    assert await records.devices.sign_in(device, sign_count=0, now=NOW)
    assert await records.devices.sign_in(device, sign_count=0, now=NOW)


async def test_a_revoked_device_is_out_and_its_sister_is_not(records: Records) -> None:
    device = await member(records)
    sister = await further_device(records, device, COUNSELLOR)

    assert await records.devices.revoke(device.id, by=None, now=NOW)

    assert await records.devices.by_credential(device.credential_id) is None
    assert await records.devices.with_person(device.id) is None
    assert not await records.devices.sign_in(device, sign_count=1, now=NOW)
    assert await records.devices.with_person(sister.id) is not None
    assert not await records.devices.revoke(device.id, by=None, now=NOW)
    with pytest.raises(RecordsRefused) as refused:
        await records.devices.renew(device.id, COUNSELLOR, by=None, now=NOW)
    assert refused.value.refusal is Refusal.NOT_FOUND


async def test_a_device_that_is_not_there_cannot_be_revoked(records: Records) -> None:
    with pytest.raises(RecordsRefused) as refused:
        await records.devices.revoke(bytes(16), by=None, now=NOW)

    assert refused.value.refusal is Refusal.NOT_FOUND


async def test_renewing_replaces_one_kind_of_certificate(records: Records) -> None:
    device = await manager(records)

    renewed = await records.devices.renew(device.id, COUNSELLOR, by=None, now=NOW)

    assert renewed.certificates == MANAGER.replaced_by(COUNSELLOR)
    assert await records.devices.find(device.id) == renewed


async def test_the_last_device_that_can_certify_stays(records: Records) -> None:
    device = await manager(records)
    await member(records)

    with pytest.raises(RecordsRefused) as refused:
        await records.devices.revoke(device.id, by=None, now=NOW)

    assert refused.value.refusal is Refusal.LAST_MANAGER
    await further_device(records, device, MANAGER)
    assert await records.devices.revoke(device.id, by=None, now=NOW)


async def test_two_managers_who_revoke_each_other_at_once_leave_one(records: Records) -> None:
    both = [await manager(records, "Mara"), await manager(records, "Noor")]

    done = await asyncio.gather(
        *(records.devices.revoke(device.id, by=None, now=NOW) for device in both), return_exceptions=True
    )

    assert sorted(isinstance(one, RecordsRefused) for one in done) == [False, True]
