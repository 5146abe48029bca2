# SPDX-License-Identifier: AGPL-3.0-or-later
"""An invitation with both ends in the test's hands."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from chat.records.invitations import id_of
from tests.web.support_authenticator import b64, unb64
from tests.web.support_desk import Browser, Desk


@dataclass
class Applicant:
    """Who was invited, by whom, and the link between them."""

    manager: Browser
    browser: Browser
    inv_id: bytes
    invite: bytes
    invitation: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/invitations/{self.invitation['id']}"

    @property
    def staff(self) -> bytes:
        return unb64(self.invitation["staff"])

    async def listed(self) -> dict[str, Any]:
        """The invitation as the manager sees it now."""
        every = (await self.manager.get("/invitations")).json()["invitations"]
        return next(found for found in every if found["id"] == b64(id_of(self.inv_id)))

    async def state(self) -> tuple[int, dict[str, Any]]:
        answer = await self.browser.post("/enrol/state", {"inv_id": b64(self.inv_id)})
        return answer.status_code, answer.json()


async def invited(desk: Desk, roles: list[str] | None = None, alias: str = "Ben") -> Applicant:
    manager = await desk.first_manager()
    inv_id, invite = os.urandom(16), os.urandom(16)
    body = {"inv_id": b64(inv_id), "roles": roles or ["counsellor"], "alias": alias}
    made = await manager.post("/invitations", body)
    assert made.status_code == 201
    return Applicant(manager, desk.browser(), inv_id, invite, made.json())


async def requested(desk: Desk, roles: list[str] | None = None) -> Applicant:
    applicant = await invited(desk, roles)
    assert (await applicant.browser.make_passkey(applicant.inv_id)).status_code == 200
    assert (
        await applicant.browser.send_request(applicant.inv_id, applicant.invite, "Ben")
    ).status_code == 200
    return applicant


async def own_certificate(manager: Browser) -> bytes:
    return unb64((await manager.get("/me")).json()["certificates"]["manager"])
