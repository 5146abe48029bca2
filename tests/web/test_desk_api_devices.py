# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.live.errors import StoreLost
from chat.records.audit import KEPT_S
from chat.sealing.certificate import Role, parse, verify_chain
from chat.web.sign_in import COOKIE
from tests.web.support_authenticator import b64, unb64
from tests.web.support_desk import (
    DAY,
    START,
    TRUST,
    Browser,
    Desk,
    a_desk,
    manager_certificate,
    staff_certificate,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as made:
        yield made


async def seen_by(browser: Browser) -> dict[str, tuple[str, bool, bool]]:
    """Devices as somebody sees them: id -> (alias, own, this)."""
    listed = (await browser.get("/devices")).json()["devices"]
    return {found["id"]: (found["alias"], found["own"], found["this"]) for found in listed}


async def test_everybody_sees_their_own_devices_and_a_manager_all(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])
    await desk.enrol(anna, "Cleo", ["counsellor"])

    assert await seen_by(ben) == {b64(ben.device): ("Ben", True, True)}
    assert sorted((await seen_by(anna)).values()) == [
        ("Anna", True, True),
        ("Ben", False, False),
        ("Cleo", False, False),
    ]


async def test_colleagues_get_each_other_s_chains_and_none_of_a_device_that_is_gone(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])
    cleo = await desk.enrol(anna, "Cleo", ["supervisor"])

    async def listed() -> set[str]:
        found = (await ben.get("/colleagues")).json()["colleagues"]
        for one in found:
            staff, issuer = (unb64(one["certificates"][name]) for name in ("staff", "issuer"))
            assert verify_chain(staff, issuer, TRUST, START).staff.id == unb64(one["staff"])
        return {one["device"] for one in found}

    assert await listed() == {b64(anna.device), b64(ben.device), b64(cleo.device)}
    await anna.delete(f"/devices/{b64(cleo.device)}")
    assert await listed() == {b64(anna.device), b64(ben.device)}


async def test_a_further_device_has_its_own_passkey_key_and_certificate(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])

    second = await desk.further_device(ben, anna, "Ben", "counsellor")

    assert (second.staff, second.device != ben.device, second.ed != ben.ed) == (ben.staff, True, True)
    assert await seen_by(ben) == {
        b64(ben.device): ("Ben", True, True),
        b64(second.device): ("Ben", True, False),
    }
    certificates = (await second.get("/me")).json()["certificates"]
    chain = verify_chain(unb64(certificates["staff"]), unb64(certificates["issuer"]), TRUST, START)
    assert (chain.staff.id, chain.staff.ed) == (ben.staff, second.ed)


async def test_a_further_device_keeps_the_alias(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])
    inv_id, invite = os.urandom(16), os.urandom(16)
    await ben.post("/devices/invitations", {"inv_id": b64(inv_id)})
    second = desk.browser()
    await second.make_passkey(inv_id)
    await second.send_request(inv_id, invite, "Ben")

    answer = await desk.certify(anna, inv_id, invite, ["counsellor"], "Benno")

    assert (answer.status_code, answer.json()) == (400, {"error": "certificate_refused"})


async def test_only_a_manager_invites_a_device_of_somebody_else(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])
    body = {"inv_id": b64(os.urandom(16)), "staff": b64(anna.staff)}

    refused = await ben.post("/devices/invitations", body)
    made = await anna.post("/devices/invitations", body | {"staff": b64(ben.staff)})
    nobody = await anna.post("/devices/invitations", body | {"staff": b64(bytes(16))})

    assert (refused.status_code, refused.json()) == (403, {"error": "not_allowed"})
    assert (made.status_code, made.json()["alias"], made.json()["further_device"]) == (201, "Ben", True)
    assert (nobody.status_code, nobody.json()) == (404, {"error": "not_found"})


async def test_everybody_sees_and_cancels_their_own_invitations_only(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])
    cleo = await desk.enrol(anna, "Cleo", ["counsellor"])
    made = (await ben.post("/devices/invitations", {"inv_id": b64(os.urandom(16))})).json()

    async def open_ones(browser: Browser) -> list[str]:
        listed = (await browser.get("/invitations")).json()["invitations"]
        return [found["id"] for found in listed if found["state"] == "open"]

    assert await open_ones(ben) == [made["id"]]
    assert await open_ones(anna) == [made["id"]]
    assert await open_ones(cleo) == []
    assert (await cleo.delete(f"/invitations/{made['id']}")).json() == {"error": "not_found"}
    assert (await ben.delete(f"/invitations/{made['id']}")).status_code == 204
    assert await open_ones(anna) == []


