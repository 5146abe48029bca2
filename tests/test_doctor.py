# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from chat.doctor import examine
from chat.records import Records
from chat.records.values import day_of
from chat.rules.content import Card, Kind, Limits, OwnWords, Procedure, Texts
from chat.rules.crisis_lines import CrisisLine, CrisisLines, LineKind
from chat.settings import Settings, load

pytestmark = pytest.mark.anyio

REAL = {
    "KENTERING_HELP_SEEKER_ORIGIN": "https://talk.example.org",
    "KENTERING_DESK_ORIGIN": "https://desk.example.org",
}
DAY = 86_400


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def settings(folder: Path, **more: str) -> Settings:
    found = load({"KENTERING_DATA": str(folder), **more})
    found.records_dir.mkdir(parents=True, exist_ok=True)
    return found


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    opened = await Records.open(settings(tmp_path, **REAL).records_location)
    yield opened
    await opened.close()


async def said(folder: Path) -> str:
    return "\n".join(await examine(settings(folder, **REAL)))


async def test_a_new_organisation_hears_what_its_words_still_lack(records: Records, tmp_path: Path) -> None:
    found = await said(tmp_path)

    assert "No confidentiality text is approved in en, nl, fr, de, ar: intake stays closed there." in found
    assert "29 crisis lines were not confirmed in the last 180 days." in found
    assert "The procedure card is still our draft." in found


async def test_a_demonstration_is_left_alone_about_words(tmp_path: Path) -> None:
    assert [line for line in await examine(settings(tmp_path)) if "manager can certify" not in line] == []


async def test_what_was_done_is_not_said_again(records: Records, tmp_path: Path) -> None:
    now = int(time.time())
    line = CrisisLine("a", "BE", LineKind.HELP, "A line", ["1"], "its page", confirmed_by="Mara")
    fresh = msgspec.structs.replace(line, checked_on=day_of(now - 179 * DAY))
    content = records.content
    for kind, value in {
        Kind.LIMITS: Limits(languages=["nl"]),
        Kind.TEXTS: Texts({"nl": OwnWords(confidentiality="Words.", approved=True)}),
        Kind.LINES: CrisisLines([fresh]),
        Kind.PROCEDURE: Procedure({"nl": Card("Words.")}),
    }.items():
        await content.put(kind, value, version=0, by=None, now=now)

    found = await said(tmp_path)

    assert [word for word in ("confidentiality", "crisis", "procedure") if word in found] == []

    old = msgspec.structs.replace(line, checked_on=day_of(now - 182 * DAY))
    await content.put(Kind.LINES, CrisisLines([old]), version=1, by=None, now=now)
    assert "1 crisis lines were not confirmed" in await said(tmp_path)
