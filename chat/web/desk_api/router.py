# SPDX-License-Identifier: AGPL-3.0-or-later
"""All routes of the desk's API under `/api`."""

from __future__ import annotations

from fastapi import APIRouter

from chat.web.desk_api import (
    colleague_routes,
    content_routes,
    device_routes,
    enrol_routes,
    figures_routes,
    intake_routes,
    invitation_routes,
    manage_routes,
    sign_in_routes,
    staff_routes,
    wrap_up_routes,
)
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Guard
from chat.web.sign_in import Passkeys


def router(deps: DeskDeps) -> APIRouter:
    """The desk's API; include it in the desk's application, which needs `chat.web.errors.install`, too."""
    guard = Guard(deps)
    passkeys = Passkeys(deps.rp, deps.challenges, deps.random)
    whole = APIRouter(prefix="/api", route_class=guard.route)
    whole.include_router(sign_in_routes.routes(deps, guard, passkeys))
    whole.include_router(enrol_routes.routes(deps, guard, passkeys))
    whole.include_router(invitation_routes.routes(deps, guard))
    whole.include_router(device_routes.routes(deps, guard))
    whole.include_router(staff_routes.routes(deps, guard))
    whole.include_router(colleague_routes.routes(deps, guard))
    whole.include_router(content_routes.routes(deps, guard))
    whole.include_router(manage_routes.routes(deps, guard))
    whole.include_router(wrap_up_routes.routes(deps, guard))
    whole.include_router(figures_routes.routes(deps, guard))
    whole.include_router(intake_routes.routes(deps, guard))
    return whole
