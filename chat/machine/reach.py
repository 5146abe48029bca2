# SPDX-License-Identifier: AGPL-3.0-or-later
"""One origin as it is reached from here: by its own name, or at another address of the same service."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_PATIENCE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read to its end."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the service answers for an origin."""

    origin: str
    connect: tuple[str, int] | None = None
    """Another address to connect to, such as the front's inside the container network."""
    ca: Path | None = None
    """The only authority to trust, for a certificate that was made to try things out."""
    source: str | None = None
    """Address of this computer to come from."""

    @property
    def host(self) -> str:
        """For the Host header."""
        return urlsplit(self.origin).netloc

    @property
    def is_https(self) -> bool:
        """Whether TLS is spoken."""
        return self.origin.startswith("https:")

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this computer only."""
        return urlsplit(self.origin).hostname in {"127.0.0.1", "localhost"}

    @property
    def address(self) -> tuple[str, int]:
        """Where to connect to."""
        parts = urlsplit(self.origin)
        return self.connect or (parts.hostname or "", parts.port or (443 if self.is_https else 80))

    def context(self) -> ssl.SSLContext | None:
        """For TLS; None without."""
        return ssl.create_default_context(cafile=self.ca) if self.is_https else None

    def open(self) -> socket.socket:
        """A connection, with TLS where there is TLS.

        Raises:
            OSError: nobody answers, or the certificate is not good.
        """
        source = (self.source, 0) if self.source else None
        made = socket.create_connection(self.address, _PATIENCE_S, source)
        context = self.context()
        if context is None:
            return made
        try:
            return context.wrap_socket(made, server_hostname=urlsplit(self.origin).hostname)
        except OSError:
            made.close()
            raise

    def certificate(self) -> tuple[str, float]:
        """The version of TLS, and when the certificate ends (unix seconds).

        Raises:
            OSError: nobody answers, or the certificate is not good.
        """
        with contextlib.closing(self.open()) as made:
            if not isinstance(made, ssl.SSLSocket):
                raise ssl.SSLError
            shown = made.getpeercert() or {}
            return made.version() or "", float(ssl.cert_time_to_seconds(str(shown["notAfter"])))

    def get(self, path: str, headers: Mapping[str, str] | None = None, host: str | None = None) -> Answer:
        """GET. Raises OSError and HTTPException."""
        return self.ask("GET", path, None, headers, host)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        host: str | None = None,
    ) -> Answer:
        """One request on a connection of its own.

        Raises:
            OSError: nobody answers.
            http.client.HTTPException: no proper answer.
        """
        connection = http.client.HTTPConnection(*self.address, timeout=_PATIENCE_S)
        connection.sock = self.open()
        try:
            connection.request(method, path, body, {"Host": host or self.host, **(headers or {})})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
