# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may call a route. Every route is made with `Guard.route`, and asks for a `Caller` unless it is public.

A session names a device. Person, roles and revocation are read from the records at each request, so
that a revoked device or a removed person is out at once, whatever the live store still says.
"""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from chat.records.devices import Device
from chat.records.staff import StaffMember
from chat.rules.pace import bucket, spend
from chat.rules.roles import Permission, Role, may
from chat.web.desk_api.deps import DeskDeps
from chat.web.errors import ApiError, ErrorCode
from chat.web.sign_in import COOKIE

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, section 9.2.1)."""

MAX_BODY: Final = 64 * 1024
"""Largest body in bytes; a passkey's answer is the largest we expect, with a few thousand."""

CEREMONIES: Final = 60
"""Ceremonies that may be begun at once in one worker, and how many come back each second, times three.

Each keeps some bytes in the live store for five minutes, and anybody can begin one: without a bound
a stranger could fill the memory that conversations need. It tells nobody apart.
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is signed in, on which device."""

    person: StaffMember
    device: Device

    @property
    def roles(self) -> frozenset[Role]:
        """What the person is on this device: a manager only with a certificate of the root.

        So a manager alone can make nobody a manager, and a lost laptop of one that was never certified
        removes nobody.
        """
        certified = self.device.certificates.manager is not None
        return self.person.roles if certified else self.person.roles - {Role.MANAGER}

    def may(self, permission: Permission) -> bool:
        """Whether one of these roles may do this."""
        return may(self.roles, permission)


class Guard:
    """Origin, session, permission and pace."""

    def __init__(self, deps: DeskDeps) -> None:
        self._deps = deps
        self._bucket = bucket(CEREMONIES, CEREMONIES / 3, deps.now() * 1000)
        self.route = _route(deps.rp.origin)

    async def find(self, request: Request) -> Caller | None:
        """Who is signed in, or None.

        Raises:
            RecordsUnreachable, StoreError: a store does not answer.
        """
        token = request.cookies.get(COOKIE)
        session = await self._deps.sessions.find(token) if token else None
        found = await self._deps.records.devices.with_person(session.device) if session else None
        if session is None or found is None or found[0].id != session.staff:
            return None
        return Caller(*found)

    async def signed_in(self, request: Request) -> Caller:
        """Anybody who is signed in.

        Raises:
            ApiError: not_signed_in.
        """
        caller = await self.find(request)
        if caller is None:
            raise ApiError(ErrorCode.NOT_SIGNED_IN)
        return caller

    def may(self, permission: Permission) -> Callable[[Request], Awaitable[Caller]]:
        """Somebody signed in who may do this; the dependency raises not_signed_in or not_allowed."""

        async def allowed(request: Request) -> Caller:
            caller = await self.signed_in(request)
            if not caller.may(permission):
                raise ApiError(ErrorCode.NOT_ALLOWED)
            return caller

        return allowed

    async def pace(self) -> None:
        """One ceremony may begin.

        Raises:
            ApiError: too_many.
        """
        self._bucket, allowed = spend(self._bucket, self._deps.now() * 1000)
        if not allowed:
            raise ApiError(ErrorCode.TOO_MANY)


def _at_most(limit: int, receive: Receive) -> Receive:
    """Receive no more than so many bytes of a body, whatever its length was said to be."""
    left = limit

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)  # the one exception that FastAPI lets out while it reads a body
        return message

    return counted


def _route(origin: str) -> type[APIRoute]:
    """A kind of route that looks at the Origin before it reads anything else of a request."""

    class DeskRoute(APIRoute):
        """A route that refuses an unsafe request unless its own pages sent it (Fetch, section 3.2)."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                if request.method not in SAFE and request.headers.getlist("origin") != [origin]:
                    raise ApiError(ErrorCode.WRONG_ORIGIN)
                return await handle(Request(request.scope, _at_most(MAX_BODY, request.receive)))

            return guarded

    return DeskRoute
