# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whoever cannot be looked at makes a proof red, and whoever has ended does not."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator

import pytest
from msgspec.structs import replace

from chat.live.live import Live
from chat.machine.members import Member, Members, Role
from chat.machine.reach import Reach
from chat.prove import looking
from chat.prove.canaries import Canaries
from chat.prove.looking import Looking
from chat.prove.memories import Controls
from chat.prove.places import Places
from chat.prove.report import AFTER, Report
from chat.settings import Settings
from tests.prove.support import settings_of
from tests.support.service import Service

pytestmark = pytest.mark.anyio


@pytest.fixture
def helpers() -> Iterator[list[Member]]:
    """Processes that hold nothing but their own command line."""
    started = [subprocess.Popen(["sleep", "infinity"]) for _ in range(6)]
    yield [Member(Role.OTHER, f"helper {one.pid}", one.pid) for one in started]
    for one in started:
        one.kill()
        one.wait()


def end(member: Member) -> None:
    os.kill(member.pid, signal.SIGKILL)
    os.waitid(os.P_PID, member.pid, os.WEXITED | os.WNOWAIT)


@pytest.fixture
async def report() -> Report:
    return Report("2026-01-01")


@pytest.fixture
async def looks(service: Service, report: Report) -> AsyncIterator[Looking]:
    live = await Live.open(service.live_url)
    controls = Controls(live.store, Reach(service.help_seeker), patience_s=0)
    places = Places(0, Members(()))
    yield Looking(settings_of(service), places, controls, Canaries(), report, lambda _: None)
    await live.close()


async def test_roles_of_which_nobody_is_seen_are_red(looks: Looking, report: Report) -> None:
    looks.everybody_is_there()
    assert [one.name for one in report.checks if not one.holds] == ["live store", "launcher", "worker"]

    report.checks.clear()
    await looks.find()
    looks.everybody_is_there()
    assert report.checks == []


async def test_what_stands_in_front_has_to_be_seen_where_something_must(
    looks: Looking, report: Report
) -> None:
    await looks.find()
    looks._settings = replace(
        looks._settings, desk_origin="https://desk.example.org", onion="x" * 56 + ".onion"
    )
    looks.everybody_is_there()

    assert [one.name for one in report.checks if not one.holds] == [Role.FRONT.value, Role.TOR.value]


async def test_one_that_came_meanwhile_is_looked_at_and_one_that_ended_is_not_missed(
    looks: Looking, report: Report, helpers: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, ended, came = helpers[:3]
    end(ended)
    everybody = Members((first, ended))

    def found(_: Settings) -> Members:
        return Members((*everybody.processes, came))

    monkeypatch.setattr(looking.found_members, "find", found)
    looks.running = everybody
    await looks.at_memories([])

    assert sorted(one.result.name for one in report.readings) == sorted(
        f"memory of {one.name}" for one in (first, came)
    )
    assert all(one.result.was_read for one in report.readings)


async def test_others_who_come_again_and_again_are_red(
    looks: Looking, report: Report, helpers: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    coming = iter(helpers[1:])
    monkeypatch.setattr(looking.found_members, "find", lambda _: Members((next(coming),)))
    looks.running = Members((helpers[0],))
    await looks.at_memories([])

    (check,) = (one for one in report.checks if one.name == "processes")
    assert not check.holds
    assert helpers[3].name in check.says


async def test_workers_that_nobody_sees_are_not_replaced(looks: Looking, report: Report) -> None:
    await looks.recycle()

    (check,) = report.checks
    assert (check.name, check.holds) == ("replacing workers", False)


async def test_how_many_were_gone_is_counted(looks: Looking, helpers: list[Member]) -> None:
    end(helpers[0])
    surfaces = looks.memories(helpers[:2])

    assert await looks.at(AFTER, surfaces) == 1
