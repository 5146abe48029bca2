# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every route as nobody, from elsewhere, with a lower role, on a revoked device.

The routes are asked of the application itself: a new one fails here until it stands in the table.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.rules.content import Kind
from chat.web.sign_in import COOKIE
from tests.web.support_authenticator import b64
from tests.web.support_desk import ORIGIN, Browser, Desk, a_desk

pytestmark = pytest.mark.anyio

PUBLIC = "public"
STAFF = "staff"
MANAGER = "manager"
LISTENER = "counsellor or supervisor"
ROOM = "whoever sees the waiting room"
INTAKE = "supervisor or manager"

ALLOWED = {
    "counsellor": {STAFF, LISTENER, ROOM},
    "supervisor": {STAFF, LISTENER, ROOM, INTAKE},
    "manager": {STAFF, MANAGER, ROOM, INTAKE},
    "operator": {STAFF},
}
"""Which routes each role may use. `texts` stands for what is managed; each kind has a test below."""

ROUTES = {
    ("POST", "/api/sign-in/begin"): PUBLIC,
    ("POST", "/api/sign-in/finish"): PUBLIC,
    ("POST", "/api/sign-out"): PUBLIC,
    ("POST", "/api/enrol/state"): PUBLIC,
    ("POST", "/api/enrol/passkey/begin"): PUBLIC,
    ("POST", "/api/enrol/passkey/finish"): PUBLIC,
    ("POST", "/api/enrol/request"): PUBLIC,
    ("POST", "/api/enrol/certificate"): PUBLIC,
    ("GET", "/api/me"): STAFF,
    ("GET", "/api/devices"): STAFF,
    ("GET", "/api/invitations"): STAFF,
    ("POST", "/api/devices/invitations"): STAFF,
    ("POST", "/api/devices/{device}/certificates"): STAFF,
    ("DELETE", "/api/devices/{device}"): STAFF,
    ("DELETE", "/api/invitations/{invitation}"): STAFF,
    ("POST", "/api/invitations"): MANAGER,
    ("POST", "/api/invitations/{invitation}/certificate"): MANAGER,
    ("GET", "/api/staff"): MANAGER,
    ("DELETE", "/api/staff/{person}"): MANAGER,
    ("GET", "/api/audit"): MANAGER,
    ("GET", "/api/content"): STAFF,
    ("PUT", "/api/my/quick-replies"): STAFF,
    ("GET", "/api/manage/{kind}"): MANAGER,
    ("PUT", "/api/manage/{kind}"): MANAGER,
    ("GET", "/api/manage/{kind}/versions"): MANAGER,
    ("GET", "/api/manage/{kind}/versions/{number}"): MANAGER,
    ("POST", "/api/manage/{kind}/restore"): MANAGER,
    ("GET", "/api/colleagues"): LISTENER,
    ("POST", "/api/wrap-up"): LISTENER,
    ("GET", "/api/figures"): MANAGER,
    ("GET", "/api/intake"): ROOM,
    ("PUT", "/api/intake"): INTAKE,
}
GUARDED = sorted(route for route, who in ROUTES.items() if who != PUBLIC)
UNSAFE = sorted(route for route in ROUTES if route[0] != "GET")


def filled(path: str) -> str:
    """A path with something well-formed that exists nowhere."""
    sizes = {"device": 16, "person": 16, "invitation": 32}
    words = {name: b64(bytes(size)) for name, size in sizes.items()} | {"kind": "texts", "number": "0"}
    return re.sub(r"{(\w+)}", lambda found: words[found[1]], path)


async def call(browser: Browser, method: str, path: str, **headers: str) -> tuple[int, object]:
    body = None if method in {"GET", "DELETE"} else {}
    answer = await browser.http.request(method, filled(path), json=body, headers=headers)
    return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as made:
        yield made


async def test_the_table_names_every_route(desk: Desk) -> None:
    assert desk.routes() == set(ROUTES)


async def test_nobody_gets_past_a_guarded_route(desk: Desk) -> None:
    for method, path in GUARDED:
        refused = (401, {"error": "not_signed_in"})
        assert await call(desk.browser(), method, path) == refused, path
        stranger = desk.browser()
        stranger.http.cookies.set(COOKIE, b64(bytes(32)))
        assert await call(stranger, method, path) == refused, path


