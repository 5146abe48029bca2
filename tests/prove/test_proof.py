# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole proof beside a running service; and a service that does not keep its word."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from chat.live import keys
from chat.prove import as_json, as_text
from chat.prove.canaries import Kind
from chat.prove.report import AFTER, MIDWAY, RECYCLED, Report
from chat.prove.surfaces import Where
from chat.prove.ways import WAYS
from chat.sealing import envelope
from tests.faults.ageing import counted
from tests.prove.support import proved, settings_of
from tests.support.service import Service, running
from tests.web.support_launcher import organisation

pytestmark = pytest.mark.anyio
MUTATIONS = Path(__file__).parent / "mutations"


def of_this_computer(report: Report) -> list[str]:
    """What is the computer's that runs the tests: its log files need an account that may write there."""
    places = ("log files of", "the host's journal")
    return [fault for fault in report.faults if fault.startswith(places) and "could not be read" in fault]


def found(report: Report, where: Where) -> set[Kind]:
    return {kind for one in report.readings if one.result.where is where for kind in one.result.found}


async def test_a_service_of_ours_leaves_no_trace(tmp_path: Path, temporary: Path) -> None:
    with running(tmp_path, KENTERING_WORK="1") as service:
        report = await proved(service)
        staff = rows(service, "SELECT alias FROM staff")
        tallies, waits = counted(service), takes(service)
        left = controls(temporary) + controls(service.data)

    assert [fault for fault in report.faults if fault not in of_this_computer(report)] == [], as_text(report)
    assert report.ways == list(WAYS)
    read = {(one.result.where, one.stage) for one in report.readings if one.result.was_read}
    assert read >= {
        (Where.STORE, MIDWAY), (Where.LOG, MIDWAY), (Where.FILES, MIDWAY), (Where.ROWS, MIDWAY),
        (Where.STORE, AFTER), (Where.WORKER, AFTER), (Where.PROCESS, AFTER), (Where.FILES, AFTER),
        (Where.LOG, AFTER), (Where.TEMPORARY, AFTER), (Where.ROWS, AFTER), (Where.WORKER, RECYCLED),
    }  # fmt: skip
    workers = [one for one in report.readings if one.result.where is Where.WORKER]
    assert len(workers) == 4
    midway = [one.result for one in report.readings if (one.result.where, one.stage) == (Where.STORE, MIDWAY)]
    assert {Kind.KEYS, Kind.SEALED} <= midway[0].found.keys()  # it can find what has to be there
    assert report.recycle_s == 3600
    assert staff == []
    # Of the proof's people the report of the year knows that the first page was shown, as of everybody.
    assert ({name.partition(":")[0] for name in tallies if ":" in name}, waits) == ({"page"}, 0)
    assert left == []
    said = json.loads(as_json(report))
    assert said["clean"] == report.is_clean
    assert said["held_by_workers"] == {str(kind): count for kind, count in report.held.items()}
    assert "The weather is mild" not in as_json(report) + as_text(report)


def controls(folder: Path) -> list[Path]:
    return list(folder.rglob("kentering-proof-control*"))


def takes(service: Service) -> int:
    with contextlib.closing(service.look()) as store:
        return int(store.zcard(keys.TAKES))


def rows(service: Service, query: str) -> list[object]:
    path = service.data / "records" / "records.sqlite3"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as records:
        return records.execute(query).fetchall()


@pytest.mark.parametrize(
    ("mutation", "way", "where", "kind"),
    [
        ("access_log", "abandoned while waiting", Where.LOG, Kind.QUERY),
        ("message_in_log", "without JavaScript", Where.LOG, Kind.TEXT),
        ("clear_state", "without JavaScript", Where.STORE, Kind.TEXT),
    ],
)
async def test_a_service_that_keeps_something_is_found_out(
    tmp_path: Path, mutation: str, way: str, where: Where, kind: Kind
) -> None:
    with running(tmp_path, PYTHONPATH=f"{MUTATIONS / mutation}:{Path.cwd()}") as service:
        report = await proved(service, way, deep=False)

    assert report.ways == [way], as_text(report)
    assert kind in found(report, where)
    assert not report.is_clean
    assert any(str(kind) in fault for fault in report.faults)


async def test_outside_a_demonstration_it_is_looked_while_people_wait(tmp_path: Path) -> None:
    """There no counsellor of the proof's is believed, so what was written is only ever kept sealed."""
    organisation(tmp_path)
    mutation = f"{MUTATIONS / 'clear_state'}:{Path.cwd()}"
    with running(tmp_path, KENTERING_DEMO="0", KENTERING_WORK="1", PYTHONPATH=mutation) as service:
        settings = settings_of(service, KENTERING_DEMO="0")
        report = await proved(service, "without JavaScript", deep=False, settings=settings)

    assert report.ways == ["without JavaScript"], as_text(report)
    assert Kind.TEXT in found(report, Where.STORE)


async def test_an_envelope_without_padding_and_a_key_without_a_clock_are_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bare(inner: bytes) -> bytes:
        return len(inner).to_bytes(2, "big") + inner

    with running(tmp_path) as service:
        with monkeypatch.context() as changed:
            changed.setattr(envelope, "pad", bare)
            report = await proved(service, "with JavaScript", deep=False)
        assert [one.name for one in report.checks if not one.holds] == ["way: with JavaScript", "padding"]

        with contextlib.closing(service.look()) as store:
            store.set("k:{check}:forgotten", "1")
        report = await proved(service, "abandoned while waiting", deep=False)
        assert [one.name for one in report.checks if not one.holds] == ["padding", "time to live"]
