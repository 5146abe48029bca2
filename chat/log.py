# SPDX-License-Identifier: AGPL-3.0-or-later
"""The closed catalogue of log events: the only file that may import logging.

A line can say only what stands here: an event of the list, with numbers or names of our own.
No text, address, header or error message can get in, because no field takes one.
"""

from __future__ import annotations

import asyncio
import enum
import logging
import sys
from collections import Counter
from typing import Any


class Event(enum.Enum):
    """Everything that is ever logged."""

    WORKER_STARTED = "worker started"
    WORKER_STOPPED = "worker stopped"
    WORKER_DIED = "worker ended unexpectedly and was started again"
    WORKER_RECYCLED = "worker is being replaced, so that its memory is emptied"
    STORE_LOST = "the live store does not answer"
    STORE_BACK = "the live store answers again"
    UNEXPECTED = "an unexpected error; its class is given, its text is not kept"
    TALLIES_WRITTEN = "the counts of a finished day were written to the records"


_logger = logging.getLogger("kentering")

SILENT = logging.LoggerAdapter(logging.getLogger("silent"), {})
"""For a library that would make a logger of its own for every connection, with the address in its lines."""
SILENT.logger.disabled = True


_errors: Counter[str] = Counter()


def errors_taken() -> dict[str, int]:
    """Unexpected errors by class since this was last asked, for the metrics."""
    taken = dict(_errors)
    _errors.clear()
    return taken


def set_up() -> None:
    """Send our events to standard error; silence every library: their lines may quote addresses or input."""
    root = logging.getLogger()
    root.handlers[:] = [logging.NullHandler()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", datefmt="%H:%M:%S"))
    _logger.handlers[:] = [handler]
    _logger.setLevel(logging.INFO)
    _logger.propagate = False


def write(
    event: Event,
    *,
    worker: str | None = None,
    error: type[BaseException] | None = None,
    count: int | None = None,
) -> None:
    """Log one event.

    Args:
        event: what happened.
        worker: name of a worker process of ours.
        error: the class of an error; never its text, which may quote input.
        count: how many.
    """
    if event is Event.UNEXPECTED:
        _errors[error.__qualname__ if error is not None else "other"] += 1
    parts = [event.value]
    if worker is not None:
        parts.append(f"worker={worker}")
    if error is not None:
        parts.append(f"error={error.__module__}.{error.__qualname__}")
    if count is not None:
        parts.append(f"count={count}")
    _logger.info(" ".join(parts))


def in_loop(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The exception handler of an event loop: what nobody caught, by its class alone."""
    error = context.get("exception")
    write(Event.UNEXPECTED, error=None if error is None else type(error))
