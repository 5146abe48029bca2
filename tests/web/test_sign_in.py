# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from chat.live.challenges import Challenges
from chat.live.live import Live
from chat.records.invitations import id_of
from chat.rules.roles import Role
from chat.web.desk_sessions import DeskSessions
from chat.web.sign_in import CHALLENGE_S, COOKIE, ChallengeStore, RelyingParty, SessionStore, set_cookie
from tests.support.valkey import *  # noqa: F403 - fixtures are used by name
from tests.web.support_authenticator import b64, unb64
from tests.web.support_desk import Browser, ChallengesInMemory, Desk, SessionsInMemory, a_desk

pytestmark = pytest.mark.anyio
REFUSED = (400, {"error": "passkey_refused"})
GONE = (400, {"error": "ceremony_gone"})


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as made:
        yield made


# --- the contract of the two stores, for those of the tests and the real ones alike ---


@pytest.fixture(params=["memory", "live"])
def challenges(request: pytest.FixtureRequest) -> ChallengeStore:
    if request.param == "memory":
        return ChallengesInMemory([0])
    live: Live = request.getfixturevalue("live")
    return Challenges(live.store)


@pytest.fixture(params=["memory", "live"])
def sessions(request: pytest.FixtureRequest) -> SessionStore:
    if request.param == "memory":
        return SessionsInMemory()
    live: Live = request.getfixturevalue("live")
    return DeskSessions(live.desk, lambda: int(time.time()), os.urandom)


async def test_a_challenge_is_given_out_once(challenges: ChallengeStore) -> None:
    await challenges.put(b"name", b"value", 300)
    await challenges.put(b"other", b"another", 300)

    taken = await asyncio.gather(*(challenges.take(b"name") for _ in range(4)))

    assert [value for value in taken if value is not None] == [b"value"]
    assert await challenges.take(b"unknown") is None
    assert await challenges.take(b"other") == b"another"


async def test_a_session_is_found_by_its_token_until_it_is_removed(sessions: SessionStore) -> None:
    staff, device = os.urandom(16), os.urandom(16)
    first, second = await sessions.create(staff, device), await sessions.create(staff, device)

    found = await sessions.find(first)
    assert found is not None
    assert (found.staff, found.device) == (staff, device)
    assert first != second
    assert len(unb64(first)) == 32
    assert await sessions.find(b64(bytes(32))) is None

    await sessions.remove(first)
    await sessions.remove(first)
    assert await sessions.find(first) is None
    assert await sessions.find(second) is not None


async def test_every_session_of_a_device_ends_together(sessions: SessionStore) -> None:
    staff, device, sister = os.urandom(16), os.urandom(16), os.urandom(16)
    tokens = [await sessions.create(staff, device) for _ in range(3)]
    other = await sessions.create(staff, sister)

    await sessions.remove_device(device)

    assert [await sessions.find(token) for token in tokens] == [None, None, None]
    assert await sessions.find(other) is not None


# --- the cookie ---


@pytest.mark.parametrize(
    ("origin", "secure"), [("http://localhost:8080", False), ("https://desk.example", True)]
)
def test_the_cookie_stays_in_this_browser_and_on_this_origin(origin: str, secure: bool) -> None:
    response = Response()

    set_cookie(response, "token", RelyingParty("localhost", "Kentering", origin))

    parts = set(response.headers["set-cookie"].split("; "))
    assert parts == {f"{COOKIE}=token", "HttpOnly", "Path=/", "SameSite=strict"} | (
        {"Secure"} if secure else set()
    )


# --- signing in ---


async def signed(browser: Browser, **bent: Any) -> tuple[int, Any]:
    answer = await browser.sign_in(**bent)
    return answer.status_code, answer.json()


