# SPDX-License-Identifier: AGPL-3.0-or-later
"""The desk's HTTP API: JSON under `/api`, on the desk's own origin, for staff alone."""

from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.router import router

__all__ = ["DeskDeps", "router"]
