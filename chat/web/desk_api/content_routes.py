# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a working desk shows of the organisation's content, and everybody's own quick replies."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends

from chat.rules import content
from chat.rules.content import Kind, Malformed, QuickReplies
from chat.web.desk_api.content_shapes import ContentShape, OpenShape, OwnQuickRepliesShape, PutValue
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Caller, Guard
from chat.web.errors import ApiError, ErrorCode


def built(value: object) -> dict[str, Any]:
    """A value as JSON has it."""
    found: dict[str, Any] = msgspec.to_builtins(value)
    return found


def routes(deps: DeskDeps, guard: Guard) -> APIRouter:
    """`/content`, `/my/quick-replies`."""
    router = APIRouter(route_class=guard.route)
    own = deps.records.own_quick_replies

    @router.get("/content")
    async def everything(caller: Annotated[Caller, Depends(guard.signed_in)]) -> ContentShape:
        """All that a desk needs while people talk; ask again when a version of it is another."""
        await deps.content.refresh()
        known, now = deps.content, deps.now() * 1000
        version, replies = await own.find(caller.person.id)
        return ContentShape(
            versions=known.versions,
            limits=built(known.limits),
            hours={
                language: OpenShape(
                    open=known.is_open(language, now),
                    ready=known.is_ready(language),
                    next=known.next_opening(language, now),
                )
                for language in known.limits.languages
            },
            quick_replies=built(known.quick_replies),
            own_quick_replies=OwnQuickRepliesShape(version=version, value=built(replies)),
            choices=built(known.choices),
            procedure=built(known.procedure),
            texts=built(known.texts),
            lines=built(known.lines),
        )

    @router.put("/my/quick-replies")
    async def mine(
        body: PutValue, caller: Annotated[Caller, Depends(guard.signed_in)]
    ) -> OwnQuickRepliesShape:
        """Replace all of one's own quick replies."""
        try:
            value = content.from_builtins(Kind.QUICK_REPLIES, body.value)
        except Malformed:
            raise ApiError(ErrorCode.MALFORMED) from None
        if not isinstance(value, QuickReplies):
            raise ApiError(ErrorCode.MALFORMED)
        version = await own.put(caller.person.id, value, version=body.version)
        return OwnQuickRepliesShape(version=version, value=built(value))

    return router
