# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest

from chat.records import Records
from chat.records.audit import KEPT_S, Action
from tests.records.support import NOW, manager, member

pytestmark = pytest.mark.anyio


async def test_each_change_writes_its_line_newest_first(records: Records) -> None:
    boss = await manager(records, "Mara")
    device = await member(records, "Anna")
    await records.devices.sign_in(device, sign_count=1, now=NOW + 1)
    await records.devices.revoke(device.id, by=boss.staff, now=NOW + 2)
    await records.staff.remove(device.staff, by=boss.staff, now=NOW + 3)

    lines = await records.audit.newest(since=NOW)

    found = [(line.at - NOW, line.action, line.actor_alias, line.subject_alias) for line in lines]
    assert found == [
        (3, Action.REMOVED, "Mara", "Anna"),
        (2, Action.REVOKED, "Mara", "Anna"),
        (1, Action.SIGNED_IN, "Anna", "Anna"),
        (0, Action.CERTIFIED, None, "Anna"),
        (0, Action.REQUESTED, None, "Anna"),
        (0, Action.INVITED, None, "Anna"),
        (0, Action.CERTIFIED, None, "Mara"),
        (0, Action.REQUESTED, None, "Mara"),
        (0, Action.INVITED, None, "Mara"),
    ]


async def test_lines_are_kept_for_ninety_days(records: Records) -> None:
    await records.audit.note(Action.SIGNED_OUT, at=NOW, actor=bytes(16))

    assert await records.audit.forget(now=NOW + KEPT_S) == 0
    assert await records.audit.forget(now=NOW + KEPT_S + 1) == 1
    assert await records.audit.newest(since=0) == []


def test_no_action_is_about_a_conversation() -> None:
    assert {action.value for action in Action} == {
        "signed_in",
        "signed_out",
        "invited",
        "cancelled",
        "requested",
        "certified",
        "renewed",
        "revoked",
        "removed",
        "changed_setting",
        "closed_intake",
        "opened_intake",
    }
