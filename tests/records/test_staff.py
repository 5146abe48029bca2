# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest

from chat.records import Records
from chat.records.refusals import RecordsRefused, Refusal
from tests.records.support import COUNSELLOR, NOW, further_device, manager, member

pytestmark = pytest.mark.anyio


async def test_everybody_stands_by_alias(records: Records) -> None:
    for alias in ("mara", "Ben", "Zoe"):
        await member(records, alias)

    assert [person.alias for person in await records.staff.all()] == ["Ben", "mara", "Zoe"]


async def test_removing_somebody_deletes_every_device_and_names_them(records: Records) -> None:
    device = await member(records, "Anna")
    sister = await further_device(records, device, COUNSELLOR)
    other = await member(records, "Ben")

    gone = await records.staff.remove(device.staff, by=None, now=NOW)

    assert sorted(gone) == sorted([device.id, sister.id])
    assert await records.staff.find(device.staff) is None
    assert [found.id for found in await records.devices.all()] == [other.id]
    assert (await records.audit.newest(since=0))[0].subject_alias == "Anna"
    await member(records, "Anna")  # the alias is free again


async def test_nobody_is_removed_twice(records: Records) -> None:
    for refusing in (records.staff.may_go(bytes(16)), records.staff.remove(bytes(16), by=None, now=NOW)):
        with pytest.raises(RecordsRefused) as refused:
            await refusing
        assert refused.value.refusal is Refusal.NOT_FOUND


async def test_the_last_manager_stays(records: Records) -> None:
    first = await manager(records, "Mara")

    for refusing in (records.staff.may_go(first.staff), records.staff.remove(first.staff, by=None, now=NOW)):
        with pytest.raises(RecordsRefused) as refused:
            await refusing
        assert refused.value.refusal is Refusal.LAST_MANAGER
    await manager(records, "Noor")
    assert await records.staff.may_go(first.staff) == [first.id]
    assert await records.staff.remove(first.staff, by=None, now=NOW) == [first.id]
