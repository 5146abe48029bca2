# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wrap-ups as they come in, and figures as managers see them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.rules.wrap_up import WrapUp
from tests.web.support_authenticator import b64
from tests.web.support_desk import Desk, a_desk

pytestmark = pytest.mark.anyio

ONCE = b"o" * 16
SAID = {
    "once": b64(ONCE),
    "matter": "online",
    "risk": "none",
    "outcome": "listened",
    "referred": ["care"],
    "boundary": False,
    "heavy": True,
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as made:
        yield made


async def test_a_wrap_up_is_passed_on_in_coded_choices(desk: Desk) -> None:
    manager = await desk.first_manager()
    ben = await desk.enrol(manager, "Ben", ["counsellor"])

    answer = await ben.post("/wrap-up", SAID)

    assert (answer.status_code, answer.content) == (204, b"")
    said = WrapUp("online", "none", "listened", frozenset({"care"}), boundary=False, heavy=True)
    assert desk.wrapped_up == [(ben.staff, ONCE, said)]


@pytest.mark.parametrize(
    "change",
    [
        {"matter": "never_offered"},
        {"matter": "A free text"},
        {"referred": ["care"] * 21},
        {"referred": ["never_offered"]},
        {"once": b64(bytes(15))},
        {"note": "canary"},
        {"heavy": None},
    ],
)
async def test_nothing_else_can_be_said(desk: Desk, change: dict[str, object]) -> None:
    manager = await desk.first_manager()

    answer = await manager.post("/wrap-up", SAID | change)

    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})
    assert desk.wrapped_up == []


async def test_figures_are_whole_months_with_the_small_ones_hidden(desk: Desk) -> None:
    manager = await desk.first_manager()
    days = desk.records.tallies
    await days.write_day("2026-12-30", {("started", "yes"): 9}, lost=False)
    await days.write_day("2027-01-10", {("started", "yes"): 4, ("door", "onion"): 2}, lost=True)
    await days.write_day("2027-01-11", {("started", "yes"): 3}, lost=False)
    await days.write_day("2027-01-13", {}, lost=False)

    found = (await manager.get("/figures")).json()

    assert found == {
        "months": ["2027-01"],
        "rows": [
            {"measure": "door", "value": "onion", "counts": [None], "total": None},
            {"measure": "started", "value": "yes", "counts": [7], "total": 7},
        ],
        "lost": ["2027-01-10"],
        "missing": ["2027-01-12", "2027-01-14"],
    }
    both = (await manager.get("/figures?from=2026-12-31&to=2027-01-01")).json()
    assert both["months"] == ["2026-12", "2027-01"]
    assert both["rows"][1]["counts"] == [9, 7]


@pytest.mark.parametrize(
    "query",
    ["from=canary", "from=2027-02-01&to=2027-01-01", "from=1900-01-01", "to=9999-12-31", "from=2027-13-01"],
)
async def test_a_span_that_is_none_is_malformed(desk: Desk, query: str) -> None:
    manager = await desk.first_manager()

    answer = await manager.get(f"/figures?{query}")

    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})
    assert desk.told == []
