# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a desk shows of the organisation, one's own quick replies, and how settings are edited."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chat.rules.content import Kind
from tests.web.support_authenticator import b64
from tests.web.support_desk import START, Browser, Desk, a_desk

pytestmark = pytest.mark.anyio

WEATHER = {"languages": {"en": [{"id": "weather", "name": "weather", "text": "The weather is mild."}]}}
EVENING = {"weekly": {"nl": [[{"start": 960, "end": 1440}]] * 7}, "exceptions": []}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as made:
        yield made


async def put(browser: Browser, kind: str, version: int, value: object) -> tuple[int, Any]:
    answer = await browser.put(f"/manage/{kind}", {"version": version, "value": value})
    return answer.status_code, answer.json()


async def test_a_desk_gets_everything_at_once(desk: Desk) -> None:
    manager = await desk.first_manager()
    ben = await desk.enrol(manager, "Ben", ["counsellor"])

    found = (await ben.get("/content")).json()

    assert found["versions"] == dict.fromkeys([kind.value for kind in Kind], 0)
    assert found["limits"]["cap"] == 3
    assert found["hours"]["nl"] == {"open": True, "ready": True, "next": START * 1000}
    assert [one["id"] for one in found["quick_replies"]["languages"]["nl"]][:2] == [
        "greeting",
        "confidentiality",
    ]
    assert found["own_quick_replies"] == {"version": 0, "value": {"languages": {}}}
    assert found["procedure"]["draft"] is True
    assert {one["id"] for one in found["choices"]["risks"]} == {"none", "concern", "imminent", "unclear"}
    assert found["texts"]["languages"]["fr"]["boundary"]
    assert all(line["confirmed_by"] is None for line in found["lines"]["lines"])


async def test_a_change_is_seen_at_once_told_and_written_down(desk: Desk) -> None:
    manager = await desk.first_manager()

    assert await put(manager, "hours", 0, EVENING) == (
        200, {"kind": "hours", "version": 1, "value": EVENING},
    )  # fmt: skip

    found = (await manager.get("/content")).json()
    assert (found["versions"]["hours"], found["hours"]["nl"]["open"]) == (1, False)
    assert desk.changed == 1
    (line, *_) = (await manager.get("/audit")).json()["entries"]
    assert (line["action"], line["subject_alias"], line["actor_alias"]) == (
        "changed_setting",
        "hours",
        "Anna",
    )


async def test_closing_intake_and_opening_it_again_is_written_down(desk: Desk) -> None:
    manager = await desk.first_manager()

    async def close(language: str | None, *, closed: bool) -> int:
        answer = await manager.put("/intake", {"language": language, "closed": closed})
        return int(answer.status_code)

    assert await close("nl", closed=True) == 200
    assert await close(None, closed=False) == 200
    assert await close("fy", closed=True) == 400

    lines = (await manager.get("/audit")).json()["entries"]
    assert [(one["action"], one["actor_alias"], one["subject_alias"]) for one in lines[:2]] == [
        ("opened_intake", "Anna", None),
        ("closed_intake", "Anna", "nl"),
    ]
    assert {one["action"] for one in lines[2:]} & {"opened_intake", "closed_intake"} == set()


async def test_nobody_overwrites_what_they_have_not_seen(desk: Desk) -> None:
    manager = await desk.first_manager()
    await put(manager, "hours", 0, EVENING)

    assert await put(manager, "hours", 0, {}) == (409, {"error": "stale"})
    assert (await manager.get("/manage/hours")).json()["value"] == EVENING
    assert desk.changed == 1