async def test_who_signs_in_is_known_until_signing_out(desk: Desk) -> None:
    anna = await desk.first_manager()
    token = anna.http.cookies[COOKIE]
    assert (await anna.get("/me")).json()["device"]["id"] == b64(anna.device)

    assert (await anna.post("/sign-out")).status_code == 204

    assert COOKIE not in anna.http.cookies
    assert await desk.sessions.find(token) is None
    assert (await anna.get("/me")).status_code == 401
    assert (await anna.post("/sign-out")).status_code == 204
    entries = await desk.records.audit.newest(since=0)
    assert entries[0].action == "signed_out"


async def test_signing_in_again_ends_the_session_before(desk: Desk) -> None:
    anna = await desk.first_manager()
    earlier = anna.http.cookies[COOKIE]

    assert (await signed(anna))[0] == 200

    assert anna.http.cookies[COOKIE] != earlier
    assert await desk.sessions.find(earlier) is None


async def test_the_options_ask_for_a_verified_person_and_name_nobody(desk: Desk) -> None:
    options = (await desk.browser().post("/sign-in/begin")).json()["options"]

    assert options["userVerification"] == "required"
    assert options["rpId"] == "localhost"
    assert options.get("allowCredentials", []) == []
    assert len(unb64(options["challenge"])) == 32


@pytest.mark.parametrize(
    "bent",
    [
        {"verified": False},
        {"origin": "http://127.0.0.1:8080"},
        {"origin": "https://localhost:8080"},
        {"step": 0},
    ],
    ids=["not verified", "other host", "other scheme", "counter stood still"],
)
async def test_an_answer_that_is_not_right_is_refused(desk: Desk, bent: dict[str, Any]) -> None:
    anna = await desk.first_manager()

    assert await signed(anna, **bent) == REFUSED
    assert (await signed(anna))[0] == 200


