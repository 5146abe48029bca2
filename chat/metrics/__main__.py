# SPDX-License-Identifier: AGPL-3.0-or-later
"""The process that serves the metrics (`python -m chat.metrics`), started and told by the launcher.

It reads from the network, so it has no more rights than a worker. When its standard input closes, the
launcher is gone, and so is it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
import time

import msgspec
import uvicorn

from chat import confine, log
from chat.counts import EVERY_S
from chat.metrics.answer import listening, server
from chat.metrics.beside import Order
from chat.metrics.coarse import Numbers
from chat.metrics.families import registry
from chat.metrics.hearing import hear
from chat.metrics.look import Looker


async def _look(numbers: Numbers, looker: Looker) -> None:
    while True:
        try:
            numbers.look(await looker.look())
        except Exception as error:  # noqa: BLE001 - the next look may succeed; only the class is kept
            log.write(log.Event.UNEXPECTED, error=type(error))
        await asyncio.sleep(EVERY_S)


async def _until_the_launcher_is_gone(serving: uvicorn.Server) -> None:
    await asyncio.to_thread(sys.stdin.buffer.read)
    serving.should_exit = True


async def _serve(order: Order) -> None:
    asyncio.get_running_loop().set_exception_handler(log.in_loop)
    numbers = Numbers(time.monotonic, secrets.randbelow)
    looker = Looker(order.live_url, order.settings.records_location)
    beside = [
        asyncio.create_task(hear(numbers, order.pipe)),
        asyncio.create_task(_look(numbers, looker)),
    ]
    try:
        address = listening(*order.address)
    except OSError as error:
        host, port = order.address
        sys.exit(f"The metrics cannot be served at {host}, port {port}: {os.strerror(error.errno or 0)}.")
    serving = server(registry(numbers, order.settings.workers))
    beside.append(asyncio.create_task(_until_the_launcher_is_gone(serving)))
    await serving.serve(sockets=[address])
    for task in beside:
        task.cancel()
    await looker.close()


def main() -> None:
    """Serve until the launcher is gone."""
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log.set_up()
    order = msgspec.json.decode(
        sys.stdin.buffer.readline(), type=Order, dec_hook=lambda kind, value: kind(value)
    )
    confine.forbid_reading(order.settings.root_dir)
    asyncio.run(_serve(order))


main()
