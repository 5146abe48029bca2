# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio

import pytest

from chat.records import Records
from chat.records.audit import Action
from chat.records.refusals import RecordsRefused, Refusal
from chat.records.settings import Setting
from tests.records.support import NOW

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
