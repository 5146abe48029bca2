# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every check, one after the other, against the service that runs with these settings."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from chat.doctor import content, host, logs, records, store, web
from chat.doctor.finding import Finding, unseen
from chat.machine import members
from chat.machine.members import Members, Role
from chat.machine.processes import Unreadable
from chat.machine.reach import Reach
from chat.records import Records
from chat.records.database import RecordsUnreachable
from chat.settings import Settings

MANIFEST = Path(__file__).parents[2] / "build" / "manifest.json"


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; what cannot be looked at is said, and never taken for right."""
    try:
        running = members.find(settings)
    except Unreadable as why:
        return [*unseen("service", why), *host.swap(), *host.clock(), *await _of_records(settings)]
    return [
        *await _of_store(settings, running),
        *host.swap(),
        *host.core_files(running.processes),
        *host.clock(),
        *logs.drivers(running.containers),
        *logs.fronts(running, expected=any(one.is_https for one in sides(settings).values())),
        *logs.own_output(running.processes),
        *await asyncio.to_thread(_of_web, settings, running),
        *await _of_records(settings),
    ]


async def _of_store(settings: Settings, running: Members) -> list[Finding]:
    url = running.live_url or settings.live_url
    if url is None:
        return unseen("live store settings", "nobody says where the live store is")
    pids = [one.pid for one in running.of(Role.STORE)]
    return [*await store.settings(url), *await store.frees_clean(url, pids)]


def sides(settings: Settings) -> dict[str, Reach]:
    """The two origins, as they are reached from here."""
    origins = {"help-seekers' pages": settings.help_seeker_origin, "desk": settings.desk_origin}
    return {name: Reach(origin, settings.connect, settings.ca) for name, origin in origins.items()}


def _of_web(settings: Settings, running: Members) -> list[Finding]:
    both = sides(settings)
    return [
        *web.headers(both),
        *web.tls(both),
        *web.bundle(both, MANIFEST),
        *web.onion(settings.onion, settings.tor_socks, runs=running.of(Role.TOR) != []),
    ]


async def _of_records(settings: Settings) -> list[Finding]:
    now = int(time.time())
    try:
        opened = await Records.open(settings.records_location)
    except RecordsUnreachable as why:
        return unseen("records", str(why).rstrip("."))
    try:
        found = [
            *await records.schema(settings.records_location),
            *await content.certificates(opened, now),
        ]
        if not settings.demo:
            found += await content.words(opened, now)
    except RecordsUnreachable as why:
        return unseen("records", str(why).rstrip("."))
    finally:
        await opened.close()
    return found