async def test_an_answer_serves_once(desk: Desk) -> None:
    anna = await desk.first_manager()
    begun = (await anna.post("/sign-in/begin")).json()
    body = {"ceremony": begun["ceremony"], "credential": anna.passkey.get(begun["options"])}

    answers = await asyncio.gather(*(anna.post("/sign-in/finish", body) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]


async def test_an_answer_to_another_challenge_is_refused(desk: Desk) -> None:
    anna = await desk.first_manager()
    first, second = [(await anna.post("/sign-in/begin")).json() for _ in range(2)]

    answer = await anna.post(
        "/sign-in/finish", {"ceremony": first["ceremony"], "credential": anna.passkey.get(second["options"])}
    )

    assert (answer.status_code, answer.json()) == REFUSED


async def test_a_ceremony_ends_after_five_minutes(desk: Desk) -> None:
    anna = await desk.first_manager()
    begun = (await anna.post("/sign-in/begin")).json()
    desk.clock[0] += CHALLENGE_S

    body = {"ceremony": begun["ceremony"], "credential": anna.passkey.get(begun["options"])}
    answer = await anna.post("/sign-in/finish", body)

    assert (answer.status_code, answer.json()) == GONE


async def test_unknown_passkeys_and_other_user_handles_are_refused(desk: Desk) -> None:
    anna = await desk.first_manager()

    assert await signed(desk.browser()) == REFUSED
    anna.passkey.user_handle = bytes(16)
    assert await signed(anna) == REFUSED
    anna.passkey.user_handle = None  # an authenticator may leave it out
    assert (await signed(anna))[0] == 200


async def test_hostile_answers_are_refused_and_never_an_error_of_ours(desk: Desk) -> None:
    anna = await desk.first_manager()

    def bend(credential: dict[str, Any]) -> list[dict[str, Any]]:
        response = credential["response"]
        bent = [{}, {"id": 7}, credential | {"response": None}, credential | {"type": "password"}]
        for field in response:
            bent += [
                credential | {"response": response | {field: value}}
                for value in ("", "AAAA", "\ud800", 7, None, b64(b"[" * 5000), b64(os.urandom(60)))
                if not (field == "userHandle" and not value)
            ]
        return bent

    for at in range(len(bend(anna.passkey.get((await anna.post("/sign-in/begin")).json()["options"])))):
        desk.clock[0] += 1
        begun = (await anna.post("/sign-in/begin")).json()
        credential = bend(anna.passkey.get(begun["options"]))[at]
        content = json.dumps({"ceremony": begun["ceremony"], "credential": credential})
        answer = await anna.http.post(
            "/api/sign-in/finish", content=content, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 400, at
    assert desk.told == []


# --- making a passkey ---


async def invitation(desk: Desk) -> bytes:
    inv_id = os.urandom(16)
    await desk.records.invitations.open(
        inv_id, staff_id=os.urandom(16), alias="Anna", roles={Role.COUNSELLOR}, by=None, now=desk.clock[0]
    )
    return inv_id


async def begun_by(browser: Browser, inv_id: bytes) -> dict[str, Any]:
    return (await browser.post("/enrol/passkey/begin", {"inv_id": b64(inv_id)})).json()


async def finished_by(browser: Browser, inv_id: bytes, ceremony: str, credential: Any) -> tuple[int, Any]:
    body = {"inv_id": b64(inv_id), "ceremony": ceremony, "credential": credential}
    answer = await browser.post("/enrol/passkey/finish", body)
    return answer.status_code, answer.json()


async def test_a_new_passkey_is_the_devices_own_and_says_nothing_of_its_maker(desk: Desk) -> None:
    inv_id, browser = await invitation(desk), desk.browser()
    begun = await begun_by(browser, inv_id)

    code, _ = await finished_by(browser, inv_id, begun["ceremony"], browser.passkey.create(begun["options"]))

    assert code == 200
    kept = await desk.records.invitations.find(id_of(inv_id), now=desk.clock[0])
    assert kept is not None
    assert kept.passkey is not None
    assert kept.passkey.device == unb64(begun["options"]["user"]["id"])
    assert kept.passkey.credential_id == browser.passkey.credential_id
    selection = begun["options"]["authenticatorSelection"]
    assert (selection["residentKey"], selection["userVerification"]) == ("required", "required")
    assert begun["options"]["attestation"] == "none"


@pytest.mark.parametrize(
    "bent",
    [{"verified": False}, {"origin": "http://127.0.0.1:8080"}, {"fmt": "android-safetynet"}, {"fmt": "tpm"}],
    ids=["not verified", "other host", "an attestation nobody asked for", "another"],
)
async def test_a_passkey_that_is_not_right_is_refused(desk: Desk, bent: dict[str, Any]) -> None:
    inv_id, browser = await invitation(desk), desk.browser()
    begun = await begun_by(browser, inv_id)
    credential = browser.passkey.create(begun["options"], **bent)

    assert await finished_by(browser, inv_id, begun["ceremony"], credential) == REFUSED

    assert (await browser.make_passkey(inv_id)).status_code == 200


async def test_a_ceremony_belongs_to_its_invitation_and_its_kind(desk: Desk) -> None:
    inv_id, other, browser = await invitation(desk), os.urandom(16), desk.browser()
    await desk.records.invitations.open(
        other, staff_id=os.urandom(16), alias="Ben", roles={Role.COUNSELLOR}, by=None, now=desk.clock[0]
    )
    begun = await begun_by(browser, inv_id)
    credential = browser.passkey.create(begun["options"])

    assert await finished_by(browser, other, begun["ceremony"], credential) == GONE

    begun = await begun_by(browser, inv_id)
    answer = await browser.post("/sign-in/finish", {"ceremony": begun["ceremony"], "credential": credential})
    assert (answer.status_code, answer.json()) == GONE
    signing = (await browser.post("/sign-in/begin")).json()
    assert await finished_by(browser, inv_id, signing["ceremony"], credential) == GONE


async def test_nobody_makes_a_passkey_without_an_invitation(desk: Desk) -> None:
    answer = await desk.browser().post("/enrol/passkey/begin", {"inv_id": b64(bytes(16))})

    assert (answer.status_code, answer.json()) == (404, {"error": "not_found"})
