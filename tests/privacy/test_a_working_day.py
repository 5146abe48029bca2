# SPDX-License-Identifier: AGPL-3.0-or-later
"""After a day of work the records hold staff, settings, what staff did, and counts. Nothing of a help-seeker
is in a file, a log, a process or the live store, and one conversation more or less changes no row.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import sqlite3
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from chat.actions.content import Content
from chat.live import keys
from chat.prove.canaries import encodings
from chat.records.audit import Action
from chat.records.tables import metadata
from chat.rules.content import Kind
from chat.rules.outcomes import CHOSEN, Measure, countable
from chat.rules.roles import Role
from tests.faults.waiting import until
from tests.privacy.day import Day, usual, work
from tests.privacy.scan import found_in, places
from tests.support.service import Service, running

pytestmark = pytest.mark.anyio  # those that are asynchronous

LANGUAGES = frozenset({"en", "nl", "fr", "de", "ar"})
Rows = dict[str, list[dict[str, object]]]


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Nobody works so fast; this test does."""
    pace = {"KENTERING_MESSAGES_BURST": "100000", "KENTERING_MESSAGES_PER_SECOND": "100000"}
    with running(tmp_path_factory.mktemp("service"), **pace) as started:
        yield started


def rows(service: Service) -> Rows:
    """Every row of every table of the records."""
    path = service.data / "records" / "records.sqlite3"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as records:
        records.row_factory = sqlite3.Row
        tables = records.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        names = [name for (name,) in tables if not name.startswith("sqlite_")]
        return {name: [dict(row) for row in records.execute(f"SELECT * FROM {name}")] for name in names}  # noqa: S608 - names of tables


def counted(measure: object, value: object) -> bool:
    """Whether a tally is one of the closed sets."""
    if measure in CHOSEN:
        choices = Content().choices
        offered = {
            one.id
            for group in (choices.matters, choices.risks, choices.outcomes, choices.referrals)
            for one in group
        }
        return value in offered
    return measure in set(Measure) and countable(Measure(str(measure)), str(value), LANGUAGES)


def strange(found: Rows, at_first: Rows) -> list[tuple[str, dict[str, object]]]:
    """Rows that are none of what the records are for; `at_first` they were before anybody came."""
    known = [*at_first["staff"], *at_first["invitations"]]
    staff = {row.get("staff", row["id"]) for row in known}
    people, roles = {*staff, None}, set(Role)
    aliases = {*(row["alias"] for row in known), *Kind, None}

    def setting(row: dict[str, object]) -> bool:
        return row["key"] in set(Kind) and isinstance(json.loads(str(row["value"])), dict)

    def day(row: dict[str, object]) -> bool:
        return datetime.date.fromisoformat(str(row["day"])).isoformat() == row["day"]

    allowed = {
        "alembic_version": lambda _: True,
        "staff": lambda row: row["id"] in staff and set(str(row["roles"]).split(",")) <= roles,
        "devices": lambda row: row["staff"] in staff,
        "invitations": lambda row: row["state"] == "open" and row["made_by"] is None,
        "settings": setting,
        "setting_versions": lambda row: setting(row) and row["by"] in people,
        "own_quick_replies": lambda row: row["staff"] in staff,
        "staff_actions": lambda row: (
            row["action"] in set(Action)
            and {row["actor"], row["subject"]} <= people
            and {row["actor_alias"], row["subject_alias"]} <= aliases
        ),
        "tallies": lambda row: day(row) and counted(row["measure"], row["value"]),
        "tally_days": day,
    }
    return [
        (table, row)
        for table, all_of_it in found.items()
        for row in all_of_it
        if table not in allowed or not allowed[table](row)
    ]


async def the_day_ends(service: Service) -> None:
    """As if all of today had been yesterday: its counts go to the records."""
    today = datetime.datetime.now(datetime.UTC).date()
    before = today - datetime.timedelta(days=1)
    with contextlib.closing(service.look()) as store:
        store.rename(keys.tally(today.isoformat()), keys.tally(before.isoformat()))
    await until("the day is written", lambda: rows(service)["tallies"])


async def a_working_day(service: Service, conversations: int) -> None:
    day = await Day.begin(service)
    at_first = rows(service)
    await work(day, conversations)
    await until("no conversation is left", lambda: not found_in(places(service), day.needles))

    before = rows(service)
    await usual(day)
    await until("that one is gone, too", lambda: not found_in(places(service), day.needles))
    assert rows(service) == before, "one conversation has changed the records"

    await day.close()
    await the_day_ends(service)
    after = rows(service)
    assert set(after) == {*metadata.tables, "alembic_version"}
    assert strange(after, at_first) == []
    written = {(row["measure"], row["value"]): row["count"] for row in after["tallies"]}
    assert written["started", "yes"] == day.happened["started"] == conversations + 1
    assert written["taken", "yes"] == day.happened["taken"]
    assert written["matter", "online"] == day.happened["matter"]
    done = Counter(row["action"] for row in after["staff_actions"])
    assert done == {Action.INVITED: 1, Action.CHANGED_SETTING: len(after["setting_versions"])}

    assert not found_in(places(service), day.needles)
    kept = [place for place in places(service) if not place[0].startswith("names of keys")]
    assert {name for name, _ in kept} >= {"log", "file records/records.sqlite3"}
    assert not found_in(kept, day.secrets)


async def test_a_short_day_leaves_nothing_of_anybody(service: Service) -> None:
    await a_working_day(service, 25)


@pytest.mark.long
async def test_a_day_of_three_hundred_conversations_leaves_nothing_of_anybody(service: Service) -> None:
    await a_working_day(service, 300)


def test_the_scan_knows_every_usual_encoding() -> None:
    needle = b"canary\xc3\xa9~/+?&07"
    for before in (b"", b"a", b"ab", b"abc"):
        whole = before + needle + b"and more"
        for written in (
            whole,
            whole.hex().encode(),
            whole.hex().upper().encode(),
            b64encode(whole),
            b64encode(whole, b"-_"),
            quote(whole, safe="").encode(),
            whole.decode().encode("utf-16-le"),
            whole.decode().encode("utf-16-be"),
        ):
            assert any(form in written for form in encodings(needle)), written
            assert not any(form in written for form in encodings(b"something else")), written


async def test_what_does_not_belong_into_the_records_is_seen(service: Service) -> None:
    """The controls of the day's test: a planted row, and what it holds in the file and its journal."""
    day = await Day.begin(service)
    at_first = rows(service)
    assert strange(at_first, at_first) == []
    plants = {
        "tallies": ("day, measure, value, count", ("2026-01-01", "started", day.mark.hex(), 1)),
        "settings": ("key, value, version", (day.word, "{}", 1)),
        "staff_actions": ("at, action, actor_alias", (1, "signed_in", b64encode(day.mark).decode())),
        "own_quick_replies": ("staff, value, version", (day.mark * 2, "{}", 1)),
    }
    path = service.data / "records" / "records.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as records:
        for table, (columns, values) in plants.items():
            marks = ", ".join("?" * len(values))
            records.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608 - our own
        records.commit()

    assert {table for table, _ in strange(rows(service), at_first)} == set(plants)
    assert {name for name, _ in found_in(places(service), day.needles)} == {"mark", "word"}
    await day.close()
