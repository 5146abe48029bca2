# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.actions.content import Content, zone
from chat.records import Records, RecordsUnreachable
from chat.records.content import Content as Kept
from chat.rules.content import Kind, Limits, OwnWords, Texts
from chat.rules.opening_hours import Hours, Interval

pytestmark = pytest.mark.anyio

NOW = 1_800_000_000
MILLISECONDS = NOW * 1000
"""Friday 15 January 2027, 09:00 in Brussels."""


@pytest.fixture
async def records(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Records]:
    opened = await Records.open(f"sqlite:///{tmp_path}/records.sqlite")
    yield opened
    await opened.close()


async def test_without_records_it_is_what_we_ship() -> None:
    content = Content()

    assert (content.limits.cap, content.limits.zone) == (3, "Europe/Brussels")
    assert content.is_open("nl", MILLISECONDS)
    assert not content.is_open("xx", MILLISECONDS)
    assert not await content.refresh()


async def test_each_worker_sees_what_another_changed(records: Records) -> None:
    one, other = Content(records.content), Content(records.content)
    assert not await one.refresh()
    evening = Hours({"nl": [[Interval(960, 1440)]] * 7})
    await records.content.put(Kind.HOURS, evening, version=0, by=None, now=NOW)
    assert one.is_open("nl", MILLISECONDS)

    assert await one.refresh()
    assert await other.refresh()
    assert not await one.refresh()

    for content in (one, other):
        assert not content.is_open("nl", MILLISECONDS)
        assert content.next_opening("nl", MILLISECONDS) == MILLISECONDS + 7 * 3600 * 1000
        assert content.is_open("fr", MILLISECONDS)
        assert content.versions[Kind.HOURS] == 1


async def test_hours_begin_and_end_with_their_minute(records: Records) -> None:
    content = Content(records.content)
    quarter = Hours({"nl": [[Interval(9 * 60, 9 * 60 + 15)]] * 7})
    await records.content.put(Kind.HOURS, quarter, version=0, by=None, now=NOW)
    await content.refresh()
    end = MILLISECONDS + 15 * 60_000

    found = [content.is_open("nl", at) for at in (MILLISECONDS - 1, MILLISECONDS, end - 1, end)]

    assert found == [False, True, True, False]
    assert content.is_open("fr", end)


class SometimesAway(Kept):
    """The records, whose database can stop to answer."""

    away = False

    async def numbers(self) -> dict[Kind, int]:
        if self.away:
            raise RecordsUnreachable
        return await super().numbers()


async def test_while_the_records_are_away_what_is_known_holds(records: Records) -> None:
    kept = SometimesAway(records.settings)
    content = Content(kept)
    await kept.put(Kind.LIMITS, Limits(cap=2), version=0, by=None, now=NOW)
    await content.refresh()
    await kept.put(Kind.LIMITS, Limits(cap=4), version=1, by=None, now=NOW)

    kept.away = True
    with pytest.raises(RecordsUnreachable):
        await content.refresh()

    assert content.limits.cap == 2
    kept.away = False
    await content.refresh()
    assert content.limits.cap == 4


async def test_outside_the_demonstration_a_language_opens_with_its_approved_text(records: Records) -> None:
    real = Content(records.content, demo=False)
    demonstration = Content(records.content, demo=True)
    words = {
        "nl": OwnWords(confidentiality="We pass on what we must.", approved=True),
        "fr": OwnWords(confidentiality="We pass on what we must."),
    }
    await records.content.put(Kind.TEXTS, Texts(words), version=0, by=None, now=NOW)
    await real.refresh()
    await demonstration.refresh()

    assert [real.is_open(language, MILLISECONDS) for language in ("nl", "fr", "de")] == [True, False, False]
    assert real.next_opening("fr", MILLISECONDS) is None
    assert all(demonstration.is_open(language, MILLISECONDS) for language in ("nl", "fr", "de"))


async def test_a_language_that_is_not_offered_is_closed(records: Records) -> None:
    content = Content(records.content)
    await records.content.put(Kind.LIMITS, Limits(languages=["nl"]), version=0, by=None, now=NOW)
    await content.refresh()

    assert (content.is_open("nl", MILLISECONDS), content.is_open("fr", MILLISECONDS)) == (True, False)


async def test_the_day_ends_at_midnight_of_the_service(records: Records) -> None:
    content = Content(records.content)

    assert content.midnight(MILLISECONDS) == MILLISECONDS + 15 * 3600 * 1000


@pytest.mark.parametrize(
    "name", ["Europe/Nowhere", "../../etc/passwd", "/etc/localtime", "", "Europe", "a\0b"]
)
def test_what_is_no_time_zone_is_none(name: str) -> None:
    assert zone(name) is None


def test_a_time_zone_is_found() -> None:
    assert str(zone("Europe/Brussels")) == "Europe/Brussels"
