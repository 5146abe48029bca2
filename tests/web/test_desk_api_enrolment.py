# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chat.records.invitations import LASTS_S, id_of
from chat.sealing.certificate import verify_chain
from chat.sealing.enrolment import check_request
from chat.sealing.errors import SealingError
from tests.web.support_authenticator import b64, unb64
from tests.web.support_desk import (
    START,
    TRUST,
    Desk,
    a_desk,
    public,
    staff_certificate,
    stored_in,
)
from tests.web.support_enrolment import invited, own_certificate, requested

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as made:
        yield made


async def test_the_first_person_of_a_laptop_ends_with_a_chain_that_a_help_seeker_accepts(desk: Desk) -> None:
    anna = await desk.first_manager()

    me = (await anna.get("/me")).json()

    assert me["person"]["roles"] == ["counsellor", "manager"]
    assert me["demo"] is True
    assert me["origin"] == "http://localhost:8080"
    assert [len(group) for group in me["root_fingerprints"][0].split()] == [5] * 6
    certificates = {name: unb64(value) for name, value in me["certificates"].items()}
    chain = verify_chain(certificates["staff"], certificates["issuer"], TRUST, START)
    assert chain.staff.ed == anna.ed
    assert certificates["issuer"] == certificates["manager"]
    assert desk.told == []


async def test_an_enrolment_step_by_step(desk: Desk) -> None:
    applicant = await invited(desk)
    browser, manager = applicant.browser, applicant.manager
    code, state = await applicant.state()
    nothing = {"manager": None, "staff": None, "issuer": None}
    assert (code, state) == (
        200,
        {
            "state": "open",
            "passkey": False,
            "staff": applicant.invitation["staff"],
            "alias": "Ben",
            "roles": ["counsellor"],
            "further_device": False,
            "expires": START + LASTS_S,
            "certificates": nothing,
            "demo": True,
        },
    )

    await browser.make_passkey(applicant.inv_id)
    assert (await applicant.state())[1]["passkey"] is True
    await browser.send_request(applicant.inv_id, applicant.invite, "Ben")
    assert (await applicant.state())[1]["state"] == "requested"

    listed = await applicant.listed()
    assert (listed["state"], listed["missing"]) == ("requested", ["staff"])
    done = await desk.certify(manager, applicant.inv_id, applicant.invite, ["counsellor"], "Ben")
    assert (done.status_code, done.json()["state"], done.json()["missing"]) == (200, "certified", [])

    code, state = await applicant.state()
    assert state["state"] == "certified"
    chain = verify_chain(
        unb64(state["certificates"]["staff"]), unb64(state["certificates"]["issuer"]), TRUST, START
    )
    assert (chain.staff.ed, chain.staff.alias, chain.manager.ed) == (browser.ed, "Ben", manager.ed)
    assert (await browser.sign_in()).json()["certificates"] == state["certificates"]


async def test_the_other_half_of_the_link_never_comes_to_the_server(desk: Desk, tmp_path: Path) -> None:
    applicant = await requested(desk)
    await desk.records.forget_old(now=desk.clock[0])

    stored = stored_in(tmp_path)

    assert applicant.browser.ed in stored
    assert applicant.invite not in stored
    assert applicant.inv_id not in stored


async def test_a_key_that_the_server_swapped_is_seen_by_the_manager(desk: Desk) -> None:
    applicant = await requested(desk)
    listed = (await applicant.listed())["request"]
    swapped = Ed25519PrivateKey.generate()
    said = b"kentering/1 enrol\0" + applicant.inv_id + public(swapped)
    forged = public(swapped) + unb64(listed["hmac"]) + swapped.sign(said)

    with pytest.raises(SealingError):
        check_request(forged, applicant.invite, applicant.inv_id)
    with pytest.raises(SealingError):
        check_request(
            b"".join(unb64(listed[part]) for part in ("ed", "hmac", "sig")), bytes(16), applicant.inv_id
        )


async def test_a_request_must_be_signed_by_its_own_key(desk: Desk) -> None:
    applicant = await invited(desk)
    await applicant.browser.make_passkey(applicant.inv_id)
    other = Ed25519PrivateKey.generate()
    body = {"inv_id": b64(applicant.inv_id), "ed": b64(public(other)), "hmac": b64(bytes(32)), "alias": "Ben"}

    for said in (b"", b"kentering/1 enrol\0" + bytes(16) + public(other)):
        answer = await applicant.browser.post("/enrol/request", body | {"sig": b64(other.sign(said))})
        assert (answer.status_code, answer.json()) == (400, {"error": "request_refused"})