async def test_history_and_restoring(desk: Desk) -> None:
    manager = await desk.first_manager()
    await put(manager, "limits", 0, {"cap": 2})
    await put(manager, "limits", 1, {"cap": 5})

    versions = (await manager.get("/manage/limits/versions")).json()["versions"]
    assert [(one["version"], one["at"], one["alias"], one["by"]) for one in versions] == [
        (2, "2027-01-15", "Anna", b64(manager.staff)),
        (1, "2027-01-15", "Anna", b64(manager.staff)),
    ]
    assert (await manager.get("/manage/limits/versions/1")).json()["value"]["cap"] == 2
    assert (await manager.get("/manage/limits/versions/0")).json()["value"]["cap"] == 3
    assert (await manager.get("/manage/limits/versions/7")).status_code == 404

    restored = await manager.post("/manage/limits/restore", {"version": 2, "restore": 1})
    assert (restored.json()["version"], restored.json()["value"]["cap"]) == (3, 2)
    stale = await manager.post("/manage/limits/restore", {"version": 2, "restore": 0})
    assert (stale.status_code, stale.json()) == (409, {"error": "stale"})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("hours", {"weekly": {"nl": []}}),
        ("hours", {"exceptions": [{"date": "2027-02-30"}]}),
        ("limits", {"cap": 0}),
        ("limits", {"zone": "Europe/Nowhere"}),
        ("limits", {"zone": "../../etc/passwd"}),
        ("limits", {"languages": ["nl", "nl"]}),
        ("quick_replies", {"languages": {"en": [{"id": "a", "name": "a", "text": "x" * 1001}]}}),
        ("quick_replies", {"languages": {"en": [{"id": "a", "name": "a", "text": "x"}] * 2}}),
        ("texts", {"languages": {"en": {"approved": True}}}),
        ("texts", {"languages": {"en": {"approved": True, "confidentiality": "  "}}}),
        ("choices", {"matters": []}),
        ("procedure", {"languages": {}}),
        ("lines", {"lines": [{"id": "a", "country": "BE", "kind": "suicide", "name": "", "contact": []}]}),
        ("lines", {"planted": "canary"}),
    ],
)
async def test_what_does_not_fit_is_malformed_and_never_echoed(desk: Desk, kind: str, value: object) -> None:
    manager = await desk.first_manager()

    assert await put(manager, kind, 0, value) == (400, {"error": "malformed"})
    assert (await manager.get(f"/manage/{kind}")).json()["version"] == 0
    assert desk.told == []


async def test_half_a_character_is_malformed(desk: Desk) -> None:
    manager = await desk.first_manager()
    reply = {"id": "a", "name": "a", "text": "\ud800"}
    body = json.dumps({"version": 0, "value": {"languages": {"en": [reply]}}})

    answer = await manager.http.put(
        "/api/manage/quick_replies", content=body, headers={"content-type": "application/json"}
    )

    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})
    assert desk.told == []


async def test_a_kind_that_is_none_is_malformed(desk: Desk) -> None:
    manager = await desk.first_manager()

    answer = await manager.get("/manage/canary")

    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})


async def test_who_confirmed_a_crisis_line_is_for_the_server_to_say(desk: Desk) -> None:
    manager = await desk.first_manager()
    lines = (await manager.get("/manage/lines")).json()["value"]["lines"]
    lines[0] |= {"checked_on": "2027-01-15", "confirmed_by": "Somebody"}
    lines[1] |= {"checked_on": "2026-01-01", "confirmed_by": "Somebody"}

    _, answer = await put(manager, "lines", 0, {"lines": lines})

    kept = answer["value"]["lines"]
    assert (kept[0]["checked_on"], kept[0]["confirmed_by"]) == ("2027-01-15", "Anna")
    assert (kept[1]["checked_on"], kept[1]["confirmed_by"]) == (None, None)

    desk.clock[0] += 3 * 86_400
    kept[2]["name"] = "Another name"
    _, again = await put(manager, "lines", 1, {"lines": kept})
    assert again["value"]["lines"][0]["confirmed_by"] == "Anna"


async def test_own_quick_replies_are_ones_own(desk: Desk) -> None:
    manager = await desk.first_manager()
    ben = await desk.enrol(manager, "Ben", ["counsellor"])

    answer = await ben.put("/my/quick-replies", {"version": 0, "value": WEATHER})
    assert answer.json() == {"version": 1, "value": WEATHER}
    stale = await ben.put("/my/quick-replies", {"version": 0, "value": WEATHER})
    assert (stale.status_code, stale.json()) == (409, {"error": "stale"})
    wrong = await ben.put("/my/quick-replies", {"version": 1, "value": {"languages": {"en": ["canary"]}}})
    assert (wrong.status_code, wrong.json()) == (400, {"error": "malformed"})

    assert (await ben.get("/content")).json()["own_quick_replies"] == {"version": 1, "value": WEATHER}
    assert (await manager.get("/content")).json()["own_quick_replies"]["version"] == 0


async def test_own_quick_replies_are_gone_with_the_person(desk: Desk) -> None:
    manager = await desk.first_manager()
    ben = await desk.enrol(manager, "Ben", ["counsellor"])
    await ben.put("/my/quick-replies", {"version": 0, "value": WEATHER})

    assert (await manager.delete(f"/staff/{b64(ben.staff)}")).status_code == 204

    assert (await desk.records.own_quick_replies.find(ben.staff))[0] == 0
