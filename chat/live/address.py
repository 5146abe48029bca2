# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the live store is: `redis://`, `rediss://` (TLS) or `unix://`, with name and password.

```
unix://name:password@/run/kentering/live.sock
redis://name:password@10.0.0.5:6379
rediss://name:password@live.example.org:6380?ca=/etc/kentering/live-ca.pem
```
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from chat.live.errors import StoreUnreachable

SETTING = "KENTERING_LIVE_URL"


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address. `place` is what may be shown."""

    place: str
    path: str | None
    """Of a unix socket; else None."""
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool
    ca: str | None
    """PEM file of the only authority trusted for this store; None trusts the system's."""

    def context(self) -> ssl.SSLContext | None:
        """What TLS needs, None without TLS.

        Raises:
            StoreUnreachable: the file of the authority cannot be read.
        """
        if not self.tls:
            return None
        try:
            return ssl.create_default_context(cafile=self.ca)
        except (OSError, ssl.SSLError):
            raise StoreUnreachable(f"The ca file in {SETTING} cannot be read as certificates.") from None


def as_user(url: str, user: str) -> str:
    """The same address and password under another name."""
    parts = urlsplit(url)
    before, at, host = parts.netloc.rpartition("@")
    password = before.partition(":")[2] if at else ""
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{host}"))


def parse(url: str) -> Address:
    """Take an address apart.

    Raises:
        StoreUnreachable: it is not one; the sentence says what is wrong and quotes nothing.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 6379
        query = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise StoreUnreachable(f"{SETTING} is not a valid address.") from None
    user, password = unquote(parts.username or "default"), unquote(parts.password or "")
    if set(query) - {"ca"} or (query and parts.scheme != "rediss"):
        raise StoreUnreachable(f"{SETTING} has an option that is not known; only rediss:// has one, ca.")
    match parts.scheme:
        case "unix" if parts.path not in {"", "/"} and not parts.hostname:
            path = unquote(parts.path)
            return Address(path, path, "", 0, user, password, tls=False, ca=None)
        case "redis" | "rediss" if parts.hostname and parts.path in {"", "/", "/0"}:
            place = f"{parts.hostname}:{port}"
            ca = query.get("ca", [None])[0]
            return Address(
                place, None, parts.hostname, port, user, password, tls=parts.scheme == "rediss", ca=ca
            )
        case "unix" | "redis" | "rediss":
            raise StoreUnreachable(
                f"{SETTING} must be unix://name:password@/path or redis://name:password@host:port, "
                "without a database number."
            )
        case _:
            raise StoreUnreachable(f"{SETTING} must begin with unix://, redis:// or rediss://.")