async def test_a_manager_renews_with_the_same_id_key_and_alias(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])
    own = unb64((await anna.get("/me")).json()["certificates"]["manager"])
    desk.clock[0] += 15 * DAY
    times = {"issued": desk.clock[0], "not_after": desk.clock[0] + 30 * DAY}
    path = f"/devices/{b64(ben.device)}/certificates"

    for bad in (
        staff_certificate(anna, own, ben.staff, ben.ed, "Benno", **times),
        staff_certificate(anna, own, ben.staff, anna.ed, "Ben", **times),
        staff_certificate(anna, own, anna.staff, ben.ed, "Ben", **times),
        staff_certificate(anna, own, ben.staff, ben.ed, "Ben", role=Role.SUPERVISOR, **times),
    ):
        answer = await anna.post(path, {"certificates": [b64(bad)]})
        assert (answer.status_code, answer.json()) == (400, {"error": "certificate_refused"})

    good = staff_certificate(anna, own, ben.staff, ben.ed, "Ben", **times)
    answer = await anna.post(path, {"certificates": [b64(good)]})

    assert (answer.status_code, answer.json()["certificates"]["staff"]) == (200, b64(good))
    assert (await ben.get("/me")).json()["certificates"]["staff"] == b64(good)
    assert parse(good).not_after == START + 45 * DAY


async def test_nobody_certifies_themselves_without_being_a_manager(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])
    cleo = await desk.enrol(anna, "Cleo", ["counsellor"])
    own = unb64((await anna.get("/me")).json()["certificates"]["manager"])
    genuine = staff_certificate(anna, own, ben.staff, ben.ed, "Ben", not_after=START + 60 * DAY)

    mine = await ben.post(f"/devices/{b64(ben.device)}/certificates", {"certificates": [b64(genuine)]})
    others = await cleo.post(f"/devices/{b64(ben.device)}/certificates", {"certificates": [b64(genuine)]})

    assert (mine.status_code, mine.json()) == (400, {"error": "certificate_refused"})
    assert (others.status_code, others.json()) == (404, {"error": "not_found"})


async def test_a_manager_renews_their_own_certificate_from_the_root(desk: Desk) -> None:
    anna = await desk.first_manager()
    newer = manager_certificate(anna.staff, anna.ed, "Anna", not_after=START + 800 * DAY)

    answer = await anna.post(f"/devices/{b64(anna.device)}/certificates", {"certificates": [b64(newer)]})

    held = answer.json()["certificates"]
    assert held["manager"] == b64(newer)
    chain = verify_chain(unb64(held["staff"]), unb64(held["issuer"]), TRUST, START)
    assert chain.manager.not_after == START + 400 * DAY  # what it signed before still has its own issuer


async def test_a_revoked_device_is_out_at_once_and_its_sister_is_not(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])
    second = await desk.further_device(ben, anna, "Ben", "counsellor")

    for _ in range(2):  # said twice is no harm
        assert (await ben.delete(f"/devices/{b64(second.device)}")).status_code == 204

    assert desk.revoked == [second.device] * 2
    assert await desk.sessions.find(second.http.cookies[COOKIE]) is None
    assert (await second.get("/me")).status_code == 401
    assert (await second.sign_in()).json() == {"error": "passkey_refused"}
    assert (await ben.get("/me")).status_code == 200
    listed = (await ben.get("/devices")).json()["devices"]
    assert [found["revoked"] for found in listed if found["id"] == b64(second.device)] == ["2027-01-15"]


async def test_nobody_revokes_what_is_not_theirs(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])

    answer = await ben.delete(f"/devices/{b64(anna.device)}")

    assert (answer.status_code, answer.json()) == (404, {"error": "not_found"})
    assert desk.revoked == []


