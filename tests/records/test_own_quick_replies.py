# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import pytest

from chat.records import Records
from chat.records.refusals import RecordsRefused, Refusal
from chat.rules.content import QuickReplies, QuickReply
from tests.records.support import NOW, manager, member

pytestmark = pytest.mark.anyio

WEATHER = QuickReplies({"en": [QuickReply("weather", "weather", "The weather is mild.")]})


async def test_each_person_has_their_own(records: Records) -> None:
    anna, ben = await member(records, "Anna"), await member(records, "Ben")
    assert await records.own_quick_replies.find(anna.staff) == (0, QuickReplies())

    assert await records.own_quick_replies.put(anna.staff, WEATHER, version=0) == 1
    assert await records.own_quick_replies.put(anna.staff, QuickReplies({"nl": []}), version=1) == 2

    assert await records.own_quick_replies.find(anna.staff) == (2, QuickReplies({"nl": []}))
    assert await records.own_quick_replies.find(ben.staff) == (0, QuickReplies())


@pytest.mark.parametrize("version", [0, 2])
async def test_two_devices_do_not_overwrite_each_other_unseen(records: Records, version: int) -> None:
    anna = await member(records)
    await records.own_quick_replies.put(anna.staff, WEATHER, version=0)

    with pytest.raises(RecordsRefused) as refused:
        await records.own_quick_replies.put(anna.staff, QuickReplies(), version=version)

    assert refused.value.refusal is Refusal.STALE
    assert await records.own_quick_replies.find(anna.staff) == (1, WEATHER)


async def test_they_go_with_the_person(records: Records) -> None:
    await manager(records)
    anna = await member(records)
    await records.own_quick_replies.put(anna.staff, WEATHER, version=0)

    await records.staff.remove(anna.staff, by=None, now=NOW)

    assert await records.own_quick_replies.find(anna.staff) == (0, QuickReplies())
