# SPDX-License-Identifier: AGPL-3.0-or-later
"""Errors of the desk's HTTP API: a closed set of codes, and never a word of what was sent.

FastAPI's own answer to a malformed body quotes the body, and an exception that reaches the server
would be written down with its text. Both end here: `install` replaces every handler, and `Quiet`
catches what no handler knows, tells its class and nothing else.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.live.errors import StoreError
from chat.records import RecordsUnreachable
from chat.records.refusals import RecordsRefused, Refusal


class ErrorCode(enum.StrEnum):
    """Why a request was refused. The desk has a sentence for each."""

    MALFORMED = "malformed"
    PASSKEY_REFUSED = "passkey_refused"
    CEREMONY_GONE = "ceremony_gone"
    CERTIFICATE_REFUSED = "certificate_refused"
    REQUEST_REFUSED = "request_refused"
    ALIAS_REFUSED = "alias_refused"
    NOT_SIGNED_IN = "not_signed_in"
    WRONG_ORIGIN = "wrong_origin"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    ALREADY_USED = "already_used"
    ALIAS_TAKEN = "alias_taken"
    LAST_MANAGER = "last_manager"
    NOT_READY = "not_ready"
    STALE = "stale"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    STORE_LOST = "store_lost"
    INTERNAL = "internal"


STATUS: Final = {
    ErrorCode.MALFORMED: 400,
    ErrorCode.PASSKEY_REFUSED: 400,
    ErrorCode.CEREMONY_GONE: 400,
    ErrorCode.CERTIFICATE_REFUSED: 400,
    ErrorCode.REQUEST_REFUSED: 400,
    ErrorCode.ALIAS_REFUSED: 400,
    ErrorCode.NOT_SIGNED_IN: 401,
    ErrorCode.WRONG_ORIGIN: 403,
    ErrorCode.NOT_ALLOWED: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.METHOD_NOT_ALLOWED: 405,
    ErrorCode.ALREADY_USED: 409,
    ErrorCode.ALIAS_TAKEN: 409,
    ErrorCode.LAST_MANAGER: 409,
    ErrorCode.NOT_READY: 409,
    ErrorCode.STALE: 409,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.TOO_MANY: 429,
    ErrorCode.STORE_LOST: 503,
    ErrorCode.INTERNAL: 500,
}
"""The HTTP status of each code (RFC 9110, section 15)."""

_BY_REFUSAL: Final = {
    Refusal.NOT_FOUND: ErrorCode.NOT_FOUND,
    Refusal.ALREADY_USED: ErrorCode.ALREADY_USED,
    Refusal.NOT_READY: ErrorCode.NOT_READY,
    Refusal.ALIAS_TAKEN: ErrorCode.ALIAS_TAKEN,
    Refusal.LAST_MANAGER: ErrorCode.LAST_MANAGER,
    Refusal.STALE: ErrorCode.STALE,
}

_BY_STATUS: Final = {
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.METHOD_NOT_ALLOWED,
    413: ErrorCode.TOO_LARGE,
}


class ApiError(Exception):
    """A request that is refused; `code` is all it carries."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.value)
        self.code = code


def answer(code: ErrorCode) -> JSONResponse:
    """The whole of an error reply."""
    return JSONResponse({"error": code.value}, STATUS[code], headers={"cache-control": "no-store"})


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    match error:
        case ApiError(code=code):
            return answer(code)
        case RecordsRefused(refusal=refusal):
            return answer(_BY_REFUSAL[refusal])
        case RecordsUnreachable() | StoreError():
            return answer(ErrorCode.STORE_LOST)
        case HTTPException(status_code=status) if status >= 500:
            return answer(ErrorCode.INTERNAL)
        case HTTPException(status_code=status):
            return answer(_BY_STATUS.get(status, ErrorCode.MALFORMED))
        case _:
            return answer(ErrorCode.MALFORMED)


class Quiet:
    """Innermost middleware: an unknown exception becomes 500 `internal` and goes no further.

    Without it Starlette answers and then raises again, for the server to print with text and locals.
    """

    def __init__(self, app: ASGIApp, tell: Callable[[type[Exception]], None]) -> None:
        self._app = app
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and keep what it raises."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - that is what this is for
            self._tell(type(error))
            if scope["type"] == "http" and not begun:
                await answer(ErrorCode.INTERNAL)(scope, receive, send)


def install(app: FastAPI, tell: Callable[[type[Exception]], None]) -> None:
    """Give an application these errors; `tell` hears the class of an exception nobody expected."""
    for kind in (
        ApiError,
        RecordsRefused,
        RecordsUnreachable,
        StoreError,
        HTTPException,
        RequestValidationError,
    ):
        app.add_exception_handler(kind, _refused)
    app.add_middleware(Quiet, tell=tell)