async def test_the_last_manager_stays(desk: Desk) -> None:
    anna = await desk.first_manager()

    for path in (f"/devices/{b64(anna.device)}", f"/staff/{b64(anna.staff)}"):
        answer = await anna.delete(path)
        assert (answer.status_code, answer.json()) == (409, {"error": "last_manager"})
    assert desk.revoked == []
    assert (await anna.get("/me")).status_code == 200


async def test_a_live_store_that_is_away_leaves_somebody_to_be_removed_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])

    async def away(_device: bytes) -> None:
        raise StoreLost

    with monkeypatch.context() as broken:
        broken.setattr(desk.sessions, "remove_device", away)
        answer = await anna.delete(f"/staff/{b64(ben.staff)}")
        assert (answer.status_code, answer.json()) == (503, {"error": "store_lost"})
    assert len((await anna.get("/staff")).json()["staff"]) == 2
    assert (await anna.delete(f"/staff/{b64(ben.staff)}")).status_code == 204


async def test_somebody_is_a_manager_only_with_a_certificate_of_the_root(desk: Desk) -> None:
    anna = await desk.first_manager()
    inv_id, invite = os.urandom(16), os.urandom(16)
    body = {"inv_id": b64(inv_id), "roles": ["counsellor", "manager"], "alias": "Ben"}
    await anna.post("/invitations", body)
    ben = desk.browser()
    await ben.make_passkey(inv_id)
    await ben.send_request(inv_id, invite, "Ben")
    certified = await desk.certify(anna, inv_id, invite, ["counsellor"], "Ben")
    assert certified.json()["missing"] == ["manager"]
    await ben.signed_in()

    assert (await ben.get("/me")).json()["person"]["roles"] == ["counsellor"]
    assert (await ben.delete(f"/staff/{b64(anna.staff)}")).json() == {"error": "not_allowed"}

    certificate = manager_certificate(ben.staff, ben.ed, "Ben")
    brought = await ben.post(f"/devices/{b64(ben.device)}/certificates", {"certificates": [b64(certificate)]})
    assert brought.status_code == 200
    assert (await ben.get("/me")).json()["person"]["roles"] == ["counsellor", "manager"]
    assert (await ben.get("/staff")).status_code == 200


async def test_somebody_who_is_removed_is_out_with_every_device(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])
    second = await desk.further_device(ben, anna, "Ben", "counsellor")

    assert (await anna.delete(f"/staff/{b64(ben.staff)}")).status_code == 204

    assert set(desk.revoked) == {ben.device, second.device}
    for browser in (ben, second):
        assert (await browser.get("/me")).status_code == 401
        assert (await browser.sign_in()).json() == {"error": "passkey_refused"}
    assert [person["alias"] for person in (await anna.get("/staff")).json()["staff"]] == ["Anna"]
    assert (await anna.delete(f"/staff/{b64(ben.staff)}")).json() == {"error": "not_found"}


async def test_a_manager_sees_everybody_with_their_devices(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["supervisor"])

    staff = (await anna.get("/staff")).json()["staff"]

    assert [(person["alias"], person["roles"], len(person["devices"])) for person in staff] == [
        ("Anna", ["counsellor", "manager"], 1),
        ("Ben", ["supervisor"], 1),
    ]
    assert staff[1]["devices"][0]["id"] == b64(ben.device)


async def test_staff_actions_are_seen_for_ninety_days(desk: Desk) -> None:
    anna = await desk.first_manager()
    ben = await desk.enrol(anna, "Ben", ["counsellor"])
    await anna.delete(f"/devices/{b64(ben.device)}")

    entries = (await anna.get("/audit")).json()["entries"]

    assert [(line["action"], line["actor_alias"], line["subject_alias"]) for line in entries] == [
        ("revoked", "Anna", "Ben"),
        ("signed_in", "Ben", "Ben"),
        ("certified", "Anna", "Ben"),
        ("requested", None, "Ben"),
        ("invited", "Anna", "Ben"),
        ("renewed", "Anna", "Anna"),
        ("signed_in", "Anna", "Anna"),
        ("certified", None, "Anna"),
        ("requested", None, "Anna"),
        ("invited", None, "Anna"),
    ]
    desk.clock[0] += KEPT_S + 1
    assert (await anna.get("/audit")).json()["entries"] == []
