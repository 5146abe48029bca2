# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio

import pytest

from chat.records import Records
from chat.records.audit import Action
from chat.records.refusals import RecordsRefused, Refusal
from chat.records.settings import KEPT_VERSIONS, Setting, SettingVersion
from tests.records.support import DAY, NOW, manager

pytestmark = pytest.mark.anyio


async def test_a_setting_counts_its_versions(records: Records) -> None:
    assert await records.settings.find("hours") is None
    await records.settings.put("hours", "9-17", version=0, by=None, now=NOW)
    await records.settings.put("hours", "9-18", version=1, by=None, now=NOW)

    assert await records.settings.find("hours") == Setting("hours", "9-18", 2)
    assert await records.settings.all() == {"hours": Setting("hours", "9-18", 2)}
    assert [(line.action, line.subject_alias) for line in await records.audit.newest(since=0)] == [
        (Action.CHANGED_SETTING, "hours"),
        (Action.CHANGED_SETTING, "hours"),
    ]


@pytest.mark.parametrize("version", [0, 2, 7])
async def test_nobody_overwrites_a_change_they_have_not_seen(records: Records, version: int) -> None:
    await records.settings.put("hours", "9-17", version=0, by=None, now=NOW)

    with pytest.raises(RecordsRefused) as refused:
        await records.settings.put("hours", "10-12", version=version, by=None, now=NOW)

    assert refused.value.refusal is Refusal.STALE
    assert await records.settings.find("hours") == Setting("hours", "9-17", 1)


@pytest.mark.parametrize("version", [0, 1])
async def test_of_two_changes_at_once_one_wins(records: Records, version: int) -> None:
    if version:
        await records.settings.put("hours", "9-17", version=0, by=None, now=NOW)

    done = await asyncio.gather(
        *(records.settings.put("hours", text, version=version, by=None, now=NOW) for text in ("a", "b")),
        return_exceptions=True,
    )

    assert sorted(isinstance(one, RecordsRefused) for one in done) == [False, True]


async def test_earlier_versions_are_kept_with_the_day_and_who_did_it(records: Records) -> None:
    mara = await manager(records)
    await records.settings.put("hours", "9-17", version=0, by=None, now=NOW)
    await records.settings.put("hours", "9-18", version=1, by=mara.staff, now=NOW + DAY)
    await records.settings.put("texts", "words", version=0, by=None, now=NOW)

    assert await records.settings.versions("hours") == [
        SettingVersion(2, "2027-01-16", mara.staff, "Mara"),
        SettingVersion(1, "2027-01-15", None, None),
    ]
    assert await records.settings.earlier("hours", 1) == "9-17"
    assert await records.settings.numbers() == {"hours": 2, "texts": 1}
    with pytest.raises(RecordsRefused) as refused:
        await records.settings.earlier("hours", 3)
    assert refused.value.refusal is Refusal.NOT_FOUND


async def test_a_change_of_somebody_who_was_removed_stays_without_them(records: Records) -> None:
    mara = await manager(records)
    await manager(records, "Nora")
    await records.settings.put("hours", "9-17", version=0, by=mara.staff, now=NOW)

    await records.staff.remove(mara.staff, by=None, now=NOW)

    assert await records.settings.versions("hours") == [SettingVersion(1, "2027-01-15", None, None)]


async def test_only_the_last_fifty_versions_are_kept(records: Records) -> None:
    for version in range(KEPT_VERSIONS + 3):
        await records.settings.put("hours", f"value {version + 1}", version=version, by=None, now=NOW)
    await records.settings.put("texts", "words", version=0, by=None, now=NOW)

    kept = [one.version for one in await records.settings.versions("hours")]

    assert kept == list(range(KEPT_VERSIONS + 3, 3, -1))
    assert len(await records.settings.versions("texts")) == 1


async def test_a_refused_change_leaves_no_version_and_no_line(records: Records) -> None:
    await records.settings.put("hours", "9-17", version=0, by=None, now=NOW)
    with pytest.raises(RecordsRefused):
        await records.settings.put("hours", "10-12", version=0, by=None, now=NOW)

    assert len(await records.settings.versions("hours")) == 1
    assert len(await records.audit.newest(since=0)) == 1
