# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from chat.doctor import content
from chat.doctor.finding import Finding, Standing
from chat.records import Records
from chat.records.database import Database
from chat.records.tables import devices
from chat.records.values import day_of
from chat.rules.content import Card, Kind, Limits, OwnWords, Procedure, Texts
from chat.rules.crisis_lines import CrisisLine, CrisisLines, LineKind
from chat.rules.roles import Role
from chat.sealing import certificate
from tests.support.enrolled import enrolled

pytestmark = pytest.mark.anyio
DAY = 86_400


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/records.sqlite3"


@pytest.fixture
async def records(url: str) -> AsyncIterator[Records]:
    opened = await Records.open(url)
    yield opened
    await opened.close()


def says(findings: list[Finding]) -> str:
    return "\n".join(one.says for one in findings if one.standing is Standing.WRONG)


async def test_a_new_organisation_hears_what_its_words_still_lack(records: Records) -> None:
    found = says(await content.words(records, int(time.time())))

    assert "No confidentiality text is approved in en, nl, fr, de, ar: intake stays closed there." in found
    assert "29 crisis lines were not confirmed in the last 180 days." in found
    assert "The procedure card is still our draft." in found


async def test_what_was_done_is_not_said_again(records: Records) -> None:
    now = int(time.time())
    line = CrisisLine("a", "BE", LineKind.HELP, "A line", ["1"], "its page", confirmed_by="Mara")
    fresh = msgspec.structs.replace(line, checked_on=day_of(now - 179 * DAY))
    kept = records.content
    for kind, value in {
        Kind.LIMITS: Limits(languages=["nl"]),
        Kind.TEXTS: Texts({"nl": OwnWords(confidentiality="Words.", approved=True)}),
        Kind.LINES: CrisisLines([fresh]),
        Kind.PROCEDURE: Procedure({"nl": Card("Words.")}),
    }.items():
        await kept.put(kind, value, version=0, by=None, now=now)

    assert says(await content.words(records, now)) == ""

    old = msgspec.structs.replace(line, checked_on=day_of(now - 182 * DAY))
    await kept.put(Kind.LINES, CrisisLines([old]), version=1, by=None, now=now)
    assert "1 crisis lines were not confirmed" in says(await content.words(records, now))


def manager(ends: int) -> bytes:
    key, root = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    return certificate.certify(
        root.sign,
        role=certificate.Role.MANAGER,
        id=os.urandom(16),
        ed=key.public_key().public_bytes_raw(),
        issuer=bytes(32),
        issued=ends - 40 * DAY,
        not_after=ends,
        alias="Anna",
    )


async def certified(url: str, device: bytes, ends: int, cut: int = 0) -> None:
    database = Database.create(url)
    async with database.write() as connection:
        data = manager(ends)[cut:]
        row = {"manager_certificate": data, "staff_certificate": None, "issuer_certificate": None}
        await connection.execute(update(devices).where(devices.c.id == device).values(**row))
    await database.close()


async def test_one_manager_is_too_few_and_a_certificate_that_ends_is_said(url: str, records: Records) -> None:
    now = int(time.time())
    people = [(os.urandom(16), os.urandom(16)) for _ in range(2)]
    await enrolled(url, people, [Role.MANAGER])
    for _, device in people:
        await certified(url, device, now + 30 * DAY)
    assert says(await content.certificates(records, now)) == ""

    await certified(url, people[0][1], now + 19 * DAY)
    assert says(await content.certificates(records, now)).startswith("Certificates of 1 devices end")

    await certified(url, people[0][1], now - 1)
    assert says(await content.certificates(records, now)).startswith("1 manager can certify.")


async def test_a_certificate_that_cannot_be_read_is_said_and_the_others_are_looked_at(
    url: str, records: Records
) -> None:
    now = int(time.time())
    people = [(os.urandom(16), os.urandom(16)) for _ in range(3)]
    await enrolled(url, people, [Role.MANAGER])
    for _, device in people:
        await certified(url, device, now + 30 * DAY)
    await certified(url, people[0][1], now + 30 * DAY, cut=1)
    assert says(await content.certificates(records, now)).startswith(
        "Certificates of 1 devices cannot be read."
    )

    await certified(url, people[1][1], now + 19 * DAY)
    found = await content.certificates(records, now)
    assert [one.standing for one in found] == [Standing.WRONG, Standing.WRONG]
