# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a proof is clean, and when it is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chat.machine.processes import Gone, Unreadable
from chat.prove import as_text
from chat.prove.canaries import Canaries, Kind, Moments
from chat.prove.report import AFTER, MIDWAY, RECYCLED, Check, Reading, Report
from chat.prove.surfaces import Result, Surface, Where, search


def of(stage: str, where: Where, *found: Kind) -> Report:
    result = Result("place", where, "planted", control_found=True, found=dict.fromkeys(found, 1))
    return Report("2026-01-01", readings=[Reading(stage, result)], recycle_s=3600)


@pytest.mark.parametrize(
    ("stage", "where", "kind", "clean"),
    [
        (MIDWAY, Where.STORE, Kind.KEYS, True),
        (MIDWAY, Where.STORE, Kind.SEALED, True),
        (MIDWAY, Where.STORE, Kind.TEXT, False),
        (MIDWAY, Where.STORE, Kind.ADDRESS, False),
        (MIDWAY, Where.FILES, Kind.KEYS, False),
        (AFTER, Where.STORE, Kind.KEYS, False),
        (AFTER, Where.STORE, Kind.SEALED, False),
        (AFTER, Where.WORKER, Kind.TEXT, True),
        (RECYCLED, Where.WORKER, Kind.TEXT, False),
        (AFTER, Where.PROCESS, Kind.AGENT, False),
        (AFTER, Where.LOG, Kind.TIME, False),
        (AFTER, Where.ROWS, Kind.ADDRESS, False),
    ],
)
def test_what_may_stand_where_and_when(stage: str, where: Where, kind: Kind, clean: bool) -> None:
    report = of(stage, where, kind)

    assert report.is_clean is clean
    assert ("NOT CLEAN" in as_text(report)) is not clean


def test_what_a_worker_held_is_said() -> None:
    assert of(AFTER, Where.WORKER, Kind.TEXT).held == {Kind.TEXT: 1}
    assert f"still held: {Kind.TEXT} (1)" in as_text(of(AFTER, Where.WORKER, Kind.TEXT))
    assert "after 60 minutes at the latest" in as_text(of(AFTER, Where.WORKER))


def test_a_check_that_does_not_hold_is_not_clean() -> None:
    assert Report("2026-01-01", checks=[Check("a", holds=True, says="b")]).is_clean
    assert not Report("2026-01-01", checks=[Check("a", holds=False, says="b")]).is_clean


def surface(content: list[bytes], control: bytes, where: Where = Where.FILES) -> Surface:
    return Surface("place", where, lambda: content, control, "planted")


def test_a_surface_without_its_control_counts_as_not_read() -> None:
    canaries = Canaries()
    for content, control, read in (
        ([b"a control"], b"control", True),
        ([b"a"], b"control", False),
        ([b"a"], b"", False),
    ):
        result = search(surface(content, control), canaries)
        assert result.was_read is read
        assert Report("2026-01-01", readings=[Reading(AFTER, result)]).is_clean is read


def test_a_surface_that_cannot_be_read_is_red_not_skipped() -> None:
    def refused() -> list[bytes]:
        raise Unreadable("not from this account")

    result = search(Surface("place", Where.LOG, refused, b"control", "planted"), Canaries())
    report = Report("2026-01-01", readings=[Reading(AFTER, result)])

    assert report.faults == ["place, afterwards: could not be read: not from this account"]
    assert "NOT READ" in as_text(report)


def test_times_are_looked_for_only_where_the_service_alone_writes() -> None:
    times = Moments(dated=(b"2026-11-27 16:38:19", b"1795797499"), bare=(b"16:38:19",))
    for where, line, found in (
        (Where.LOG, b"16:38:19 somebody came", {Kind.TIME}),
        (Where.LOG, b"2026-11-27 16:38:19", {Kind.TIME}),
        (Where.LOG, b"at 1795797499", {Kind.TIME}),
        (Where.ROWS, b"2026-11-27 16:38:19", {Kind.TIME}),
        (Where.FILES, b"16:38:19", set()),
        (Where.JOURNAL, b"2026-11-27 16:38:19", set()),
        (Where.STORE, b"1795797499", set()),
    ):
        result = search(surface([b"control " + line], b"control", where), Canaries(), times)
        assert (where, result.found.keys()) == (where, found)


def test_what_was_found_is_said_though_not_all_could_be_read() -> None:
    canaries = Canaries()
    written = canaries.text(Kind.TEXT, "").encode()

    def half() -> Iterator[bytes]:
        yield written
        raise Unreadable("not from this account")

    broken = search(Surface("place", Where.FILES, half, b"control", "planted"), canaries)
    lost = search(surface([written], b"control"), canaries)
    for result in (broken, lost):
        report = Report("2026-01-01", readings=[Reading(AFTER, result)])
        assert len(report.faults) == 2
        assert f"{Kind.TEXT} was found, 1 times" in report.faults[1]
        assert "FOUND" in as_text(report)


def test_a_process_that_has_ended_is_no_surface_that_could_not_be_read() -> None:
    def ended() -> list[bytes]:
        raise Gone("process 1 has ended")

    with pytest.raises(Gone):
        search(Surface("place", Where.PROCESS, ended, b"control", "planted"), Canaries())
