# SPDX-License-Identifier: AGPL-3.0-or-later
"""One request as bytes, and whatever comes back: no library between that would mend either of them."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field

PATIENCE = 60.0
"""Seconds until an answer that does not come fails a test; never a measure of speed."""
_MOST = 4 << 20


@dataclass(frozen=True, slots=True)
class Request:
    """A request before it is bytes."""

    method: bytes
    target: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes = b""
    version: bytes = b"HTTP/1.1"

    def packed(self) -> bytes:
        lines = [
            b" ".join((self.method, self.target, self.version)),
            *(name + b": " + value for name, value in self.headers),
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body


@dataclass(slots=True)
class Answer:
    """One answer; `whole` unless the connection ended before its end, or nobody waits for its end."""

    status: int = 0
    head: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    whole: bool = True

    def all(self, name: str) -> list[str]:
        """The values of a header."""
        return [value for held, value in self.headers if held == name]


class Line:
    """One connection, read as far as answers go."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._held = b""

    def send(self, *pieces: bytes) -> None:
        """Each piece by itself; one that nobody takes any more is no fault."""
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                self._socket.sendall(piece)

    def no_more(self) -> None:
        """Nothing else will be sent."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def answer(self, method: bytes, *, endless: bool = False) -> Answer | None:
        """The next answer; None when the connection is over. `endless`: nobody waits for its body."""
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        lines = head.decode("latin-1").split("\r\n")
        made = Answer(int(lines[0].split()[1]), head)
        made.headers = [
            (name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])
        ]
        lengths = made.all("content-length")
        if made.status == 100:
            return self.answer(method, endless=endless)
        if method == b"HEAD" or made.status in {204, 304}:
            return made
        if made.all("transfer-encoding") == ["chunked"]:
            made.whole = not endless and self._chunks(made)
        elif lengths:
            made.body = self._exactly(int(lengths[0]))
            made.whole = len(made.body) == int(lengths[0])
        else:
            made.body = self._rest()
        return made

    def rest(self) -> bytes:
        """Everything until the other side closes."""
        return self._rest()

    def close(self) -> None:
        self._socket.close()

    def _more(self) -> bool:
        try:
            piece = self._socket.recv(65536)
        except ConnectionError:
            return False
        self._held += piece
        assert len(self._held) < _MOST, "an answer without end"
        return bool(piece)

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self._held:
            if not self._more():
                return None
        found, _, self._held = self._held.partition(mark)
        return found

    def _exactly(self, count: int) -> bytes:
        while len(self._held) < count and self._more():
            pass
        found, self._held = self._held[:count], self._held[count:]
        return found

    def _rest(self) -> bytes:
        while self._more():
            pass
        found, self._held = self._held, b""
        return found

    def _chunks(self, made: Answer) -> bool:
        while (size := self._until(b"\r\n")) is not None:
            count = int(size, 16)
            made.body += self._exactly(count)
            self._exactly(2)
            if count == 0:
                return True
        return False


def ask(port: int, request: Request, *, endless: bool = False) -> Answer | None:
    """One request on a connection of its own, which it ends."""
    line = Line(port)
    try:
        line.send(request.packed())
        return line.answer(request.method, endless=endless)
    finally:
        line.close()
