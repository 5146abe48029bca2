# SPDX-License-Identifier: AGPL-3.0-or-later
"""Figures for the yearly report, for managers."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from chat.rules import figures
from chat.rules.roles import Permission
from chat.web.desk_api.content_shapes import FigureShape, FiguresShape
from chat.web.desk_api.deps import DeskDeps
from chat.web.desk_api.guard import Guard
from chat.web.errors import ApiError, ErrorCode


def routes(deps: DeskDeps, guard: Guard) -> APIRouter:
    """`/figures`."""
    router = APIRouter(route_class=guard.route)
    tallies = deps.records.tallies

    @router.get("/figures", dependencies=[Depends(guard.may(Permission.SEE_FIGURES))])
    async def shown(
        first: Annotated[dt.date | None, Query(alias="from")] = None,
        last: Annotated[dt.date | None, Query(alias="to")] = None,
    ) -> FiguresShape:
        """Counts of the whole months that two days lie in; without days, of this year so far."""
        today = dt.datetime.fromtimestamp(deps.now(), dt.UTC).date()
        try:
            begin, end = figures.span(first or today.replace(month=1), last or today)
        except (ValueError, OverflowError):
            raise ApiError(ErrorCode.MALFORMED) from None
        days = begin.isoformat(), end.isoformat()
        found = figures.figures(
            [(one.day, one.measure, one.value, one.count) for one in await tallies.between(*days)],
            await tallies.days(*days),
            first=begin,
            last=end,
            today=today,
        )
        return FiguresShape(
            months=list(found.months),
            rows=[
                FigureShape(measure=row.measure, value=row.value, counts=list(row.counts), total=row.total)
                for row in found.rows
            ],
            lost=list(found.lost),
            missing=list(found.missing),
        )

    return router