@pytest.mark.parametrize("alias", ["Ben 2", "Ben\u202e", " Ben", "B\u0435n", "x@y", "a" * 48 + "b"])
async def test_an_alias_is_letters_of_one_script(desk: Desk, alias: str) -> None:
    applicant = await invited(desk)
    await applicant.browser.make_passkey(applicant.inv_id)
    sent = await applicant.browser.send_request(applicant.inv_id, applicant.invite, alias)
    body = {"inv_id": b64(os.urandom(16)), "roles": ["counsellor"], "alias": alias}
    made = await applicant.manager.post("/invitations", body)

    assert sent.json()["error"] in {"alias_refused", "malformed"}
    assert made.json()["error"] in {"alias_refused", "malformed"}


async def test_one_invitation_takes_one_passkey_and_one_request(desk: Desk) -> None:
    applicant = await requested(desk)
    second = desk.browser()

    begun = await second.post("/enrol/passkey/begin", {"inv_id": b64(applicant.inv_id)})
    sent = await second.send_request(applicant.inv_id, applicant.invite, "Ben")
    again = await applicant.browser.send_request(applicant.inv_id, applicant.invite, "Ben")

    assert (begun.status_code, begun.json()) == (409, {"error": "already_used"})
    assert (sent.status_code, sent.json()) == (409, {"error": "already_used"})
    assert (again.status_code, again.json()["state"]) == (200, "requested")


async def test_of_two_who_race_for_the_passkey_one_has_it(desk: Desk) -> None:
    applicant = await invited(desk)
    second = desk.browser()
    inv_id = {"inv_id": b64(applicant.inv_id)}
    begun = [(await b.post("/enrol/passkey/begin", inv_id)).json() for b in (applicant.browser, second)]

    codes = []
    for browser, ceremony in zip((applicant.browser, second), begun, strict=True):
        credential = browser.passkey.create(ceremony["options"])
        body = inv_id | {"ceremony": ceremony["ceremony"], "credential": credential}
        codes.append((await browser.post("/enrol/passkey/finish", body)).status_code)

    assert codes == [200, 409]


async def test_a_request_needs_the_passkey_first(desk: Desk) -> None:
    applicant = await invited(desk)

    answer = await applicant.browser.send_request(applicant.inv_id, applicant.invite, "Ben")

    assert (answer.status_code, answer.json()) == (409, {"error": "not_ready"})


async def test_unknown_cancelled_and_old_invitations_look_the_same(desk: Desk) -> None:
    applicant = await requested(desk)
    gone = (404, {"error": "not_found"})
    unknown = await applicant.browser.post("/enrol/state", {"inv_id": b64(bytes(16))})
    assert (unknown.status_code, unknown.json()) == gone

    desk.clock[0] += LASTS_S
    assert await applicant.state() == gone
    desk.clock[0] -= LASTS_S
    assert (await applicant.manager.delete(applicant.path)).status_code == 204
    assert await applicant.state() == gone
    certificate = staff_certificate(
        applicant.manager,
        await own_certificate(applicant.manager),
        applicant.staff,
        applicant.browser.ed,
        "Ben",
    )
    late = await applicant.manager.post(applicant.path + "/certificate", {"certificates": [b64(certificate)]})
    assert (late.status_code, late.json()) == gone


async def test_who_is_not_certified_cannot_sign_in(desk: Desk) -> None:
    applicant = await requested(desk)

    answer = await applicant.browser.sign_in()

    assert (answer.status_code, answer.json()) == (400, {"error": "passkey_refused"})


@pytest.mark.parametrize("roles", [[], ["counsellor", "counsellor"], ["help_seeker"], "counsellor"])
async def test_only_roles_of_staff_can_be_invited(desk: Desk, roles: object) -> None:
    manager = await desk.first_manager()

    answer = await manager.post(
        "/invitations", {"inv_id": b64(os.urandom(16)), "roles": roles, "alias": "Ben"}
    )

    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})


async def test_an_operator_is_finished_without_a_certificate_and_nobody_else_is(desk: Desk) -> None:
    manager = await desk.first_manager()
    operator = await desk.enrol(manager, "Ben", ["operator"])

    me = (await operator.get("/me")).json()

    assert (me["person"]["alias"], me["person"]["roles"]) == ("Ben", ["operator"])
    assert me["certificates"] == {"manager": None, "staff": None, "issuer": None}

    inv_id, invite = os.urandom(16), os.urandom(16)
    await manager.post("/invitations", {"inv_id": b64(inv_id), "roles": ["counsellor"], "alias": "Cleo"})
    browser = desk.browser()
    await browser.make_passkey(inv_id)
    await browser.send_request(inv_id, invite, "Cleo")
    answer = await manager.post(f"/invitations/{b64(id_of(inv_id))}/certificate", {"certificates": []})

    assert (answer.status_code, answer.json()) == (400, {"error": "certificate_refused"})
