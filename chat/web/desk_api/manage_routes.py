# SPDX-License-Identifier: AGPL-3.0-or-later
"""Editing what the organisation says and decides: one value for each kind, with its history."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request

from chat.actions.content import zone
from chat.records.content import Held
from chat.records.values import day_of
from chat.rules import content
from chat.rules.content import Kind, Limits, Malformed, Value
from chat.rules.crisis_lines import CrisisLines, confirmed
from chat.rules.roles import Permission
from chat.web.desk_api.content_routes import built
from chat.web.desk_api.content_shapes import (
    ChangeShape,
    ChangesShape,
    ManagedShape,
    PutValue,
    Restore,
    Version,
)
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Caller, Guard
from chat.web.errors import ApiError, ErrorCode

SETTINGS: Final = frozenset({Kind.HOURS, Kind.LIMITS})
"""Kinds that an operator may change, too; the others are what the organisation says."""


def needed(kind: str) -> Permission:
    """What it takes to see and change a kind; for a word that is none, the greater of the two."""
    return Permission.MANAGE_SETTINGS if kind in SETTINGS else Permission.MANAGE_TEXTS


def _shape(held: Held) -> ManagedShape:
    return ManagedShape(kind=held.kind, version=held.version, value=built(held.value))


def routes(deps: DeskDeps, guard: Guard) -> APIRouter:
    """`/manage/{kind}` with `/versions`, `/versions/{number}` and `/restore`."""
    router = APIRouter(prefix="/manage/{kind}", route_class=guard.route)
    kept = deps.records.content

    async def allowed(request: Request) -> Caller:
        """Asked before the kind is looked at, so that who may not learns nothing of what there is."""
        return await guard.may(needed(request.path_params["kind"]))(request)

    async def check(kind: Kind, sent: dict[str, object], caller: Caller) -> Value:
        try:
            value = content.from_builtins(kind, sent)
        except Malformed:
            raise ApiError(ErrorCode.MALFORMED) from None
        if isinstance(value, Limits) and zone(value.zone) is None:
            raise ApiError(ErrorCode.MALFORMED)
        if isinstance(value, CrisisLines):
            before = (await kept.find(kind)).value
            if isinstance(before, CrisisLines):
                value = confirmed(value, before, by=caller.person.alias, today=day_of(deps.now()))
        return value

    async def put(kind: Kind, value: Value, version: int, caller: Caller) -> ManagedShape:
        try:
            held = await kept.put(kind, value, version=version, by=caller.person.id, now=deps.now())
        except Malformed:
            raise ApiError(ErrorCode.MALFORMED) from None
        await deps.content.refresh()
        deps.on_changed()
        return _shape(held)

    @router.get("", dependencies=[Depends(allowed)])
    async def one(kind: Kind) -> ManagedShape:
        """As it stands now."""
        return _shape(await kept.find(kind))

    @router.put("")
    async def change(kind: Kind, body: PutValue, caller: Annotated[Caller, Depends(allowed)]) -> ManagedShape:
        """Replace it. Crisis lines come back as they were confirmed, which is not for the sender to say."""
        return await put(kind, await check(kind, body.value, caller), body.version, caller)

    @router.get("/versions", dependencies=[Depends(allowed)])
    async def versions(kind: Kind) -> ChangesShape:
        """Its history, newest first."""
        return ChangesShape(
            versions=[
                ChangeShape(version=one.version, at=one.at, by=one.by, alias=one.alias)
                for one in await kept.versions(kind)
            ]
        )

    @router.get("/versions/{number}", dependencies=[Depends(allowed)])
    async def earlier(kind: Kind, number: Version) -> ManagedShape:
        """What it was; number 0 is what we ship."""
        return _shape(await kept.earlier(kind, number))

    @router.post("/restore")
    async def restore(kind: Kind, body: Restore, caller: Annotated[Caller, Depends(allowed)]) -> ManagedShape:
        """Set it again as it was: a new version with an old value."""
        old = await kept.earlier(kind, body.restore)
        return await put(kind, old.value, body.version, caller)

    return router
