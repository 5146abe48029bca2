# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who of the staff may do what: one closed table, asked by every route of the desk's API.

It says what a role may do at all. What it may do to *this* conversation is a matter of membership,
and nobody's role opens a conversation: only the keys of a seat do.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Final


class Role(enum.StrEnum):
    """What somebody of the staff is; in a small house one person can be several."""

    COUNSELLOR = "counsellor"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    OPERATOR = "operator"
    """Looks after the service: settings and health; sees neither conversations nor the waiting room."""


class Permission(enum.StrEnum):
    """Everything at the desk that not everybody may do."""

    BE_ON_DUTY = "be_on_duty"
    SEE_WAITING_ROOM = "see_waiting_room"
    TAKE = "take"
    SUPERVISE = "supervise"
    """Ask a help-seeker for a seat beside the counsellor."""
    SEE_DUTY = "see_duty"
    """Who is on duty, and how many conversations each has."""
    CLOSE_INTAKE = "close_intake"
    INVITE = "invite"
    CERTIFY = "certify"
    REMOVE_STAFF = "remove_staff"
    REVOKE_DEVICE = "revoke_device"
    """Another person's device; one's own needs no permission."""
    MANAGE_SETTINGS = "manage_settings"
    """Opening hours, languages, limits."""
    MANAGE_TEXTS = "manage_texts"
    """What the organisation says: texts, quick replies, crisis lines, choices, the procedure."""
    SEE_FIGURES = "see_figures"
    SEE_STAFF_ACTIONS = "see_staff_actions"
    SEE_HEALTH = "see_health"


_COUNSELLOR = frozenset({Permission.BE_ON_DUTY, Permission.SEE_WAITING_ROOM, Permission.TAKE})
_SUPERVISOR = _COUNSELLOR | {Permission.SUPERVISE, Permission.SEE_DUTY, Permission.CLOSE_INTAKE}

MAY: Final[dict[Role, frozenset[Permission]]] = {
    Role.COUNSELLOR: _COUNSELLOR,
    Role.SUPERVISOR: _SUPERVISOR,
    # A manager's certificate vouches for people and opens no seat; who also listens is a counsellor too.
    Role.MANAGER: frozenset(
        {
            Permission.SEE_WAITING_ROOM,
            Permission.SEE_DUTY,
            Permission.CLOSE_INTAKE,
            Permission.INVITE,
            Permission.CERTIFY,
            Permission.REMOVE_STAFF,
            Permission.REVOKE_DEVICE,
            Permission.MANAGE_SETTINGS,
            Permission.MANAGE_TEXTS,
            Permission.SEE_FIGURES,
            Permission.SEE_STAFF_ACTIONS,
            Permission.SEE_HEALTH,
        }
    ),
    Role.OPERATOR: frozenset({Permission.MANAGE_SETTINGS, Permission.SEE_HEALTH}),
}


def may(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether somebody with these roles may do this; without a role, nothing."""
    return any(permission in MAY[role] for role in roles)
