# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody without script, without a browser: requests, and a stream that is read as it comes."""

from __future__ import annotations

import base64
import contextlib
import html
import http.client
import re
import socket
import threading
import time
from typing import Self
from urllib.parse import urlencode, urlsplit

from chat.sealing.sealer import sid_of
from tests.support.service import Service

PATIENCE = 90.0
"""Seconds until what does not come fails a test; never a measure of speed."""
_FORM = re.compile(r'name="form" value="([0-9a-f]{32})"')


class Answer:
    """One answer."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode(errors="replace")  # a picture is no text

    @property
    def form(self) -> str:
        found = _FORM.search(self.text)
        assert found is not None, "there is no form"
        return found[1]


class Plain:
    """One conversation, by its cookie."""

    def __init__(self, service: Service, cookie: str = "") -> None:
        self.service = service
        self.cookie = cookie
        self._parts = urlsplit(service.help_seeker)

    @classmethod
    def start(cls, service: Service) -> Self:
        """Press *start*."""
        made = cls(service)
        answer = made.post("/talk", do="start", language="en")
        assert answer.status == 303, answer.status
        made.cookie = answer.headers["set-cookie"].partition(";")[0]
        return made

    @property
    def token(self) -> bytes:
        return base64.urlsafe_b64decode(self.cookie.partition("=")[2] + "=")

    @property
    def sid(self) -> bytes:
        return sid_of(self.token)

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Answer:
        return self._ask("POST", path, urlencode(fields), headers or {})

    def send(self, path: str, body: str) -> Answer:
        """Post a body that no form made."""
        return self._ask("POST", path, body, {})

    def say(self, text: str) -> Answer:
        """Write one message, as a browser does: the field first, then the form in it."""
        return self.post("/talk/write", form=self.get("/talk/write").form, text=text)

    def head(self) -> dict[str, str]:
        found = {"Host": self._parts.netloc}
        return {**found, "Cookie": self.cookie} if self.cookie else found

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._parts.port or 80, timeout=PATIENCE)
        kind = {} if body is None else {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, body, {**self.head(), **kind, **headers})
            return Answer(connection.getresponse())
        finally:
            connection.close()


class PlainStream:
    """The stream of a conversation, read by a thread; shows pictures when asked to."""

    def __init__(self, plain: Plain, *, pictures: bool = True) -> None:
        self.plain = plain
        self.over = False
        self._pictures = pictures
        self._text = ""
        self._changed = threading.Condition()
        head = "".join(f"{name}: {value}\r\n" for name, value in plain.head().items())
        port = urlsplit(plain.service.help_seeker).port or 80
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.sendall(f"GET /talk/stream HTTP/1.1\r\n{head}\r\n".encode())
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def shows(self, text: str, count: int = 1) -> None:
        """Until this stands there."""
        until = time.monotonic() + PATIENCE
        with self._changed:
            while self.text.count(text) < count:
                assert self._changed.wait(until - time.monotonic()), "it does not stand there"

    def ends(self) -> None:
        """Until the answer is complete, or broken."""
        self._thread.join(PATIENCE)
        assert self.over

    @property
    def text(self) -> str:
        return html.unescape(self._text)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)

    def _read(self) -> None:
        try:
            while data := self._socket.recv(65536):
                for picture in re.findall(r'<img[^>]* src="(/talk/[^"]+)"', data.decode(errors="replace")):
                    if self._pictures:
                        self.plain.get(picture)
                with self._changed:
                    self._text += data.decode(errors="replace")
                    self._changed.notify_all()
        except OSError:
            pass
        finally:
            self._socket.close()
            self.over = True
