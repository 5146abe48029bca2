# SPDX-License-Identifier: AGPL-3.0-or-later
"""A desk to test against: real records in a file, stores in memory, browsers with keys and passkeys."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from chat.actions.content import Content
from chat.actions.duty import Stands
from chat.actions.house import Who
from chat.protocol.types import ErrorCode as FrameError
from chat.records import Records
from chat.records.devices import Certificates
from chat.records.invitations import id_of
from chat.rules.conversation import NotAllowed
from chat.rules.intake import Intake
from chat.rules.roles import Permission, Role
from chat.rules.wrap_up import WrapUp, counts
from chat.sealing import certificate as sealing
from chat.sealing.enrolment import check_request, make_request
from chat.sealing.trust import Trust
from chat.web import errors
from chat.web.desk_api import DeskDeps, router
from chat.web.sign_in import RelyingParty
from tests.web.support_authenticator import Authenticator, b64, unb64

ORIGIN = "http://localhost:8080"
START = 1_800_000_000
ROOT = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DAY = 86_400


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


TRUST = Trust((public(ROOT),), frozenset(), START - 100, demo=True)


class ChallengesInMemory:
    """The contract of `ChallengeStore`, kept in a dictionary; `now` moves with the test's clock."""

    def __init__(self, now: list[int]) -> None:
        self._now = now
        self._kept: dict[bytes, tuple[bytes, int]] = {}

    async def put(self, name: bytes, value: bytes, ttl_s: int) -> None:
        self._kept[name] = (value, self._now[0] + ttl_s)

    async def take(self, name: bytes) -> bytes | None:
        value, ends = self._kept.pop(name, (b"", 0))
        return value if self._now[0] < ends else None


@dataclass(frozen=True)
class FoundSession:
    staff: bytes
    device: bytes


class SessionsInMemory:
    """The contract of `SessionStore`, kept in a dictionary."""

    def __init__(self) -> None:
        self._kept: dict[bytes, FoundSession] = {}

    async def create(self, staff: bytes, device: bytes) -> str:
        token = b64(os.urandom(32))
        self._kept[hashlib.sha256(token.encode()).digest()] = FoundSession(staff, device)
        return token

    async def find(self, token: str) -> FoundSession | None:
        return self._kept.get(hashlib.sha256(token.encode()).digest())

    async def remove(self, token: str) -> None:
        self._kept.pop(hashlib.sha256(token.encode()).digest(), None)

    async def remove_device(self, device: bytes) -> None:
        self._kept = {name: found for name, found in self._kept.items() if found.device != device}


@dataclass
class Browser:
    """One browser at the desk: cookies, one Ed25519 key, one passkey."""

    http: httpx2.AsyncClient
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    passkey: Authenticator = field(default_factory=lambda: Authenticator(ORIGIN))
    staff: bytes = b""
    device: bytes = b""

    @property
    def ed(self) -> bytes:
        return public(self.key)

    async def post(self, path: str, body: object = None, **more: Any) -> httpx2.Response:
        return await self.http.post("/api" + path, json={} if body is None else body, **more)

    async def get(self, path: str) -> httpx2.Response:
        return await self.http.get("/api" + path)

    async def put(self, path: str, body: object) -> httpx2.Response:
        return await self.http.put("/api" + path, json=body)

    async def delete(self, path: str) -> httpx2.Response:
        return await self.http.delete("/api" + path)

    async def make_passkey(self, inv_id: bytes) -> httpx2.Response:
        begun = (await self.post("/enrol/passkey/begin", {"inv_id": b64(inv_id)})).json()
        return await self.post(
            "/enrol/passkey/finish",
            {
                "inv_id": b64(inv_id),
                "ceremony": begun["ceremony"],
                "credential": self.passkey.create(begun["options"]),
            },
        )

    async def send_request(self, inv_id: bytes, invite: bytes, alias: str = "Anna") -> httpx2.Response:
        request = make_request(self.key.sign, self.ed, invite, inv_id)
        return await self.post(
            "/enrol/request",
            {
                "inv_id": b64(inv_id),
                "ed": b64(request[:32]),
                "hmac": b64(request[32:64]),
                "sig": b64(request[64:]),
                "alias": alias,
            },
        )

    async def sign_in(self, **bent: Any) -> httpx2.Response:
        begun = (await self.post("/sign-in/begin")).json()
        credential = self.passkey.get(begun["options"], **bent)
        return await self.post("/sign-in/finish", {"ceremony": begun["ceremony"], "credential": credential})

    async def signed_in(self) -> None:
        """Sign in and remember who we are."""
        me = (await self.sign_in()).json()
        self.staff, self.device = unb64(me["person"]["id"]), unb64(me["device"]["id"])


