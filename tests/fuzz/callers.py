# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who asks: nobody, a stranger, a help-seeker without script, and each role of the staff, signed in."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final

from chat.rules.roles import Role
from tests.fuzz.canary import Canary
from tests.fuzz.exchange import Request, ask
from tests.support.plain import Plain
from tests.support.service import Service
from tests.web.support_authenticator import b64

ONION: Final = "kentering".ljust(56, "a") + ".onion"
NOBODY, STRANGER, HELP_SEEKER = "nobody", "a stranger", "a help-seeker"
STAFF: Final = {
    "a counsellor": (Role.COUNSELLOR,),
    "a supervisor": (Role.SUPERVISOR,),
    "a manager": (Role.MANAGER,),
    "an operator": (Role.OPERATOR,),
}
CALLERS: Final = (NOBODY, STRANGER, HELP_SEEKER, *STAFF)


@dataclass
class Callers:
    """Their cookies, as they are now: what they do may end their sessions."""

    service: Service
    cookies: dict[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    """Of people and devices that are there, as addresses name them."""

    async def renew(self) -> None:
        """Sign in again who is signed in no more; a help-seeker whose talk is over begins another."""
        self.cookies.setdefault(NOBODY, "")
        self.cookies.setdefault(STRANGER, f"kentering_desk={b64(bytes(32))}; kentering_talk={'A' * 43}")
        for name, roles in STAFF.items():
            if not self._is_signed_in(name):
                staff, device = os.urandom(16), os.urandom(16)
                token = await self.service.sign_in(staff, device, *roles)
                self.cookies[name] = f"kentering_desk={token}"
                self.ids = [*self.ids, b64(staff), b64(device)][-24:]
        if not self._talks():
            made = Plain(self.service).post("/talk", do="start", language="en")
            cookie = made.headers.get("set-cookie", "").partition(";")[0]
            self.cookies[HELP_SEEKER] = cookie or f"kentering_talk={'A' * 43}"

    def hosts(self) -> dict[str, bytes]:
        """Origins by the name of their side; the onion's is the help-seekers'."""
        return {
            "help_seeker": self.service.help_seeker.partition("//")[2].encode(),
            "desk": self.service.desk.partition("//")[2].encode(),
            "onion": ONION.encode(),
        }

    def _is_signed_in(self, name: str) -> bool:
        return name in self.cookies and self._status("desk", b"/api/me", name) == 200

    def _talks(self) -> bool:
        plain = Plain(self.service, self.cookies.get(HELP_SEEKER, ""))
        return bool(plain.cookie) and 'name="form"' in plain.get("/talk").text

    def _status(self, side: str, target: bytes, name: str) -> int:
        headers = [(b"Host", self.hosts()[side]), (b"Cookie", self.cookies[name].encode())]
        said = ask(self.service.port, Request(b"GET", target, [*headers, (b"Connection", b"close")]))
        assert said is not None
        return said.status


def brought(cookie: str) -> list[tuple[bytes, bytes]]:
    """What a browser, and whatever stands before us, brings along of somebody."""
    header = Canary.HEADER.encode()
    cookies = "; ".join(filter(None, (f"c={Canary.COOKIE}", cookie)))
    return [
        (b"Cookie", cookies.encode()),
        (b"User-Agent", header + b"/1.0"),
        (b"Referer", b"https://" + header + b".example/"),
        (b"Accept-Language", b"zz-" + header + b", en;q=0.5"),
        (b"X-Forwarded-For", header),
        (b"Forwarded", b"for=" + header),
        (b"X-Request-Id", header),
    ]
