# SPDX-License-Identifier: AGPL-3.0-or-later
"""An end to waiting for a request, and to the size of its head.

uvicorn waits without end for the rest of a request, and keeps headers without limit while they come
(its own limits begin after the first answer). One computer could so use up every connection or
all memory. Here a request has to be complete in time, and its head has to be of an ordinary size.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from chat.web import bare

WHOLE_REQUEST_WITHIN: float = 15.0
"""Seconds; Tor is slow, but a request of ours is one or two packets."""
LARGEST_HEAD = 16 * 1024
"""Bytes; one piece from the network may go beyond it."""


class PatientProtocol(HttpToolsProtocol):
    """One connection for pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: asyncio.TimerHandle | None = None
        self._head = 0
        self._in_head = True
        self._unanswered: list[RequestResponseCycle] = []

    def data_received(self, data: bytes) -> None:
        """Some of a request came."""
        if self._waiting is None:
            self._waiting = self.loop.call_later(WHOLE_REQUEST_WITHIN, self._too_slow)
        super().data_received(data)
        if self._in_head:
            self._head += len(data)
            if self._head > LARGEST_HEAD and not self.transport.is_closing():
                self.transport.write(bare.HEAD_TOO_LARGE)
                self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """What came is no request."""
        del msg  # uvicorn would send it as a page without our headers
        self.transport.write(bare.BAD_REQUEST)
        self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head = True
        self._head = 0

    def on_headers_complete(self) -> None:
        """Its head is complete."""
        self._in_head = False
        super().on_headers_complete()
        self._unanswered = [cycle for cycle in self._unanswered if not cycle.response_complete]
        if self.cycle is not None:
            self._unanswered.append(self.cycle)

    def on_message_complete(self) -> None:
        """All of it is there."""
        self._stop_waiting()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._stop_waiting()
        # uvicorn tells the newest request alone; an earlier one of this connection would answer, and fail.
        for cycle in self._unanswered:
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _too_slow(self) -> None:
        self._waiting = None
        answering = self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body
        if not answering:
            self.transport.abort()