def manager_certificate(staff: bytes, key: bytes, alias: str, **bent: Any) -> bytes:
    wanted = {
        "role": sealing.Role.MANAGER,
        "id": staff,
        "ed": key,
        "issuer": hashlib.sha256(public(ROOT)).digest(),
        "issued": START,
        "not_after": START + 400 * DAY,
        "alias": alias,
    }
    sign = bent.pop("sign", ROOT.sign)
    return sealing.certify(sign, **(wanted | bent))


def staff_certificate(
    manager: Browser, manager_cert: bytes, staff: bytes, key: bytes, alias: str, **bent: Any
) -> bytes:
    wanted = {
        "role": sealing.Role.COUNSELLOR,
        "id": staff,
        "ed": key,
        "issuer": sealing.parse(manager_cert).cert_id,
        "issued": START,
        "not_after": START + 30 * DAY,
        "alias": alias,
    }
    sign = bent.pop("sign", manager.key.sign)
    return sealing.certify(sign, **(wanted | bent))


class Desk:
    """The application, its stores and its clock."""

    def __init__(self, records: Records, trust: Trust = TRUST) -> None:
        self.clock = [START]
        self.records = records
        self.sessions = SessionsInMemory()
        self.challenges = ChallengesInMemory(self.clock)
        self.revoked: list[bytes] = []
        self.told: list[type[Exception]] = []
        self.changed = 0
        self.closed: set[str] = set()
        self.content = Content(records.content)
        self.wrapped_up: list[tuple[bytes, bytes, WrapUp]] = []
        self.deps = DeskDeps(
            records=records,
            sessions=self.sessions,
            challenges=self.challenges,
            rp=RelyingParty("localhost", "Kentering", ORIGIN),
            now=lambda: self.clock[0],
            random=os.urandom,
            trust=trust,
            on_revoked=self._on_revoked,
            content=self.content,
            on_changed=self._on_changed,
            wrap_up=self._wrap_up,
            intake=self._intake,
            close_intake=self._close_intake,
        )
        self.api = router(self.deps)
        self.app = FastAPI(openapi_url=None)
        errors.install(self.app, self.told.append)
        self.app.include_router(self.api)

    async def _on_revoked(self, device: bytes) -> None:
        self.revoked.append(device)

    def _on_changed(self) -> None:
        self.changed += 1

    async def _wrap_up(self, staff: bytes, once: bytes, said: WrapUp) -> None:
        counts(said, self.content.choices)
        self.wrapped_up.append((staff, once, said))

    async def _intake(self) -> dict[str, Stands]:
        nobody = Intake.NOBODY
        return {
            one: Stands(Intake.BY_HAND if one in self.closed else nobody, one in self.closed)
            for one in self.content.limits.languages
        }

    async def _close_intake(self, who: Who, language: str | None, closed: bool) -> None:
        assert who.may(Permission.CLOSE_INTAKE)
        if language not in (offered := self.content.limits.languages) and language is not None:
            raise NotAllowed(FrameError.MALFORMED)
        concerned = set(offered) if language is None else {language}
        self.closed = self.closed | concerned if closed else self.closed - concerned

    def routes(self) -> set[tuple[str, str]]:
        """Every (method, path) that the application answers."""
        found = {(m, c.path or "") for c in iter_route_contexts(self.app.routes) for m in c.methods or ()}
        return {(method, path) for method, path in found if method != "HEAD"}

    async def further_device(self, browser: Browser, manager: Browser, alias: str, role: str) -> Browser:
        """A second device of somebody, certified by a manager."""
        inv_id, invite = os.urandom(16), os.urandom(16)
        made = await browser.post("/devices/invitations", {"inv_id": b64(inv_id)})
        assert made.status_code == 201
        second = self.browser()
        await second.make_passkey(inv_id)
        await second.send_request(inv_id, invite, alias)
        assert (await self.certify(manager, inv_id, invite, [role], alias)).status_code == 200
        await second.signed_in()
        return second

    def browser(self, origin: str | None = ORIGIN) -> Browser:
        headers = {"origin": origin} if origin else {}
        return Browser(
            httpx2.AsyncClient(transport=httpx2.ASGITransport(self.app), base_url=ORIGIN, headers=headers)
        )

    async def first_manager(self, alias: str = "Anna") -> Browser:
        """As on a laptop: the launcher invites, checks and signs; the browser signs for itself as staff."""
        inv_id, invite = os.urandom(16), os.urandom(16)
        opened = await self.records.invitations.open(
            inv_id,
            staff_id=os.urandom(16),
            alias=alias,
            roles={Role.MANAGER, Role.COUNSELLOR},
            by=None,
            now=self.clock[0],
        )
        browser = self.browser()
        assert (await browser.make_passkey(inv_id)).status_code == 200
        assert (await browser.send_request(inv_id, invite, alias)).status_code == 200
        found = await self.records.invitations.find(id_of(inv_id), now=self.clock[0])
        assert found is not None
        assert found.request is not None
        request = found.request.ed + found.request.hmac + found.request.sig
        ed = check_request(request, invite, inv_id)
        certificate = manager_certificate(opened.staff, ed, alias)
        await self.records.invitations.certify(
            found.id, Certificates(manager=certificate), alias=alias, by=None, now=self.clock[0]
        )
        await browser.signed_in()
        own = staff_certificate(browser, certificate, browser.staff, browser.ed, alias)
        done = await browser.post(
            f"/devices/{b64(browser.device)}/certificates", {"certificates": [b64(own)]}
        )
        assert done.status_code == 200
        return browser

    async def enrol(self, manager: Browser, alias: str, roles: list[str]) -> Browser:
        """A new person, invited and certified by a manager, signed in."""
        inv_id, invite = os.urandom(16), os.urandom(16)
        made = await manager.post("/invitations", {"inv_id": b64(inv_id), "roles": roles, "alias": alias})
        assert made.status_code == 201
        browser = self.browser()
        await browser.make_passkey(inv_id)
        await browser.send_request(inv_id, invite, alias)
        assert (await self.certify(manager, inv_id, invite, roles, alias)).status_code == 200
        await browser.signed_in()
        return browser

    async def certify(
        self, manager: Browser, inv_id: bytes, invite: bytes, roles: list[str], alias: str
    ) -> httpx2.Response:
        """What a manager's browser does with a request."""
        listed = (await manager.get("/invitations")).json()["invitations"]
        found = next(entry for entry in listed if entry["id"] == b64(id_of(inv_id)))
        request = b"".join(unb64(found["request"][part]) for part in ("ed", "hmac", "sig"))
        ed = check_request(request, invite, inv_id)
        staff = unb64(found["staff"])
        own = unb64((await manager.get("/me")).json()["certificates"]["manager"])
        given = []
        if "manager" in roles:
            given.append(manager_certificate(staff, ed, alias))
        if {"counsellor", "supervisor"} & set(roles):
            role = sealing.Role.SUPERVISOR if "supervisor" in roles else sealing.Role.COUNSELLOR
            given.append(staff_certificate(manager, own, staff, ed, alias, role=role))
        return await manager.post(
            f"/invitations/{found['id']}/certificate", {"certificates": [b64(c) for c in given]}
        )


def stored_in(folder: Path) -> bytes:
    """Everything that stands in the files of a folder."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


@asynccontextmanager
async def a_desk(folder: Path) -> AsyncIterator[Desk]:
    """A desk with nobody in it."""
    records = await Records.open(f"sqlite:///{folder}/records.sqlite")
    try:
        yield Desk(records)
    finally:
        await records.close()
