# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody without JavaScript, as a browser would do it: forms, and a page that never ends."""

from __future__ import annotations

import codecs
import contextlib
import html
import http.client
import re
import socket
import threading
import time
from typing import Final, Self
from urllib.parse import quote, urlencode

from chat.machine.reach import Answer, Reach
from chat.prove.canaries import Canaries, Kind
from chat.prove.line import PATIENCE_S, Failed
from chat.rules.intake import PROOF

_FORM: Final = re.compile(r'name="form" value="([0-9a-f]{32})"')
_PICTURE: Final = re.compile(r'<img[^>]* src="(/talk/[^"]+)"')


class Plain:
    """One conversation, by its cookie."""

    def __init__(self, reach: Reach, canaries: Canaries) -> None:
        self._reach = reach
        self._canaries = canaries
        self.cookie = canaries.cookie()

    @classmethod
    def start(cls, reach: Reach, canaries: Canaries) -> Self:
        """Read the first page, and press *start*.

        Raises:
            Failed: it does not begin.
        """
        made = cls(reach, canaries)
        made.get(f"/?from={quote(canaries.word(Kind.QUERY))}")
        answer = made.post("/talk", do="start", language=PROOF)
        given = answer.headers.get("set-cookie")
        if answer.status != http.client.SEE_OTHER or given is None:
            raise Failed(f"starting without JavaScript was answered with {answer.status}")
        made.cookie += "; " + given.partition(";")[0]
        made.get("/talk")
        return made

    def get(self, path: str) -> Answer:
        """A page.

        Raises:
            Failed: no answer.
        """
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        """A form.

        Raises:
            Failed: no answer.
        """
        return self._ask("POST", path, urlencode(fields).encode())

    def say(self, text: str) -> None:
        """Write one message: the field first, then the form in it.

        Raises:
            Failed: there is no field.
        """
        self.post("/talk/write", form=self.form("/talk/write"), text=text)

    def leave(self) -> None:
        """Press *end*.

        Raises:
            Failed: there is nothing to end.
        """
        self.post("/talk", do="end", form=self.form("/talk"))

    def form(self, path: str) -> str:
        """The one-time id of the form on a page.

        Raises:
            Failed: there is none.
        """
        found = _FORM.search(self.get(path).body.decode(errors="replace"))
        if found is None:
            raise Failed(f"there is no form at {path}")
        return found[1]

    def head(self) -> dict[str, str]:
        """What this browser says of itself."""
        return {**self._canaries.headers(), "Cookie": self.cookie}

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        kind = {} if body is None else {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            return self._reach.ask(method, path, body, {**self.head(), **kind})
        except (OSError, http.client.HTTPException):
            raise Failed(f"{self._reach.origin}{path.partition('?')[0]} does not answer") from None

    def stream(self) -> Stream:
        """The page that shows what is said.

        Raises:
            Failed: no answer.
        """
        return Stream(self, self._reach, self._canaries)


class Stream:
    """Read by a thread as it comes; fetches the pictures that say what was shown."""

    def __init__(self, plain: Plain, reach: Reach, canaries: Canaries) -> None:
        self._plain = plain
        self._text = ""
        self._changed = threading.Condition()
        lines = {"Host": reach.host, **plain.head()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        try:
            self._socket = reach.open()
            canaries.connected_from(*self._socket.getsockname()[:2])
            self._socket.sendall(f"GET /talk/stream HTTP/1.1\r\n{head}\r\n".encode())
        except OSError:
            raise Failed(f"{reach.origin} does not answer") from None
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def shows(self, text: str) -> None:
        """Wait until this stands there.

        Raises:
            Failed: it does not come.
        """
        until = time.monotonic() + PATIENCE_S
        with self._changed:
            while text not in html.unescape(self._text):
                if not self._changed.wait(until - time.monotonic()):
                    raise Failed("a text was not shown without JavaScript")

    def close(self) -> None:
        """Close the page."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_S)

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        fetched = 0
        with contextlib.suppress(OSError, Failed), self._socket:
            while data := self._socket.recv(65536):
                with self._changed:
                    self._text += decoder.decode(data)
                    self._changed.notify_all()
                for picture in _PICTURE.finditer(self._text, fetched):  # one may come in two pieces
                    self._plain.get(picture[1])
                    fetched = picture.end()
