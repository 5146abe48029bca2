# SPDX-License-Identifier: AGPL-3.0-or-later
"""What workers say of themselves, as it comes through a pipe."""

from __future__ import annotations

import asyncio
import os

import msgspec

from chat import log
from chat.counts import Line
from chat.metrics.coarse import Numbers


async def hear(numbers: Numbers, pipe: int) -> None:
    """Take in what the launcher passes on of the workers, a line each, until it is gone."""
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb"))
    while True:
        try:
            line = await reader.readline()
        except ValueError as error:  # longer than any line of ours, and dropped
            log.write(log.Event.UNEXPECTED, error=type(error))
            continue
        if not line:
            return
        try:
            numbers.hear(msgspec.json.decode(line, type=Line))
        except msgspec.MsgspecError as error:  # the next worker's line is another
            log.write(log.Event.UNEXPECTED, error=type(error))
