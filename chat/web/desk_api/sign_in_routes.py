# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in, signing out, and who is signed in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from chat.records.audit import Action
from chat.web.desk_api import answers, shapes
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Caller, Guard
from chat.web.errors import ApiError, ErrorCode
from chat.web.sign_in import COOKIE, Passkeys, clear_cookie, set_cookie


def routes(deps: DeskDeps, guard: Guard, passkeys: Passkeys) -> APIRouter:
    """`/sign-in/begin`, `/sign-in/finish`, `/sign-out`, `/me`."""
    router = APIRouter(route_class=guard.route)

    @router.post("/sign-in/begin", dependencies=[Depends(guard.pace)])
    async def begin(_: shapes.Nothing) -> shapes.CeremonyShape:
        """Public: ask for a passkey."""
        ceremony = await passkeys.begin_sign_in()
        return shapes.CeremonyShape(ceremony=ceremony.name, options=ceremony.options)

    @router.post("/sign-in/finish")
    async def finish(body: shapes.FinishSignIn, request: Request, response: Response) -> shapes.Me:
        """Public: the passkey's answer; sets the cookie."""
        signed_in = await passkeys.finish_sign_in(
            body.ceremony, body.credential, deps.records, now=deps.now()
        )
        found = await deps.records.devices.with_person(signed_in.id)
        if found is None:  # revoked between two questions
            raise ApiError(ErrorCode.PASSKEY_REFUSED)
        earlier = request.cookies.get(COOKIE)
        if earlier:
            await deps.sessions.remove(earlier)
        set_cookie(response, await deps.sessions.create(found[0].id, found[1].id), deps.rp)
        return answers.me(deps, Caller(*found))

    @router.post("/sign-out", status_code=204)
    async def sign_out(_: shapes.Nothing, request: Request, response: Response) -> None:
        """Public: end the session of this browser, if it has one."""
        token = request.cookies.get(COOKIE)
        caller = await guard.find(request)
        if token:
            await deps.sessions.remove(token)
        if caller is not None:
            await deps.records.audit.note(
                Action.SIGNED_OUT, at=deps.now(), actor=caller.person.id, subject=caller.person.id
            )
        clear_cookie(response, deps.rp)

    @router.get("/me")
    async def me(caller: Annotated[Caller, Depends(guard.signed_in)]) -> shapes.Me:
        """Who is signed in, with this device's certificates."""
        return answers.me(deps, caller)

    return router