@pytest.mark.parametrize(
    "origin", [None, "null", "http://127.0.0.1:8080", "https://localhost:8080", ORIGIN + "/"]
)
async def test_no_other_origin_can_change_anything(desk: Desk, origin: str | None) -> None:
    manager = await desk.first_manager()
    elsewhere = desk.browser(origin)
    elsewhere.http.cookies = manager.http.cookies

    for method, path in UNSAFE:
        assert await call(elsewhere, method, path) == (403, {"error": "wrong_origin"}), path


async def test_two_origins_are_none(desk: Desk) -> None:
    answer = await desk.browser(None).http.post(
        "/api/sign-in/begin", json={}, headers=[("origin", ORIGIN), ("origin", ORIGIN)]
    )

    assert (answer.status_code, answer.json()) == (403, {"error": "wrong_origin"})


async def test_the_origin_is_looked_at_before_the_body(desk: Desk) -> None:
    answer = await desk.browser("http://elsewhere.example").http.post(
        "/api/sign-in/finish", content=b"{", headers={"content-type": "application/json"}
    )

    assert (answer.status_code, answer.json()) == (403, {"error": "wrong_origin"})


@pytest.mark.parametrize("role", sorted(ALLOWED))
async def test_each_role_has_its_routes_and_no_other(desk: Desk, role: str) -> None:
    manager = await desk.first_manager()
    other = await desk.enrol(manager, "Ben", [role])

    for method, path in GUARDED:
        status, answer = await call(other, method, path)
        if ROUTES[method, path] in ALLOWED[role]:
            assert status in {200, 400, 404}, path
        else:
            assert (status, answer) == (403, {"error": "not_allowed"}), path


@pytest.mark.parametrize("role", sorted(ALLOWED))
@pytest.mark.parametrize("kind", sorted(Kind))
async def test_an_operator_manages_settings_and_only_a_manager_what_we_say(
    desk: Desk, role: str, kind: Kind
) -> None:
    manager = await desk.first_manager()
    other = await desk.enrol(manager, "Ben", [role])
    may = role == "manager" or (role == "operator" and kind in {Kind.HOURS, Kind.LIMITS})

    for method, path in GUARDED:
        if "{kind}" in path:
            status, answer = await call(other, method, path.replace("{kind}", kind))
            assert (status in {200, 400}) if may else (status, answer) == (403, {"error": "not_allowed"})


async def test_a_manager_without_the_roots_certificate_manages_nothing(desk: Desk) -> None:
    manager = await desk.first_manager()
    device = await desk.further_device(manager, manager, "Anna", "counsellor")

    for method, path in GUARDED:
        if ROUTES[method, path] == MANAGER:
            assert await call(device, method, path) == (403, {"error": "not_allowed"}), path


async def test_an_ended_session_is_nobody(desk: Desk) -> None:
    manager = await desk.first_manager()
    cookie = manager.http.cookies[COOKIE]
    await desk.sessions.remove(cookie)

    for method, path in GUARDED:
        assert await call(manager, method, path) == (401, {"error": "not_signed_in"}), path


async def test_a_manager_gets_past_every_guard(desk: Desk) -> None:
    manager = await desk.first_manager()

    for method, path in GUARDED:
        assert (await call(manager, method, path))[0] in {200, 400, 404}, path


async def test_a_revoked_device_is_nobody_even_if_its_session_were_still_there(desk: Desk) -> None:
    manager = await desk.first_manager()
    ben = await desk.enrol(manager, "Ben", ["counsellor"])
    await desk.records.devices.revoke(ben.device, by=None, now=desk.clock[0])
    assert await desk.sessions.find(ben.http.cookies[COOKIE]) is not None

    for method, path in GUARDED:
        assert await call(ben, method, path) == (401, {"error": "not_signed_in"}), path


async def test_somebody_removed_is_nobody_even_if_their_session_were_still_there(desk: Desk) -> None:
    manager = await desk.first_manager()
    ben = await desk.enrol(manager, "Ben", ["supervisor", "manager"])
    await desk.records.staff.remove(ben.staff, by=None, now=desk.clock[0])
    assert await desk.sessions.find(ben.http.cookies[COOKIE]) is not None

    for method, path in GUARDED:
        assert await call(ben, method, path) == (401, {"error": "not_signed_in"}), path


async def test_a_session_of_one_person_never_stands_for_another(desk: Desk) -> None:
    manager = await desk.first_manager()
    ben = await desk.enrol(manager, "Ben", ["counsellor"])
    browser = desk.browser()

    browser.http.cookies.set(COOKIE, await desk.sessions.create(ben.staff, manager.device))

    for method, path in GUARDED:
        assert await call(browser, method, path) == (401, {"error": "not_signed_in"}), path
