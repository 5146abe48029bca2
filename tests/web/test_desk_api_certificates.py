# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chat.sealing.certificate import Role, parse
from tests.web.support_authenticator import b64, unb64
from tests.web.support_desk import (
    DAY,
    ROOT,
    START,
    Desk,
    a_desk,
    manager_certificate,
    staff_certificate,
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


BENT: dict[str, dict[str, Any]] = {
    "another id": {"id": bytes(16)},
    "another key": {"ed": bytes(32)},
    "another role": {"role": Role.SUPERVISOR},
    "another issuer": {"issuer": bytes(32)},
    "another signer": {"sign": ROOT.sign},
    "too long": {"not_after": START + 91 * DAY},
    "ended": {"issued": START - 31 * DAY, "not_after": START - 1},
}


@pytest.mark.parametrize("bent", BENT)
async def test_a_certificate_that_does_not_fit_is_refused(desk: Desk, bent: str) -> None:
    applicant = await requested(desk)
    manager = applicant.manager
    own = await own_certificate(manager)
    good = staff_certificate(manager, own, applicant.staff, applicant.browser.ed, "Ben")
    bad = staff_certificate(manager, own, applicant.staff, applicant.browser.ed, "Ben", **BENT[bent])

    refused = await manager.post(applicant.path + "/certificate", {"certificates": [b64(bad)]})
    assert (refused.status_code, refused.json()) == (400, {"error": "certificate_refused"})
    assert (await applicant.state())[1]["state"] == "requested"

    done = await manager.post(applicant.path + "/certificate", {"certificates": [b64(good)]})
    assert done.status_code == 200


async def test_bytes_that_are_no_certificate_are_refused(desk: Desk) -> None:
    applicant = await requested(desk)
    manager = applicant.manager
    good = staff_certificate(
        manager, await own_certificate(manager), applicant.staff, applicant.browser.ed, "Ben"
    )
    flipped = [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in range(0, len(good), 7)]

    for bad in [bytes(160), b"\x02" + good[1:], good + b"\0", *flipped]:
        answer = await manager.post(applicant.path + "/certificate", {"certificates": [b64(bad)]})
        assert (answer.status_code, answer.json()) == (400, {"error": "certificate_refused"})


async def test_two_of_a_kind_and_a_role_nobody_wanted_are_refused(desk: Desk) -> None:
    applicant = await requested(desk)
    manager = applicant.manager
    own = await own_certificate(manager)
    staff = staff_certificate(manager, own, applicant.staff, applicant.browser.ed, "Ben")
    other = staff_certificate(manager, own, applicant.staff, applicant.browser.ed, "Benno")
    above = manager_certificate(applicant.staff, applicant.browser.ed, "Ben")

    for given in ([staff, staff], [staff, other], [above], [staff, above]):
        body = {"certificates": [b64(one) for one in given]}
        answer = await manager.post(applicant.path + "/certificate", body)
        assert (answer.status_code, answer.json()) == (400, {"error": "certificate_refused"})


async def test_two_certificates_of_one_person_carry_one_alias(desk: Desk) -> None:
    applicant = await requested(desk, ["counsellor", "manager"])
    manager = applicant.manager
    own = await own_certificate(manager)
    staff = staff_certificate(manager, own, applicant.staff, applicant.browser.ed, "Ben")
    pair = {
        alias: [b64(staff), b64(manager_certificate(applicant.staff, applicant.browser.ed, alias))]
        for alias in ("Benno", "Ben")
    }

    answer = await manager.post(applicant.path + "/certificate", {"certificates": pair["Benno"]})
    assert answer.json() == {"error": "certificate_refused"}
    answer = await manager.post(applicant.path + "/certificate", {"certificates": pair["Ben"]})
    assert answer.json()["missing"] == []


async def test_the_signer_chooses_a_free_alias(desk: Desk) -> None:
    applicant = await requested(desk)
    manager = applicant.manager
    own = await own_certificate(manager)
    answers = []
    for alias in ("Anna", "Benno"):
        certificate = staff_certificate(manager, own, applicant.staff, applicant.browser.ed, alias)
        answer = await manager.post(applicant.path + "/certificate", {"certificates": [b64(certificate)]})
        answers.append((answer.status_code, answer.json().get("error"), answer.json().get("alias")))

    assert answers == [(409, "alias_taken", None), (200, None, "Benno")]
    assert (await applicant.browser.sign_in()).json()["person"]["alias"] == "Benno"


@pytest.mark.parametrize("roles", [["supervisor"], ["counsellor", "supervisor"]])
async def test_a_supervisor_gets_a_supervisors_certificate(desk: Desk, roles: list[str]) -> None:
    manager = await desk.first_manager()

    browser = await desk.enrol(manager, "Ben", roles)

    me = (await browser.get("/me")).json()
    assert parse(unb64(me["certificates"]["staff"])).role is Role.SUPERVISOR


async def test_a_manager_is_certified_by_the_root_and_comes_in_with_its_file(desk: Desk) -> None:
    applicant = await requested(desk, ["manager"])
    inv_id, ed = b64(applicant.inv_id), applicant.browser.ed
    stranger = Ed25519PrivateKey.generate()
    forged = manager_certificate(applicant.staff, ed, "Ben", sign=stranger.sign)
    staff = staff_certificate(
        applicant.manager, await own_certificate(applicant.manager), applicant.staff, ed, "Ben"
    )
    for bad in (forged, staff, manager_certificate(bytes(16), ed, "Ben")):
        answer = await applicant.browser.post(
            "/enrol/certificate", {"inv_id": inv_id, "certificate": b64(bad)}
        )
        assert (answer.status_code, answer.json()) == (400, {"error": "certificate_refused"})

    good = manager_certificate(applicant.staff, ed, "Ben")
    answer = await applicant.browser.post("/enrol/certificate", {"inv_id": inv_id, "certificate": b64(good)})

    assert (answer.status_code, answer.json()["state"]) == (200, "certified")
    assert (await applicant.browser.sign_in()).json()["person"]["roles"] == ["manager"]


async def test_a_certificate_before_the_request_is_not_ready(desk: Desk) -> None:
    applicant = await invited(desk, ["manager"])
    certificate = b64(manager_certificate(applicant.staff, applicant.browser.ed, "Ben"))

    imported = await applicant.browser.post(
        "/enrol/certificate", {"inv_id": b64(applicant.inv_id), "certificate": certificate}
    )
    given = await applicant.manager.post(applicant.path + "/certificate", {"certificates": [certificate]})

    assert imported.json() == given.json() == {"error": "not_ready"}
